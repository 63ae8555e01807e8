/* Two ways to a ticket (access token) for one API, both from inside a tab that can keep no secret:

     code   GET /authorize?response_type=code&code_challenge=…    …/spa/callback?code=…&state=…&iss=…    POST /oauth/token
     token  GET /authorize?response_type=token                    …/spa/callback#access_token=…&state=…&iss=…

   RFC 6749 section 4.1 with PKCE (RFC 7636), and section 4.2. RFC 9700 section 2.1.2 asks for the first.
   Read next: `week.js`, which shows the ticket to the Calendar API. */

import { application } from "./application.js";
import { call } from "./calls.js";
import { ISSUER, noObject, nonceDiffers, noTicket, refused, unexpected, unusable, wrongIssuer } from "./failures.js";
import * as messages from "./messages.js";
import * as tab from "./tab.js";

const SCOPES = { code: "read", token: "read write" }; // the second as the document asks

/* Browsers compute SHA-256 in a secure context only: https, or localhost. */
export const canUseCode = Boolean(crypto.subtle);

/* Send the browser to ask the person. What must come back, or must be shown later, stays in this tab. Throws `Failure`. */
export async function begin(way) {
  messages.begin();
  const { authorizationEndpoint, tokenEndpoint, answersCarryIss } = await metadata();
  const [state, nonce, verifier] = [random(), random(), random()];
  const parameters = {
    ...(application.audienceParameter === "none" ? {} : { [application.audienceParameter]: application.audience }),
    scope: SCOPES[way],
    response_type: way,
    client_id: application.clientId,
    redirect_uri: application.redirectUri,
    nonce,
    state,
    ...(way === "code" && { code_challenge: await s256(verifier), code_challenge_method: "S256" }),
  };
  const address = new URL(authorizationEndpoint);
  for (const [name, value] of Object.entries(parameters)) address.searchParams.append(name, value);
  messages.record({
    kind: "authorize",
    from: "browser",
    to: "issuer",
    says: `Daybook sends you to ask${way === "code" ? ": may it read your calendar?" : ", as the document does: may it read and write?"}`,
    asked: `GET ${address.pathname}`,
    request: `GET ${address.pathname}${address.search} HTTP/1.1\nHost: ${address.host}`,
    status: null, // what a page is answered that the browser opens, scripts do not see
    took: null,
  });
  tab.keep("pending", { way, state, nonce, verifier: way === "code" ? verifier : "", tokenEndpoint, answersCarryIss });
  location.assign(address);
}

/* The ticket for the answer that the browser came back with. The request is found once: the same answer is of no use a second time.
   `answer` has the parameters of query (`code`) and fragment (`token`). Throws `Failure`. */
export async function finish(answer, address) {
  const pending = tab.take("pending");
  const parameters = answer[pending?.way];
  if (!pending || several(parameters) || parameters.get("state") !== pending.state) throw unexpected();
  recordReturn(pending, parameters, address);
  // Before anything else is believed, errors too: with two issuers, one must not speak for the other (RFC 9207 section 2.4).
  const iss = parameters.get("iss");
  if ((pending.answersCarryIss || iss !== null) && iss !== application.issuer) throw wrongIssuer(iss);
  if (parameters.has("error")) throw refused(parameters.get("error").slice(0, 80), parameters.get("error_description")?.slice(0, 300));
  const granted = pending.way === "code" ? await swapped(parameters.get("code"), pending) : Object.fromEntries(parameters);
  return ticket(granted, pending);
}

/* Swap the code for a ticket (RFC 6749 section 4.1.3). A public client has no secret; the verifier shows who asked (RFC 7636). */
async function swapped(code, { verifier, nonce, tokenEndpoint }) {
  if (!code) throw unusable(ISSUER, application.issuer, "sent the browser back with neither code nor error");
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    code,
    redirect_uri: application.redirectUri,
    client_id: application.clientId,
    code_verifier: verifier,
  });
  const { status, members } = await call(tokenEndpoint, {
    kind: "code-for-token",
    service: ISSUER,
    says: "Daybook swaps the code for a ticket to one API (access token).",
    refused: "Daybook offers the code. It gets no ticket for it.",
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: body.toString(),
  });
  if (status !== 200 && typeof members?.error === "string") throw noTicket(members.error, members.error_description);
  if (status !== 200 || !members) throw noObject(ISSUER, tokenEndpoint, status);
  checkNonce(members.id_token, nonce);
  return members;
}

