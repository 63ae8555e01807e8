"""What is taken for a coordinate and what is not: every refusal is a 400 that names the parameter and the cure, all at once."""

import re

import pytest

from geocoding_api.coordinates import DISTANCE_PATTERN, LATITUDE_PATTERN, LONGITUDE_PATTERN, BadNumber, degrees_of_number
from tests.geocoding_api.conftest import assert_problem, errors_of


@pytest.mark.parametrize(
    "text",
    ["nan", "NaN", "inf", "-inf", "infinity", "1e1", "1e400", "1E2", "1_0", "0x1F", "３５", "٣٥", "35.", ".5", "--5", "+-5",
     "- 5", "5 ", "1/2", "35°", "35N", "", "0000.5", "0035", "35.6.5", "35\n", "35\x00", "null", "true", "[35]", "35;", "35%"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["lat", "lon"])
def test_only_plain_decimals_are_numbers(backend, name, text):
    response = backend.asks({"lat": "35", "lon": "35", name: text})
    assert errors_of(response) == {name: "malformed"}


@pytest.mark.parametrize("text", ["35", "+35", "-35", "035", "35.0", "-0", "-0.0", "0", "00.000", "35." + "1" * 300])
def test_plain_decimals_are_taken(backend, text):
    assert backend.asks({"lat": text, "lon": text}).status_code == 200


@pytest.mark.parametrize(
    ("latitude", "longitude", "refused"),
    [
        ("90.0001", "0", ["lat"]),
        ("-90.0001", "0", ["lat"]),
        ("999", "0", ["lat"]),
        ("0", "180.0001", ["lon"]),
        ("0", "-180.0001", ["lon"]),
        ("91", "181", ["lat", "lon"]),
    ],
)
def test_degrees_have_a_range(backend, latitude, longitude, refused):
    assert errors_of(backend.asks({"lat": latitude, "lon": longitude})) == dict.fromkeys(refused, "out_of_range")


@pytest.mark.parametrize(("latitude", "longitude"), [("90", "0"), ("-90", "0"), ("0", "180"), ("0", "-180"), ("90.000", "-180.0")])
def test_the_edges_of_the_range_are_in_it(backend, latitude, longitude):
    assert backend.asks({"lat": latitude, "lon": longitude}).status_code == 200


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")], ids=str)
def test_what_is_not_finite_is_out_of_range_wherever_it_comes_from(value):
    with pytest.raises(BadNumber) as caught:
        degrees_of_number(value, 90)
    assert caught.value.code == "out_of_range"


def detail_of(response, field):
    return next(error["detail"] for error in response.json()["errors"] if error["field"] == field)


def test_a_comma_gets_a_hint(backend):
    assert "point, not a comma" in detail_of(backend.asks({"lat": "35,658", "lon": "139,7016"}), "lat")
    assert "parameters of their own" in detail_of(backend.asks({"lat": "35.658,139.7016"}), "lat")


def test_swapped_coordinates_get_a_hint(backend):
    assert "swapped" in detail_of(backend.asks({"lat": "139.7016", "lon": "35.658"}), "lat")
    assert "swapped" not in detail_of(backend.asks({"lat": "139.7", "lon": "139.7"}), "lat")


def test_a_plus_sign_that_an_address_turns_into_a_blank_gets_a_hint(backend):
    assert "%2B" in detail_of(backend.asks("lat=+35&lon=139"), "lat")
    assert backend.asks("lat=%2B35&lon=139").status_code == 200


@pytest.mark.parametrize(("wrong", "right"), [("lng", "lon"), ("longitude", "lon"), ("long", "lon"), ("latitude", "lat"), ("Lat", None)])
def test_another_name_for_a_coordinate_is_refused_with_the_right_one(backend, wrong, right):
    response = backend.asks({"lat": "35", "lon": "139", wrong: "1"})
    assert errors_of(response) == {wrong: "unknown"}
    assert f"Write {right}." in detail_of(response, wrong) if right else "Known: lat, lon" in detail_of(response, wrong)


def test_a_repeated_parameter_is_refused(backend):
    assert errors_of(backend.asks("lat=35&lat=36&lon=139")) == {"lat": "repeated"}
    assert errors_of(backend.asks("lat=35&lon=139&detail=place&detail=place")) == {"detail": "repeated"}


def test_missing_parameters_are_named(backend):
    assert errors_of(backend.asks({})) == {"lat": "required", "lon": "required"}


PLAIN = """
    0 -0 +0 00 000 0000 5 05 005 0005 35 +35 -35 ++35 35. .5 35.0 35.00000 089 89.9999999 90 090 90.0 90.000 90.01 91 099 99 100 0100 179.99
    180 180.0 180.01 181 199 200 999 1000 1e1 1e-7 1E5 1e400 nan inf Infinity 0x1 1_0 1,5 0.0 0.00001 00000.5 19999 20000 20000.0 20000.1
    20001 99999 100000 25 2.5 -25
"""
SPELLINGS = [*PLAIN.split(), "", " ", " 5", "5 ", "5\n", "\n5", "３５", "٣٥", "5\x00", "５.５", "−5", "–5"]


@pytest.mark.parametrize(
    ("name", "pattern"), [("lat", LATITUDE_PATTERN), ("lon", LONGITUDE_PATTERN), ("max_distance_km", DISTANCE_PATTERN)]
)
def test_what_is_taken_is_what_the_patterns_in_the_openapi_document_say(backend, name, pattern):
    for text in SPELLINGS:
        response = backend.asks({"lat": "1", "lon": "1", name: text})
        # `$` in ECMA-262 is the end of the text, not also the place before a last line end.
        assert (response.status_code == 200) == bool(re.search(pattern.replace("$", r"\Z"), text)), text


@pytest.mark.parametrize(
    "value", ["0", "0.000", "-1", "+1", "20000.1", "20039", "1e3", "1e400", "nan", "inf", "", "25 km", "123456", "2,5", "1_0", "２"]
)
def test_max_distance_is_a_number_of_kilometres_more_than_none(backend, value):
    assert set(errors_of(backend.asks({"lat": "35", "lon": "139", "max_distance_km": value}))) == {"max_distance_km"}


def test_detail_and_format_have_few_values(backend):
    query = {"lat": "35", "lon": "139", "detail": "street", "format": "xml"}
    assert errors_of(backend.asks(query)) == {"detail": "invalid_choice", "format": "invalid_choice"}


def test_everything_wrong_is_named_at_once(backend):
    query = "lat=x&lon=200&lng=1&detail=y&format=z&max_distance_km=0&lat2=1"
    assert set(errors_of(backend.asks(query))) == {"lat", "lon", "lng", "detail", "format", "max_distance_km", "lat2"}


def test_minus_zero_is_zero(backend):
    assert b"-0.0" not in backend.asks({"lat": "-0.0", "lon": "-0"}).content
    assert backend.asks({"lat": "-0", "lon": "-0.0"}).json() == backend.asks({"lat": "0", "lon": "0"}).json()


@pytest.mark.parametrize("latitude", ["-16.83", "71.2", "-80", "0"], ids=["Fiji", "Wrangel Island", "Antarctica", "open sea"])
def test_180_and_minus_180_are_one_meridian(backend, latitude):
    east, west = (backend.asks({"lat": latitude, "lon": longitude}) for longitude in ("180", "-180"))
    assert east.json() == west.json()
    assert east["ETag"] == west["ETag"]


def test_the_answer_says_how_the_point_was_understood(backend):
    assert backend.asks({"lat": "-90.0", "lon": "17"}).json()["query"] == {"lat": -90, "lon": 0}
    assert backend.asks({"lat": "+035.6580", "lon": "-180"}).json()["query"] == {"lat": 35.658, "lon": 180}


@pytest.mark.parametrize("pole", ["90", "-90"])
def test_at_a_pole_longitude_means_nothing(backend, pole):
    answers = [backend.asks({"lat": pole, "lon": longitude}) for longitude in ("0", "139.7", "-180")]
    assert len({answer.content for answer in answers}) == 1
    assert len({answer["ETag"] for answer in answers}) == 1


@pytest.mark.parametrize(
    "query", ["lat=%ff&lon=%00", "lat=35&lon=139&%ff=1", "lat[]=35&lon=139", "lat=35&lon=139&" + "x" * 4000 + "=1", "%F0%9F%97%BC=1"]
)
def test_strange_addresses_are_refused_and_break_nothing(backend, query):
    assert errors_of(backend.asks(query))


def test_of_very_many_unknown_parameters_the_first_are_named_and_how_many_more_there_are(backend):
    response = backend.asks("lat=35&lon=139&" + "&".join(f"a{number}=1" for number in range(900)))
    assert len(errors_of(response)) == 20
    assert "880 more" in response.json()["errors"][-1]["detail"]


def test_more_parameters_than_are_read_at_all_are_refused(backend):
    assert_problem(backend.asks("&".join(f"a{number}=1" for number in range(2000))), 400, "parse_error")
