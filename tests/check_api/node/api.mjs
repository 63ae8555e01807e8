// A small protected API in another language, for `check_api`: node alone, no package. Reads {"issuer", "audience"} from the
// command line and prints its port. The same four checks as access_tokens/verify.py, in the same order.
import { createPublicKey, verify } from "node:crypto";
import { createServer } from "node:http";

const { issuer, audience } = JSON.parse(process.argv[2]);
const SCOPE = "read", LEEWAY = 5, FORBIDDEN = ["crit", "jwk", "jku", "x5u", "x5c"];
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
let keys = new Map(), lookedAt = 0, fetches = 0;

class Refused extends Error {
  constructor(status, error) {
    super(error);
    Object.assign(this, { status, error });
  }
}
const demand = (holds, status = 401, error = "invalid_token") => {
  if (!holds) throw new Refused(status, error);
};

function base64url(part) {
  const bytes = Buffer.from(part, "base64url");
  demand(bytes.toString("base64url") === part);
  return bytes;
}

const members = (value) =>
  value && typeof value === "object" ? Object.values(value).reduce((sum, inner) => sum + members(inner), Array.isArray(value) ? 0 : Object.keys(value).length) : 0;

function jsonObject(part) {
  const text = strict.decode(base64url(part));
  demand((text.match(/[[{]/g) ?? []).length <= 500 && !/\d{400}/.test(text) && !text.startsWith("\ufeff"));
  const value = JSON.parse(text);
  demand(value && typeof value === "object" && !Array.isArray(value));
  const written = (text.match(/"(?:[^"\\]|\\.)*"\s*:?/g) ?? []).filter((token) => token.endsWith(":")).length;
  demand(written === members(value)); // else a member stands there twice
  return value;
}

async function keyOf(kid) {
  if (!keys.has(kid) && (fetches < 2 || Date.now() - lookedAt > 60_000)) {
    [lookedAt, fetches] = [Date.now(), fetches + 1];
    const { keys: published } = await (await fetch(`${issuer}.well-known/jwks.json`)).json();
    keys = new Map(published.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: "jwk" })]));
  }
  return keys.get(kid);
}

const isText = (value) => typeof value === "string" && value.length > 0 && value.length <= 255 && value.isWellFormed() && !/\p{C}/u.test(value);
const isTime = (value) => Number.isSafeInteger(value) && value >= 0 && value <= 253402300799;

async function claimsOf(token) {
  demand(token.length <= 8192);
  const parts = token.split(".");
  demand(parts.length === 3);
  const header = jsonObject(parts[0]), claims = jsonObject(parts[1]), signature = base64url(parts[2]);
  demand(!FORBIDDEN.some((name) => name in header));
  demand(isText(claims.iss) && claims.iss === issuer);
  demand(typeof header.typ === "string" && ["at+jwt", "application/at+jwt"].includes(header.typ.toLowerCase()));
  demand(header.alg === "RS256" && typeof header.kid === "string");
  const key = await keyOf(header.kid);
  demand(key && verify("RSA-SHA256", Buffer.from(`${parts[0]}.${parts[1]}`), key, signature));
  const now = Math.floor(Date.now() / 1000);
  demand(!["nonce", "at_hash", "c_hash", "cnf"].some((name) => name in claims));
  demand(isTime(claims.exp) && now < claims.exp + LEEWAY);
  demand(isTime(claims.iat) && claims.iat <= now + LEEWAY);
  demand(!("nbf" in claims) || (isTime(claims.nbf) && claims.nbf <= now + LEEWAY));
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  demand(audiences.every((member) => typeof member === "string") && audiences.includes(audience));
  demand(["sub", "client_id", "jti"].every((name) => isText(claims[name])));
  return claims;
}

function checkPermissions(claims) {
  const ownSubject = claims.sub === `${claims.client_id}@clients`, gty = claims.gty === "client-credentials";
  demand(ownSubject === gty && claims.sub.endsWith("@clients") === gty);
  const scopes = claims.scope === undefined || claims.scope === "" ? [] : typeof claims.scope === "string" ? claims.scope.split(" ") : claims.scope;
  demand(Array.isArray(scopes) && scopes.every((scope) => typeof scope === "string" && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)));
  demand(!gty, 403, "insufficient_scope");
  demand(scopes.includes(SCOPE), 403, "insufficient_scope");
}

async function answer(request) {
  const [scheme, ...credentials] = (request.headers.authorization ?? "").trim().split(/ +/);
  if (scheme.toLowerCase() !== "bearer") throw new Refused(401, "");
  demand(credentials.length === 1, 400, "invalid_request");
  checkPermissions(await claimsOf(credentials[0]));
}

const server = createServer(async (request, response) => {
  try {
    await answer(request);
    response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
  } catch (problem) {
    const { status, error } = problem instanceof Refused ? problem : new Refused(401, "invalid_token"); // whatever a parser throws
    const scope = status === 403 ? `, scope="${SCOPE}"` : "";
    response.writeHead(status, { "WWW-Authenticate": `Bearer realm="notes"${error && `, error="${error}"`}${scope}` }).end();
  }
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
