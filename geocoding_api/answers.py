"""How a lookup's result is written down: the API's own JSON, or GeocodeJSON; and the ETag of an answer."""

import hashlib
from collections.abc import Iterable
from functools import cache
from json import JSONEncoder
from pathlib import Path
from typing import Any

from geocoding_api.places import Places
from geocoding_api.reverse import NO_PLACE, Point
from geocoding_api.serializers import Batch, Query

_JSON = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_GEOCODEJSON_VERSION = "0.1.0"
_GEOCODEJSON_TYPES = {"place": "locality", "city": "city", "country": "country"}


def answer(gazetteer: Places, query: Query, result: dict[str, Any] | None) -> dict[str, Any]:
    """The answer to one lookup: what was understood, what is there (or why nothing is), and whose data it is."""
    found = {"query": _written(query.point), "result": result}
    return {**found, **({} if result else {"reason": NO_PLACE}), **_origin(gazetteer)}


def batch_answer(gazetteer: Places, batch: Batch, results: Iterable[dict[str, Any] | None]) -> bytes:
    """The answers to a batch, in its order, as JSON. Written row by row: ten thousand results never stand in memory at once."""
    rows = (
        {"query": _written(point), "id": own_id, "result": result, "reason": None if result else NO_PLACE}
        for point, own_id, result in zip(batch.points, batch.ids, results, strict=True)
    )
    written = b",".join([_JSON.encode(row).encode() for row in rows])
    return b'{"results":[' + written + b"]," + _JSON.encode(_origin(gazetteer)).encode()[1:]


def geocodejson(gazetteer: Places, query: Query, result: dict[str, Any] | None) -> dict[str, Any]:
    """The same answer as GeocodeJSON 0.1.0: a feature collection (RFC 7946) with one feature, or none.

    `type` and `label` to `country` in a feature's properties are the specification's (geocoders/geocodejson-spec), the rest is ours.
    """
    about = {
        "version": _GEOCODEJSON_VERSION,
        "query": f"{query.point[0]!r},{query.point[1]!r}",
        **_origin(gazetteer),
        **({} if result else {"reason": NO_PLACE}),
    }
    return {"type": "FeatureCollection", "geocoding": about, "features": [_feature(result)] if result else []}


def etag(gazetteer: Places, query: Query, form: str) -> str:
    """Strong: the same data, the same code, the same question and the same format give the same bytes."""
    named = "\n".join([gazetteer.data_version, _code_version(), repr((query.point, query.detail, query.max_distance_km)), form])
    return f'"{hashlib.sha256(named.encode()).hexdigest()[:32]}"'


def _feature(result: dict[str, Any]) -> dict[str, Any]:
    place = result["place"]
    properties = {
        "type": _GEOCODEJSON_TYPES[result["type"]],
        "label": result["display_name"],
        "name": result["name"],
        "city": result["city"],
        "state": result["admin1"],
        "country": result["country"],
        "country_code": result["country_code"],
        "timezone": result["timezone"],
        "match": result["match"],
        "distance": None if result["distance_km"] is None else round(result["distance_km"] * 1000),
    }
    return {
        "type": "Feature",
        **({"id": place["id"]} if place else {}),  # RFC 7946 section 3.2
        "geometry": place and {"type": "Point", "coordinates": [place["lon"], place["lat"]]},
        "properties": {"geocoding": {name: value for name, value in properties.items() if value is not None}},
    }


def _written(point: Point) -> dict[str, float]:
    return {"lat": point[0], "lon": point[1]}


def _origin(gazetteer: Places) -> dict[str, str]:
    return {"attribution": gazetteer.attribution, "licence": gazetteer.licence, "data_version": gazetteer.data_version}


@cache
def _code_version() -> str:
    """Of this package's modules: nobody has to remember to count a version up, or every cache would keep old answers."""
    digest = hashlib.sha256()
    for module in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    return digest.hexdigest()
