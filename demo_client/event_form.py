"""The form for a new event: what a person types, and what the Calendar API is sent of it."""

import secrets
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms

from demo_client.weeks import ZONE

# Where the Calendar API's names of fields stand in this form.
_FIELDS = {"summary": "what", "start": "day", "end": "until", "geo": "lat", "geo.lat": "lat", "geo.lon": "lon", "location": "where"}
_OPEN_ANEW = "Its hidden id is missing or was changed. Open the form anew."


def new_event_id() -> str:
    """An id of our choice, in the letters that the Calendar API takes: sending an event twice then makes one event."""
    return secrets.token_hex(16)


class EventForm(forms.Form):
    """An event of one day, in Berlin time. `lat` and `lon` come from the map, or are typed."""

    event_id = forms.RegexField(r"\A[a-v0-9]{5,64}\Z", error_messages={"required": _OPEN_ANEW, "invalid": _OPEN_ANEW})
    what = forms.CharField(max_length=1024, error_messages={"required": "Say what it is."})
    day = forms.DateField(error_messages={"required": "Say on which day.", "invalid": "Write a day as in 2026-11-24."})
    since = forms.TimeField(error_messages={"required": "Say when it begins.", "invalid": "Write a time as in 16:00."})
    until = forms.TimeField(error_messages={"required": "Say when it ends.", "invalid": "Write a time as in 17:00."})
    where = forms.CharField(max_length=1024, required=False)
    lat = forms.FloatField(
        min_value=-90,
        max_value=90,
        required=False,
        error_messages={"invalid": "Write degrees as in 52.5158.", "min_value": "At least -90.", "max_value": "At most 90."},
    )
    lon = forms.FloatField(
        min_value=-180,
        max_value=180,
        required=False,
        error_messages={"invalid": "Write degrees as in 13.4540.", "min_value": "At least -180.", "max_value": "At most 180."},
    )

    def clean(self) -> dict[str, Any]:
        """What several fields must have in common."""
        given: dict[str, Any] = super().clean() or {}
        if "day" in given and not 1970 <= given["day"].year <= 2199:
            self.add_error("day", "The calendar goes from 1970 to 2199.")
        if "since" in given and "until" in given and given["until"] <= given["since"]:
            self.add_error("until", "It ends before it begins.")
        if (given.get("lat") is None) != (given.get("lon") is None) and not {"lat", "lon"} & self.errors.keys():
            self.add_error("lat" if given.get("lat") is None else "lon", "A place has both, latitude and longitude.")
        return given

    def as_event(self) -> dict[str, Any]:
        """The body of `POST events`. The name of a place goes into `location` as the person sees it."""
        given = self.cleaned_data
        has_place = given["lat"] is not None
        return {
            "id": given["event_id"],
            "summary": given["what"],
            "start": _moment(given["day"], given["since"]),
            "end": _moment(given["day"], given["until"]),
            **({"location": given["where"]} if given["where"] else {}),
            **({"geo": {"lat": given["lat"], "lon": given["lon"]}} if has_place else {}),
        }

    def take_over(self, errors: list[tuple[str, str]]) -> None:
        """Show what the Calendar API says is wrong at the field that it is about."""
        for field, detail in errors:
            mine = _FIELDS.get(field) or _FIELDS.get(field.partition(".")[0])
            self.add_error(mine, detail if mine else f"{field}: {detail}")

    @classmethod
    def empty(cls, now: datetime) -> dict[str, Any]:
        """What a fresh form holds: the next full hour, in Berlin; late in the evening, tomorrow morning."""
        here = now.astimezone(ZONE)
        begins = here.replace(minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(hours=1)
        if begins.hour < 8 or begins.hour > 21:
            begins = datetime.combine(begins.date() + timedelta(days=begins.hour > 21), time(9))
        day: date = begins.date()
        since, until = (f"{moment:%H:%M}" for moment in (begins, begins + timedelta(hours=1)))
        return {"event_id": new_event_id(), "day": day.isoformat(), "since": since, "until": until}


def _moment(day: date, at: time) -> dict[str, str]:
    return {"dateTime": datetime.combine(day, at).isoformat(), "timeZone": ZONE.key}
