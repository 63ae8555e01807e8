/* What just happened, as this tab saw it. Tickets, codes and keys are shortened before a message is kept, so the list holds none. */

import * as tab from "./tab.js";

const BEGIN = 15; // letters that are shown of each part
const END = 6;
const LONGEST_BODY = 4000;
const CREDENTIALS = "access_token|refresh_token|id_token|code_verifier|code";
const JWT = /eyJ[\w-]*\.[\w-]+\.[\w-]*/g;
const IN_ADDRESS_OR_FORM = new RegExp(`((?:^|[?&#])(?:${CREDENTIALS})=)([^&#\\s]+)`, "g");
const IN_JSON = new RegExp(`("(?:${CREDENTIALS})"\\s*:\\s*")([^"]+)`, "g");
const CHECKS = ["well_formed", "signature", "standard_claims", "permissions"];

/* A new sign-in begins a new list. */
export function begin() {
  tab.keep("messages", []);
}

/* `message`: `kind`, `from`, `to` (roles), `says`, `asked` (method and path), `request` and `answer` (text), `status` (0: no answer,
   null: not seen), `ended` (words for a 0), `took` (ms), `hasPassed`. Of one kind the list holds the latest, in its old place. */
export function record(message) {
  const cleared = { ...message, request: shortened(message.request), answer: shortened(message.answer ?? "") };
  const messages = tab.kept("messages") ?? [];
  const at = messages.findIndex(({ kind }) => kind === message.kind);
  messages.splice(at < 0 ? messages.length : at, 1, cleared);
  tab.keep("messages", messages);
}

/* The API says in `Server-Timing` which of its checks passed, where it explains rejections. */
export function hasPassedAll(serverTiming) {
  const named = (serverTiming ?? "").split(",").map((entry) => entry.split(";")[0].trim());
  return CHECKS.every((check) => named.includes(check));
}

export function shortened(text) {
  const cut = text.length > LONGEST_BODY ? `${text.slice(0, LONGEST_BODY)}\n(${text.length - LONGEST_BODY} more characters)` : text;
  return cut
    .replace(JWT, (jwt) => jwt.split(".").map(middleLeftOut).join("."))
    .replace(IN_ADDRESS_OR_FORM, (_, name, value) => name + (value.includes("…") ? value : middleLeftOut(value)))
    .replace(IN_JSON, (_, name, value) => name + (value.includes("…") ? value : middleLeftOut(value)));
}

/* Never more than half of the letters: a short one must not be shown whole. */
function middleLeftOut(value) {
  const begin = Math.min(BEGIN, Math.floor(value.length / 3));
  const end = Math.min(END, Math.floor(value.length / 6));
  return `${value.slice(0, begin)}…${value.slice(value.length - end)}`;
}

/* ---- Drawing ------------------------------------------------------------------------------------------------------ */

const NAMES = { browser: "browser", application: "application", issuer: "authorization server", api: "Calendar API" };

export function draw() {
  const messages = tab.kept("messages") ?? [];
  document.getElementById("happened").hidden = messages.length === 0;
  document.getElementById("count").textContent = `${messages.length} message${messages.length === 1 ? "" : "s"}, as this tab saw them.`;
  document.querySelector("#happened .seq").replaceChildren(...messages.map(item));
}

function item(message, index) {
  const { from, to, says, asked, request, answer, status, took, hasPassed, ended } = message;
  const made = document.getElementById("message").content.firstElementChild.cloneNode(true);
  const write = (selector, text) => (made.querySelector(selector).textContent = text);
  const isRefused = status >= 400 || status === 0;
  Object.assign(made.dataset, { from, to });
  made.classList.add(`is-${to}`);
  made.classList.toggle("msg--failed", isRefused);
  write(".msg__n", index + 1);
  write(".msg__say", says);
  write(".arrow__route b:first-child", NAMES[from]);
  write(".arrow__route b:last-child", NAMES[to]);
  write(".arrow__ask code", asked);
  write(".status", status === 0 ? (ended ?? "no answer") : (status ?? ""));
  made.querySelector(".status").hidden = status === null;
  made.querySelector(".status").classList.toggle("status--failed", isRefused);
  made.querySelector(".ticks").hidden = !hasPassed;
  write(".took", took === null ? "" : `${took} ms`);
  made.querySelector(".took").hidden = took === null;
  bytes(made.querySelector("figure:first-child"), from, request);
  bytes(made.querySelector("figure:last-child"), to, answer);
  made.querySelector("details").addEventListener("toggle", ({ target }) => {
    made.classList.toggle("msg--open", target.open);
    // The drawer shows few lines at once: what the last one holds would open below its edge. The page behind stays where it is.
    if (target.open) made.scrollIntoView({ block: "nearest", container: "nearest" });
  });
  return made;
}

function bytes(figure, role, text) {
  figure.hidden = !text;
  figure.classList.add(`is-${role}`);
  figure.querySelector("b").textContent = NAMES[role];
  figure.querySelector("pre").textContent = text;
}
