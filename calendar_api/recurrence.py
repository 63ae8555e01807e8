"""`recurrence` of an event: RRULE and EXDATE lines (RFC 5545), read strictly and written in one canonical form.

What they mean in dates is in `expansion.py`. A caller's text never goes to dateutil's own reader, `rrulestr`: there a line feed brings
in further properties, and COUNT=-1, INTERVAL=0, month 13 and repeated parts are taken.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from calendar_api.times import FIRST_YEAR, LAST_YEAR, BadTime, instant_of, zone_named

Local = datetime | date  # where an instance starts: a naive local time, or the day when the series is all-day

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_EXDATES = 100
LONGEST_RRULE, LONGEST_EXDATE = 300, 2000  # characters of a line

_LINE = re.compile(r"([A-Za-z-]+)((?:;[^;:]*)*):(.*)", re.ASCII)
_WEEKDAY = re.compile(rf"([+-]?\d\d?)?({'|'.join(WEEKDAYS)})", re.ASCII)
_DATE_OR_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.ASCII)
_LIMITS = {"BYMONTH": 12, "BYWEEKNO": 53, "BYYEARDAY": 366, "BYMONTHDAY": 31, "BYSETPOS": 366}
_PARTS = ("FREQ", "UNTIL", "COUNT", "INTERVAL", "BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST")


class BadRecurrence(ValueError):
    """Recurrence that cannot be taken; `code` for programs, the text for people, `line` the index of the wrong line if it is one."""

    def __init__(self, code: str, detail: str, line: int | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.line = line


class Weekday(NamedTuple):
    """A value of BYDAY: the `ordinal`th (from the end when negative, each when 0) `day` of a month or year, Monday being 0."""

    ordinal: int
    day: int

    def __str__(self) -> str:
        return f"{self.ordinal or ''}{WEEKDAYS[self.day]}"


@dataclass(frozen=True)
class Rule:
    """An RRULE (RFC 5545 section 3.3.10). The BY parts are sorted and without repetition, empty when the rule has them not."""

    freq: str
    until: Local | None = None  # aware (UTC) in timed series
    count: int | None = None
    interval: int = 1
    bymonth: tuple[int, ...] = ()
    byweekno: tuple[int, ...] = ()
    byyearday: tuple[int, ...] = ()
    bymonthday: tuple[int, ...] = ()
    byday: tuple[Weekday, ...] = ()
    bysetpos: tuple[int, ...] = ()
    wkst: int = 0

    def __str__(self) -> str:
        written = {
            "FREQ": self.freq,
            "UNTIL": self.until and _basic(self.until),
            "COUNT": self.count,
            "INTERVAL": self.interval if self.interval > 1 else None,
            **{name: ",".join(map(str, getattr(self, name.lower()))) for name in _PARTS if name.startswith("BY")},
            "WKST": WEEKDAYS[self.wkst] if self.wkst else None,
        }
        return "RRULE:" + ";".join(f"{name}={written[name]}" for name in _PARTS if written[name])


def read_lines(lines: Any, *, zone: ZoneInfo | None) -> tuple[Rule, frozenset[Local]]:
    """The rule, and what is excluded from it in the series' own terms: local times of `zone`, or days when there is no zone.

    Raises `BadRecurrence`.
    """
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise BadRecurrence("invalid_type", 'Send a list of lines, as in ["RRULE:FREQ=WEEKLY;COUNT=10"].')
    rules: list[Rule] = []
    excluded: list[Local | None] = []
    for index, line in enumerate(lines):
        try:
            name, parameters, value = _split(line)
            if name == "RRULE":
                rules.append(_rule(parameters, value, zone))
            else:
                excluded += _exdates(parameters, value, zone)
            if len(rules) > 1:
                raise BadRecurrence("rrule_repeated", "A series has exactly one RRULE. Make a second series of the second rule.")
            if len(excluded) > MOST_EXDATES:
                raise BadRecurrence(
                    "too_many_exdates", f"A series has at most {MOST_EXDATES} EXDATE values. Cancel single instances instead."
                )
        except BadRecurrence as error:
            error.line = index
            raise
    if not rules:
        raise BadRecurrence("rrule_missing", "Send one line with the rule, as in RRULE:FREQ=WEEKLY;COUNT=10.")
    return rules[0], frozenset(one for one in excluded if one is not None)


def written(rule: Rule, excluded: Iterable[Local], *, zone: ZoneInfo | None) -> list[str]:
    """The lines in canonical form; `read_lines` makes the same of them again."""
    values = ",".join(_basic(one) for one in sorted(excluded))
    exdate = f"EXDATE;TZID={zone.key}:{values}" if zone else f"EXDATE;VALUE=DATE:{values}"
    return [str(rule), exdate] if values else [str(rule)]


def _split(line: str) -> tuple[str, str, str]:
    """The property's name in capitals, its parameters with the semicolon before each, and its value."""
    match = _LINE.fullmatch(line) if line.isascii() and line.isprintable() else None
    if match is None:
        raise BadRecurrence("invalid_line", "Write a line as in RRULE:FREQ=WEEKLY;COUNT=10, in ASCII and without control characters.")
    name, parameters, value = match.group(1).upper(), match.group(2), match.group(3)
    if name in {"RDATE", "EXRULE"}:
        raise BadRecurrence("unsupported_property", f"{name} is not taken here, only one RRULE and EXDATE lines.")
    if name not in {"RRULE", "EXDATE"}:
        raise BadRecurrence("unknown_property", "Send only one RRULE line and EXDATE lines; start and end have fields of their own.")
    longest = LONGEST_RRULE if name == "RRULE" else LONGEST_EXDATE
    if len(line) > longest:
        raise BadRecurrence("too_long", f"Write at most {longest} characters in this line.")
    return name, parameters, value


