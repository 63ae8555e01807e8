"""The form of what comes in (one point in an address, many in a body) and, for the documentation, of what goes out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from geocoding_api.coordinates import (
    DISTANCE_PATTERN,
    LATITUDE,
    LATITUDE_PATTERN,
    LONGEST_DISTANCE_KM,
    LONGITUDE,
    LONGITUDE_PATTERN,
    BadNumber,
    degrees,
    degrees_of_number,
    kilometres,
    kilometres_of_number,
    normalised,
)
from geocoding_api.reverse import DETAILS, Point

FORMATS = ("json", "geocodejson")
MOST_POINTS = 10_000
_MOST_NAMED = 100  # points that an answer names as malformed
_MOST_UNKNOWN = 20  # unknown names that an answer repeats: a body of 1 MB has room for a hundred thousand
_LONGEST_ID = 100
_LARGEST_ID = 2**53 - 1  # beyond, JSON readers disagree
_MEANT = {"lng": "lon", "long": "lon", "longitude": "lon", "x": "lon", "latitude": "lat", "y": "lat"}
_HOW_FAR = "How far the named place may be; where none is that near, the country alone is named. Left out, it is 300, and 30 for the city."
_SWAPPED = "A latitude is never beyond 90 degrees. Were lat and lon swapped?"

Errors = dict[str, list[ErrorDetail]]


class TooManyPoints(Exception):
    """A batch has more than `MOST_POINTS` points."""


@dataclass(frozen=True)
class Query:
    """What is asked of one point: normalised, so that equal questions are equal."""

    point: Point
    detail: str = DETAILS[0]
    max_distance_km: float | None = None
    format: str | None = None


@dataclass(frozen=True)
class Batch:
    """What is asked of many points; `ids` are the caller's own, given back with the answers."""

    points: list[Point]
    ids: list[str | int | None]
    detail: str = DETAILS[0]
    max_distance_km: float | None = None


@extend_schema_field({"type": "string", "pattern": LATITUDE_PATTERN, "example": "35.658"})
class LatitudeField(serializers.Field[Any, Any, Any, Any]):
    """A latitude in an address."""


@extend_schema_field({"type": "string", "pattern": LONGITUDE_PATTERN, "example": "139.7016"})
class LongitudeField(serializers.Field[Any, Any, Any, Any]):
    """A longitude in an address."""


@extend_schema_field({"type": "string", "pattern": DISTANCE_PATTERN, "example": "25"})
class DistanceField(serializers.Field[Any, Any, Any, Any]):
    """A distance in an address."""


@extend_schema_field({"type": "number", "minimum": 0, "exclusiveMinimum": True, "maximum": LONGEST_DISTANCE_KM})
class DistanceNumberField(serializers.Field[Any, Any, Any, Any]):
    """A distance in a body."""


@extend_schema_field(
    {"oneOf": [{"type": "string", "maxLength": _LONGEST_ID}, {"type": "integer", "minimum": -_LARGEST_ID, "maximum": _LARGEST_ID}]}
)
class OwnIdField(serializers.Field[Any, Any, Any, Any]):
    """What the caller calls a point."""


class ExactSerializer(serializers.Serializer[Any]):
    """An object with these members and no others."""


class ReverseQuerySerializer(serializers.Serializer[Any]):
    """The parameters of one lookup."""

    lat = LatitudeField(help_text="Latitude in degrees (WGS 84), a plain decimal from -90 to 90, without exponent.")
    lon = LongitudeField(help_text="Longitude in degrees, from -180 to 180, which are one meridian. At a pole it means nothing.")
    detail = serializers.ChoiceField(choices=DETAILS, required=False, default=DETAILS[0], help_text="How fine the name is.")
    max_distance_km = DistanceField(required=False, help_text=_HOW_FAR)
    format = serializers.ChoiceField(
        choices=FORMATS,
        required=False,
        help_text="`geocodejson` is GeocodeJSON, media type application/geo+json. Left out, `Accept` decides.",
    )


class PointSerializer(ExactSerializer):
    """One point of a batch."""

    lat = serializers.FloatField(min_value=-LATITUDE, max_value=LATITUDE)
    lon = serializers.FloatField(min_value=-LONGITUDE, max_value=LONGITUDE)
    id = OwnIdField(required=False, help_text="Yours, given back with the answer.")


class BatchSerializer(ExactSerializer):
    """The body of a batch."""

    points = serializers.ListField(child=PointSerializer(), min_length=1, max_length=MOST_POINTS)
    detail = serializers.ChoiceField(choices=DETAILS, required=False, default=DETAILS[0])
    max_distance_km = DistanceNumberField(required=False, help_text=_HOW_FAR)


def query_in(parameters: QueryDict) -> Query:
    """The question in an address. Raises `ValidationError` naming every parameter that is missing, repeated, unknown or wrong."""
    errors = _unknown_names(parameters, known=ReverseQuerySerializer)
    for name in ReverseQuerySerializer._declared_fields:
        if len(parameters.getlist(name)) > 1:
            errors[name] = _error("repeated", "This stands in the address more than once. Write it once.")
    once = {name: values[0] for name, values in parameters.lists() if name not in errors}
    latitude = _read(once, "lat", errors, lambda text: degrees(text, LATITUDE), required=True)
    longitude = _read(once, "lon", errors, lambda text: degrees(text, LONGITUDE), required=True)
    if "lat" in errors and errors["lat"][0].code == "out_of_range" and longitude is not None and abs(longitude) <= LATITUDE:
        errors["lat"] = _error("out_of_range", _SWAPPED)
    detail = _read(once, "detail", errors, lambda text: _one_of(text, DETAILS))
    max_distance_km = _read(once, "max_distance_km", errors, kilometres)
    form = _read(once, "format", errors, lambda text: _one_of(text, FORMATS))
    if errors:
        raise ValidationError(errors)
    return Query(normalised(latitude, longitude), detail or DETAILS[0], max_distance_km, form)


