"""What the OpenAPI document says of each endpoint beyond its fields: every answer, its headers, and examples that the tests send."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers

from calendar_api.fields import StrictSerializer
from calendar_api.models import EVENT_ID
from calendar_api.queries import EventQuerySerializer, WindowQuerySerializer
from calendar_api.serializers import SOMETIMES, EventSerializer, GeoSerializer, InstanceSerializer, MomentSerializer, NewEventSerializer

# ---- Examples: what is sent, and what comes back ----------------------------------------------------------------------

REHEARSAL = {
    "id": "choir20261123",
    "summary": "Choir rehearsal",
    "geo": {"lat": 52.4977, "lon": 13.4036},
    "start": {"dateTime": "2026-11-23T18:30:00", "timeZone": "Europe/Berlin"},
    "end": {"dateTime": "2026-11-23T20:30:00", "timeZone": "Europe/Berlin"},
}
BIRTHDAY = {"summary": "Bob's birthday", "start": {"date": "2026-11-25"}, "end": {"date": "2026-11-26"}}
MOVED = {"summary": "Choir rehearsal, later", "start": {"dateTime": "2026-11-23T19:00:00"}, "geo": None}
REHEARSAL_ANSWERED = {
    "id": "choir20261123",
    "status": "confirmed",
    "summary": "Choir rehearsal",
    "description": "",
    "location": "",
    "geo": {"lat": 52.4977, "lon": 13.4036},
    "start": {"dateTime": "2026-11-23T18:30:00+01:00", "timeZone": "Europe/Berlin"},
    "end": {"dateTime": "2026-11-23T20:30:00+01:00", "timeZone": "Europe/Berlin"},
    "etag": '"v1"',
    "created": "2026-11-20T08:00:00Z",
    "updated": "2026-11-20T08:00:00Z",
    "sequence": 0,
}
EVERY_MONDAY = {
    "id": "standup1",
    "summary": "Team meeting",
    "start": {"dateTime": "2026-10-19T09:30:00", "timeZone": "Europe/Berlin"},
    "end": {"dateTime": "2026-10-19T10:00:00", "timeZone": "Europe/Berlin"},
    "recurrence": ["RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=8", "EXDATE;TZID=Europe/Berlin:20261102T093000"],
}
EVERY_MONDAY_ANSWERED = {
    "id": "standup1",
    "status": "confirmed",
    "summary": "Team meeting",
    "description": "",
    "location": "",
    "geo": None,
    "start": {"dateTime": "2026-10-19T09:30:00+02:00", "timeZone": "Europe/Berlin"},
    "end": {"dateTime": "2026-10-19T10:00:00+02:00", "timeZone": "Europe/Berlin"},
    "etag": '"v1"',
    "created": "2026-10-12T08:00:00Z",
    "updated": "2026-10-12T08:00:00Z",
    "sequence": 0,
    "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=8;BYDAY=MO", "EXDATE;TZID=Europe/Berlin:20261102T093000"],
}
ONE_MOVED = {
    "summary": "Team meeting, in the afternoon",
    "start": {"dateTime": "2026-11-09T14:00:00"},
    "end": {"dateTime": "2026-11-09T14:30:00"},
}
UNCHANGED_INSTANCE_ANSWERED = {
    "id": "standup1_20261026T093000",
    "status": "confirmed",
    "summary": "Team meeting",
    "description": "",
    "location": "",
    "geo": None,
    "start": {"dateTime": "2026-10-26T09:30:00+01:00", "timeZone": "Europe/Berlin"},
    "end": {"dateTime": "2026-10-26T10:00:00+01:00", "timeZone": "Europe/Berlin"},
    "etag": '"v1.0"',
    "created": "2026-10-12T08:00:00Z",
    "updated": "2026-10-12T08:00:00Z",
    "sequence": 0,
    "recurringEventId": "standup1",
    "originalStartTime": {"dateTime": "2026-10-26T09:30:00+01:00", "timeZone": "Europe/Berlin"},
}
MOVED_INSTANCE_ANSWERED = {
    **UNCHANGED_INSTANCE_ANSWERED,
    "id": "standup1_20261109T093000",
    "summary": "Team meeting, in the afternoon",
    "start": {"dateTime": "2026-11-09T14:00:00+01:00", "timeZone": "Europe/Berlin"},
    "end": {"dateTime": "2026-11-09T14:30:00+01:00", "timeZone": "Europe/Berlin"},
    "etag": '"v1.1"',
    "updated": "2026-10-13T08:00:00Z",
    "sequence": 1,
    "originalStartTime": {"dateTime": "2026-11-09T09:30:00+01:00", "timeZone": "Europe/Berlin"},
}
INSTANCES_ANSWERED = {"items": [UNCHANGED_INSTANCE_ANSWERED, MOVED_INSTANCE_ANSWERED], "timeZone": "Europe/Berlin"}
PAGE_ANSWERED = {"items": [REHEARSAL_ANSWERED], "timeZone": "Europe/Berlin"}
WRONG_TIMES = {
    "summary": "Choir rehearsal",
    "colour": "blue",
    "start": {"dateTime": "2026-11-23T18:30:00"},
    "end": {"dateTime": "2026-11-23T20:30:00+01:00"},
}
WRONG_TIMES_ANSWERED = [
    {
        "field": "colour",
        "code": "unknown_field",
        "detail": "This name is not known here. Known: id, status, summary, description, location, geo, start, end, recurrence.",
    },
    {
        "field": "start.dateTime",
        "code": "offset_missing",
        "detail": "Write the offset as well, as in 2026-12-01T10:00:00+01:00, or send timeZone beside it.",
    },
]


def _example(name: str, value: Any, **options: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, **options)


# ---- Answers ------------------------------------------------------------------------------------------------------------


class NotEveryEventHasThem(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is typed in part
    """Fields that are missing in answers about events of another kind; drf-spectacular calls all read-only fields required."""

    target_class = EventSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """The serializer's schema."""
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "required": [name for name in schema.get("required", []) if name not in SOMETIMES]}


