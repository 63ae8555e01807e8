/* Times as the clock on the wall of one zone has them, wherever the browser is: texts as `2026-11-23T18:30:00`, without an offset. */

/* From a moment to that text, in this zone. */
export function wallClock(zone) {
  // Swedish is written as ISO 8601 is: "2026-11-23 18:30:00".
  const wall = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  return (moment) => wall.format(new Date(moment)).replace(" ", "T");
}

export const day = (text) => text.slice(0, 10);
export const clock = (text) => text.slice(11, 16);

export function daysLater(date, days) {
  const later = new Date(`${date}T00:00Z`);
  later.setUTCDate(later.getUTCDate() + days);
  return day(later.toISOString());
}

/* The last day that something touches: what ends at midnight does not touch the next. In the hour that comes twice, it may end before
   it began. */
export function lastDay(start, end) {
  const last = clock(end) === "00:00" ? daysLater(day(end), -1) : day(end);
  return last > day(start) ? last : day(start);
}
