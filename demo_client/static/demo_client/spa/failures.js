/* Every way in which this page cannot go on, in the words of `demo_client/failures.py` where Daybook's server knows the same.
   `words` can be kept in the tab: texts hold code between backticks; `next` is what the one button does: `signIn`, `ask`, `retry`,
   `start` or `reload`. */

import { application } from "./application.js";

export const ISSUER = { name: "Authorization server", said: "authorization server", role: "issuer", setting: "ISSUER" };
export const CALENDAR = { name: "Calendar API", said: "Calendar API", role: "api", setting: "CALENDAR_API_URL" };
const DAYBOOK = { role: "application" };

export class Failure extends Error {
  constructor(service, words) {
    super(words.headline);
    this.words = { role: service.role, steps: [], next: "signIn", ...words };
  }
}

export const noAnswer = (service, url, why) =>
  new Failure(service, {
    label: "no answer",
    headline: `The ${service.said} does not answer`,
    lead: `This page tried \`${url}\`: ${why}.`,
    steps: [
      ["Look at the terminal of `make demo`", "A line that starts with the service’s name says why it stopped."],
      ["Does it run somewhere else?", `Set \`${service.setting}\` in \`.env\` and start again.`],
    ],
    next: "retry",
  });

const NAME_THE_ORIGIN = [
  "Name this page’s origin at the API",
  `Add \`${location.origin}\` to \`CORS_ALLOWED_ORIGINS\` of the Calendar API, and start it again. ` +
    "`make demo` does so unless `.env` sets it.",
];
const REGISTER_THE_ORIGIN = [
  "Compare the redirect URI",
  `Scripts of \`${location.origin}\` may call \`/oauth/token\` where a redirect URI of that origin is registered for ` +
    `\`${application.clientId}\`.`,
];

/* A browser tells scripts nothing of an answer that they may not read, not even that there was one. */
export const mayNotRead = (service, url) =>
  new Failure(service, {
    label: "not readable here",
    headline: `The ${service.said} does not let this page read its answers`,
    lead: `It runs, but its answer at \`${url}\` is not for scripts of \`${location.origin}\` (CORS), so the browser keeps it back.`,
    steps: [service === CALENDAR ? NAME_THE_ORIGIN : REGISTER_THE_ORIGIN],
    next: "retry",
  });

export const unusable = (service, url, what) =>
  new Failure(service, {
    label: "unusable answer",
    headline: `The ${service.said} answers something else than agreed`,
    lead: `\`${url}\` ${what}.`,
    steps: [["Is that the right address?", `Compare \`${service.setting}\` in \`.env\` with where the ${service.said} runs.`]],
    next: "retry",
  });

export const noObject = (service, url, status) =>
  unusable(service, url, `answered ${status} without the JSON object that belongs there`);

/* RFC 6749 sections 4.1.2.1 and 4.2.2.1; `access_denied`: the person said no. */
export function refused(error, description) {
  if (error === "access_denied") {
    return new Failure(ISSUER, {
      label: error,
      headline: "Daybook may not read your calendar",
      lead: "You did not allow it at the authorization server. This tab has got nothing, and has asked the calendar nothing.",
      steps: [["Did you mean to?", "Then all is well. Else ask again and press Allow: nothing was lost."]],
      next: "ask",
    });
  }
  const headline = "The authorization server sent neither code nor ticket";
  return new Failure(ISSUER, { label: error, headline, lead: description || "It gave no reason." });
}

/* RFC 9700 section 2.1: somebody else's answer could be on its way into this tab. */
export const unexpected = () =>
  new Failure(DAYBOOK, {
    label: "unknown state",
    headline: "Daybook does not wait for this answer",
    lead:
      "Its bookmark (`state`) was used before, or was made for another tab. " +
      "So Daybook did not use the answer: it could be somebody else’s sign-in.",
    next: "start",
  });

/* RFC 9207 section 2.4: a mix-up. */
export function wrongIssuer(received) {
  const named = received ? `It names \`${received.slice(0, 80)}\`` : "It names no issuer (`iss`)";
  return new Failure(DAYBOOK, {
    label: "wrong issuer",
    headline: "The answer is not from the authorization server that Daybook asked",
    lead: `${named}; Daybook asked \`${application.issuer}\`. Nothing in it was used.`,
    steps: [["Is it the same server under another name?", "Make `ISSUER` in `.env` equal its `iss`, the last slash included."]],
  });
}

export const noTicket = (error, description) =>
  new Failure(ISSUER, {
    label: error,
    headline: `The authorization server gives ${application.clientId} no ticket`,
    lead: description || "It gave no reason.",
    steps: error === "invalid_grant" ? [["Sign in again", "A code is good once, for 60 seconds."]] : [],
  });

export const nonceDiffers = () =>
  new Failure(DAYBOOK, {
    label: "nonce differs",
    headline: "The ID token belongs to another sign-in",
    lead: "Its `nonce` is not the one that this tab sent. Nothing of the answer was kept.",
  });

export const expired = () =>
  new Failure(DAYBOOK, {
    label: "expired",
    headline: "The ticket to your calendar has run out",
    lead: "Every ticket (access token) ends after a while. This tab has forgotten it: the Calendar API would answer 401.",
    endsTicket: true,
  });

/* An API said no and gave its reason as a problem (RFC 9457). A ticket that it does not take (401) is of no use any more. */
export function saidNo(status, { code, title, detail, cure, type }) {
  return new Failure(CALENDAR, {
    label: `${status} ${text(code) || "no code"}`,
    headline: status === 401 ? "The Calendar API does not accept the ticket" : "The Calendar API said no",
    lead: [title, detail].map(text).filter(Boolean).join(": ") || `It answered ${status}.`,
    steps: text(cure) ? [["What the API advises", text(cure)]] : [],
    page: text(type).startsWith(`${location.origin}/`) ? type : "",
    endsTicket: status === 401,
    next: status === 401 ? "signIn" : "retry",
  });
}

export const keepsNothing = () =>
  new Failure(DAYBOOK, {
    label: "nothing is kept",
    headline: "Your browser keeps nothing for this page",
    lead:
      "The page has to remember what it asked until the answer is back, and the ticket after that (sessionStorage). " +
      "The browser blocks all site data here.",
    steps: [["Allow it", `Allow site data for \`${location.origin}\` in the browser’s settings, then try again.`]],
    next: "reload",
  });

const text = (value) => (typeof value === "string" ? value.slice(0, 500) : "");
