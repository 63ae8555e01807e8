"""`POST reverse`: many points at once, refused as a whole when one of them is malformed, in bounded time and memory."""

import json
import random
import time
from io import BytesIO

import pytest

from geocoding_api.bodies import LARGEST_BODY
from tests.geocoding_api.conftest import assert_problem, errors_of

SHIBUYA = {"lat": 35.658, "lon": 139.7016}


def test_answers_come_in_the_order_of_the_points_with_their_ids(backend):
    points = [{**SHIBUYA, "id": "a"}, {"lat": 0, "lon": 0, "id": 7}, {"lat": 51.5007, "lon": -0.1246}]
    response = backend.sends({"points": points})
    assert response.status_code == 200
    answer = response.json()
    assert [row["id"] for row in answer["results"]] == ["a", 7, None]
    assert [row["result"] and row["result"]["name"] for row in answer["results"]] == ["Shibuya", None, "London"]
    assert [row["reason"] for row in answer["results"]] == [None, "no_place_within_range", None]
    assert answer["results"][0]["query"] == SHIBUYA
    assert "GeoNames" in answer["attribution"]


def test_each_answer_is_the_one_that_get_gives(backend):
    (row,) = backend.sends({"points": [SHIBUYA]}).json()["results"]
    single = backend.asks().json()
    assert (row["query"], row["result"]) == (single["query"], single["result"])


def test_a_batch_can_ask_for_less_detail(backend):
    body = {"points": [SHIBUYA], "detail": "country", "max_distance_km": 10}
    assert backend.sends(body).json()["results"][0]["result"]["display_name"] == "Japan"


def test_batches_are_not_stored(backend):
    assert backend.sends({"points": [SHIBUYA]})["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("point", "errors"),
    [
        ({"lat": "35.658", "lon": 139.7}, {".lat": "not_a_number"}),
        ({"lat": True, "lon": False}, {".lat": "not_a_number", ".lon": "not_a_number"}),
        ({"lat": None, "lon": [1]}, {".lat": "not_a_number", ".lon": "not_a_number"}),
        ({"lat": 90.1, "lon": -180.1}, {".lat": "out_of_range", ".lon": "out_of_range"}),
        ({"lon": 1}, {".lat": "required"}),
        ({"lat": 1, "lng": 2}, {".lon": "required", ".lng": "unknown"}),
        ({"lat": 1, "lon": 2, "name": "x"}, {".name": "unknown"}),
        ({"lat": 1, "lon": 2, "id": 1.5}, {".id": "invalid"}),
        ({"lat": 1, "lon": 2, "id": None}, {".id": "invalid"}),
        ({"lat": 1, "lon": 2, "id": "x" * 101}, {".id": "invalid"}),
        ({"lat": 1, "lon": 2, "id": "\ud800"}, {".id": "invalid"}),
        ({"lat": 1, "lon": 2, "id": 2**60}, {".id": "invalid"}),
        ([1, 2], {"": "not_an_object"}),
        (None, {"": "not_an_object"}),
    ],
    ids=lambda value: json.dumps(value)[:40] if not isinstance(value, str) else value,
)
def test_a_malformed_point_refuses_the_whole_batch_and_is_named(backend, point, errors):
    points = [SHIBUYA] * 20
    points[17] = point
    assert errors_of(backend.sends({"points": points})) == {f"points[17]{name}": code for name, code in errors.items()}


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" * 300])
def test_a_number_beyond_every_float_is_out_of_range(backend, number):
    assert errors_of(backend.sends(raw=b'{"points": [{"lat": %s, "lon": 0}]}' % number.encode())) == {"points[0].lat": "out_of_range"}


def test_swapped_coordinates_get_a_hint(backend):
    response = backend.sends({"points": [{"lat": 139.7016, "lon": 35.658}]})
    assert "swapped" in response.json()["errors"][0]["detail"]


