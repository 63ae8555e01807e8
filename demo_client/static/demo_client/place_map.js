/* The map in the event form: a place is picked by click, tap or keyboard, its coordinates go into the form, and Daybook asks for its name.
   Shapes and names come from this origin, drawn by Leaflet; there are no tiles. Without scripts the three fields are all there is. */

import "./vendor/leaflet-1.9.4/leaflet.js";

const L = window.L;
const box = document.getElementById("place-map");
const fields = { lat: document.getElementById("lat"), lon: document.getElementById("lon"), name: document.getElementById("location") };
const says = document.getElementById("place-says");

const DEGREES_WRITTEN = 4; // decimals: about ten metres
const SAY_WAITING_MS = 300;
const GIVE_UP_MS = 10_000;
const START = { centre: [50, 11], zoom: 4 }; // the middle of Europe
const CLOSE_ENOUGH = 9; // the zoom at which a city fills the map
const GAP_PX = 6;

/* ---- The map ------------------------------------------------------------------------------------------------------ */

const moves = !matchMedia("(prefers-reduced-motion: reduce)").matches;
const map = L.map(box, {
  attributionControl: false,
  doubleClickZoom: false, // a click picks: two would pick twice
  fadeAnimation: moves,
  inertia: moves,
  markerZoomAnimation: moves,
  maxBounds: [[-85, -180], [85, 180]],
  maxBoundsViscosity: 1,
  maxZoom: 13,
  minZoom: 1,
  renderer: L.svg({ padding: 0.5 }),
  scrollWheelZoom: false, // until somebody works in it: the page must scroll past
  zoomAnimation: moves,
  zoomControl: false,
}).setView(START.centre, START.zoom);
L.control.zoom({ position: "topright" }).addTo(map);
L.control.scale({ position: "topleft", imperial: false }).addTo(map);
const thanks = L.control.attribution({ prefix: false }).addTo(map);
thanks.addAttribution("Borders: Natural Earth");
map.on("focus", () => map.scrollWheelZoom.enable());
map.on("blur", () => map.scrollWheelZoom.disable());

L.DomUtil.create("span", "place-map__centre", box);
const bar = L.DomUtil.create("p", "place-map__bar");
bar.innerHTML = `<button type="button" class="btn btn--small">Pick the centre</button>
  <span id="place-map-keys">Click or tap the map. With the keyboard: arrows move it, + and − zoom, Enter picks its centre.</span>`;
box.after(bar);
box.setAttribute("role", "application");
box.setAttribute("aria-label", "Map to pick a place on");
box.setAttribute("aria-describedby", "place-map-keys");

/* ---- Picking ------------------------------------------------------------------------------------------------------ */

let pin;
function putPin(point) {
  pin ??= L.marker(point, { icon: L.divIcon({ className: "place-map__pin", iconSize: null }), interactive: false, keyboard: false }).addTo(map);
  pin.setLatLng(point);
}

const written = (degrees) => ((Math.round(degrees * 10 ** DEGREES_WRITTEN) || 0) / 10 ** DEGREES_WRITTEN).toFixed(DEGREES_WRITTEN);

function pick(latlng) {
  const point = latlng.wrap();
  fields.lat.value = written(point.lat);
  fields.lon.value = written(point.lng);
  putPin(point);
  askForTheName("Picked on the map");
}

/* The centre where the map is going, if an arrow key has just sent it off. */
let isMoving = false;
map.on("movestart", () => (isMoving = true)).on("moveend", () => (isMoving = false));
function pickCentre() {
  if (isMoving) map.once("moveend", pickCentre);
  else pick(map.getCenter());
}

map.on("click", ({ latlng }) => pick(latlng));
bar.querySelector("button").addEventListener("click", pickCentre);
box.addEventListener("keydown", (pressed) => {
  if (pressed.key !== "Enter" || pressed.target !== box) return;
  pressed.preventDefault();
  pickCentre();
});

/* The point that the two fields say, or nothing while they say none. */
function typedPoint() {
  const [lat, lon] = [fields.lat, fields.lon].map(({ value }) => (value.trim() ? Number(value) : NaN));
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? L.latLng(lat, lon) : undefined;
}

function showTyped() {
  const point = typedPoint();
  if (!point) {
    pin?.remove();
    pin = undefined;
    return;
  }
  putPin(point);
  if (!map.getBounds().pad(-0.1).contains(point)) map.setView(point, Math.max(map.getZoom(), CLOSE_ENOUGH));
}

for (const field of [fields.lat, fields.lon]) {
  field.addEventListener("input", showTyped);
  field.addEventListener("change", () => {
    if (typedPoint()) return askForTheName("Typed");
    stopAsking();
    const bothThere = fields.lat.value.trim() && fields.lon.value.trim();
    say(bothThere ? "failed" : "", bothThere ? "Latitude goes from -90 to 90, longitude from -180 to 180, as in 52.5158 and 13.4540." : "");
  });
}

/* ---- The name ----------------------------------------------------------------------------------------------------- */

/* What the map wrote into the name's field. Anything else there is the person's own, and stays. */
let nameFromTheMap = "";
const offer = L.DomUtil.create("button", "btn btn--small place-map__offer");
Object.assign(offer, { type: "button", hidden: true });
offer.addEventListener("click", () => {
  write(offer.dataset.name);
  offer.hidden = true;
  fields.name.focus();
});
says.after(offer);

function write(name) {
  fields.name.value = nameFromTheMap = name;
}

function say(state, text) {
  says.dataset.state = state;
  says.textContent = text;
  offer.hidden = true;
}

let asking; // what ends the question that is open
function stopAsking() {
  asking?.abort();
  asking = undefined;
}

