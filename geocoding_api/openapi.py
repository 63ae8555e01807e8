"""What the OpenAPI document says of the endpoint beyond its fields: every answer with its headers, and examples."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers

from geocoding_api import examples
from geocoding_api.reverse import DETAILS, NO_PLACE
from geocoding_api.serializers import BatchSerializer, ExactSerializer, OwnIdField, ReverseQuerySerializer

_MATCHES = ("inside", "offshore", "country_only")

# ---- Answers ------------------------------------------------------------------------------------------------------------


class _NoOtherMembers(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # drf-spectacular has no annotations there
    target_class = ExactSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """The schema of an object that has these members and no others."""
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False}


class OneOfField(serializers.CharField):
    """One of these texts."""

    def __init__(self, *choices: str, **options: Any) -> None:
        super().__init__(**options)
        # One level down, because the generator would give the words a made-up name.
        field: Any = self
        extend_schema_field({"allOf": [{"type": "string", "enum": list(choices)}]})(field)


class CoordinatesSerializer(ExactSerializer):
    """The point as it was understood: 180 for -180, longitude 0 at a pole, no minus zero."""

    lat = serializers.FloatField(min_value=-90, max_value=90)
    lon = serializers.FloatField(min_value=-180, max_value=180)


class PlaceSerializer(ExactSerializer):
    """The place that was named."""

    id = serializers.RegexField(r"^geonames:[0-9]+$", help_text="As `geonames:11808021`, GeoNames' number.")
    lat = serializers.FloatField(min_value=-90, max_value=90)
    lon = serializers.FloatField(min_value=-180, max_value=180)


class ResultSerializer(ExactSerializer):
    """What is there."""

    display_name = serializers.CharField(help_text="Place, region, country, without repeats.")
    type = OneOfField(*DETAILS, help_text="What was named.")
    name = serializers.CharField()
    city = serializers.CharField(allow_null=True, help_text="The city of at least 15,000 people that the point belongs to, within 30 km.")
    admin1 = serializers.CharField(allow_null=True, help_text="The region: state, prefecture, canton, …")
    country = serializers.CharField()
    country_code = serializers.RegexField(r"^[A-Z]{2}$", help_text="ISO 3166-1 alpha-2, and XK.")
    timezone = serializers.CharField(allow_null=True, help_text="IANA name: the zone of the place.")
    distance_km = serializers.FloatField(allow_null=True, min_value=0, help_text="To the place that was named.")
    match = OneOfField(
        *_MATCHES,
        help_text="`offshore`: over water, at most 22.2 km from this country. `country_only`: no place is near enough to be named.",
    )
    place = PlaceSerializer(allow_null=True)


class _OriginSerializer(ExactSerializer):
    attribution = serializers.CharField(help_text="To be shown wherever the names are shown.")
    licence = serializers.CharField()
    data_version = serializers.CharField()


class AnswerSerializer(_OriginSerializer):
    """The answer to one lookup."""

    query = CoordinatesSerializer()
    result = ResultSerializer(allow_null=True)
    reason = OneOfField(NO_PLACE, required=False, help_text="Why there is no result; left out where there is one.")


class BatchRowSerializer(ExactSerializer):
    """The answer to one point of a batch."""

    query = CoordinatesSerializer()
    id = OwnIdField(allow_null=True, help_text="As it was sent; null where none was.")
    result = ResultSerializer(allow_null=True)
    reason = OneOfField(NO_PLACE, allow_null=True, help_text="Why there is no result; null where there is one.")


class BatchAnswerSerializer(_OriginSerializer):
    """The answers to a batch, in its order."""

    results = BatchRowSerializer(many=True)


class WrongFieldSerializer(ExactSerializer):
    """One thing that is wrong with a request."""

    field = serializers.CharField(help_text="Its name, as `lat` or `points[17].lat`.")
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
    errors = WrongFieldSerializer(many=True, required=False)  # type: ignore[assignment]  # the member's name; nobody validates with this


def _object(properties: dict[str, Any], *, optional: tuple[str, ...] = (), **words: Any) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False, **words}


def _one_of(*texts: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(texts)}


_TEXT = {"type": "string"}
_POINT = _object(
    {"type": _one_of("Point"), "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}},
    nullable=True,
    description="Longitude and latitude of the place; null where the country alone is named.",
)
_GEOCODING = _object(
    {
        "type": _one_of("locality", "city", "country"),
        **dict.fromkeys(("label", "name", "city", "state", "country", "country_code", "timezone"), _TEXT),
        "match": _one_of(*_MATCHES),
        "distance": {"type": "integer", "minimum": 0, "description": "Metres to the place that was named."},
    },
    optional=("city", "state", "timezone", "distance"),
    description="As the specification names them; `country_code`, `timezone`, `match` and `distance` beside it.",
)
_FEATURE = _object(
    {
        "type": _one_of("Feature"),
        "id": {**_TEXT, "description": "Of the place, where one is named."},
        "geometry": _POINT,
        "properties": _object({"geocoding": _GEOCODING}),
    },
    optional=("id",),
)
_ABOUT = _object(
    {**dict.fromkeys(("version", "query", "attribution", "licence", "data_version"), _TEXT), "reason": _one_of(NO_PLACE)},
    optional=("reason",),
)
_GEOCODEJSON = _object(
    {"type": _one_of("FeatureCollection"), "geocoding": _ABOUT, "features": {"type": "array", "maxItems": 1, "items": _FEATURE}},
    description="GeocodeJSON 0.1.0: one feature, or none.",
)

# ---- Refusals, and headers ------------------------------------------------------------------------------------------------

_SAYS = {
    400: "Something in the request is not as it must be; `errors` names each field. Also: a token sent twice or in the address.",
    401: "No access token, or one that the first three checks refuse.",
    403: "A user's token: this API is for machines.",
    406: "`Accept` rules out every media type that there is.",
    413: "More than 10,000 points, or a body of more than 1 MB.",
    415: "The body has another media type.",
    429: "More requests in this minute than the client may send. Requests without a good token are not counted.",
    503: "The issuer's keys cannot be had at the moment, or the data is not built yet.",
}
_REFUSED: dict[int, dict[str, Any]] = {
    401: {"No token": examples.NO_TOKEN, "A token that has run out": examples.EXPIRED},
    403: {"The token of a user": examples.USERS_TOKEN},
    406: {"Neither of these": examples.NOT_ACCEPTABLE},
    413: {"One point too many": examples.TOO_MANY_POINTS, "One byte too many": examples.TOO_LARGE},
    415: {"A form": examples.NO_JSON},
    429: {"One request too many": examples.TOO_MANY_REQUESTS},
    503: {"No data yet": examples.DATA_MISSING},
}
_OF_ALL = (401, 403, 406, 429, 503)


def _examples(values: dict[str, Any]) -> list[OpenApiExample]:
    return [OpenApiExample(name, value=value) for name, value in values.items()]


def _refusals(*statuses: int, unusable: dict[str, Any]) -> dict[tuple[int, str], OpenApiResponse]:
    refused = {400: unusable, **{status: _REFUSED[status] for status in sorted({*_OF_ALL, *statuses})}}
    return {
        (status, "application/problem+json"): OpenApiResponse(ProblemSerializer, _SAYS[status], _examples(values))
        for status, values in refused.items()
    }


def _header(name: str, statuses: list[int], says: str, schema: Any = str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, response=statuses, description=says)


def _headers(*statuses: int, refused: list[int], cache_control: str) -> list[OpenApiParameter]:
    """Of an operation that succeeds with `statuses` and counts what it refuses with `refused`."""
    answered = list(statuses)
    counted = sorted({*answered, *refused, 400, 429, 503})
    policy, left = {"type": "string", "pattern": r'^"per-minute";q=\d+;w=60$'}, {"type": "string", "pattern": r'^"per-minute";r=\d+;t=\d+$'}
    return [
        _header("Cache-Control", answered, f"`{cache_control}`", {"type": "string", "enum": [cache_control]}),
        _header("Vary", answered, "`Authorization` and `Accept` among others."),
        _header("RateLimit-Policy", counted, 'How many requests a client may send: `"per-minute";q=600;w=60`.', policy),
        _header("RateLimit", counted, 'How many are left, and for how many seconds: `"per-minute";r=599;t=42`.', left),
        _header("Retry-After", [429, 503], "Seconds to wait; with 503 where keys are missing.", {"type": "integer", "minimum": 1}),
        _header("WWW-Authenticate", [401, 403], "What is wrong with the token and where to get one (RFC 6750, RFC 9728)."),
        _header("Server-Timing", answered, "The checks that the token passed, where the server explains them."),
    ]


# ---- The endpoint -------------------------------------------------------------------------------------------------------

_IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="Answer 304 when the answer is still this one: its ETag with the quotes."
)
_ETAG = _header("ETag", [200, 304], "The version of the answer, strong.", {"type": "string", "pattern": '^"[0-9a-f]{32}"$'})

reverse = extend_schema_view(
    get=extend_schema(
        operation_id="reverse",
        summary="What is at a point",
        description="The country comes from borders, the name from the places inside it. In the open sea `result` is null.",
        parameters=[
            ReverseQuerySerializer,
            _IF_NONE_MATCH,
            _ETAG,
            *_headers(200, 304, refused=[], cache_control="private, max-age=86400"),
        ],
        responses={
            (200, "application/json"): OpenApiResponse(
                AnswerSerializer,
                "What is there.",
                _examples({"Shibuya station": examples.SHIBUYA, "Point Nemo, in the Pacific": examples.POINT_NEMO}),
            ),
            (200, "application/geo+json"): OpenApiResponse(
                _GEOCODEJSON,
                "What is there, as GeocodeJSON.",
                _examples(
                    {
                        "Shibuya station, as GeocodeJSON": examples.SHIBUYA_AS_GEOCODEJSON,
                        "Point Nemo, as GeocodeJSON": examples.POINT_NEMO_AS_GEOCODEJSON,
                    }
                ),
            ),
            304: OpenApiResponse(description="Still the answer that `If-None-Match` names."),
            **_refusals(unusable={"Three things wrong at once": examples.WRONG}),
        },
    ),
    post=extend_schema(
        operation_id="reverse_batch",
        summary="What is at each of up to 10,000 points",
        description="Answers in the order of the points. One malformed point refuses the whole batch.",
        parameters=_headers(200, refused=[413, 415], cache_control="no-store"),
        request={"application/json": BatchSerializer},
        examples=[OpenApiExample("An event and the middle of the sea", value=examples.BATCH_SENT, request_only=True)],
        responses={
            (200, "application/json"): OpenApiResponse(
                BatchAnswerSerializer, "The answers, in order.", _examples({"Two answers": examples.BATCH})
            ),
            **_refusals(413, 415, unusable={"Two malformed points": examples.WRONG_BATCH}),
        },
    ),
)