def _rule(parameters: str, value: str, zone: ZoneInfo | None) -> Rule:
    if parameters:
        raise BadRecurrence("invalid_line", "RRULE has no parameters. Write a colon behind it, as in RRULE:FREQ=WEEKLY.")
    parts: dict[str, str] = {}
    for part in value.upper().split(";"):
        name, _, text = part.partition("=")
        if name in {"BYHOUR", "BYMINUTE", "BYSECOND"}:
            raise BadRecurrence("unsupported_part", f"{name} is not taken here. All instances begin at the start's time of day.")
        if name not in _PARTS:
            raise BadRecurrence("unknown_part", f"The rule has a part that is not known here. Known: {', '.join(_PARTS)}.")
        if name in parts:
            raise BadRecurrence("repeated_part", f"Write {name} once, with its values separated by commas where it may have several.")
        parts[name] = text
    if "FREQ" not in parts:
        raise BadRecurrence("freq_missing", f"Write how often, as in FREQ=WEEKLY: {', '.join(FREQUENCIES)}.")
    rule = Rule(**{name.lower(): _part(name, text, zone) for name, text in parts.items()})
    _refuse_contradictions(rule)
    return rule


def _part(name: str, text: str, zone: ZoneInfo | None) -> Any:
    if name == "FREQ":
        return _freq(text)
    if name == "UNTIL":
        return _until(text, zone)
    if name in {"COUNT", "INTERVAL"}:
        return _whole_number(name, text, 1000 if name == "COUNT" else 400)
    if name == "BYDAY":
        return _weekdays(text)
    if name == "WKST":
        if text not in WEEKDAYS:
            raise BadRecurrence("invalid_value", f"WKST takes one of {', '.join(WEEKDAYS)}.")
        return WEEKDAYS.index(text)
    return _numbers(name, text, _LIMITS[name])


def _freq(text: str) -> str:
    if text in {"SECONDLY", "MINUTELY", "HOURLY"}:
        raise BadRecurrence("unsupported_frequency", f"Nothing more frequent than DAILY is taken here. Send {', '.join(FREQUENCIES)}.")
    if text not in FREQUENCIES:
        raise BadRecurrence("invalid_value", f"FREQ takes one of {', '.join(FREQUENCIES)}.")
    return text


def _until(text: str, zone: ZoneInfo | None) -> Local:
    until = _date_or_time(text, "UNTIL")
    if zone and (not isinstance(until, datetime) or until.tzinfo is None):
        raise BadRecurrence("until_kind", "UNTIL of a series with times is a date-time in UTC, as in UNTIL=20261231T225959Z.")
    if not zone and isinstance(until, datetime):
        raise BadRecurrence("until_kind", "UNTIL of an all-day series is a date, as in UNTIL=20261231.")
    return until


def _whole_number(name: str, text: str, limit: int) -> int:
    if not re.fullmatch(r"\d+", text, re.ASCII) or not 1 <= int(text) <= limit:
        raise BadRecurrence("invalid_value", f"{name} takes a whole number from 1 to {limit}.")
    return int(text)


def _numbers(name: str, text: str, limit: int) -> tuple[int, ...]:
    sign, says = ("", "") if name == "BYMONTH" else ("[+-]?", f" and from -{limit} to -1")
    number = re.compile(rf"{sign}\d{{1,{len(str(limit))}}}", re.ASCII)
    items = text.split(",")
    if not all(number.fullmatch(item) and 1 <= abs(int(item)) <= limit for item in items):
        raise BadRecurrence("invalid_value", f"{name} takes whole numbers from 1 to {limit}{says}, separated by commas.")
    return tuple(sorted({int(item) for item in items}))


def _weekdays(text: str) -> tuple[Weekday, ...]:
    found = set()
    for item in text.split(","):
        match = _WEEKDAY.fullmatch(item)
        ordinal = int(match.group(1) or 0) if match else 0
        if match is None or abs(ordinal) > 53 or (match.group(1) and not ordinal):
            says = "weekdays separated by commas, as in MO,WE, in months and years also with an ordinal, as in 2MO or -1FR"
            raise BadRecurrence("invalid_value", f"BYDAY takes {says}.")
        found.add(Weekday(ordinal, WEEKDAYS.index(match.group(2))))
    return tuple(sorted(found))


