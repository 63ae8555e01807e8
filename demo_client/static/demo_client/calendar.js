/* The week or the month, drawn by FullCalendar where there is room for it. On narrow screens, and without scripts, the page's own list
   stays. Every time is shown as the clock on the wall in `data-zone` has it, wherever the browser is. */

import { clock, day, daysLater, lastDay, wallClock } from "./wall_clock.js";

const drawing = document.getElementById("calendar");
const list = document.getElementById("calendar-list");
const events = JSON.parse(document.getElementById("calendar-events").textContent);
const isMonth = drawing.dataset.view === "month";

const ROOM = matchMedia("(min-width: 60rem)");
const FULL_CALENDAR = new URL("vendor/fullcalendar-6.1.21/index.global.min.js", import.meta.url);
const FIRST_HOUR = 8;
const LAST_HOUR = 20; // hours that are always shown; an event outside them lengthens the day
const HALF_HOUR_REM = 1.25;
const MOST_SIDE_BY_SIDE = 3;
const MOST_ALL_DAY = 6;
const MOST_IN_A_DAY_OF_THE_MONTH = 3;

/* ---- Moments on the wall ------------------------------------------------------------------------------------------ */

/* FullCalendar is told that all is UTC and gets the wall's date and time, so that it has nothing to convert. */
const onTheWall = wallClock(drawing.dataset.zone);
const named = (date, options) => new Date(`${date}T00:00Z`).toLocaleDateString("en-GB", { ...options, timeZone: "UTC" });

/* ---- From the page's events to FullCalendar's --------------------------------------------------------------------- */

/* The pieces that an event is drawn as. In a week, what goes on past midnight stands above the hours on the days after. */
function pieces(event) {
  const piece = (start, end, { allDay = false, ...words }) => ({
    id: event.id, title: event.title, url: event.url, start, end, allDay, extendedProps: { event, ...words },
  });
  if (event.allDay) return [piece(event.start, event.end, { allDay: true, when: "all day", longFirst: 1 })];
  const [start, end] = [onTheWall(event.start), onTheWall(event.end)];
  const last = lastDay(start, end);
  if (isMonth || last === day(start)) {
    const when = last === day(start) ? `${clock(start)}–${clock(end)}` : `from ${clock(start)}`;
    // In the hour that comes twice, an event may end before it began.
    const isLong = new Date(event.end) - new Date(event.start) >= 24 * 3_600_000;
    const words = { when, starts: clock(start), longFirst: isLong ? 1 : 0 };
    return [piece(start, end > start ? end : undefined, words)];
  }
  const next = daysLater(day(start), 1);
  const until = last === next ? clock(end) : `${named(last, { weekday: "short" })} ${clock(end)}`;
  return [
    piece(start, `${next}T00:00:00`, { when: `from ${clock(start)}`, starts: clock(start) }),
    piece(next, daysLater(last, 1), { allDay: true, when: `until ${until}` }),
  ];
}

/* The hours to show: 8 to 20, and more where an event of this week needs it. */
function hours(drawn) {
  const monday = drawing.dataset.date;
  const timed = drawn.filter((piece) => !piece.allDay && day(piece.start) >= monday && day(piece.start) < daysLater(monday, 7));
  const ends = timed.map(({ start, end }) => (!end || day(end) > day(start) ? 24 : Math.ceil(minutes(end) / 60)));
  return {
    from: Math.min(FIRST_HOUR, ...timed.map(({ start }) => Math.floor(minutes(start) / 60))),
    to: Math.max(LAST_HOUR, ...ends),
  };
}

const minutes = (moment) => Number(moment.slice(11, 13)) * 60 + Number(moment.slice(14, 16));
const hour = (number) => `${String(number).padStart(2, "0")}:00:00`;