def test_every_malformed_point_is_named_up_to_a_hundred(backend):
    points = [{"lat": 99, "lon": 0} if index % 2 else SHIBUYA for index in range(500)]
    assert list(errors_of(backend.sends({"points": points}))) == [f"points[{index}].lat" for index in range(1, 200, 2)]


@pytest.mark.parametrize("body", [{}, {"points": []}, {"points": {}}, {"points": "x"}, {"points": None}, {"point": []}])
def test_a_batch_has_points(backend, body):
    assert "points" in errors_of(backend.sends(body))


def test_unknown_members_and_parameters_are_refused(backend):
    assert errors_of(backend.sends({"points": [SHIBUYA], "lang": "de"})) == {"lang": "unknown"}
    assert errors_of(backend.sends({"points": [SHIBUYA]}, query="detail=city")) == {"detail": "unknown"}


def test_ten_thousand_points_are_taken_and_one_more_is_413(backend):
    assert len(backend.sends({"points": [SHIBUYA] * 10_000}).json()["results"]) == 10_000
    problem = assert_problem(backend.sends({"points": [SHIBUYA] * 10_001}), 413, "too_many_points")
    assert "10,000" in problem["detail"]


def test_a_body_of_more_than_one_megabyte_is_413(backend):
    body = json.dumps({"points": [SHIBUYA]}).encode()
    assert backend.sends(raw=body + b" " * (LARGEST_BODY - len(body))).status_code == 200
    assert_problem(backend.sends(raw=body + b" " * (LARGEST_BODY - len(body) + 1)), 413, "body_too_large")


def test_a_body_announced_as_too_large_is_not_read(backend):
    assert_problem(backend.sends(raw=b"{}", CONTENT_LENGTH=str(LARGEST_BODY + 1)), 413, "body_too_large")


def test_a_body_without_announced_length_is_read_up_to_the_limit(backend):
    def streamed(raw):
        return backend.sends(raw=b"", **{"CONTENT_LENGTH": "", "wsgi.input_terminated": True, "wsgi.input": BytesIO(raw)})

    assert streamed(json.dumps({"points": [SHIBUYA]}).encode()).status_code == 200
    assert_problem(streamed(b" " * (LARGEST_BODY + 1)), 413, "body_too_large")


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[]", b"null", b'"points"', b"17", b"\xff\xfe", b"\xef\xbb\xbf{}", b'{"points": [{"lat": NaN, "lon": 0}]}',
        b'{"points": [{"lat": Infinity, "lon": 0}]}', b'{"points": [{"lat": 1, "lat": 2, "lon": 0}]}', b'{"points": [], "points": []}',
        b"[" * 100_000, b'{"a":' * 100_000, b"1" * 5000, b'{"points": [{"lat": 01, "lon": 0}]}', b"<points/>", b"lat=1&lon=2",
    ],
    ids=lambda raw: raw[:24].decode("latin-1"),
)  # fmt: skip
def test_what_is_no_json_object_is_a_malformed_body(backend, raw):
    assert_problem(backend.sends(raw=raw), 400, "malformed_body")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "application/jsonx"]
)
def test_another_media_type_is_415(backend, content_type):
    assert_problem(backend.sends(raw=b'{"points": []}', content_type=content_type), 415, "unsupported_media_type")


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_is_taken_in_any_spelling_of_its_media_type(backend, content_type):
    assert backend.sends({"points": [SHIBUYA]}, content_type=content_type).status_code == 200


def test_ten_thousand_different_points_take_less_than_a_second(backend):
    chance = random.Random(5)  # noqa: S311 - any points will do
    points = [{"lat": round(chance.uniform(-60, 75), 6), "lon": round(chance.uniform(-180, 180), 6)} for _ in range(10_000)]
    backend.sends({"points": points[:1]})  # loads the data
    started = time.process_time()
    assert backend.sends({"points": points}).status_code == 200
    assert time.process_time() - started < 1.5  # measured 0.4 s; the rest is for slow machines
