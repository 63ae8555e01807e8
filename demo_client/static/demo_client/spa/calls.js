/* Every call that this page makes itself: sent without cookies, given up after some seconds, recorded with its answer. */

import { mayNotRead, noAnswer } from "./failures.js";
import * as messages from "./messages.js";

const LIMIT_SECONDS = 10;

/* The answer's status, and its JSON object if it is one. `says` is what the call means, `refused` what it means after a no, and `sent`
   has `headers` and `body` as fetch takes them. Throws `noAnswer` or `mayNotRead`. */
export async function call(url, { kind, service, says, refused = says, method = "GET", ...sent }) {
  const { pathname, host } = new URL(url);
  const message = { kind, from: "application", to: service.role, asked: `${method} ${pathname}`, request: asText(url, host, method, sent) };
  const started = performance.now();
  const took = () => Math.round(performance.now() - started);
  let response;
  let body;
  try {
    response = await fetch(url, { method, ...sent, credentials: "omit", cache: "no-store", redirect: "error", signal: limit() });
    body = await response.text();
  } catch (error) {
    const unanswered = { ...message, took: took(), status: 0 };
    if (error.name !== "TimeoutError" && (await answersAtAll(url))) {
      const keptBack = `The browser keeps from this page what the ${service.said} answers (CORS).`;
      messages.record({ ...unanswered, says: keptBack, ended: "not readable" });
      throw mayNotRead(service, url.split("?")[0]);
    }
    messages.record({ ...unanswered, says: "Daybook asks. Nobody answers." });
    const why = error.name === "TimeoutError" ? `no answer for ${LIMIT_SECONDS} seconds` : "nobody accepts the connection";
    throw noAnswer(service, url.split("?")[0], why);
  }
  const { status, headers } = response;
  const hasPassed = messages.hasPassedAll(headers.get("Server-Timing"));
  messages.record({ ...message, took: took(), says: status < 400 ? says : refused, status, answer: answerText(response, body), hasPassed });
  return { status, members: jsonObject(body) };
}

const limit = () => AbortSignal.timeout(LIMIT_SECONDS * 1000);

/* Whether somebody is there whose answers this page may not read. Asked without ticket, query and body. */
async function answersAtAll(url) {
  try {
    await fetch(new URL("/healthz", url), { mode: "no-cors", credentials: "omit", cache: "no-store", signal: limit() });
    return true;
  } catch {
    return false;
  }
}

function jsonObject(body) {
  try {
    const members = JSON.parse(body);
    return typeof members === "object" && !Array.isArray(members) ? members : null;
  } catch {
    return null;
  }
}

/* ---- As text: what a script can see of it. The browser adds headers of its own, and asks first whether it may (CORS preflight) ------- */

function asText(url, host, method, { headers = {}, body = "" }) {
  const { pathname, search } = new URL(url);
  return httpText(`${method} ${pathname}${search} HTTP/1.1`, Object.entries({ Host: host, ...headers }), String(body));
}

function answerText(response, body) {
  return httpText(`HTTP/1.1 ${response.status} ${response.statusText}`.trim(), [...response.headers], body);
}

function httpText(firstLine, headers, body) {
  const lines = [firstLine, ...headers.map(([name, value]) => `${name}: ${value}`)];
  return (body ? [...lines, "", body] : lines).join("\n");
}
