/* First of all the answer leaves the address bar, before anything else runs: what loads, reloads or is copied afterwards meets an
   address without code or ticket. The address itself, history and all, holds it for these milliseconds. RFC 9700 section 4.3.

   Read next: `callback.js`. */

const { search, hash, pathname } = location;
history.replaceState(null, "", pathname);

/* A code comes in the query, a ticket in the fragment, which browsers send to no server (RFC 6749 sections 4.1.2 and 4.2.2). */
export const answer = { code: new URLSearchParams(search), token: new URLSearchParams(hash.slice(1)) };
export const address = pathname + search + hash;
