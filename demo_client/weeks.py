"""Calendar weeks, Monday to Sunday, in Berlin time."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from demo_client.failures import NoSuchWeek

ZONE = ZoneInfo("Europe/Berlin")
_WRITTEN = re.compile(r"([0-9]{4})-W([0-9]{2})")
FIRST_YEAR, LAST_YEAR = 1971, 2198  # one year inside what the Calendar API has


def day_of(moment: datetime) -> date:
    """The day in which the aware `moment` lies in Berlin."""
    return moment.astimezone(ZONE).date()


class Period(ABC):
    """Some days in a row, whole by Berlin's clock: a day may have 23 or 25 hours."""

    @property
    @abstractmethod
    def days(self) -> list[date]:
        """All of them, in order."""

    @property
    def start(self) -> datetime:
        """The first day's midnight in Berlin."""
        return datetime.combine(self.days[0], time(), ZONE)

    @property
    def end(self) -> datetime:
        """The midnight in Berlin after the last day."""
        return datetime.combine(self.days[-1] + timedelta(days=1), time(), ZONE)


@dataclass(frozen=True)
class Week(Period):
    """A week by its Monday."""

    monday: date
    view = "week"

    @classmethod
    def parse(cls, text: str) -> "Week":
        """From ISO 8601's `2026-W48`. Raises `NoSuchWeek`."""
        written = _WRITTEN.fullmatch(text)
        if not written or not FIRST_YEAR <= int(written[1]) <= LAST_YEAR:
            raise NoSuchWeek
        try:
            return cls(date.fromisocalendar(int(written[1]), int(written[2]), 1))
        except ValueError as error:
            raise NoSuchWeek from error

    @classmethod
    def of(cls, moment: datetime) -> "Week":
        """The week in which the aware `moment` lies in Berlin."""
        return cls.containing(day_of(moment))

    @classmethod
    def containing(cls, day: date) -> "Week":
        """The week of this day."""
        return cls(day - timedelta(days=day.weekday()))

    def __str__(self) -> str:
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def first(self) -> date:
        """Its Monday."""
        return self.monday

    @property
    def days(self) -> list[date]:
        """Monday to Sunday."""
        return [self.monday + timedelta(days=n) for n in range(7)]

    @property
    def title(self) -> str:
        """As in `23–29 November 2026`; months and years are repeated only where they differ."""
        first, last = self.days[0], self.days[-1]
        until = f"{last.day} {last:%B} {last.year}"
        if first.year != last.year:
            return f"{first.day} {first:%B} {first.year} – {until}"
        return f"{first.day} {first:%B} – {until}" if first.month != last.month else f"{first.day}–{until}"

    @property
    def earlier(self) -> "Week | None":
        """The week before, unless the calendar begins here."""
        return self._moved_by(-7)

    @property
    def later(self) -> "Week | None":
        """The week after, unless the calendar ends here."""
        return self._moved_by(7)

    def _moved_by(self, days: int) -> "Week | None":
        moved = Week(self.monday + timedelta(days=days))
        return moved if FIRST_YEAR <= moved.monday.isocalendar().year <= LAST_YEAR else None
