// oauth4webapi, unmodified, as an application without a page of its own. Each line of stdin is a command, {"name": …, "given": {…}};
// each gets one line of stdout: {"result": …}, or {"raised": {…}} with what the library threw.
import { webcrypto } from "node:crypto";
import { createInterface } from "node:readline";
import * as oauth from "oauth4webapi";

globalThis.crypto ??= webcrypto; // Node 18 has it, but not as a global

let issuer, client, authentication, redirectUri, state, codeVerifier;

// Plain http is for loopback only; a server that does not answer must not hold up the tests.
const options = () => ({ [oauth.allowInsecureRequests]: true, signal: AbortSignal.timeout(15_000) });

const commands = {
  async discover(given) {
    const url = new URL(given.issuer);
    issuer = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { ...options(), algorithm: "oauth2" }));
    client = { client_id: given.client_id };
    authentication = given.client_secret ? oauth.ClientSecretBasic(given.client_secret) : oauth.None();
    redirectUri = given.redirect_uri;
    return issuer;
  },

  async authorization_url(given) {
    state = oauth.generateRandomState();
    codeVerifier = oauth.generateRandomCodeVerifier();
    const url = new URL(issuer.authorization_endpoint);
    url.search = new URLSearchParams({
      ...given,
      response_type: "code",
      client_id: client.client_id,
      redirect_uri: redirectUri,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: "S256",
    });
    return url.href;
  },

  async redeem({ redirected_to }) {
    const answer = oauth.validateAuthResponse(issuer, client, new URL(redirected_to), state);
    const response = await oauth.authorizationCodeGrantRequest(
      issuer, client, authentication, answer, redirectUri, codeVerifier, options(),
    );
    return oauth.processAuthorizationCodeResponse(issuer, client, response);
  },

  async refresh({ refresh_token }) {
    const response = await oauth.refreshTokenGrantRequest(issuer, client, authentication, refresh_token, options());
    return oauth.processRefreshTokenResponse(issuer, client, response);
  },

  async status({ url, access_token }) {
    const response = await oauth.protectedResourceRequest(access_token, "GET", new URL(url), undefined, undefined, options());
    return response.status;
  },

  // As an API would check it, by RFC 9068.
  async claims({ access_token, audience }) {
    const request = new Request("http://localhost/", { headers: { authorization: `Bearer ${access_token}` } });
    return oauth.validateJwtAccessToken(issuer, request, audience, options());
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { name, given } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ result: await commands[name](given) }));
  } catch ({ name, message, code, error }) {
    console.log(JSON.stringify({ raised: { name, message, code, error } }));
  }
}
