"""A window of time: what is in it, where that stands in the order, and the walks along the stored events that give it in order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import partial

from django.db.models import Q

from calendar_api.models import Event, EventQuerySet
from calendar_api.times import LONGEST, AllDay, Moment, last_day_begun, midnight

_MOMENT = timedelta(microseconds=1)  # the clock's smallest step here


@dataclass(frozen=True, order=True)
class Position:
    """Where an event stands in the order: by the instant of its start, its id, and of instances the key. No two events share one."""

    start: datetime
    event_id: str
    original: str = ""


@dataclass(frozen=True, order=True)
class Entry:
    """What a list has at a position; the event is made when it is on the page."""

    position: Position
    event: Callable[[], Event] = field(compare=False)


@dataclass(frozen=True)
class Window:
    """What ends after `earliest` and starts before `latest` (aware, or None: open). Days begin at midnight in `zone`."""

    earliest: datetime | None = None
    latest: datetime | None = None
    zone: tzinfo = UTC

    def instant(self, moment: Moment) -> datetime:
        """When it is; of a day when it begins here."""
        return midnight(moment.day, self.zone) if isinstance(moment, AllDay) else moment.instant

    def has(self, start: Moment, end: Moment | None) -> bool:
        """Whether what lasts from `start` to `end` (None: for ever) is in the window. Touching it is not being in it."""
        begins_before = self.latest is None or self.instant(start) < self.latest
        return begins_before and (self.earliest is None or end is None or self.instant(end) > self.earliest)

    def walk(self, events: EventQuerySet, *, size: int, after: Position | None = None) -> Iterator[Entry]:
        """The first `size` of the `events` in the window behind `after`, timed and all-day ones, each of the two in order.

        Two queries, whatever the window holds. Each is a walk along an index that begins behind `after` (keyset, no OFFSET),
        so the hundredth page costs what the first does, and rows added between pages neither repeat nor vanish.
        """
        found = [*self._timed(events, after)[:size], *self._all_day(events, after)[:size]]
        entries = (Entry(Position(self.instant(event.start), event.event_id, event.original), partial(_same, event)) for event in found)
        return iter(sorted(entries))

    # PostgreSQL takes conditions to be independent. Of several that say the same it would expect next to no rows, and sort a whole
    # calendar instead of walking along the index. So the start is bounded once from each side, and what else is not wanted is excluded.

    def _timed(self, events: EventQuerySet, after: Position | None) -> EventQuerySet:
        bounds: dict[str, datetime] = {}
        if self.latest:
            bounds["start_instant__lt"] = self.latest
        if self.earliest:
            # Nothing that began longer ago than an event may last can reach into the window: so the walk begins close to it.
            bounds["start_instant__gt"] = self.earliest - LONGEST
            events = events.exclude(end_instant__lte=self.earliest)
        if after:
            bounds["start_instant__gte"] = after.start
            events = events.exclude(Q(start_instant=after.start) & ~_later(after))
        events = events.filter(**bounds) if bounds else events.filter(start_instant__isnull=False)
        return events.order_by("start_instant", "event_id", "original")

    def _all_day(self, events: EventQuerySet, after: Position | None) -> EventQuerySet:
        # Midnights come in the order of their dates, so a bound in instants is a bound in dates.
        bounds: dict[str, date] = {}
        if self.latest:
            bounds["start_date__lte"] = last_day_begun(self.latest - _MOMENT, self.zone)
        if self.earliest:
            begun = last_day_begun(self.earliest, self.zone)
            bounds["start_date__gt"] = begun - LONGEST
            events = events.exclude(end_date__lte=begun)
        if after:
            day = last_day_begun(after.start, self.zone)
            bounds["start_date__gte"] = day
            behind = ~_later(after) if midnight(day, self.zone) == after.start else Q()
            events = events.exclude(Q(start_date=day) & behind)
        events = events.filter(**bounds) if bounds else events.filter(start_date__isnull=False)
        return events.order_by("start_date", "event_id", "original")


def _later(after: Position) -> Q:
    return Q(event_id__gt=after.event_id) | Q(event_id=after.event_id, original__gt=after.original)


def _same(event: Event) -> Event:
    return event