class EventPageSerializer(serializers.Serializer[Any]):
    """One page of a list."""

    items = EventSerializer(many=True)
    nextPageToken = serializers.CharField(required=False, help_text="For pageToken; missing on the last page.")  # noqa: N815
    timeZone = serializers.CharField(help_text="Where all-day events were taken to begin at midnight.")  # noqa: N815


class _EverythingMayBeLeftOutOrNull(StrictSerializer):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = {name: field for name, field in super().get_fields().items() if not field.read_only}
        for field in fields.values():
            field.required, field.allow_null, field.default = False, True, serializers.empty
        return fields


class MomentPatchSerializer(_EverythingMayBeLeftOutOrNull, MomentSerializer):
    """A change to a start or an end."""


class GeoPatchSerializer(_EverythingMayBeLeftOutOrNull, GeoSerializer):
    """A change to a place; null takes it away."""


class EventPatchSerializer(_EverythingMayBeLeftOutOrNull, EventSerializer):
    """A change to an event (RFC 7396): what is named changes, null takes away, the rest stays."""

    geo = GeoPatchSerializer()
    start = MomentPatchSerializer()
    end = MomentPatchSerializer()


class InstancePatchSerializer(_EverythingMayBeLeftOutOrNull, InstanceSerializer):
    """A change to one instance of a series (RFC 7396): as to an event, but for `recurrence`."""

    geo = GeoPatchSerializer()
    start = MomentPatchSerializer()
    end = MomentPatchSerializer()


class WrongFieldSerializer(serializers.Serializer[Any]):
    """One thing that is wrong with a request."""

    field = serializers.CharField(help_text="Its name, as in start.dateTime.")
    code = serializers.CharField()
    detail = serializers.CharField(help_text="What would be right.")


