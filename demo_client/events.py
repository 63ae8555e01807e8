"""An event as Daybook reads it from the Calendar API, in Berlin time, and a place as it reads it from the Geocoding API."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from demo_client.weeks import ZONE

Point = tuple[float, float]  # latitude and longitude in degrees


@dataclass(frozen=True)
class Event:
    """An event. `start` and `end` are in Berlin time; an all-day one ends at the midnight after its last day."""

    summary: str
    start: datetime
    end: datetime
    is_all_day: bool
    location: str = ""
    geo: Point | None = None
    event_id: str = ""

    @classmethod
    def from_api(cls, item: dict[str, Any]) -> "Event":
        """From an item of `GET events`. Raises KeyError, TypeError or ValueError when it is not one."""
        is_all_day = "date" in item["start"]
        geo = item.get("geo")
        return cls(
            summary=item.get("summary") or "(no title)",
            start=_moment(item["start"]),
            end=_moment(item["end"]),
            is_all_day=is_all_day,
            location=item.get("location") or "",
            geo=(float(geo["lat"]), float(geo["lon"])) if geo else None,
            event_id=str(item.get("id", "")),
        )

    @property
    def coordinates(self) -> str:
        """As in `52.4977, 13.4036`, empty without any."""
        return f"{self.geo[0]:.4f}, {self.geo[1]:.4f}" if self.geo else ""

    def label_on(self, day: date) -> str:
        """When it is, said on `day`, one of the days it touches: `09:30–10:30`, `from 22:40`, `all day`, `until 06:50`."""
        begins, ends = self.start.date() == day, self.last_day == day
        if self.is_all_day or (not begins and not ends):
            return "all day"
        if begins and ends:
            return f"{self.start:%H:%M}–{self.end:%H:%M}"
        return f"from {self.start:%H:%M}" if begins else f"until {self.end:%H:%M}"

    @property
    def last_day(self) -> date:
        """The last day that it touches; what ends at midnight does not touch the next."""
        return max(self.start, self.end - timedelta(microseconds=1)).date()

    def touches(self, day: date) -> bool:
        """Whether any of it lies on `day`."""
        return self.start.date() <= day <= self.last_day


@dataclass(frozen=True)
class PlaceName:
    """A readable place, as short as a day's column: `Shibuya, Tokyo` and, apart, `Japan`."""

    name: str
    country: str

    @classmethod
    def from_api(cls, result: dict[str, Any]) -> "PlaceName":
        """From a result of `reverse`. Raises KeyError or TypeError when it is not one."""
        country = result.get("country") or ""
        parts = dict.fromkeys(part for part in (result.get("name"), result.get("city")) if part and part != country)
        return cls(", ".join(parts), country) if parts else cls(result["display_name"], "")


def _moment(moment: dict[str, Any]) -> datetime:
    if "date" in moment:
        return datetime.combine(date.fromisoformat(moment["date"]), time(), ZONE)
    at = datetime.fromisoformat(moment["dateTime"])
    if at.tzinfo is None:
        raise ValueError("a dateTime without an offset")
    return at.astimezone(ZONE)
