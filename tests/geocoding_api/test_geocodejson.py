"""`format=geocodejson`: valid by the GeocodeJSON specification (geocoders/geocodejson-spec 0.1.0, RFC 7946), and nothing is left out."""

import jsonschema  # type: ignore[import-untyped]  # comes with drf-spectacular, without annotations
import pytest

from tests.geocoding_api.conftest import SHIBUYA

# What the specification says, in its own words: nothing here knows our answers.
TEXT = {"type": "string"}
SPECIFICATION = {
    "type": "object",
    "required": ["type", "geocoding", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "geocoding": {
            "type": "object",
            "required": ["version"],
            "properties": {
                "version": {"type": "string", "pattern": r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$"},
                "licence": TEXT,
                "attribution": TEXT,
                "query": TEXT,
            },
        },
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "properties", "geometry"],
                "properties": {
                    "type": {"const": "Feature"},
                    "id": {"type": ["string", "number"]},
                    "geometry": {
                        "oneOf": [
                            {"type": "null"},
                            {
                                "type": "object",
                                "required": ["type", "coordinates"],
                                "properties": {
                                    "type": {"const": "Point"},
                                    "coordinates": {
                                        "type": "array",
                                        "prefixItems": [
                                            {"type": "number", "minimum": -180, "maximum": 180},
                                            {"type": "number", "minimum": -90, "maximum": 90},
                                        ],
                                        "minItems": 2,
                                        "maxItems": 3,
                                    },
                                },
                            },
                        ]
                    },
                    "properties": {
                        "type": "object",
                        "required": ["geocoding"],
                        "properties": {
                            "geocoding": {
                                "type": "object",
                                "required": ["type"],
                                "properties": {
                                    "type": {"enum": ["house", "street", "locality", "city", "region", "country"]},
                                    "accuracy": {"type": "number", "minimum": 0},
                                    "admin": {"type": "object", "patternProperties": {"^level[0-9]+$": TEXT}},
                                    "geohash": {"type": "string", "pattern": "^[0-9b-hjkmnp-z]+(:.+)?$"},
                                    **dict.fromkeys(
                                        ["label", "name", "housenumber", "street", "locality", "postcode"]
                                        + ["city", "district", "county", "state", "country"],
                                        TEXT,
                                    ),
                                },
                            }
                        },
                    },
                },
            },
        },
    },
}
ASKED = {
    "a place": SHIBUYA,
    "a city": {**SHIBUYA, "detail": "city"},
    "a country that was asked for": {**SHIBUYA, "detail": "country"},
    "a place without a city or a region": {"lat": "-20.8821", "lon": "55.4504"},
    "a shore": {"lat": "36.9", "lon": "-8.0"},
    "a country alone": {"lat": "-90", "lon": "0"},
    "the date line": {"lat": "-16.83", "lon": "-180"},
    "the open sea": {"lat": "0", "lon": "0"},
}


@pytest.fixture(params=ASKED)
def answered(request, backend):
    """(as JSON, as GeocodeJSON), for one of those."""
    plain, geocodejson = (backend.asks({**ASKED[request.param], "format": form}) for form in ("json", "geocodejson"))
    assert (plain.status_code, geocodejson.status_code) == (200, 200)
    assert geocodejson["Content-Type"] == "application/geo+json"
    return plain.json(), geocodejson.json()


def test_it_is_valid(answered):
    jsonschema.validate(answered[1], SPECIFICATION, cls=jsonschema.Draft202012Validator)


def test_it_says_all_that_the_other_format_says(answered):
    plain, geocodejson = answered
    about = geocodejson["geocoding"]
    assert about["query"] == "{lat},{lon}".format(**plain["query"])
    for name in ("attribution", "licence", "data_version"):
        assert about[name] == plain[name]
    assert about.get("reason") == plain.get("reason")
    if plain["result"] is None:
        assert geocodejson["features"] == []
        return
    (feature,) = geocodejson["features"]
    result, said = plain["result"], feature["properties"]["geocoding"]
    place = result["place"] or {"id": None, "lat": None, "lon": None}
    latitude_last = (feature["geometry"] or {"coordinates": [None, None]})["coordinates"]
    assert (feature.get("id"), latitude_last) == (place["id"], [place["lon"], place["lat"]])
    assert said["type"] == {"place": "locality", "city": "city", "country": "country"}[result["type"]]
    assert (said["label"], said.get("state")) == (result["display_name"], result["admin1"])
    for name in ("name", "city", "country", "country_code", "timezone", "match"):
        assert said.get(name) == result[name]
    assert said.get("distance") == (result["distance_km"] if result["distance_km"] is None else round(result["distance_km"] * 1000))