class ProblemSerializer(serializers.Serializer[Any]):
    """A refusal (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="For programs.")
    trace_id = serializers.CharField(help_text="Under which the server's log has this request.")
    detail = serializers.CharField(required=False)
    cure = serializers.CharField(required=False, help_text="What to do about a refused token.")
    step = serializers.IntegerField(required=False, help_text="Which of the four checks refused the token.")
    check = serializers.CharField(required=False)
    errors = WrongFieldSerializer(many=True, required=False)  # type: ignore[assignment]  # also a property's name; DRF takes the field out


_SAYS = {
    400: "Something in the request is not as it must be; `errors` names each field. Also: a token sent twice or in the address.",
    401: "No access token, or one that the first three checks refuse.",
    403: "The token lacks the scope, or is a machine's (both with a challenge); when changing something also: there is no room for more.",
    404: "The caller has no such event, or the event has no such instance.",
    406: "`Accept` rules out JSON.",
    409: "The id is taken, or was by an event that is deleted.",
    412: "The event is not at the version that `If-Match` names. Nothing was changed.",
    413: "The body is larger than 64 KiB.",
    415: "The body has another media type.",
    428: "This server wants `If-Match` with every change.",
    503: "The issuer's keys cannot be had at the moment, or the database is busy.",
}
_OF_ALL = (400, 401, 403, 406, 503)


def _refusals(*statuses: int, **examples: OpenApiExample) -> dict[tuple[int, str], OpenApiResponse]:
    return {
        (status, "application/problem+json"): OpenApiResponse(
            ProblemSerializer, _SAYS[status], [examples[f"_{status}"]] if f"_{status}" in examples else []
        )
        for status in sorted({*_OF_ALL, *statuses})
    }


def _answer_headers(*statuses: int, has_location: bool = False) -> list[OpenApiParameter]:
    every = [OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=list(statuses), description="The version, strong.")]
    if has_location:
        every.append(
            OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=list(statuses), description="The event's address.")
        )
    challenged = "What is wrong with the token and where to get one (RFC 6750, RFC 9728)."
    every.append(OpenApiParameter("WWW-Authenticate", str, OpenApiParameter.HEADER, response=[401, 403], description=challenged))
    return [*every, OpenApiParameter("Retry-After", int, OpenApiParameter.HEADER, response=[503], description="Seconds to wait.")]


_KEY_PATTERN = r"\d{8}(T\d{6})?"


def _in_path(name: str, pattern: str, says: str) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "string", "pattern": f"^{pattern}$"}, OpenApiParameter.PATH, description=says)


_ID = _in_path("event_id", f"{EVENT_ID.pattern}(_{_KEY_PATTERN})?", "The event's id. That of an instance is good here too.")
_SERIES_ID = _in_path("event_id", EVENT_ID.pattern, "The id of the series.")
_KEY = _in_path("original", _KEY_PATTERN, "The instance's original local start, as in 20261201T100000, or its day, as in 20261201.")
_IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="Change only this version: its etag with the quotes, or `*`."
)
_IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="Answer 304 when the event is still at this etag."
)
_WRONG = _example(
    "Two things wrong at once",
    {
        "type": "about:blank",
        "title": "Unusable input",
        "status": 400,
        "detail": "2 values cannot be used; errors says which and why.",
        "code": "invalid_input",
        "trace_id": "7c1f0a52e4b94d6f8a3e5b90c2d71e44",
        "errors": WRONG_TIMES_ANSWERED,
    },
)

# ---- Endpoints ----------------------------------------------------------------------------------------------------------

event_list = extend_schema_view(
    get=extend_schema(
        operation_id="list_events",
        summary="The events in a window of time",
        description=(
            "In the window is what ends after `timeMin` and starts before `timeMax`. Ordered by start, then id. A series is one item, "
            "in every window that its time has a part in, at its first start; with `singleEvents` each of its instances is one."
        ),
        parameters=[EventQuerySerializer, *_answer_headers()[1:]],
        responses={200: OpenApiResponse(EventPageSerializer, "One page.", [_example("A week", PAGE_ANSWERED)]), **_refusals()},
    ),
    post=extend_schema(
        operation_id="create_event",
        summary="Create an event",
        parameters=_answer_headers(201, has_location=True),
        request={"application/json": NewEventSerializer},
        examples=[
            _example("A rehearsal", REHEARSAL, request_only=True),
            _example("A whole day", BIRTHDAY, request_only=True),
            _example("Every Monday but one", EVERY_MONDAY, request_only=True),
        ],
        responses={
            201: OpenApiResponse(
                EventSerializer,
                "Created.",
                [_example("The rehearsal", REHEARSAL_ANSWERED), _example("The Mondays", EVERY_MONDAY_ANSWERED)],
            ),
            **_refusals(409, 413, 415, _400=_WRONG),
        },
    ),
)
event_detail = extend_schema_view(
    get=extend_schema(
        operation_id="read_event",
        summary="One event",
        parameters=[_ID, _IF_NONE_MATCH, *_answer_headers(200, 304)],
        responses={
            200: OpenApiResponse(EventSerializer, "The event.", [_example("The rehearsal", REHEARSAL_ANSWERED)]),
            304: OpenApiResponse(description="Still at the version that `If-None-Match` names."),
            **_refusals(404),
        },
    ),
    patch=extend_schema(
        operation_id="change_event",
        summary="Change an event",
        description=(
            "A JSON merge patch (RFC 7396): fields that are named change, `null` takes one away, the rest stays. A change to a series "
            "changes all instances but those that were changed themselves. These stay as long as the series has them."
        ),
        parameters=[_ID, _IF_MATCH, *_answer_headers(200)],
        request={"application/merge-patch+json": EventPatchSerializer, "application/json": EventPatchSerializer},
        examples=[_example("Later, and nowhere in particular", MOVED, request_only=True)],
        responses={200: OpenApiResponse(EventSerializer, "The event as it is now."), **_refusals(404, 412, 413, 415, 428)},
    ),
    delete=extend_schema(
        operation_id="delete_event",
        summary="Delete an event",
        parameters=[_ID, _IF_MATCH, *_answer_headers()[1:]],
        responses={204: OpenApiResponse(description="Deleted. The id stays taken."), **_refusals(404, 412, 428)},
    ),
)
instance_list = extend_schema_view(
    get=extend_schema(
        operation_id="list_instances",
        summary="The instances of one series in a window of time",
        description="Moved ones where they are now, cancelled ones not. Ordered by start, then original start.",
        parameters=[_SERIES_ID, WindowQuerySerializer, *_answer_headers()[1:]],
        responses={
            200: OpenApiResponse(EventPageSerializer, "One page.", [_example("Two Mondays, one moved", INSTANCES_ANSWERED)]),
            **_refusals(404),
        },
    ),
)
instance_detail = extend_schema_view(
    get=extend_schema(
        operation_id="read_instance",
        summary="One instance of a series",
        parameters=[_SERIES_ID, _KEY, _IF_NONE_MATCH, *_answer_headers(200, 304)],
        responses={
            200: OpenApiResponse(EventSerializer, "The instance.", [_example("Moved", MOVED_INSTANCE_ANSWERED)]),
            304: OpenApiResponse(description="Still at the version that `If-None-Match` names."),
            **_refusals(404),
        },
    ),
    patch=extend_schema(
        operation_id="change_instance",
        summary="Change one instance of a series",
        description="A JSON merge patch (RFC 7396). From then on the instance stands by itself: changes to the series leave it as it is.",
        parameters=[_SERIES_ID, _KEY, _IF_MATCH, *_answer_headers(200)],
        request={"application/merge-patch+json": InstancePatchSerializer, "application/json": InstancePatchSerializer},
        examples=[_example("In the afternoon", ONE_MOVED, request_only=True)],
        responses={
            200: OpenApiResponse(EventSerializer, "The instance as it is now.", [_example("Moved", MOVED_INSTANCE_ANSWERED)]),
            **_refusals(404, 412, 413, 415, 428),
        },
    ),
    delete=extend_schema(
        operation_id="cancel_instance",
        summary="Cancel one instance of a series",
        parameters=[_SERIES_ID, _KEY, _IF_MATCH, *_answer_headers()[1:]],
        responses={204: OpenApiResponse(description="Cancelled. The other instances stay."), **_refusals(404, 412, 428)},
    ),
)
