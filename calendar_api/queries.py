"""The parameters of addresses: a window of time and the page of a list, or none at all."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from calendar_api.fields import BooleanField, BoundField, StrictSerializer, TextField, WholeNumberField, ZoneField, quoted
from calendar_api.times import LONGEST, zone_named

MOST_RESULTS, USUAL_RESULTS = 250, 50
_FROM, _TO = {"example": "2026-11-01T00:00:00+01:00"}, {"example": "2026-12-01T00:00:00+01:00"}


def _error(code: str, says: str) -> list[ErrorDetail]:
    return [ErrorDetail(says, code=code)]


def _utc() -> ZoneInfo:
    return zone_named("UTC")


class WindowQuerySerializer(StrictSerializer):
    """The parameters of a list of instances."""

    timeMin = BoundField(help_text="Only what ends after this.", **_FROM)  # noqa: N815
    timeMax = BoundField(help_text="Only what starts before this; at most 366 days later.", **_TO)  # noqa: N815
    maxResults = WholeNumberField(min_value=1, max_value=MOST_RESULTS, default=USUAL_RESULTS)  # noqa: N815
    pageToken = TextField(required=False, max_length=1024, help_text="The nextPageToken of the page before, with the same parameters.")  # noqa: N815
    timeZone = ZoneField(default=_utc, help_text="Where all-day events begin at midnight; UTC when left out.")  # noqa: N815

    def contradictions(self, sent: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """A window must have room for something, and where series are expanded it must end soon enough."""
        earliest, latest = values.get("timeMin"), values.get("timeMax")
        if earliest and latest and earliest >= latest:
            return {"timeMax": _error("empty_window", "timeMax must be later than timeMin.")}
        if earliest and latest and self.is_expanded(values) and latest - earliest > LONGEST:
            return {
                "timeMax": _error("window_too_long", f"Where series are expanded, timeMax is at most {LONGEST.days} days after timeMin.")
            }
        return {}

    def is_expanded(self, values: Mapping[str, Any]) -> bool:
        """Whether the list has the instances of series, and not the series."""
        return True


class EventQuerySerializer(WindowQuerySerializer):
    """The parameters of the list of events."""

    timeMin = BoundField(required=False, help_text="Only what ends after this. Needed with singleEvents.", **_FROM)  # noqa: N815
    timeMax = BoundField(  # noqa: N815
        required=False, help_text="Only what starts before this. Needed with singleEvents, and then at most 366 days later.", **_TO
    )
    singleEvents = BooleanField(  # noqa: N815
        default=False, help_text="true: the instances of series instead of the series, those that were moved where they are now."
    )
    orderBy = serializers.ChoiceField(  # noqa: N815
        choices=["startTime"], required=False, error_messages={"invalid_choice": "Only startTime is known here."}
    )

    def contradictions(self, sent: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """As of every window; one in which series are expanded has both ends."""
        bounds = ("timeMin", "timeMax") if self.is_expanded(values) else ()
        missing = {name: _error("required", "singleEvents=true needs both timeMin and timeMax.") for name in bounds if name not in sent}
        return {**super().contradictions(sent, values), **missing}

    def is_expanded(self, values: Mapping[str, Any]) -> bool:
        """Whether the list has the instances of series, and not the series."""
        return values.get("singleEvents") is True


class NoQuerySerializer(StrictSerializer):
    """The parameters of an endpoint that has none."""


def only_values(query: QueryDict, serializer: type[StrictSerializer]) -> dict[str, Any]:
    """The parameters of an address, each at most once and known to `serializer`, as values. Raises `ValidationError` with all errors."""
    repeated = {quoted(name): _error("repeated", "Send this once.") for name, values in query.lists() if len(values) > 1}
    read = serializer(data=query.dict())
    if not read.is_valid() or repeated:
        raise ValidationError({**read.errors, **repeated})
    return dict(read.validated_data)
