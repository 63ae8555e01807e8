// While a page is on its way: after 0.3 s the button that was pressed turns busy and keeps its width, after 1 s the page says
// who is being waited for, and for how long. `data-waits-for` on a form or link names whom; the server ends the wait, not this.
const BUSY_AFTER = 300, SAID_AFTER = 1000;
let undo = [];

function wait(pressed, whom) {
  const started = Date.now();
  pressed.style.minWidth = `${pressed.offsetWidth}px`;
  const busy = setTimeout(() => pressed.setAttribute("aria-busy", "true"), BUSY_AFTER);
  const says = document.createElement("span");
  says.className = "small";
  says.setAttribute("role", "status");
  const tick = setInterval(() => {
    const seconds = Math.floor((Date.now() - started) / 1000);
    if (seconds >= SAID_AFTER / 1000) {
      says.textContent = `Waiting for ${whom}, ${seconds} s`;
      if (!says.isConnected) pressed.after(says);
    }
  }, 250);
  undo.push(() => {
    clearTimeout(busy);
    clearInterval(tick);
    pressed.removeAttribute("aria-busy");
    says.remove();
  });
}

document.addEventListener("submit", (event) => {
  const whom = event.target.dataset.waitsFor;
  if (whom && event.submitter) wait(event.submitter, whom);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-waits-for]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) wait(link, link.dataset.waitsFor);
});
// A page that comes back from the browser's memory waits for nothing.
window.addEventListener("pageshow", () => {
  undo.forEach((take) => take());
  undo = [];
});
