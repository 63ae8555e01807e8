/* The page `/spa`: what it shows follows from what the tab keeps. Without a ticket, two ways to one; with a ticket, the week and how long
   the ticket is good for; after a failure, what it means and what to do.

   Everything that came from elsewhere is written as text (textContent), never as markup: a script in an event's title would else find
   the ticket. Read next: `sign_in.js`. */

import { application } from "./application.js";
import { expired, Failure, keepsNothing } from "./failures.js";
import * as messages from "./messages.js";
import { begin, canUseCode } from "./sign_in.js";
import * as tab from "./tab.js";
import * as week from "./week.js";

const byId = (id) => document.getElementById(id);
const SECTIONS = ["start", "held", "trouble"];
const WORDS = { signIn: "Sign in again", ask: "Ask again", retry: "Try again", start: "Back to the two ways", reload: "Try again" };
const ENDS_SOON = 0.1; // of its life

/* ---- What is shown ------------------------------------------------------------------------------------------------ */

function show(id) {
  const focused = document.activeElement;
  for (const name of SECTIONS) byId(name).hidden = name !== id;
  byId("waiting").textContent = "";
  messages.draw();
  // What was pressed may be hidden now: whoever goes on with the keyboard begins at the new headline.
  if (focused.closest("section[hidden]")) byId(id).querySelector("h1").focus();
}

function showStart() {
  document.title = "Daybook in the browser";
  show("start");
}

function showTrouble(words) {
  for (const role of byId("trouble").querySelectorAll("[data-role]")) role.hidden = role.dataset.role !== words.role;
  document.title = `${words.headline} · Daybook`;
  byId("label").textContent = words.label;
  byId("headline").textContent = words.headline;
  byId("lead").replaceChildren(...marked(words.lead));
  byId("cures").hidden = words.steps.length === 0;
  byId("steps").replaceChildren(...words.steps.map(step));
  byId("go-on").textContent = WORDS[words.next];
  byId("back").hidden = ["start", "reload"].includes(words.next);
  byId("reason").hidden = !words.page;
  byId("reason").href = words.page ?? "";
  byId("go-on").onclick = (click) => goOn(words.next, click);
  show("trouble");
}

function goOn(next, click) {
  if (next === "start") leave();
  else if (next === "reload") location.reload();
  else if (next === "retry" && tab.kept("ticket")) showWeek();
  else ask(tab.kept("way") ?? "code", click);
}

function step([head, text]) {
  const made = byId("step").content.firstElementChild.cloneNode(true);
  made.querySelector("h3").replaceChildren(...marked(head));
  made.querySelector("p").replaceChildren(...marked(text));
  return made;
}

/* `text` with everything between backticks as <code>. */
function marked(text) {
  return text.split("`").map((piece, index) => {
    const made = index % 2 ? document.createElement("code") : document.createTextNode(piece);
    made.textContent = piece;
    return made;
  });
}

/* ---- The ticket ----------------------------------------------------------------------------------------------------- */

async function showWeek() {
  const ticket = tab.kept("ticket");
  const stop = waitFor("Calendar API", byId("read"));
  try {
    if (ticket.endsAt <= Date.now()) throw expired();
    week.draw(await week.read(ticket));
    describe(ticket);
    document.title = `${byId("held").querySelector("h1").textContent} · Daybook in the browser`;
    show("held");
  } catch (error) {
    fail(error);
  } finally {
    stop();
  }
}

function describe({ scopes, way }) {
  byId("may").textContent = scopes.includes("write") ? "reading and writing" : "read only";
  byId("scopes").textContent = scopes.join(" ");
  for (const words of byId("held").querySelectorAll("[data-of-way]")) words.hidden = words.dataset.ofWay !== way;
  countDown();
}

function countDown() {
  const ticket = tab.kept("ticket");
  if (!ticket) return;
  const left = Math.max(0, Math.ceil((ticket.endsAt - Date.now()) / 1000));
  const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
  byId("left").textContent = [hours, minutes, seconds].map((number) => String(number).padStart(2, "0")).join(":");
  byId("left").dateTime = `PT${left}S`;
  byId("soon").hidden = left > ticket.seconds * ENDS_SOON;
  Object.assign(byId("life"), { max: ticket.seconds, value: left });
  if (left === 0) fail(expired());
}

/* ---- What people do --------------------------------------------------------------------------------------------------- */

async function ask(way, { currentTarget: button }) {
  if (button.getAttribute("aria-disabled") === "true") return;
  tab.forget("ticket", "failure");
  tab.keep("way", way);
  const stop = waitFor("authorization server", button);
  try {
    await begin(way);
  } catch (error) {
    stop();
    fail(error);
  }
}

function leave() {
  tab.forget("ticket", "pending", "messages", "failure");
  showStart();
}

function fail(error) {
  if (!(error instanceof Failure)) throw error;
  if (error.words.endsTicket) tab.forget("ticket");
  if (!tab.kept("ticket")) tab.keep("failure", error.words); // with a ticket, a reload tries again
  showTrouble(error.words);
}

/* After a second the page names whom it waits for, and counts. The function that is returned ends it. */
function waitFor(name, button) {
  let seconds = 0;
  const clock = setInterval(() => (byId("waiting").textContent = `Waiting for the ${name}: ${++seconds} s`), 1000);
  button.setAttribute("aria-busy", "true");
  return () => {
    clearInterval(clock);
    byId("waiting").textContent = "";
    button.removeAttribute("aria-busy");
  };
}

/* ---- From the start ----------------------------------------------------------------------------------------------------- */

function open() {
  if (!tab.keepsAnything()) return showTrouble(keepsNothing().words);
  if (tab.kept("ticket")) return showWeek();
  const failure = tab.kept("failure");
  return failure ? showTrouble(failure) : showStart();
}

for (const button of document.querySelectorAll("[data-way]")) button.addEventListener("click", (click) => ask(button.dataset.way, click));
for (const id of ["forget", "back"]) byId(id).addEventListener("click", leave);
byId("read").addEventListener("click", showWeek);
if (!canUseCode) {
  document.querySelector("[data-way=code]").setAttribute("aria-disabled", "true");
  byId("no-subtle").hidden = false;
}
// A page that the browser kept whole, for its button "Back", would show what the tab has forgotten.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
setInterval(countDown, 1000);
open();
