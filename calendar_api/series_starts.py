"""Where a series begins: in local time, which the instant of its start alone does not always tell."""

from datetime import datetime
from typing import Any, cast

from calendar_api.expansion import Series, read_series
from calendar_api.instance_keys import original_of
from calendar_api.models import Event
from calendar_api.recurrence import Local
from calendar_api.series import series_of
from calendar_api.times import AllDay, BadTime, Moment, Timed, instant_of, is_named, stored_zone


def local_start(start: Moment, kept: Event | None) -> Local:
    """The local time, or the day, from which an event recurs that was sent with this start; `kept` is the event before it is changed.

    Raises `BadTime` for a start that is good for a single event only.
    """
    if isinstance(start, AllDay):
        return start.day
    if not is_named(start.zone):
        raise BadTime("zone_missing", "A recurring event needs the zone in which it recurs, an IANA name such as Europe/Berlin.")
    local, zone = _local(start, kept), stored_zone(start.zone)
    if local.microsecond:
        raise BadTime("too_precise", "A recurring event starts at a whole second. Leave the fraction out.")
    if instant_of(local, zone) != start.instant:
        says = f"In {start.zone} this time of day comes twice on that day, and a series takes the first. Send that, or another start."
        raise BadTime("second_of_two", says)
    return local


def series_from(lines: Any, *, start: Moment, local: Local, kept: Event | None) -> Series:
    """The series that begins at `start`, which is `local`, and recurs as the `lines` say. Raises `BadRecurrence`."""
    zone = None if isinstance(start, AllDay) else stored_zone(start.zone)
    if kept is not None and kept.recurrence == lines:
        before = series_of(kept)
        if (before.start, before.zone) == (local, zone):
            return before  # what was taken once stays good, whatever else of the event changes
    return read_series(lines, start=local, zone=zone)


def _local(start: Timed, kept: Event | None) -> datetime:
    if start.local is not None:
        return start.local
    if kept is not None and kept.is_series and kept.start == start:
        # Where the clocks skip the first start it is given out as a later one. Nobody changes the series by sending that back.
        return cast(datetime, original_of(kept.stored_series.local_start))
    return start.instant.astimezone(stored_zone(start.zone)).replace(tzinfo=None, fold=0)
