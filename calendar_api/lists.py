"""One page of a list: sources that are each in order, merged until the page is full."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import cast

from django.db.models import Q, QuerySet, prefetch_related_objects

from calendar_api.models import Calendar, Event, EventQuerySet, Owner, StoredSeries
from calendar_api.series import instances_in, series_in
from calendar_api.times import ANY_ZONE, LONGEST
from calendar_api.windows import Entry, Position, Window

Page = tuple[list[Event], Position | None]  # its events, and the position of the last one if more follow


def events_page(owner: Owner, window: Window, *, size: int, after: Position | None) -> Page:
    """Single events and series, a series at its first start. Three queries, however many of either there are."""
    singles = Event.objects.of(owner).filter(kind=Event.Kind.SINGLE)
    sources = window.walk(singles, size=size + 1, after=after), series_in(window, _series(owner, window), after)
    return _page(sources, size)


def expanded_page(owner: Owner, window: Window, *, size: int, after: Position | None) -> Page:
    """Single events and the instances of series; `window` has both bounds. At most seven queries, however many of either there are."""
    events = Event.objects.of(owner)
    own, changed = _own_instances(events.filter(kind=Event.Kind.INSTANCE), window, size=size, after=after)
    singles = window.walk(events.filter(kind=Event.Kind.SINGLE), size=size + 1, after=after)
    expansions = [instances_in(window, stored.event, changed[stored.pk], after) for stored in _series(owner, window)]
    return _page([own, singles, *expansions], size)


def instances_page(master: Event, window: Window, *, size: int, after: Position | None) -> Page:
    """The instances of one series; `window` has both bounds."""
    own, changed = _own_instances(Event.objects.filter(master=master), window, size=size, after=after)
    return _page([own, instances_in(window, master, changed[master.pk], after)], size)


def _page(sources: Iterable[Iterable[Entry]], size: int) -> Page:
    found = list(islice(merge(*sources), size + 1))
    events = [entry.event() for entry in found[:size]]
    prefetch_related_objects([event for event in events if event.master_id], "master")  # one query for those that have it not yet
    return events, found[size - 1].position if len(found) > size else None


def _series(owner: Owner, window: Window) -> QuerySet[StoredSeries]:
    issuer, subject = owner
    series = StoredSeries.objects.filter(calendar=Calendar.objects.filter(issuer=issuer, subject=subject)[:1])
    if window.latest:
        series = series.filter(first_day__lte=window.latest + ANY_ZONE)
    if window.earliest:
        series = series.filter(Q(last_day=None) | Q(last_day__gte=window.earliest - ANY_ZONE))
    return series.select_related("event")


def _own_instances(
    events: EventQuerySet, window: Window, *, size: int, after: Position | None
) -> tuple[Iterator[Entry], dict[int, set[str]]]:
    """Those instances that stand by themselves: the ones in the window, and the keys by series of all that must not be worked out."""
    earliest, latest = cast(datetime, window.earliest) - LONGEST, cast(datetime, window.latest)
    earliest = max(earliest, after.start) if after else earliest
    near = {"original__gte": f"{earliest - ANY_ZONE:%Y%m%d}", "original__lt": f"{latest + ANY_ZONE:%Y%m%d}"}
    changed: dict[int, set[str]] = defaultdict(set)
    for master, key in events.filter(**near).values_list("master_id", "original"):
        changed[master].add(key)
    # In this order an instance that is changed meanwhile is seen as it was or as it is; in the other it would be neither.
    entries = list(window.walk(events, size=size + 1, after=after))
    for entry in entries:
        changed[cast(int, entry.event().master_id)].add(entry.position.original)
    return iter(entries), changed