/* ---- What stands in it -------------------------------------------------------------------------------------------- */

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/* Title, time, place. In a week the day comes first, for those who hear the page instead of seeing the columns. */
function content({ event: piece, view }) {
  const { event, when, starts } = piece.extendedProps;
  const title = element("b", piece.title || "(no title)");
  // Each piece says either when it starts or when it is, as its room allows; the style sheet chooses.
  const times = [element("span", when, event.allDay ? "sr" : "when")];
  if (starts) times.push(element("span", starts, "starts"));
  const timeFirst = view.type === "dayGridMonth" || piece.allDay;
  const parts = timeFirst ? [...times, title] : [title, ...times];
  if (event.place) {
    const place = element("span", event.place, "place");
    if (event.country) place.append(element("i", `, ${event.country}`));
    parts.push(place);
  }
  if (view.type === "timeGridWeek") {
    const date = named(day(piece.startStr), { weekday: "long", day: "numeric", month: "long" });
    parts.unshift(element("span", `${date}: `, "sr"));
  }
  return { domNodes: parts.flatMap((part) => [part, " "]).map((part) => (part === " " ? document.createTextNode(part) : part)) };
}

/* How much room an event has: four lines, three, two, or one. */
function room({ event: piece }) {
  if (piece.allDay || isMonth) return [];
  const lasts = piece.end ? (piece.end - piece.start) / 60_000 : 60;
  if (lasts < 45) return ["is-line"];
  if (lasts < 75) return ["is-short"];
  return lasts < 120 ? [] : ["is-tall"];
}

function dayHead({ date, isToday }) {
  const weekday = date.toLocaleDateString("en-GB", { weekday: "short", timeZone: "UTC" });
  if (isMonth) return weekday;
  const number = element("span", date.getUTCDate());
  if (isToday) number.append(element("span", " today", "sr"));
  return { domNodes: [element("span", `${weekday} `), number] };
}

/* "+2 more" opens FullCalendar's list; this makes it a dialog that the keyboard enters, and leaves with Escape to where it was. */
function openTheRest({ jsEvent }) {
  const link = jsEvent.currentTarget;
  new MutationObserver((_, observer) => {
    const popover = drawing.querySelector(".fc-popover");
    if (!popover) return;
    observer.disconnect();
    enter(popover, () => link.focus());
  }).observe(drawing, { childList: true, subtree: true });
  return "popover";
}

function enter(popover, leave) {
  const close = popover.querySelector(".fc-popover-close");
  popover.setAttribute("role", "dialog");
  popover.tabIndex = -1;
  popover.addEventListener("keydown", ({ key }) => key === "Escape" && leave());
  close.setAttribute("role", "button");
  close.setAttribute("aria-label", "Close");
  close.tabIndex = 0;
  close.addEventListener("click", leave);
  close.addEventListener("keydown", (pressed) => {
    if (![" ", "Enter"].includes(pressed.key)) return;
    pressed.preventDefault();
    close.click();
  });
  popover.focus();
}

/* ---- Drawing ------------------------------------------------------------------------------------------------------ */

function calendar() {
  const drawn = events.flatMap(pieces);
  const { from, to } = hours(drawn);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  return new window.FullCalendar.Calendar(drawing, {
    initialView: isMonth ? "dayGridMonth" : "timeGridWeek",
    initialDate: drawing.dataset.date,
    now: drawing.dataset.today,
    timeZone: "UTC",
    locale: "en-GB",
    firstDay: 1,
    headerToolbar: false,
    height: "auto",
    stickyHeaderDates: false,
    slotMinTime: hour(from),
    slotMaxTime: hour(to),
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    slotLabelInterval: "01:00",
    slotEventOverlap: false,
    allDayText: "all day",
    fixedWeekCount: false,
    nextDayThreshold: "09:00:00",
    eventMinHeight: HALF_HOUR_REM * rem,
    eventMaxStack: MOST_SIDE_BY_SIDE,
    dayMaxEvents: isMonth ? MOST_IN_A_DAY_OF_THE_MONTH : MOST_ALL_DAY,
    eventOrder: "-longFirst,start,-duration,title",
    events: drawn,
    eventContent: content,
    eventClassNames: room,
    dayHeaderContent: dayHead,
    moreLinkDidMount: ({ el }) => el.setAttribute("role", "button"),
    moreLinkClick: openTheRest,
  });
}

let loading;
function fullCalendar() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    Object.assign(script, { src: FULL_CALENDAR, onload: resolve, onerror: reject });
    document.head.append(script);
  });
  return loading;
}

let made;
async function arrange() {
  if (ROOM.matches) await fullCalendar();
  drawing.hidden = !ROOM.matches;
  list.hidden = ROOM.matches;
  if (!ROOM.matches) return;
  made ??= calendar();
  made.render();
}

ROOM.addEventListener("change", arrange);
arrange();
