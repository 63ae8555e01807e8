"""Dates, times and zones as the API takes and gives them: RFC 3339 read strictly, and what a local time means as an instant."""

import re
import zoneinfo
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Any

FIRST_YEAR, LAST_YEAR = 1970, 2199
LONGEST = timedelta(days=366)  # an event, and a window in which series are expanded
ANY_ZONE = timedelta(days=2)  # a day begins somewhere, and clocks skip, by less than this
ZONES = frozenset(zoneinfo.available_timezones() - {"Factory", "localtime", "posixrules"})

# `datetime.fromisoformat` takes week dates, missing colons and more; this is RFC 3339 section 5.6 and nothing else.
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_DATE_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)


class BadTime(ValueError):
    """A date, time or zone that cannot be taken; `code` for programs, the text for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True)
class Timed:
    """A moment: an instant (aware, UTC) and the zone it is told in, an IANA name or the offset it was sent with (`+01:00`).

    `local` is there when it was written without an offset: what was written, which is not always what the zone's clocks showed.
    """

    instant: datetime
    zone: str
    local: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True)
class AllDay:
    """A whole day. When it begins depends on the zone of whoever looks: see `midnight`."""

    day: date


Moment = Timed | AllDay


def zone_named(name: Any) -> zoneinfo.ZoneInfo:
    """The IANA zone of that name. Raises `BadTime` with the code `unknown_zone`."""
    # The list comes first: ZoneInfo(text) raises four kinds of error on a folder's name, a long name, `../x` and NUL.
    if not isinstance(name, str) or name not in ZONES:
        raise BadTime("unknown_zone", "This is no IANA time zone. Write a name such as Europe/Berlin or UTC.")
    return _zone(name)


@cache
def _zone(name: str) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(name)


def read_date(text: Any) -> date:
    """`2026-12-01` as a date, 1970 to 2199. Raises `BadTime`."""
    match = _DATE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise BadTime("invalid_date", "Write a date as in 2026-12-01.")
    return _in_range(*(int(part) for part in match.groups())).date()


def read_date_time(text: Any) -> datetime:
    """An RFC 3339 date-time, aware when `text` has an offset, naive when it has none. Raises `BadTime`."""
    match = _DATE_TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        hint = " In an address, + must be written as %2B." if isinstance(text, str) and re.search(r"\d \d\d:\d\d$", text) else ""
        raise BadTime("invalid_date_time", f"Write an RFC 3339 date-time as in 2026-12-01T10:00:00+01:00.{hint}")
    *parts, fraction, offset = match.groups(default="")
    if len(fraction) > 6:
        raise BadTime("too_precise", "Write at most 6 digits after the second's point.")
    if parts[5] == "60":
        raise BadTime("invalid_date_time", "Second 60 is not taken: leap seconds have no place in a calendar. Write second 59.")
    local = _in_range(*(int(part) for part in parts)).replace(microsecond=int(fraction.ljust(6, "0")))
    return local.replace(tzinfo=_offset(offset)) if offset else local


def read_bound(text: Any) -> datetime:
    """A window's edge, in UTC: an RFC 3339 date-time that has its offset. Raises `BadTime`."""
    bound = read_date_time(text)
    if bound.tzinfo is None:
        raise BadTime("offset_missing", "Write the offset as well, as in 2026-12-01T00:00:00Z.")
    return bound.astimezone(UTC)  # PostgreSQL takes no offset of 16 hours or more


def moment(written: datetime, zone: zoneinfo.ZoneInfo | None) -> Timed:
    """A date-time and its zone as a moment; the offset or the zone must be there. Raises `BadTime`.

    Without an offset the time is local to the zone: see `instant_of`.
    """
    if zone is None:
        if written.tzinfo is None:
            raise BadTime("offset_missing", "Write the offset as well, as in 2026-12-01T10:00:00+01:00, or send timeZone beside it.")
        return Timed(written.astimezone(UTC), written.isoformat()[-6:])
    instant = written.astimezone(UTC) if written.tzinfo else instant_of(written, zone)
    local = instant.astimezone(zone)
    if written.tzinfo and written.utcoffset() != local.utcoffset():
        raise BadTime("offset_contradicts_zone", f"In {zone.key} this instant is {local.isoformat()}. Correct the offset or leave it out.")
    if (local.utcoffset() or timedelta()).seconds % 60:  # until 1972 Liberia was at -00:44:30, which RFC 3339 cannot write
        raise BadTime("offset_not_writable", f"{zone.key} was not at whole minutes from UTC at this time. Send an offset without timeZone.")
    return Timed(instant, zone.key, None if written.tzinfo else written)


def instant_of(local: datetime, zone: zoneinfo.ZoneInfo) -> datetime:
    """The instant (UTC) of a naive local time of `zone`.

    One that the clocks skip is moved forward by the gap (02:30 becomes 03:30, RFC 5545 erratum 4271); of one that comes twice
    the first is meant.
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def in_words(moment: Moment) -> dict[str, str]:
    """A moment as the API gives it: `{"date"}`, or `{"dateTime", "timeZone"}` whose dateTime always carries its offset."""
    if isinstance(moment, AllDay):
        return {"date": moment.day.isoformat()}
    return {"dateTime": _told(moment).isoformat()} | ({"timeZone": moment.zone} if is_named(moment.zone) else {})


def is_named(zone: str) -> bool:
    """Whether it is an IANA name, and not an offset such as `+01:00`."""
    return zone[0] not in "+-"


def is_in_range(moment: Moment) -> bool:
    """Whether it is in the years that the API takes, told as it is."""
    return FIRST_YEAR <= (moment.day if isinstance(moment, AllDay) else _told(moment)).year <= LAST_YEAR


def stored_zone(name: str) -> zoneinfo.ZoneInfo:
    """The zone of that name, UTC when it has left the zone database after it was stored."""
    return _zone(name if name in ZONES else "UTC")


def _told(moment: Timed) -> datetime:
    return moment.instant.astimezone(stored_zone(moment.zone) if is_named(moment.zone) else _offset(moment.zone))


def midnight(day: date, zone: tzinfo) -> datetime:
    """The instant (UTC) at which `day` begins in `zone`. A later day always begins later."""
    begins = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    # Samoa skipped 30 December 2011 whole: it ends as it begins. Without the microsecond two days would begin at once,
    # and the order of days would not be the order of instants that pages rely on.
    return begins if begins.astimezone(zone).date() == day else begins - timedelta(microseconds=1)


def last_day_begun(instant: datetime, zone: tzinfo) -> date:
    """The last day whose `midnight` in `zone` is not after `instant`."""
    day = instant.astimezone(zone).date() + timedelta(days=1)
    while midnight(day, zone) > instant:
        day -= timedelta(days=1)
    return day


def _in_range(year: int, *rest: int) -> datetime:
    try:
        written = datetime(year, *rest)  # type: ignore[arg-type]  # month and day are always among `rest`
    except ValueError:
        raise BadTime("invalid_date_time", "There is no such day or time of day.") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:  # also keeps every later addition of offsets inside datetime's own range
        raise BadTime("out_of_range", f"Write a date from {FIRST_YEAR}-01-01 to {LAST_YEAR}-12-31.")
    return written


def _offset(text: str) -> timezone:
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 23 or minutes > 59:
        raise BadTime("invalid_date_time", "An offset is at most 23:59.")
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))
