"""A calendar's events day by day: what the page shows as a list, and what the drawn calendar is made from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from demo_client.events import Event, PlaceName, Point


@dataclass(frozen=True)
class Entry:
    """An event as one day shows it: when it is there, and where, with the country apart."""

    event: Event
    when: str
    place: str
    country: str


@dataclass(frozen=True)
class Day:
    """A day with its entries, those without a time first."""

    day: date
    is_today: bool
    entries: tuple[Entry, ...]


def by_day(days: Iterable[date], events: Iterable[Event], places: Mapping[Point, PlaceName | None], *, today: date) -> list[Day]:
    """`events`, in order of their start, under each of `days` that they touch.

    `places` names places by their coordinates. An event shows its own `location`, else the name, else its coordinates.
    """
    listed = list(events)
    return [_day(day, [event for event in listed if event.touches(day)], places, is_today=day == today) for day in days]


def drawn(events: Iterable[Event], places: Mapping[Point, PlaceName | None]) -> list[dict[str, Any]]:
    """`events` as JSON for the drawn calendar, times with Berlin's offset."""
    return [
        {
            "id": event.event_id,
            "title": event.summary,
            "start": event.start.date().isoformat() if event.is_all_day else event.start.isoformat(),
            "end": event.end.date().isoformat() if event.is_all_day else event.end.isoformat(),
            "allDay": event.is_all_day,
            "place": (place := _place(event, places)).name,
            "country": place.country,
        }
        for event in events
    ]


def _day(day: date, events: list[Event], places: Mapping[Point, PlaceName | None], *, is_today: bool) -> Day:
    # What began on an earlier day stands first: it is going on already.
    timed = [event for event in events if not event.is_all_day and event.start.date() == day]
    listed = [event for event in events if event not in timed] + timed
    return Day(day, is_today, tuple(_entry(event, day, places) for event in listed))


def _entry(event: Event, day: date, places: Mapping[Point, PlaceName | None]) -> Entry:
    place = _place(event, places)
    return Entry(event, event.label_on(day), place.name, place.country)


def _place(event: Event, places: Mapping[Point, PlaceName | None]) -> PlaceName:
    named = places.get(event.geo) if event.geo else None
    return named if named and not event.location else PlaceName(event.location or event.coordinates, "")