async function askForTheName(how) {
  stopAsking();
  const mine = (asking = new AbortController());
  const where = `${how}: ${written(fields.lat.value)}, ${written(fields.lon.value)}`;
  say("picked", where);
  const began = performance.now();
  const clock = setInterval(() => {
    const passed = performance.now() - began;
    if (passed < GIVE_UP_MS) sayWaiting(where, passed);
    else mine.abort(new Error(`Daybook did not answer for ${GIVE_UP_MS / 1000} seconds.`));
  }, SAY_WAITING_MS);
  try {
    const answer = await nameOf(fields.lat.value, fields.lon.value, mine.signal);
    if (mine === asking) take(where, answer);
  } catch (error) {
    const reason = error.message.replace(/\.?$/, ".");
    if (mine === asking) say("failed", `${where}. No name for it: ${reason} Type a name, or pick again.`);
  } finally {
    clearInterval(clock);
  }
}

/* From Daybook: `{name}`, or `{name: null, reason}`. Throws with words that can be shown. */
async function nameOf(lat, lon, signal) {
  const address = new URL(box.dataset.nameUrl, document.baseURI);
  address.search = new URLSearchParams({ lat, lon });
  const response = await fetch(address, { signal, headers: { Accept: "application/json" } }).catch(() => {
    throw signal.aborted ? signal.reason : new Error("Daybook does not answer.");
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok || answer.name === undefined) throw new Error(answer.detail || `Daybook answered ${response.status}.`);
  return answer;
}

function take(where, { name, reason }) {
  const isOwn = fields.name.value !== "" && fields.name.value !== nameFromTheMap;
  if (!isOwn) write(name ?? "");
  say("picked", name === null ? `${where}. ${reason}` : isOwn ? `${where}. The name that you typed stays.` : where);
  if (!isOwn || name === null || name === fields.name.value) return;
  offer.dataset.name = name;
  offer.textContent = `Use “${name}”`;
  offer.hidden = false;
}

/* From the first second on with the seconds; they are kept from those who listen, or they would hear each of them. */
function sayWaiting(where, passed) {
  const seconds = Math.floor(passed / 1000);
  const words = seconds ? `${where}. Waiting for the Geocoding API` : `${where}. Asking for its name`;
  if (says.firstChild?.data !== words) say("waiting", words);
  if (!seconds) return;
  const count = says.querySelector("span") ?? says.appendChild(document.createElement("span"));
  count.ariaHidden = "true";
  count.textContent = `: ${seconds} s`;
}

/* ---- Countries, and the names that there is room for -------------------------------------------------------------- */

async function read(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return response.json();
}

async function drawCountries() {
  const countries = await read(box.dataset.shapes);
  L.geoJSON(countries, { interactive: false, style: { className: "place-map__country", weight: 0.75 } }).addTo(map);
  return countries.features.map(({ properties: { name, at: [lon, lat] } }, rank) => ({ name, at: [lat, lon], rank, kind: "country" }));
}

async function readCities() {
  if (!box.dataset.cities) return [];
  thanks.addAttribution("Places © GeoNames.org, CC BY 4.0");
  return (await read(box.dataset.cities)).map(([name, lat, lon], rank) => ({ name, at: [lat, lon], rank, kind: "city" }));
}

const names = L.DomUtil.create("div", "place-map__names", map.createPane("names"));
names.ariaHidden = "true";
const ruler = document.createElement("canvas").getContext("2d");

/* How many of each kind may be named, the largest first, at a zoom. */
const MOST = { country: (zoom) => (zoom > 6 ? 0 : 15 * 2 ** (zoom - 1)), city: (zoom) => (zoom < 3 ? 0 : 40 * 4 ** (zoom - 3)) };

function writeNames(candidates) {
  const style = getComputedStyle(names);
  ruler.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const half = (parseFloat(style.fontSize) * 1.3) / 2;
  const [zoom, size, taken, shown] = [map.getZoom(), map.getSize(), controls(), []];
  for (const { name, at, rank, kind } of candidates) {
    if (rank >= MOST[kind](zoom)) continue;
    const { x, y } = map.latLngToContainerPoint(at);
    if (y < half || y > size.y - half) continue;
    const width = ruler.measureText(name).width;
    const [left, right] = kind === "city" ? [x - GAP_PX, x + 2 * GAP_PX + width] : [x - width / 2, x + width / 2];
    if (left < 0 || right > size.x) continue;
    const area = { left, right, top: y - half, bottom: y + half };
    if (taken.some((other) => overlap(area, other))) continue;
    taken.push(area);
    const label = L.DomUtil.create("span", `place-map__${kind}`);
    label.textContent = name;
    L.DomUtil.setPosition(label, map.latLngToLayerPoint(at));
    shown.push(label);
  }
  names.replaceChildren(...shown);
}

const overlap = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

/* What the buttons, the scale and the thanks cover, in the map's own pixels. */
function controls() {
  const [x, y] = [box.getBoundingClientRect().left + box.clientLeft, box.getBoundingClientRect().top + box.clientTop];
  const covered = [...box.querySelectorAll(".leaflet-control")].map((control) => control.getBoundingClientRect());
  return covered.map(({ left, right, top, bottom }) => ({ left: left - x, right: right - x, top: top - y, bottom: bottom - y }));
}

async function draw() {
  const candidates = (await Promise.all([drawCountries(), readCities()])).flat();
  map.on("moveend", () => writeNames(candidates));
  map.on("zoomstart", () => names.replaceChildren());
  writeNames(candidates);
}

if (typedPoint()) map.setView(typedPoint(), CLOSE_ENOUGH, { animate: false });
showTyped();
draw().catch((error) => say("failed", `The map could not be drawn: ${error.message}. Latitude and longitude can be typed.`));
