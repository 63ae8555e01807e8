/* The week's events: asked of the Calendar API with the ticket from this tab, and written into the page's list of days. */

import { application } from "./application.js";
import { call } from "./calls.js";
import { CALENDAR, noObject, saidNo, unusable } from "./failures.js";
import { clock, day, lastDay, wallClock } from "../wall_clock.js";

const list = document.getElementById("week");
const MOST_PAGES = 20;

const onTheWall = wallClock(list.dataset.zone);

/* The events of the ticket's user that touch the page's week, in order (`GET events`, all of its pages). Throws `Failure`. */
export async function read({ accessToken }) {
  const { from: timeMin, until: timeMax, zone: timeZone } = list.dataset;
  const asked = new URLSearchParams({ timeMin, timeMax, timeZone, singleEvents: true, orderBy: "startTime", maxResults: 250 });
  const events = [];
  for (let page = 0; page < MOST_PAGES; page++) {
    const { status, members } = await call(`${application.eventsUrl}?${asked}`, {
      kind: "events",
      service: CALENDAR,
      says: "Daybook shows the ticket. The Calendar API checks it four times and opens.",
      refused: "Daybook shows the ticket. The Calendar API does not open.",
      headers: { Authorization: `Bearer ${accessToken}` },
    });
    if (status >= 400 && status < 500 && members) throw saidNo(status, members);
    if (status !== 200 || !members) throw noObject(CALENDAR, application.eventsUrl, status);
    events.push(...readable(members.items));
    if (!members.nextPageToken) return events;
    asked.set("pageToken", members.nextPageToken);
  }
  throw unusable(CALENDAR, application.eventsUrl, "has more events in one week than this page reads");
}

function readable(items) {
  try {
    return items.filter(({ status }) => status !== "cancelled").map(event);
  } catch (error) {
    throw unusable(CALENDAR, application.eventsUrl, `answered 200 with events that cannot be read (${error.name})`);
  }
}

/* Times as the clock on the wall has them; an all-day event ends at the midnight after its last day. */
function event({ summary, location, geo, start, end }) {
  const isAllDay = Boolean(start.date);
  const [from, until] = isAllDay ? [`${start.date}T00:00`, `${end.date}T00:00`] : [onTheWall(start.dateTime), onTheWall(end.dateTime)];
  const place = location || (geo ? `${geo.lat.toFixed(4)}, ${geo.lon.toFixed(4)}` : "");
  return { title: summary || "(no title)", place, isAllDay, from, until, last: lastDay(from, until) };
}

/* ---- Drawing ------------------------------------------------------------------------------------------------------ */

export function draw(events) {
  list.hidden = events.length === 0;
  document.getElementById("empty").hidden = events.length > 0;
  for (const section of list.children) {
    const date = section.dataset.day;
    const here = events.filter(({ from, last }) => day(from) <= date && date <= last);
    // What began on an earlier day stands first: it is going on already.
    const begins = ({ from, isAllDay }) => !isAllDay && day(from) === date;
    const ordered = [...here.filter((event) => !begins(event)), ...here.filter(begins)];
    section.querySelector(".day__list").replaceChildren(...ordered.map((event) => entry(event, date)));
    section.querySelector(".day__list").hidden = here.length === 0;
    section.querySelector(".day__none").hidden = here.length > 0;
  }
}

function entry(event, date) {
  const made = document.getElementById("entry").content.firstElementChild.cloneNode(true);
  const [title, when, place] = made.children;
  made.classList.toggle("event--all", event.isAllDay);
  title.textContent = event.title;
  when.textContent = label(event, date);
  place.textContent = event.place;
  return made;
}

function label({ from, until, last, isAllDay }, date) {
  const [begins, ends] = [day(from) === date, last === date];
  if (isAllDay || (!begins && !ends)) return "all day";
  if (begins && ends) return `${clock(from)}–${clock(until)}`;
  return begins ? `from ${clock(from)}` : `until ${clock(until)}`;
}
