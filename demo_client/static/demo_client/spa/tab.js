/* What this tab keeps, in its sessionStorage: one entry each for the request that waits (`pending`), the ticket, the messages, and the
   last failure. Another tab has none of it, a reload keeps it, closing the tab ends it. Every script of this origin can read it. */

const PREFIX = "daybook.";

/* Whether the browser keeps anything for this page: with all site data blocked, even asking throws. */
export function keepsAnything() {
  try {
    return Boolean(sessionStorage);
  } catch {
    return false;
  }
}

export function keep(name, value) {
  sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
}

/* What was kept, or null. */
export function kept(name) {
  return keepsAnything() ? JSON.parse(sessionStorage.getItem(PREFIX + name)) : null;
}

/* What was kept, once: the next call finds nothing. */
export function take(name) {
  const value = kept(name);
  forget(name);
  return value;
}

export function forget(...names) {
  for (const name of names) sessionStorage.removeItem(PREFIX + name);
}
