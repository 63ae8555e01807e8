// How long the present ticket is good, second by second. Counted from the seconds that the server named, so that the browser's clock may
// be wrong. Without this script the page says when it ends.
const WARNS_AT = 0.1; // of its life
const byId = (id) => document.getElementById(`ticket-${id}`);
const life = byId("life"), left = life.querySelector("time"), seconds = Number(life.dataset.seconds);
const endsAt = Date.now() + seconds * 1000;

function show() {
  const now = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
  left.textContent = [now / 3600, (now / 60) % 60, now % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
  left.dateTime = `PT${now}S`;
  byId("soon").hidden = now === 0 || now > Math.max(5, seconds * WARNS_AT);
  if (now) return;
  clearInterval(ticking);
  left.hidden = true;
  byId("words").textContent = "The ticket (access token) has run out.";
  byId("then").textContent = "Reload, and Daybook gets a new one. Nobody is asked; what just happened shows how.";
}

byId("words").textContent = "Ticket (access token) good for";
const ticking = setInterval(show, 1000);
show();
