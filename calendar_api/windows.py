"""The events of a window of time, in order, a page at a time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from django.db.models import Q

from calendar_api.models import Event, EventQuerySet
from calendar_api.serializers import LONGEST
from calendar_api.times import AllDay, last_day_begun, midnight

_MOMENT = timedelta(microseconds=1)  # the clock's smallest step here


@dataclass(frozen=True, order=True)
class Position:
    """Where an event stands in the order: by the instant of its start, then by its id. No two events share one."""

    start: datetime
    event_id: str


@dataclass(frozen=True)
class Window:
    """What ends after `earliest` and starts before `latest` (aware, or None: open). Days begin at midnight in `zone`."""

    earliest: datetime | None = None
    latest: datetime | None = None
    zone: tzinfo = UTC

    def position_of(self, event: Event) -> Position:
        """Where `event` stands. Of an all-day event it depends on the zone."""
        start = event.start
        return Position(midnight(start.day, self.zone) if isinstance(start, AllDay) else start.instant, event.event_id)

    def page(self, events: EventQuerySet, *, size: int, after: Position | None = None) -> tuple[list[Event], Position | None]:
        """The first `size` of `events` in the window behind `after`, and the position of the last of them if more follow.

        Two queries, whatever the window holds. Each is a walk along an index that begins behind `after` (keyset, no OFFSET),
        so the hundredth page costs what the first does, and rows added between pages neither repeat nor vanish.
        """
        found = [*self._timed(events, after)[: size + 1], *self._all_day(events, after)[: size + 1]]
        found.sort(key=self.position_of)
        page = found[:size]
        return page, self.position_of(page[-1]) if len(found) > size else None

    def _timed(self, events: EventQuerySet, after: Position | None) -> EventQuerySet:
        events = events.filter(start_instant__isnull=False)
        if self.latest:
            events = events.filter(start_instant__lt=self.latest)
        if self.earliest:
            events = events.filter(end_instant__gt=self.earliest)
        if after:
            later_id = Q(start_instant=after.start, event_id__gt=after.event_id)
            events = events.filter(Q(start_instant__gt=after.start) | later_id, start_instant__gte=after.start)
        elif self.earliest:
            # Nothing that began longer ago than an event may last can reach into the window: so the walk begins close to it.
            events = events.filter(start_instant__gt=self.earliest - LONGEST)
        return events.order_by("start_instant", "event_id")

    def _all_day(self, events: EventQuerySet, after: Position | None) -> EventQuerySet:
        # Midnights come in the order of their dates, so a bound in instants is a bound in dates.
        events = events.filter(start_date__isnull=False)
        if self.latest:
            events = events.filter(start_date__lte=last_day_begun(self.latest - _MOMENT, self.zone))
        if self.earliest:
            begun = last_day_begun(self.earliest, self.zone)
            events = events.filter(end_date__gt=begun, start_date__gt=begun - LONGEST)
        if after:
            day = last_day_begun(after.start, self.zone)
            same_day = Q(start_date=day, event_id__gt=after.event_id) if midnight(day, self.zone) == after.start else Q(pk=None)
            events = events.filter(Q(start_date__gt=day) | same_day, start_date__gte=day)
        return events.order_by("start_date", "event_id")
