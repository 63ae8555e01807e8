/* The browser is back. The answer becomes a ticket or a failure, this tab keeps it, and the page with the week takes over: this one
   leaves no entry in the history. */

import { address, answer } from "./answer.js";
import { application } from "./application.js";
import { Failure } from "./failures.js";
import { finish } from "./sign_in.js";
import * as tab from "./tab.js";

const waiting = document.getElementById("waiting");

/* Somebody opened this address by hand. */
const cameByHand = address === location.pathname;

async function arrive() {
  if (cameByHand || !tab.keepsAnything()) return;
  tab.forget("failure");
  try {
    waiting.textContent = "Waiting for the authorization server.";
    tab.keep("ticket", await finish(answer, address));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tab.keep("failure", error.words);
  }
}

await arrive();
location.replace(application.page);
