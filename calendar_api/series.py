"""Series and their instances: when each instance is, which of them lie in a window, and how a series is stored."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import cast

from calendar_api.expansion import Series, stored_series
from calendar_api.instance_keys import key_of, original_of
from calendar_api.models import Event, StoredSeries
from calendar_api.recurrence import Local
from calendar_api.times import ANY_ZONE, LAST_YEAR, AllDay, Moment, Timed, instant_of, is_in_range, stored_zone
from calendar_api.windows import Entry, Position, Window


def series_of(master: Event) -> Series:
    """When `master` recurs."""
    stored = master.stored_series
    zone = None if master.start_date else stored_zone(master.start_zone)
    return stored_series(
        stored.recurrence, start=cast(Local, original_of(stored.local_start)), zone=zone, last=original_of(stored.local_last)
    )


def times_of(master: Event, original: Local) -> tuple[Moment, Moment]:
    """Start and end of the instance that begins at `original`: each lasts exactly as long as the first (RFC 5545 section 3.8.5.3)."""
    if not isinstance(original, datetime):
        return AllDay(original), AllDay(original + _duration(master))
    start = instant_of(original, stored_zone(master.start_zone))
    return Timed(start, master.start_zone), Timed(start + _duration(master), master.end_zone)


def instance_of(master: Event, original: Local) -> Event:
    """The instance that begins at `original`, as long as nobody changed it: not stored, and like its series but for its time."""
    instance = Event(
        calendar_id=master.calendar_id,
        kind=Event.Kind.INSTANCE,
        event_id=master.event_id,
        original=key_of(original),
        master=master,
        status=master.status,
        summary=master.summary,
        description=master.description,
        location=master.location,
        lat=master.lat,
        lon=master.lon,
        version=0,
        sequence=master.sequence,
        created=master.created,
        updated=master.updated,
    )
    instance.start, instance.end = times_of(master, original)
    return instance


def has_instance(master: Event, series: Series, original: Local) -> bool:
    """Whether the series gives an instance there, changed or not. It ends with the last one whose end callers could write."""
    return series.has(original) and is_in_range(times_of(master, original)[1])


def series_in(window: Window, stored: Iterable[StoredSeries], after: Position | None) -> Iterator[Entry]:
    """Of these series those whose time, from the first instance to the last, is in the window; each at its first start, in order."""
    entries = []
    for one in stored:
        master = one.event
        position, end = Position(window.instant(master.start), master.event_id), _last_end(master, original_of(one.local_last))
        if window.has(master.start, end) and (after is None or position > after):
            entries.append(Entry(position, partial(attrgetter("event"), one)))
    return iter(sorted(entries))


def instances_in(window: Window, master: Event, changed: set[str], after: Position | None) -> Iterator[Entry]:
    """The instances in the window behind `after`, in order, without those that are `changed` (keys). Worked out one by one, on demand.

    `window` has both bounds.
    """
    earliest, latest = cast(datetime, window.earliest), cast(datetime, window.latest)
    begins = earliest - _duration(master)
    earliest_local = _clock((max(begins, after.start) if after else begins) - ANY_ZONE, master)
    for original in series_of(master).starts(earliest=earliest_local, latest=_clock(latest + ANY_ZONE, master)):
        start, end = times_of(master, original)
        position = Position(window.instant(start), master.event_id, key_of(original))
        if position.start >= latest or not is_in_range(end):
            return  # the next ones begin later
        if (after is None or position > after) and position.original not in changed and window.has(start, end):
            yield Entry(position, partial(instance_of, master, original))


def store(master: Event, series: Series | None) -> None:
    """Keep that `master` recurs so from now on (None: no longer). Instances of their own that it no longer has go."""
    if series is None:
        StoredSeries.objects.filter(event=master).delete()
        master.own_instances.all().delete()
        return
    end = _last_end(master, series.last)
    StoredSeries(
        event=master,
        calendar_id=master.calendar_id,
        recurrence=series.lines,
        local_start=key_of(series.start),
        local_last=key_of(series.last) if series.last else "",
        first_day=_day(master.start),
        last_day=_day(end) if end else None,
    ).save()
    own = master.own_instances.values_list("pk", "original")
    master.own_instances.filter(pk__in=[pk for pk, key in own if not has_instance(master, series, cast(Local, original_of(key)))]).delete()


def _last_end(master: Event, last: Local | None) -> Moment | None:
    return times_of(master, last)[1] if last and last.year <= LAST_YEAR else None


def _duration(master: Event) -> timedelta:
    if master.start_date:
        return cast(date, master.end_date) - master.start_date
    return cast(datetime, master.end_instant) - cast(datetime, master.start_instant)


def _clock(instant: datetime, master: Event) -> Local:
    there = instant.astimezone(UTC).replace(tzinfo=None)
    return there.date() if master.start_date else there


def _day(moment: Moment) -> date:
    return moment.day if isinstance(moment, AllDay) else moment.instant.date()
