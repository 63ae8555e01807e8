"""`POST reverse`: many points at once, refused as a whole when one of them is malformed, in bounded time and memory."""

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

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


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(90, 17), (-90.0, -180), (-16.83, -180), (0, 180), (-0.0, -0.0), (36.9, -8), (-54.42, 3.36)],
    ids=["north pole", "south pole", "Fiji", "the other meridian", "minus zero", "offshore", "Bouvet"],
)
def test_each_answer_is_the_one_that_get_gives_at_the_edges_of_the_world_too(backend, latitude, longitude):
    response = backend.sends({"points": [{"lat": latitude, "lon": longitude}]})
    (row,) = response.json()["results"]
    single = backend.asks({"lat": str(latitude), "lon": str(longitude)}).json()
    assert (row["query"], row["result"], row["reason"]) == (single["query"], single["result"], single.get("reason"))
    assert b"-0.0" not in response.content


def test_a_row_has_query_id_result_and_reason_and_nothing_else(backend):
    for row in backend.sends({"points": [SHIBUYA, {"lat": 0, "lon": 0, "id": 1}]}).json()["results"]:
        assert list(row) == ["query", "id", "result", "reason"]


@pytest.mark.parametrize(
    "own_id",
    ["", "0", "x" * 100, "é" * 100, "🗼" * 100, "\x00", '\t\n"\\\x7f\u2028', "null", 0, -1, 2**53 - 1, 1 - 2**53],
    ids=lambda own_id: ascii(own_id)[:20],
)
def test_an_id_is_given_back_as_it_was_sent(backend, own_id):
    (row,) = backend.sends({"points": [{**SHIBUYA, "id": own_id}]}).json()["results"]
    assert (type(row["id"]), row["id"]) == (type(own_id), own_id)


def test_two_points_may_have_one_id(backend):
    rows = backend.sends({"points": [{**SHIBUYA, "id": "a"}, {"lat": 0, "lon": 0, "id": "a"}]}).json()["results"]
    assert [row["id"] for row in rows] == ["a", "a"]


@pytest.mark.parametrize(
    "own_id", ["true", "[]", "{}", "1.0", "1e2", "1e400", "NaN", str(2**53), "-" + str(2**53), "9" * 5000, '"\\udc00"']
)
def test_an_id_is_a_short_text_or_a_whole_number(backend, own_id):
    response = backend.sends(raw=b'{"points": [{"lat": 1, "lon": 2, "id": %s}]}' % own_id.encode())
    assert errors_of(response) == {"points[0].id": "invalid"}


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


@pytest.mark.parametrize(
    "number",
    ["1e400", "-1e400", "1" * 300, "1" * 5000, "-" + "1" * 1_000_000, "1.5e309", "NaN", "Infinity", "-Infinity"],
    ids=lambda number: number[:12],
)
def test_a_number_beyond_every_float_is_out_of_range_and_named(backend, number):
    raw = b'{"points": [{"lat": 1, "lon": 2}, {"lat": 1, "lon": %s}]}' % number.encode()
    assert errors_of(backend.sends(raw=raw)) == {"points[1].lon": "out_of_range"}


@pytest.mark.parametrize(
    "number", ["1e400", "NaN", "0", "-1", "20000.1", "9" * 5000, "true", '"25"', "null", "[]"], ids=lambda number: number[:8]
)
def test_max_distance_is_a_json_number_of_kilometres(backend, number):
    raw = b'{"points": [{"lat": 1, "lon": 2}], "max_distance_km": %s}' % number.encode()
    assert set(errors_of(backend.sends(raw=raw))) == {"max_distance_km"}


def test_swapped_coordinates_get_a_hint(backend):
    response = backend.sends({"points": [{"lat": 139.7016, "lon": 35.658}]})
    assert "swapped" in response.json()["errors"][0]["detail"]


def test_every_malformed_point_is_named_the_first_hundred_and_how_many_more_there_are(backend):
    points = [{"lat": 99, "lon": 0} if index % 2 else SHIBUYA for index in range(10_000)]
    response = backend.sends({"points": points})
    errors = errors_of(response)
    assert errors.pop("points") == "more_malformed_points"
    assert list(errors) == [f"points[{index}].lat" for index in range(1, 200, 2)]
    assert "4,900 more" in response.json()["errors"][-1]["detail"]


