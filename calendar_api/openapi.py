"""What the OpenAPI document says of each endpoint beyond its fields: every answer, its headers, and examples that the tests send."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension, OpenApiSerializerFieldExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers

from calendar_api.fields import StatusField, StrictSerializer
from calendar_api.instance_keys import KEY_PATTERN
from calendar_api.models import EVENT_ID, Event
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
MOVED = {
    "summary": "Choir rehearsal, later",
    "start": {"dateTime": "2026-11-23T19:00:00"},
    "end": {"dateTime": "2026-11-23T21:00:00"},
    "geo": None,
}
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


# ---- Objects as they are checked ----------------------------------------------------------------------------------------


class _NoOtherFields(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # drf-spectacular has no annotations there
    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """The schema of an object that has these fields and no others; what is sent has none that only the server sets."""
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        if direction == "request":
            schema["properties"] = {name: field for name, field in schema["properties"].items() if "readOnly" not in field}
            schema["required"] = [name for name in schema.get("required", ()) if name in schema["properties"]]
        elif isinstance(self.target, EventSerializer):
            schema["required"] = [name for name in schema["properties"] if name not in SOMETIMES]
        if type(self.target) is MomentSerializer:
            schema["oneOf"] = [{"required": ["dateTime"]}, {"required": ["date"]}]
        return {name: value for name, value in schema.items() if value or name != "required"} | {"additionalProperties": False}


class _StatusThatIsSent(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # nor there
    target_class = StatusField

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """The schema; `cancelled` is in answers only."""
        schema: dict[str, Any] = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        if direction == "response":
            return schema
        sent = {"type": "string", "enum": [one for one in Event.Status.values if one != Event.Status.CANCELLED]}
        rest = {name: value for name, value in schema.items() if name in {"default", "nullable"}}
        return {"allOf": [sent], **rest}  # one level down, because the generator would give both sets of words one name


# ---- Answers ------------------------------------------------------------------------------------------------------------


class EventPageSerializer(serializers.Serializer[Any]):
    """One page of a list."""

    items = EventSerializer(many=True)
    nextPageToken = serializers.CharField(required=False, help_text="For pageToken; missing on the last page.")  # noqa: N815
    timeZone = serializers.CharField(help_text="Where all-day events were taken to begin at midnight.")  # noqa: N815


class _EverythingMayBeLeftOut(StrictSerializer):
    always_there: frozenset[str] = frozenset()  # what null cannot take away

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = {name: field for name, field in super().get_fields().items() if not field.read_only}
        for name, field in fields.items():
            field.required, field.allow_null, field.default = False, name not in self.always_there, serializers.empty
        return fields


class MomentPatchSerializer(_EverythingMayBeLeftOut, MomentSerializer):
    """A change to a start or an end."""


class GeoPatchSerializer(_EverythingMayBeLeftOut, GeoSerializer):
    """A change to a place; null takes it away."""

    always_there = frozenset({"lat", "lon"})


class EventPatchSerializer(_EverythingMayBeLeftOut, EventSerializer):
    """A change to an event (RFC 7396): what is named changes, null takes away, the rest stays."""

    always_there = frozenset({"start", "end"})
    geo = GeoPatchSerializer()
    start = MomentPatchSerializer()
    end = MomentPatchSerializer()


class InstancePatchSerializer(_EverythingMayBeLeftOut, InstanceSerializer):
    """A change to one instance of a series (RFC 7396): as to an event, but for `recurrence`."""

    always_there = frozenset({"start", "end"})
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
    challenged = "What is wrong with the token and where to get one (RFC 6750, RFC 9728)."
    return [
        _header("ETag", {"type": "string", "pattern": '^".+"$'}, "The version, strong.", *statuses),
        *([_header("Location", str, "The event's address.", *statuses)] if has_location else []),
        _header("WWW-Authenticate", str, challenged, 401),
        _header("WWW-Authenticate", str, challenged, 403, required=False),
        _header("Retry-After", int, "Seconds to wait.", 503),
    ]


def _header(name: str, type: Any, says: str, *statuses: int, required: bool = True) -> OpenApiParameter:
    return OpenApiParameter(name, type, OpenApiParameter.HEADER, response=list(statuses), description=says, required=required)


def _in_path(name: str, pattern: str, says: str, **examples: str) -> OpenApiParameter:
    return OpenApiParameter(
        name,
        {"type": "string", "pattern": f"^{pattern}$"},
        OpenApiParameter.PATH,
        description=says,
        examples=[_example(title, value) for title, value in examples.items()],
    )


_ID = _in_path(
    "event_id",
    f"{EVENT_ID.pattern}(_{KEY_PATTERN})?",
    "The event's id. That of an instance is good here too.",
    rehearsal=str(REHEARSAL["id"]),
)
_SERIES_ID = _in_path("event_id", EVENT_ID.pattern, "The id of the series.", mondays=str(EVERY_MONDAY["id"]))
_KEY = _in_path(
    "original",
    KEY_PATTERN,
    "The instance's original local start, as in 20261201T100000, or its day, as in 20261201.",
    moved=str(MOVED_INSTANCE_ANSWERED["id"]).partition("_")[2],
)


def _if_match(etag: str) -> OpenApiParameter:
    says = "Change only this version: its etag with the quotes, or `*`."
    return OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description=says, examples=[_example("As it was read", etag)])


def _if_none_match(etag: str) -> OpenApiParameter:
    says = "Answer 304 when the event is still at this etag."
    return OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description=says, examples=[_example("As it was read", etag)])


_IF_MATCH, _IF_NONE_MATCH = _if_match(str(REHEARSAL_ANSWERED["etag"])), _if_none_match(str(REHEARSAL_ANSWERED["etag"]))
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

_PATCH_TYPES = ("application/merge-patch+json", "application/json")

# ---- Endpoints ----------------------------------------------------------------------------------------------------------

event_list = extend_schema_view(
    get=extend_schema(
        operation_id="list_events",
        tags=["events"],
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
        tags=["events"],
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
        tags=["events"],
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
        tags=["events"],
        summary="Change an event",
        description=(
            "A JSON merge patch (RFC 7396): fields that are named change, `null` takes one away, the rest stays. A change to a series "
            "changes all instances but those that were changed themselves. These stay as long as the series has them."
        ),
        parameters=[_ID, _IF_MATCH, *_answer_headers(200)],
        request=dict.fromkeys(_PATCH_TYPES, EventPatchSerializer),
        examples=[_example("Later, and nowhere in particular", MOVED, request_only=True, media_type=one) for one in _PATCH_TYPES],
        responses={200: OpenApiResponse(EventSerializer, "The event as it is now."), **_refusals(404, 412, 413, 415, 428)},
    ),
    delete=extend_schema(
        operation_id="delete_event",
        tags=["events"],
        summary="Delete an event",
        parameters=[_ID, _IF_MATCH, *_answer_headers()[1:]],
        responses={204: OpenApiResponse(description="Deleted. The id stays taken."), **_refusals(404, 412, 428)},
    ),
)
instance_list = extend_schema_view(
    get=extend_schema(
        operation_id="list_instances",
        tags=["instances"],
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
        tags=["instances"],
        summary="One instance of a series",
        parameters=[_SERIES_ID, _KEY, _if_none_match(str(MOVED_INSTANCE_ANSWERED["etag"])), *_answer_headers(200, 304)],
        responses={
            200: OpenApiResponse(EventSerializer, "The instance.", [_example("Moved", MOVED_INSTANCE_ANSWERED)]),
            304: OpenApiResponse(description="Still at the version that `If-None-Match` names."),
            **_refusals(404),
        },
    ),
    patch=extend_schema(
        operation_id="change_instance",
        tags=["instances"],
        summary="Change one instance of a series",
        description="A JSON merge patch (RFC 7396). From then on the instance stands by itself: changes to the series leave it as it is.",
        parameters=[_SERIES_ID, _KEY, _if_match(str(MOVED_INSTANCE_ANSWERED["etag"])), *_answer_headers(200)],
        request=dict.fromkeys(_PATCH_TYPES, InstancePatchSerializer),
        examples=[_example("In the afternoon", ONE_MOVED, request_only=True, media_type=one) for one in _PATCH_TYPES],
        responses={
            200: OpenApiResponse(EventSerializer, "The instance as it is now.", [_example("Moved", MOVED_INSTANCE_ANSWERED)]),
            **_refusals(404, 412, 413, 415, 428),
        },
    ),
    delete=extend_schema(
        operation_id="cancel_instance",
        tags=["instances"],
        summary="Cancel one instance of a series",
        parameters=[_SERIES_ID, _KEY, _if_match(str(MOVED_INSTANCE_ANSWERED["etag"])), *_answer_headers()[1:]],
        responses={204: OpenApiResponse(description="Cancelled. The other instances stay."), **_refusals(404, 412, 428)},
    ),
)
