"""The form of what comes in and goes out: an event, a new event, and the parameters of a list."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from calendar_api.fields import (
    BoundField,
    DateTimeField,
    DayField,
    EventIdField,
    NumberField,
    StatusField,
    StrictSerializer,
    TextField,
    WholeNumberField,
    ZoneField,
    quoted,
)
from calendar_api.models import Event
from calendar_api.times import AllDay, BadTime, Moment, in_words, moment, zone_named

LONGEST = timedelta(days=366)
MOST_RESULTS, USUAL_RESULTS = 250, 50


def _error(code: str, says: str) -> list[ErrorDetail]:
    return [ErrorDetail(says, code=code)]


def _utc() -> ZoneInfo:
    return zone_named("UTC")


class MomentSerializer(StrictSerializer):
    """`{"dateTime", "timeZone"}`, of which the offset in `dateTime` or the `timeZone` may be left out; or `{"date"}` for a whole day."""

    dateTime = DateTimeField(required=False, help_text="RFC 3339, years 1970 to 2199. Answers always carry the offset.")  # noqa: N815
    timeZone = ZoneField(required=False, help_text="IANA name; it must agree with the offset.")  # noqa: N815
    date = DayField(required=False, help_text="A whole day; of an all-day event's end the day after the last.")

    def contradictions(self, sent: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """What is wrong between the three; when nothing is, the moment is put among the values."""
        if "dateTime" in sent and "date" in sent:
            return {"date": _error("two_kinds", "Send either dateTime or date. In a patch, null takes the other one away.")}
        if "dateTime" not in sent and "date" not in sent:
            return {"dateTime": _error("required", "Send dateTime, or date for a whole day.")}
        if "date" in sent and "timeZone" in sent:
            return {"timeZone": _error("two_kinds", "A whole day has no zone. Leave it out; in a patch, send null.")}
        try:
            if "date" in values:
                values["moment"] = AllDay(values["date"])
            elif "dateTime" in values and ("timeZone" in values or "timeZone" not in sent):
                values["moment"] = moment(values["dateTime"], values.get("timeZone"))
        except BadTime as error:
            return {"dateTime": _error(error.code, str(error))}
        return {}

    def to_internal_value(self, data: Any) -> Any:
        """The `Moment`. Raises `ValidationError`."""
        return super().to_internal_value(data)["moment"]

    def to_representation(self, instance: Moment) -> dict[str, str]:
        """The moment in the API's words."""
        return in_words(instance)


class GeoSerializer(StrictSerializer):
    """A place on Earth (RFC 5545 section 3.8.1.6), WGS 84 degrees."""

    lat = NumberField(min_value=-90, max_value=90)
    lon = NumberField(min_value=-180, max_value=180)


class EventSerializer(StrictSerializer):
    """One event."""

    id = EventIdField(read_only=True)
    status = StatusField(default=Event.Status.CONFIRMED)
    summary = TextField(max_length=1024, default="", help_text="One line.")
    description = TextField(max_length=8192, is_multiline=True, default="")
    location = TextField(max_length=1024, default="", help_text="A readable place, one line.")
    geo = GeoSerializer(allow_null=True, default=None)
    start = MomentSerializer()
    end = MomentSerializer(help_text="Later than start, of the same kind, at most 366 days later.")
    etag = serializers.CharField(read_only=True, help_text="As in the ETag header: for If-Match and If-None-Match.")
    created = serializers.DateTimeField(read_only=True)
    updated = serializers.DateTimeField(read_only=True)
    sequence = serializers.IntegerField(read_only=True, help_text="How often its time or status changed (RFC 5545 section 3.8.7.4).")

    def contradictions(self, sent: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """The end is of the start's kind, after it, and at most 366 days later."""
        start, end = values.get("start"), values.get("end")
        if start is None or end is None:
            return {}
        if isinstance(start, AllDay) != isinstance(end, AllDay):
            return {"end": _error("two_kinds", "Start and end must both have dateTime, or both date.")}
        first, last = (start.day, end.day) if isinstance(start, AllDay) else (start.instant, end.instant)
        if last <= first:
            hint = " Of an all-day event the end is the day after the last." if isinstance(start, AllDay) else ""
            return {"end": _error("not_after_start", f"The end must be later than the start.{hint}")}
        if last - first > LONGEST:
            return {"end": _error("too_long", f"An event lasts at most {LONGEST.days} days.")}
        return {}


class NewEventSerializer(EventSerializer):
    """An event to create. Choose the `id` yourself to make a repeated request safe."""

    id = EventIdField(required=False)


class EventQuerySerializer(StrictSerializer):
    """The parameters of a list."""

    timeMin = BoundField(required=False, help_text="Only events that end after this.")  # noqa: N815
    timeMax = BoundField(required=False, help_text="Only events that start before this.")  # noqa: N815
    maxResults = WholeNumberField(min_value=1, max_value=MOST_RESULTS, default=USUAL_RESULTS)  # noqa: N815
    pageToken = TextField(required=False, max_length=1024, help_text="The nextPageToken of the page before, with the same parameters.")  # noqa: N815
    orderBy = serializers.ChoiceField(  # noqa: N815
        choices=["startTime"], required=False, error_messages={"invalid_choice": "Only startTime is known here."}
    )
    timeZone = ZoneField(default=_utc, help_text="Where all-day events begin at midnight; UTC when left out.")  # noqa: N815

    def contradictions(self, sent: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """A window must have room for something."""
        earliest, latest = values.get("timeMin"), values.get("timeMax")
        if earliest and latest and earliest >= latest:
            return {"timeMax": _error("empty_window", "timeMax must be later than timeMin.")}
        return {}


class NoQuerySerializer(StrictSerializer):
    """The parameters of an endpoint that has none."""


def writable(event: Event) -> dict[str, Any]:
    """What a merge patch (RFC 7396) of this event is applied to: its fields as given out, without those that only the server sets."""
    fields = EventSerializer(event)
    return {name: value for name, value in fields.data.items() if not fields.fields[name].read_only and value is not None}


def only_values(query: QueryDict, serializer: type[StrictSerializer]) -> dict[str, Any]:
    """The parameters of an address, each at most once and known to `serializer`, as values. Raises `ValidationError` with all errors."""
    repeated = {quoted(name): _error("repeated", "Send this once.") for name, values in query.lists() if len(values) > 1}
    read = serializer(data=query.dict())
    if not read.is_valid() or repeated:
        raise ValidationError({**read.errors, **repeated})
    return dict(read.validated_data)
