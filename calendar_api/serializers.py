"""The form of what comes in and goes out: an event, a new event, and an instance of one that recurs."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from calendar_api.fields import (
    DateTimeField,
    DayField,
    EventIdField,
    NumberField,
    RecurrenceField,
    StatusField,
    StrictSerializer,
    TextField,
    ZoneField,
)
from calendar_api.models import Event
from calendar_api.recurrence import BadRecurrence, read_lines
from calendar_api.series_starts import local_start, series_from
from calendar_api.times import LONGEST, AllDay, BadTime, Moment, Timed, in_words, moment, zone_named

SOMETIMES = frozenset({"recurrence", "recurringEventId", "originalStartTime"})  # fields that not every event has
_RECURRENCE = (
    "One RRULE and at most 100 dates of EXDATE (RFC 5545 section 3.8.5), read back in canonical form. "
    "An empty list or null: the event does not recur."
)


def _error(code: str, says: str) -> list[ErrorDetail]:
    return [ErrorDetail(says, code=code)]


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

    id = serializers.CharField(source="full_id", read_only=True, help_text="Of an instance: its series' id, `_` and its original start.")
    status = StatusField(default=Event.Status.CONFIRMED)
    summary = TextField(max_length=1024, default="", help_text="One line.")
    description = TextField(max_length=8192, is_multiline=True, default="")
    location = TextField(max_length=1024, default="", help_text="A readable place, one line.")
    geo = GeoSerializer(allow_null=True, default=None)
    start = MomentSerializer()
    end = MomentSerializer(help_text="Later than start, of the same kind, at most 366 days later.")
    recurrence = RecurrenceField(allow_null=True, default=None, help_text=_RECURRENCE)
    recurringEventId = serializers.CharField(  # noqa: N815
        source="recurring_event_id", required=False, read_only=True, help_text="Of an instance: the id of its series."
    )
    originalStartTime = MomentSerializer(  # noqa: N815
        source="original_start",
        required=False,
        read_only=True,
        help_text="Of an instance: when the series gives it, wherever it was moved.",
    )
    etag = serializers.CharField(read_only=True, help_text="As in the ETag header: for If-Match and If-None-Match.")
    created = serializers.DateTimeField(read_only=True)
    updated = serializers.DateTimeField(read_only=True)
    sequence = serializers.IntegerField(
        read_only=True, help_text="How often its time, recurrence or status changed (RFC 5545 section 3.8.7.4)."
    )

    def to_representation(self, instance: Event) -> dict[str, Any]:
        """The event in the API's words. `recurrence` is there in series only, the two others of that kind in instances only."""
        words: dict[str, Any] = super().to_representation(instance)
        return {name: value for name, value in words.items() if value is not None or name not in SOMETIMES}

    def contradictions(self, sent: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """The end is of the start's kind, after it, and at most 366 days later; the recurrence begins with the start.

        When nothing is wrong with the recurrence the `Series` is put among the values.
        """
        return {**self._end_refused(values), **self._recurrence_refused(sent, values)}

    def _recurrence_refused(self, sent: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        lines, start = values.get("recurrence"), values.get("start")
        if lines is None:
            return {}
        errors: dict[str, Any] = {}
        try:
            local = None if start is None else local_start(start, self.instance)
        except BadTime as error:
            local, part = None, "timeZone" if error.code == "zone_missing" else "dateTime"
            errors["start"] = {part: _error(error.code, str(error))}
        try:
            if start is not None and local is not None:
                values["recurrence"] = series_from(lines, start=start, local=local, kept=self.instance)
            elif (kind := _kind(sent.get("start"))) is not None:
                read_lines(lines, zone=zone_named("UTC") if kind is Timed else None)  # what is wrong here is told beside the start
        except BadRecurrence as error:
            says = _error(error.code, str(error))
            errors["recurrence"] = says if error.line is None else {str(error.line): says}
        return errors

    def _end_refused(self, values: dict[str, Any]) -> dict[str, Any]:
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


class InstanceSerializer(EventSerializer):
    """One instance of a series, to change. It stands by itself then, and does not recur."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Those of an event without `recurrence`."""
        return {name: field for name, field in super().get_fields().items() if name != "recurrence"}

    def names_refused(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """As everywhere; of `recurrence` it is told why."""
        says = "This is one instance; only its series recurs. Change that: PATCH events/{recurringEventId}."
        refused = {"recurrence": _error("recurrence_of_an_instance", says)} if "recurrence" in sent else {}
        return {**super().names_refused(sent), **refused}


class NewEventSerializer(EventSerializer):
    """An event to create. Choose the `id` yourself to make a repeated request safe."""

    id = EventIdField(required=False)


def _kind(start: Any) -> type[Timed] | type[AllDay] | None:
    """Which of the two a start was meant to be that cannot be read; None when that cannot be told."""
    kinds = [kind for name, kind in (("dateTime", Timed), ("date", AllDay)) if isinstance(start, Mapping) and name in start]
    return kinds[0] if len(kinds) == 1 else None


def writable(event: Event) -> dict[str, Any]:
    """What a merge patch (RFC 7396) of this event is applied to: its fields as given out, without those that only the server sets."""
    fields = EventSerializer(event)
    return {name: value for name, value in fields.data.items() if not fields.fields[name].read_only and value is not None}