def _refuse_contradictions(rule: Rule) -> None:
    """RFC 5545 section 3.3.10, in the table and the text around it."""
    ordinals = [abs(weekday.ordinal) for weekday in rule.byday if weekday.ordinal]
    limiting = rule.bymonth or rule.byweekno or rule.byyearday or rule.bymonthday or rule.byday
    for is_wrong, error in (
        (rule.count and rule.until, BadRecurrence("count_and_until", "Send COUNT or UNTIL, not both.")),
        (rule.byweekno and rule.freq != "YEARLY", BadRecurrence("byweekno_not_yearly", "BYWEEKNO goes with FREQ=YEARLY only.")),
        (rule.byyearday and rule.freq != "YEARLY", BadRecurrence("byyearday_not_yearly", "BYYEARDAY goes with FREQ=YEARLY only.")),
        (
            rule.bymonthday and rule.freq == "WEEKLY",
            BadRecurrence("bymonthday_weekly", "BYMONTHDAY does not go with FREQ=WEEKLY. Take MONTHLY."),
        ),
        (
            rule.bysetpos and not limiting,
            BadRecurrence(
                "bysetpos_alone",
                "BYSETPOS chooses among what another BY part gives. Send one, as in BYDAY=MO,TU.",
            ),
        ),
        (
            ordinals and rule.freq in {"DAILY", "WEEKLY"},
            BadRecurrence("ordinal", "BYDAY has ordinals, as in 2MO, with MONTHLY and YEARLY only."),
        ),
        (ordinals and rule.byweekno, BadRecurrence("ordinal", "BYDAY has no ordinals, as in 2MO, together with BYWEEKNO.")),
        (
            (rule.freq == "MONTHLY" or rule.bymonth) and max(ordinals, default=0) > 5,
            BadRecurrence(
                "ordinal",
                "BYDAY has ordinals up to 5 within months, that is with MONTHLY or BYMONTH.",
            ),
        ),
    ):
        if is_wrong:
            raise error


def _exdates(parameters: str, value: str, zone: ZoneInfo | None) -> list[Local | None]:
    values = [_date_or_time(text, "EXDATE") for text in value.upper().split(",")]
    if any(not FIRST_YEAR <= one.year <= LAST_YEAR for one in values):
        raise BadRecurrence("out_of_range", f"Write an EXDATE from {FIRST_YEAR}-01-01 to {LAST_YEAR}-12-31.")
    times = [one for one in values if isinstance(one, datetime)]
    if zone is None:
        if parameters.upper() != ";VALUE=DATE" or times:
            raise BadRecurrence("exdate_kind", "EXDATE of an all-day series has dates, as in EXDATE;VALUE=DATE:20261224,20261231.")
        return [*values]
    tzid = re.fullmatch(";TZID=([^;]*)", parameters, re.IGNORECASE)
    told_in = _exdate_zone(tzid.group(1)) if tzid else None
    if (parameters and not told_in) or len(times) < len(values) or any((one.tzinfo is None) != bool(told_in) for one in times):
        says = f"as in EXDATE;TZID={zone.key}:20261224T100000, or is in UTC, as in EXDATE:20261224T090000Z"
        raise BadRecurrence("exdate_kind", f"EXDATE of a series with times has local times of a zone, {says}.")
    return [_local(instant_of(one, told_in) if told_in else one, zone) for one in times]


def _exdate_zone(name: str) -> ZoneInfo:
    try:
        return zone_named(name)
    except BadTime as error:
        raise BadRecurrence(error.code, str(error)) from error


def _local(instant: datetime, zone: ZoneInfo) -> Local | None:
    """The local time at which `zone` has this instant, None when that would be read as another: the second time of a repeated hour."""
    local = instant.astimezone(zone).replace(tzinfo=None, fold=0)
    return local if instant_of(local, zone) == instant and FIRST_YEAR <= local.year <= LAST_YEAR else None


def _date_or_time(text: str, name: str) -> Local:
    match = _DATE_OR_TIME.fullmatch(text)
    if match is None:
        raise BadRecurrence("invalid_value", f"{name} is written as in 20261231T225959Z or 20261231.")
    *parts, utc = match.groups()
    try:
        if parts[3] is None:
            return date(*(int(part) for part in parts[:3]))
        return datetime(*(int(part) for part in parts), tzinfo=UTC if utc else None)  # type: ignore[arg-type,misc]
    except ValueError:
        raise BadRecurrence("invalid_value", f"{name} has a day or a time of day that does not exist.") from None


def _basic(local: Local) -> str:
    if not isinstance(local, datetime):
        return f"{local:%Y%m%d}"
    return f"{local:%Y%m%dT%H%M%S}" + ("Z" if local.tzinfo else "")
