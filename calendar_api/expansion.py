"""The instances of a series: which starts an RRULE gives (RFC 5545 section 3.3.10), and which of them EXDATE takes out.

Every rule is walked a year at a time: dateutil finds the days of that year which the BY parts leave, and what depends on periods
(INTERVAL, BYSETPOS, weeks) is done here. So a walk ends where its window ends, also when nothing matches any more (dateutil alone
would go on to the year 9999), and a window costs the same whenever the series began.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import chain, groupby, islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import YEARLY, rrule, weekday

from calendar_api.recurrence import BadRecurrence, Local, Rule, Weekday, read_lines, written
from calendar_api.times import LAST_YEAR, instant_of

_LAST_DAY = date(LAST_YEAR, 12, 31)
_DAYS_OF_PERIOD = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 53 * 7}  # at most
_ONE_YEAR_ONLY = 10_000  # an INTERVAL that leads out of dateutil's calendar: it stops behind its first year


@dataclass(frozen=True)
class Series:
    """Instances that start at one local time of `zone`, or whole days when there is no zone.

    `excluded` are the starts that EXDATE takes out; `last` is the last start (with UNTIL: not before it), None when there is none.
    Nothing starts after the year 2199.
    """

    start: Local
    zone: ZoneInfo | None
    rule: Rule
    excluded: frozenset[Local] = frozenset()
    last: Local | None = None

    @property
    def lines(self) -> list[str]:
        """The recurrence in canonical form."""
        return written(self.rule, self.excluded, zone=self.zone)

    def starts(self, *, earliest: Local | None = None, latest: Local | None = None) -> Iterator[Local]:
        """The original starts with `earliest` <= start < `latest`, as local times, in order; without what EXDATE takes out."""
        for start in self.starts_of_rule(earliest=earliest, latest=latest):
            if not self.excluded or self._as_excluded(start) not in self.excluded:
                yield start

    def has(self, original: Local) -> bool:
        """Whether an instance starts there."""
        if isinstance(original, datetime) != isinstance(self.start, datetime) or original.year > LAST_YEAR:
            return False
        return next(self.starts(earliest=original, latest=original + timedelta(days=1)), None) == original

    def starts_of_rule(self, *, earliest: Local | None = None, latest: Local | None = None) -> Iterator[Local]:
        """As `starts`, without a look at EXDATE."""
        earliest = max(self.start, earliest) if earliest else self.start
        ends = [_day_of(end) for end in (latest, self.last) if end]
        for day in self._days(_day_of(earliest), min([*ends, _LAST_DAY])):
            start = datetime.combine(day, self.start.time()) if isinstance(self.start, datetime) else day
            if (latest and start >= latest) or self._is_past_until(start):
                return
            if start >= earliest:
                yield start

    def _days(self, first: date, last: date) -> Iterator[date]:
        rule, start_period = self.rule, self._period(_day_of(self.start))
        # BYSETPOS counts within whole periods, also the days of the first one that lie before the start.
        margin = timedelta(days=_DAYS_OF_PERIOD[rule.freq] if rule.bysetpos else 0)
        begin, end = first - margin, last + margin
        years: Iterable[int] = range(begin.year, end.year + 1)
        if rule.freq == "YEARLY":  # an upper bound of the work only; the weeks of a year reach into those around it
            years = (year for year in years if (year + 1 - start_period) % rule.interval <= 2)
        days: Iterable[date] = chain.from_iterable(self._days_of_year(year, begin, end) for year in years)
        if rule.interval > 1:
            days = (day for day in days if (self._period(day) - start_period) % rule.interval == 0)
        if rule.bysetpos:
            days = chain.from_iterable(_chosen(list(period), rule.bysetpos) for _, period in groupby(days, self._period))
        return (day for day in days if first <= day <= last)

    def _days_of_year(self, year: int, begin: date, end: date) -> Iterator[date]:
        first, last = max(date(year, 1, 1), begin), min(date(year, 12, 31), end)
        for found in rrule(YEARLY, dtstart=first, until=last, interval=_ONE_YEAR_ONLY, wkst=0, **self._by_parts):
            day = found.date()
            if not self.rule.byweekno or any(number in self.rule.byweekno for number in self._week_of_year(day)[1:]):
                yield day

    @cached_property
    def _by_parts(self) -> dict[str, Any]:
        explicit = _explicit(self.rule, _day_of(self.start))
        return {
            "bymonth": explicit.bymonth or None,
            "byyearday": explicit.byyearday or None,
            "bymonthday": explicit.bymonthday or None,
            "byweekday": [weekday(one.day, one.ordinal or None) for one in explicit.byday] or None,
        }

    def _period(self, day: date) -> int:
        """The number of the period of FREQ in which `day` lies."""
        match self.rule.freq:
            case "DAILY":
                return day.toordinal()
            case "WEEKLY":
                return _week(day, self.rule.wkst)
            case "MONTHLY":
                return day.year * 12 + day.month
        # Week 1 is one week of one year, also where it begins in the calendar year before.
        return self._week_of_year(day)[0] if self.rule.byweekno else day.year

    def _week_of_year(self, day: date) -> tuple[int, int, int]:
        return _week_of_year(_week(day, self.rule.wkst), self.rule.wkst)

    def _is_past_until(self, start: Local) -> bool:
        until = self.rule.until
        if until is None:
            return False
        return (instant_of(start, self.zone) if isinstance(start, datetime) and self.zone else start) > until

    def _as_excluded(self, start: Local) -> Local:
        # EXDATE names an instant. That of a start which the clocks skip has another name: 02:30 is 03:30.
        if not isinstance(start, datetime) or self.zone is None:
            return start
        return instant_of(start, self.zone).astimezone(self.zone).replace(tzinfo=None, fold=0)


def read_series(lines: Any, *, start: Local, zone: ZoneInfo | None) -> Series:
    """The series of `lines` as a caller sent them, which begins at `start`: a naive local time of `zone`, or a day when there is no zone.

    Raises `BadRecurrence`, also when `start` is not the rule's first instance and when the rule has none.
    """
    rule, excluded = read_lines(lines, zone=zone)
    if isinstance(start, datetime) and start.microsecond:
        raise BadRecurrence("start_too_precise", "A series starts at a whole second. Leave the fraction out.")
    if isinstance(start, datetime) and start.fold:
        raise BadRecurrence(
            "start_repeated", "A series can start at the first of two equal local times only. Send the offset of the first."
        )
    series = Series(start, zone, rule, excluded)
    first = next(series.starts_of_rule(), None)
    if first is None:
        end = "UNTIL" if rule.until else f"the end of {LAST_YEAR}"
        raise BadRecurrence("never_matches", f"This rule gives no day from the start to {end}.")
    if first != start:
        raise BadRecurrence(
            "start_not_first", f"The start must be the rule's first instance: start at {first.isoformat()}, or change the rule."
        )
    return replace(series, last=_last(series))


def stored_series(lines: list[str], *, start: Local, zone: ZoneInfo | None, last: Local | None) -> Series:
    """The series of what `read_series` gave before (`lines`, `last`), without the checks that cost time."""
    rule, _ = read_lines(lines[:1], zone=zone)
    values = [text for line in lines[1:] for text in line.rpartition(":")[2].split(",")]
    local = datetime if isinstance(start, datetime) else date
    return Series(start, zone, rule, frozenset(local.fromisoformat(text) for text in values), last)


def _last(series: Series) -> Local | None:
    rule = series.rule
    if rule.count:
        return deque(islice(series.starts_of_rule(), rule.count), maxlen=1).pop()
    if not isinstance(rule.until, datetime) or series.zone is None:
        return rule.until
    if rule.until.year > LAST_YEAR:
        return None
    # A day more: when the clocks are set back, a later local time can be an earlier instant.
    return rule.until.astimezone(series.zone).replace(tzinfo=None, fold=0) + timedelta(days=1)


def _explicit(rule: Rule, start: date) -> Rule:
    """`rule` with all that it takes from its start written out (RFC 5545 section 3.3.10), fit for dateutil with FREQ=YEARLY."""
    if not (rule.byyearday or rule.bymonthday or rule.byday):
        if rule.freq == "DAILY":
            rule = replace(rule, byday=tuple(Weekday(0, day) for day in range(7)))
        elif rule.freq == "WEEKLY" or rule.byweekno:
            rule = replace(rule, byday=(Weekday(0, start.weekday()),))
        else:
            bymonth = rule.bymonth or ((start.month,) if rule.freq == "YEARLY" else ())
            rule = replace(rule, bymonth=bymonth, bymonthday=(start.day,))
    if any(one.ordinal for one in rule.byday):
        # Ordinals count within the months that are named, or else within the year.
        bymonth = rule.bymonth or (tuple(range(1, 13)) if rule.freq == "MONTHLY" else ())
        # Of MO,1TU dateutil would take only what is both.
        ordinals = range(1, 6 if bymonth else 54)
        plain = (Weekday(ordinal, one.day) for one in rule.byday if not one.ordinal for ordinal in ordinals)
        rule = replace(rule, bymonth=bymonth, byday=(*(one for one in rule.byday if one.ordinal), *plain))
    return rule


def _week(day: date, wkst: int) -> int:
    """The number of the week in which `day` lies, of all weeks since day 1, which was a Monday."""
    return (day.toordinal() - 1 - wkst) // 7


@lru_cache(maxsize=1000)  # asked for each of its days
def _week_of_year(week: int, wkst: int) -> tuple[int, int, int]:
    """The year of that week, its number there, and that counted from the year's end (RFC 5545 section 3.3.10, BYWEEKNO)."""
    # A week belongs to the year that has four of its days or more: that of the fourth.
    fourth = date.fromordinal(week * 7 + wkst + 4)
    before, behind = (fourth - date(fourth.year, 1, 1)).days, (date(fourth.year, 12, 31) - fourth).days
    return fourth.year, before // 7 + 1, -(behind // 7 + 1)


def _chosen(days: list[date], positions: Iterable[int]) -> list[date]:
    indexes = {position - 1 if position > 0 else len(days) + position for position in positions}
    return [day for index, day in enumerate(days) if index in indexes]


def _day_of(local: Local) -> date:
    return local.date() if isinstance(local, datetime) else local
