"""Calendar months, in Berlin time, with the days of whole weeks around them as a page of a wall calendar has them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from demo_client.failures import NoSuchMonth
from demo_client.weeks import FIRST_YEAR, LAST_YEAR, Period, day_of

_WRITTEN = re.compile(r"([0-9]{4})-([0-9]{2})")


@dataclass(frozen=True)
class Month(Period):
    """A month by its first day."""

    first: date
    view = "month"

    @classmethod
    def parse(cls, text: str) -> "Month":
        """From ISO 8601's `2026-11`. Raises `NoSuchMonth`."""
        written = _WRITTEN.fullmatch(text)
        if not written or not FIRST_YEAR <= int(written[1]) <= LAST_YEAR or not 1 <= int(written[2]) <= 12:
            raise NoSuchMonth
        return cls(date(int(written[1]), int(written[2]), 1))

    @classmethod
    def of(cls, moment: datetime) -> "Month":
        """The month in which the aware `moment` lies in Berlin."""
        return cls(day_of(moment).replace(day=1))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def days(self) -> list[date]:
        """From the Monday on or before the first to the Sunday on or after the last."""
        monday = self.first - timedelta(days=self.first.weekday())
        length = 7 * (((self._next - monday).days + 6) // 7)
        return [monday + timedelta(days=n) for n in range(length)]

    @property
    def title(self) -> str:
        """As in `November 2026`."""
        return f"{self.first:%B} {self.first.year}"

    @property
    def earlier(self) -> "Month | None":
        """The month before, unless the calendar begins here."""
        return self._if_there((self.first - timedelta(days=1)).replace(day=1))

    @property
    def later(self) -> "Month | None":
        """The month after, unless the calendar ends here."""
        return self._if_there(self._next)

    @property
    def _next(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)

    @staticmethod
    def _if_there(first: date) -> "Month | None":
        return Month(first) if FIRST_YEAR <= first.year <= LAST_YEAR else None
