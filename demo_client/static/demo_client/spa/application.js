/* What this application is: issuer, client id, audience and addresses, as the server wrote them into the page. None of it is secret,
   because nothing in a browser can be: it is a public client (RFC 6749 section 2.1). */

export const application = document.getElementById("spa").dataset;
