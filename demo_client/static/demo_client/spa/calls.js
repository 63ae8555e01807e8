/* Every call that this page makes itself: sent without cookies, given up after some seconds, recorded with its answer. */

import { mayNotRead, noAnswer } from "./failures.js";
import * as messages from "./messages.js";

const LIMIT_SECONDS = 10;

/* The answer's status, headers, and its JSON object if it is one. `sent` has `headers` and `body`, as fetch takes them.
   Throws `noAnswer` or `mayNotRead`. */
export async function call(url, { kind, service, says, method = "GET", ...sent }) {
  const { pathname, host } = new URL(url);
  const started = performance.now();
  const message = { kind, from: "application", to: service.role, says, asked: `${method} ${pathname}`, request: asText(url, host, method, sent) };
  const record = (facts) => messages.record({ ...message, took: Math.round(performance.now() - started), ...facts });
  const plainUrl = url.split("?")[0];
  try {
    const response = await fetch(url, { method, ...sent, credentials: "omit", cache: "no-store", redirect: "error", signal: limit() });
    const body = await response.text();
    record({ status: response.status, answer: answerText(response, body), hasPassed: messages.hasPassedAll(response.headers.get("Server-Timing")) });
    return { status: response.status, members: jsonObject(body) };
  } catch (error) {
    record({ status: 0 });
    if (error.name === "TimeoutError") throw noAnswer(service, plainUrl, `no answer for ${LIMIT_SECONDS} seconds`);
    throw (await answersAtAll(url)) ? mayNotRead(service, plainUrl) : noAnswer(service, plainUrl, "nobody accepts the connection");
  }
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
