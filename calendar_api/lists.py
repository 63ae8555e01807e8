"""One page of a list: sources that are each in order, merged until the page is full."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice
from typing import cast

from django.db.models import Q, QuerySet, prefetch_related_objects

from calendar_api.models import Calendar, Event, EventQuerySet, Owner, StoredSeries
from calendar_api.series import instances_in, series_in
from calendar_api.times import LONGEST
from calendar_api.windows import Entry, Position, Window

_ANY_ZONE = timedelta(days=2)  # a day begins somewhere, and clocks skip, by less than this

Page = tuple[list[Event], Position | None]  # its events, and the position of the last one if more follow


def events_page(owner: Owner, window: Window, *, size: int, after: Position | None) -> Page:
    """Single events and series, a series at its first start. Three queries, however many of either there are."""
    singles = Event.objects.of(owner).filter(kind=Event.Kind.SINGLE)
    sources = window.walk(singles, size=size + 1, after=after), series_in(window, _series(owner, window), after)
    return _page(sources, size)


def expanded_page(owner: Owner, window: Window, *, size: int, after: Position | None) -> Page:
    """Single events and the instances of series; `window` has both bounds. At most seven queries, however many of either there are."""
    events = Event.objects.of(owner)
    walks = [window.walk(events.filter(kind=kind), size=size + 1, after=after) for kind in (Event.Kind.SINGLE, Event.Kind.INSTANCE)]
    changed = _changed(events, window, after)
    expansions = [instances_in(window, stored.event, changed[stored.pk], after) for stored in _series(owner, window)]
    return _page([*walks, *expansions], size)


def instances_page(master: Event, window: Window, *, size: int, after: Position | None) -> Page:
    """The instances of one series; `window` has both bounds."""
    own = Event.objects.filter(master=master)
    changed = _changed(own, window, after)
    return _page([window.walk(own, size=size + 1, after=after), instances_in(window, master, changed[master.pk], after)], size)


def _page(sources: Iterable[Iterable[Entry]], size: int) -> Page:
    found = list(islice(merge(*sources), size + 1))
    events = [entry.event() for entry in found[:size]]
    prefetch_related_objects([event for event in events if event.master_id], "master")  # one query for those that have it not yet
    return events, found[size - 1].position if len(found) > size else None


def _series(owner: Owner, window: Window) -> QuerySet[StoredSeries]:
    issuer, subject = owner
    series = StoredSeries.objects.filter(calendar=Calendar.objects.filter(issuer=issuer, subject=subject)[:1])
    if window.latest:
        series = series.filter(first_day__lte=window.latest + _ANY_ZONE)
    if window.earliest:
        series = series.filter(Q(last_day=None) | Q(last_day__gte=window.earliest - _ANY_ZONE))
    return series.select_related("event")


def _changed(events: EventQuerySet, window: Window, after: Position | None) -> dict[int, set[str]]:
    """Which instances stand by themselves, changed or cancelled: keys by series. Only those that the page could have otherwise."""
    earliest, latest = cast(datetime, window.earliest) - LONGEST, cast(datetime, window.latest)
    earliest = max(earliest, after.start) if after else earliest
    changed: dict[int, set[str]] = defaultdict(set)
    near = {"original__gte": f"{earliest - _ANY_ZONE:%Y%m%d}", "original__lt": f"{latest + _ANY_ZONE:%Y%m%d}"}
    for master, key in events.filter(kind=Event.Kind.INSTANCE, **near).values_list("master_id", "original"):
        changed[master].add(key)
    return changed