def test_a_hundred_malformed_points_are_all(backend):
    assert list(errors_of(backend.sends({"points": [{"lat": 99, "lon": 0}] * 100}))) == [f"points[{index}].lat" for index in range(100)]


def test_everything_wrong_is_named_at_once(backend):
    body = {"points": [{"lat": 99, "lon": "x", "z": 1}, SHIBUYA, 7], "detail": "street", "max_distance_km": -1, "lang": "de"}
    assert errors_of(backend.sends(body)) == {
        "lang": "unknown",
        "detail": "invalid_choice",
        "max_distance_km": "out_of_range",
        "points[0].lat": "out_of_range",
        "points[0].lon": "not_a_number",
        "points[0].z": "unknown",
        "points[2]": "not_an_object",
    }


@pytest.mark.parametrize("place", ["body", "point"])
def test_of_very_many_unknown_names_the_first_are_named_and_how_many_more_there_are(backend, place):
    many = {f"a{number}": 1 for number in range(70_000)}
    response = backend.sends({"points": [SHIBUYA], **many} if place == "body" else {"points": [{**SHIBUYA, **many}]})
    errors = errors_of(response)
    assert (len(errors), set(errors.values())) == (20, {"unknown"})
    assert "69,980 more" in response.json()["errors"][-1]["detail"]


def test_a_name_that_an_answer_repeats_is_short_and_printable(backend):
    errors = errors_of(backend.sends({"points": [SHIBUYA], "\x00\n\x7f\ud800é" + "x" * 1000: 1}))
    assert list(errors) == ["\\x00\\n\\x7f\\ud800\\xe9" + "x" * 60]


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
    def streamed(stream):
        return backend.sends(raw=b"", **{"CONTENT_LENGTH": "", "wsgi.input_terminated": True, "wsgi.input": stream})

    assert streamed(BytesIO(json.dumps({"points": [SHIBUYA]}).encode())).status_code == 200
    assert_problem(streamed(BytesIO(b" " * (LARGEST_BODY + 1))), 413, "body_too_large")
    endless = BytesIO(b" " * 3 * LARGEST_BODY)
    assert_problem(streamed(endless), 413, "body_too_large")
    assert endless.tell() == LARGEST_BODY + 1


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[]", b"null", b'"points"', b"17", b"\xff\xfe", b"\xef\xbb\xbf{}", b'{"points": [{"lat": 1, "lat": 2, "lon": 0}]}',
        b'{"points": [], "points": []}', b"[" * 100_000, b'{"a":' * 100_000, b"[" * 1500 + b"]" * 1500, b"1" * 5000,
        b'{"points": [{"lat": 01, "lon": 0}]}', b'{"points": [{"lat": +1, "lon": 0}]}', b'{"points": [{"lat": 1_0, "lon": 0}]}',
        b'{"points": [{"lat": .5, "lon": 0}]}', '{"points": [{"lat": ３５, "lon": 0}]}'.encode(), b'{"points": [{"lat": nan, "lon": 0}]}',
        b'{"points": [],}', b'{"points": []} x', b"<points/>", b"lat=1&lon=2",
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


def test_deeply_nested_values_are_refused_like_others(backend):
    deep = b"[" * 500 + b"]" * 500
    assert errors_of(backend.sends(raw=b'{"points": [{"lat": %s, "lon": 0}, %s]}' % (deep, deep))) == {
        "points[0].lat": "not_a_number",
        "points[1]": "not_an_object",
    }


def test_a_batch_is_json_whatever_geojson_a_caller_would_take(backend):
    body = {"points": [SHIBUYA]}
    assert_problem(backend.sends(body, headers={"Accept": "application/geo+json"}), 406, "not_acceptable")
    response = backend.sends(body, headers={"Accept": "application/geo+json, */*;q=0.1"})
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the most memory that a process had in use")
def test_ten_thousand_points_take_less_than_a_second_and_64_megabytes():
    program = [sys.executable, "-m", "tests.geocoding_api.one_batch"]
    ran = subprocess.run(program, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    status, seconds, megabytes = json.loads(ran.stdout)
    assert status == 200
    assert seconds < 1  # measured 0.2; the rest is for slow machines
    assert megabytes < 64  # measured 18