def batch_in(body: Mapping[str, Any]) -> Batch:
    """The batch in a JSON object.

    Raises `TooManyPoints`, or `ValidationError` naming every malformed point: the first 100, and how many more there are.
    """
    errors = _unknown_names(body, known=BatchSerializer)
    detail = _read(body, "detail", errors, lambda value: _one_of(value, DETAILS))
    max_distance_km = _read(body, "max_distance_km", errors, kilometres_of_number)
    sent = body.get("points")
    if not isinstance(sent, list) or not sent:
        errors["points"] = _error("required", 'Send a list with at least one point, as [{"lat": 35.658, "lon": 139.7016}].')
        raise ValidationError(errors)
    if len(sent) > MOST_POINTS:
        raise TooManyPoints
    points, ids = _points(sent, errors)
    if errors:
        raise ValidationError(errors)
    return Batch(points, ids, detail or DETAILS[0], max_distance_km)


def quoted(text: str) -> str:
    """At most 80 printable ASCII characters of something a caller wrote, safe to repeat in an answer."""
    return "".join(character if " " <= character <= "~" else ascii(character)[1:-1] for character in text[:80])[:80]


def _points(sent: list[Any], errors: Errors) -> tuple[list[Point], list[str | int | None]]:
    points: list[Point] = []
    ids: list[str | int | None] = []
    malformed = 0
    for index, point in enumerate(sent):
        wrong = _wrong_with(point)
        if not wrong:
            points.append(normalised(float(point["lat"]), float(point["lon"])))
            ids.append(point.get("id"))
            continue
        malformed += 1
        if malformed <= _MOST_NAMED:
            errors.update({f"points[{index}]{name}": error for name, error in wrong.items()})
    if malformed > _MOST_NAMED:
        more = f"{malformed - _MOST_NAMED:,} more points are malformed; the first {_MOST_NAMED} are named here."
        errors["points"] = _error("more_malformed_points", more)
    return points, ids


def _wrong_with(point: Any) -> Errors:
    """The errors of one point by the name of its member (`.lat`), or none. Ten thousand points come this way: no serializer for each."""
    if not isinstance(point, dict):
        return {"": _error("not_an_object", 'Send an object, as {"lat": 35.658, "lon": 139.7016}.')}
    errors: Errors = {}
    latitude = _read(point, "lat", errors, lambda value: degrees_of_number(value, LATITUDE), required=True)
    longitude = _read(point, "lon", errors, lambda value: degrees_of_number(value, LONGITUDE), required=True)
    if latitude is None and longitude is not None and abs(longitude) <= LATITUDE and errors["lat"][0].code == "out_of_range":
        errors["lat"] = _error("out_of_range", _SWAPPED)
    if "id" in point and not _is_id(point["id"]):
        errors["id"] = _error("invalid", f"Send a text of at most {_LONGEST_ID} characters, or a whole number.")
    errors.update(_unknown_names(point, known=PointSerializer))
    return {f".{name}": error for name, error in errors.items()}


def _is_id(value: Any) -> bool:
    if type(value) is int:
        return abs(value) <= _LARGEST_ID
    # Half of a surrogate pair is no character: no answer could carry it.
    return isinstance(value, str) and len(value) <= _LONGEST_ID and not any("\ud800" <= character <= "\udfff" for character in value)


def _read(values: Mapping[str, Any], name: str, errors: Errors, reader: Callable[[Any], Any], *, required: bool = False) -> Any:
    """The value called `name` as `reader` has it; None, and where that is wrong an error, when there is none."""
    if name not in values:
        if required and name not in errors:
            errors[name] = _error("required", "This is missing.")
        return None
    try:
        return reader(values[name])
    except BadNumber as error:
        errors[name] = _error(error.code, str(error))
        return None


def _one_of(value: Any, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise BadNumber("invalid_choice", f"Choose one of: {', '.join(choices)}.")
    return str(value)


def _unknown_names(names: Iterable[str], *, known: type[serializers.Serializer[Any]]) -> Errors:
    """An error for each name that `known` has no field for; of very many the first, and how many more there are."""
    unknown = [name for name in names if name not in known._declared_fields]
    errors = {quoted(name): _unknown(name, known=known) for name in unknown[:_MOST_UNKNOWN]}
    if len(unknown) > _MOST_UNKNOWN:
        last = quoted(unknown[_MOST_UNKNOWN - 1])
        errors[last] = _error("unknown", f"{errors[last][0]} {len(unknown) - _MOST_UNKNOWN:,} more names are not known either.")
    return errors


def _unknown(name: str, *, known: type[serializers.Serializer[Any]]) -> list[ErrorDetail]:
    meant = _MEANT.get(name.lower())
    cure = f"Write {meant}." if meant else f"Known: {', '.join(known._declared_fields)}."
    return _error("unknown", f"This name is not known here. {cure}")


def _error(code: str, says: str) -> list[ErrorDetail]:
    return [ErrorDetail(says, code=code)]
