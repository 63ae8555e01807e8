"""Where each event stands on the week's page: its day, its row of half-hours, and its lane beside others at the same time."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from demo_client.api_clients import Point
from demo_client.events import Event, PlaceName
from demo_client.weeks import Week

_DAY_BEGINS, _DAY_ENDS = 8, 22  # hours that are always shown; an event outside them widens the day
_MOST_LANES = 3  # more side by side could not be read: the rest is counted, and stands in the list
_MOST_ALL_DAY_ROWS = 6
_TALL_HALF_HOURS = 4  # from here on a long title may go on in a second line; beside others earlier


@dataclass(frozen=True)
class Entry:
    """One event on one day. `row` and `span` count half-hours from the first hour shown; `lane` of `lanes` counts from 1."""

    event: Event
    when: str
    place: str
    country: str
    row: int = 0
    span: int = 0
    lane: int = 1
    lanes: int = 1

    @property
    def classes(self) -> str:
        """Its position as classes of daybook.css: the page's security policy allows no inline style."""
        if self.lane > _MOST_LANES or (self.lanes > _MOST_LANES and self.lane == _MOST_LANES):
            return "event--beyond"
        tall = " event--tall" if self.span >= (_TALL_HALF_HOURS if self.lanes == 1 else 2) else ""
        return f"row-{self.row} for-{self.span} lane-{self.lane}-of-{min(self.lanes, _MOST_LANES)}{tall}"


@dataclass(frozen=True)
class Beyond:
    """Events that found no lane: how many, and where their count stands."""

    count: int
    row: int
    span: int


@dataclass
class Day:
    """One day's column."""

    day: date
    is_today: bool
    all_day: list[Entry] = field(default_factory=list)
    timed: list[Entry] = field(default_factory=list)
    beyond: list[Beyond] = field(default_factory=list)


@dataclass(frozen=True)
class WeekGrid:
    """A week laid out. `hours` are the ones written at its left; `all_day_rows` is the height above them."""

    days: list[Day]
    hours: list[str]
    all_day_rows: int


def lay_out(week: Week, events: Iterable[Event], places: Mapping[Point, PlaceName | None], *, today: date) -> WeekGrid:
    """Put `events`, in order of their start, into the days of `week`.

    `places` names places by their coordinates. An event shows its own `location`, else the name, else its coordinates.
    """
    listed = list(events)
    timed = [event for event in listed if not event.is_all_day and week.days[0] <= event.start.date() <= week.days[-1]]
    first_hour = min([_DAY_BEGINS, *(event.start.hour for event in timed)])
    last_hour = max([_DAY_ENDS, *(math.ceil(_minutes_until_end(event) / 60) for event in timed)])
    days = [_day(day, listed, places, first_hour, is_today=day == today) for day in week.days]
    return WeekGrid(
        days=days,
        hours=[f"{hour:02}:00" for hour in range(first_hour, last_hour)],
        all_day_rows=max(1, min(_MOST_ALL_DAY_ROWS, max(len(day.all_day) for day in days))),
    )


def _day(day: date, events: list[Event], places: Mapping[Point, PlaceName | None], first_hour: int, *, is_today: bool) -> Day:
    column = Day(day, is_today)
    here = [event for event in events if event.touches(day)]
    # What began on an earlier day stands above the hours: it is going on already.
    column.all_day = [_entry(event, day, places) for event in here if event.is_all_day or event.start.date() != day]
    timed = [_entry(event, day, places, **_rows(event, first_hour)) for event in here if not event.is_all_day and event.start.date() == day]
    for cluster in _clusters(timed):
        placed = _side_by_side(cluster)
        column.timed += placed
        beyond = [entry for entry in placed if entry.classes == "event--beyond"]
        if beyond:
            row = min(entry.row for entry in beyond)
            column.beyond.append(Beyond(len(beyond), row, max(entry.row + entry.span for entry in beyond) - row))
    return column


def _entry(event: Event, day: date, places: Mapping[Point, PlaceName | None], row: int = 0, span: int = 0) -> Entry:
    named = places.get(event.geo) if event.geo else None
    if event.location or not named:
        named = PlaceName(event.location or event.coordinates, "")
    return Entry(event, event.label_on(day), named.name, named.country, row, span)


def _minutes_until_end(event: Event) -> int:
    """Minutes from its day's midnight, by the clock on the wall, to its end or to the next midnight."""
    if event.last_day != event.start.date() or event.end.date() != event.start.date():
        return 24 * 60
    return event.end.hour * 60 + event.end.minute


def _rows(event: Event, first_hour: int) -> dict[str, int]:
    begins = (event.start.hour - first_hour) * 2 + event.start.minute // 30
    ends = math.ceil(_minutes_until_end(event) / 30) - first_hour * 2
    return {"row": begins + 1, "span": max(1, ends - begins)}  # in the hour that comes twice it may end before it began


def _clusters(entries: list[Entry]) -> list[list[Entry]]:
    """Groups of entries that overlap one another, directly or through a third."""
    clusters: list[list[Entry]] = []
    free_from = 0
    for entry in sorted(entries, key=lambda entry: (entry.row, -entry.span)):
        if entry.row >= free_from:
            clusters.append([])
        clusters[-1].append(entry)
        free_from = max(free_from if len(clusters[-1]) > 1 else 0, entry.row + entry.span)
    return clusters


def _side_by_side(cluster: list[Entry]) -> list[Entry]:
    """Each entry in the first lane that is free by then."""
    free_from: list[int] = []
    lanes: list[int] = []
    for entry in cluster:
        lane = next((n for n, row in enumerate(free_from) if row <= entry.row), len(free_from))
        free_from[lane : lane + 1] = [entry.row + entry.span]
        lanes.append(lane + 1)
    shown = len(free_from)
    return [Entry(e.event, e.when, e.place, e.country, e.row, e.span, lane, shown) for e, lane in zip(cluster, lanes, strict=True)]