/* RFC 6749 section 5.1, and 4.2.2 for an answer in the fragment, where all values are text. */
function ticket({ access_token: accessToken, token_type: type, expires_in: expiresIn, scope }, { way }) {
  const seconds = /^[1-9]\d{0,8}$/.test(expiresIn) ? Number(expiresIn) : 0;
  if (typeof accessToken !== "string" || !/^[\x21-\x7e]+$/.test(accessToken)) throw incomplete("an `access_token`");
  if (String(type).toLowerCase() !== "bearer") throw incomplete("`token_type` Bearer"); // section 7.1: an unknown type must not be used
  if (!seconds) throw incomplete("`expires_in` in whole seconds");
  const scopes = (typeof scope === "string" ? scope : SCOPES[way]).split(" ").filter(Boolean);
  return { accessToken, seconds, endsAt: Date.now() + seconds * 1000, scopes, way };
}

const incomplete = (what) => unusable(ISSUER, application.issuer, `gave a ticket without ${what}`);

/* RFC 6749 section 3.1: a parameter comes once. */
const several = (parameters) => new Set(parameters.keys()).size !== [...parameters.keys()].length;

/* Where an ID token came along, it is the answer to this request (OpenID Connect Core section 3.1.3.7, point 11). */
function checkNonce(idToken, nonce) {
  if (!idToken) return;
  try {
    const claims = idToken.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    if (JSON.parse(atob(claims)).nonce === nonce) return;
  } catch {
    // no ID token that can be read is none of ours either
  }
  throw nonceDiffers();
}

/* Where the endpoints are (RFC 8414): the browser knows one address, the issuer, and the document must be that issuer's own. */
async function metadata() {
  const url = `${application.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const says = "Daybook asks the authorization server where its endpoints are.";
  const { status, members } = await call(url, { kind: "discovery", service: ISSUER, says });
  if (status !== 200 || !members) throw noObject(ISSUER, url, status);
  if (members.issuer !== application.issuer) {
    const named = String(members.issuer).slice(0, 80);
    throw unusable(ISSUER, url, `calls itself \`${named}\`; Daybook is set to \`${application.issuer}\`, and both must be equal`);
  }
  for (const name of ["authorization_endpoint", "token_endpoint"]) {
    if (!/^https?:\/\//.test(members[name])) throw unusable(ISSUER, url, `names no usable \`${name}\``);
  }
  return {
    authorizationEndpoint: members.authorization_endpoint,
    tokenEndpoint: members.token_endpoint,
    answersCarryIss: members.authorization_response_iss_parameter_supported === true,
  };
}

function recordReturn({ way }, parameters, address) {
  const isRefused = parameters.has("error");
  const carried = isRefused ? "error" : way === "code" ? "code" : "access_token";
  const says = isRefused
    ? "You come back with a no."
    : way === "code"
      ? "You come back with a code, in the address."
      : "You come back with the ticket itself, behind the #.";
  const seenBy =
    way === "code"
      ? "This address reaches Daybook’s server, which answers with the same page for everybody:"
      : "What stands behind the # is sent to no server; this page alone reads it:";
  messages.record({
    kind: "comes-back",
    from: "browser",
    to: "application",
    says,
    asked: `GET ${location.pathname}${way === "code" ? "?" : " #"}${carried}=…`,
    request: `${seenBy}\n\n${address}`,
    status: performance.getEntriesByType("navigation")[0]?.responseStatus || null,
    took: null,
  });
}

/* ---- Random values and their hash ------------------------------------------------------------------------------------ */

/* 256 random bits as 43 letters: nobody guesses a state, a nonce or a verifier. */
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/* RFC 7636 section 4.2: BASE64URL(SHA256(code_verifier)), without padding. */
const s256 = async (verifier) => base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));

const base64url = (octets) => btoa(String.fromCharCode(...octets)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
