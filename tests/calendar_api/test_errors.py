"""Bad input gets a clear answer, after authorization and before any change; nothing a caller sends gives a 500."""

import io
import json

import pytest

from calendar_api.bodies import LARGEST_BODY
from calendar_api.models import Event
from tests.calendar_api.conftest import REHEARSAL, Caller, assert_problem, errors_of
from tests.calendar_api.test_times_and_zones import BAD_ZONES

INSTANCE = "events/abcde/instances/20261201T100000"
READING = [("GET", "events"), ("GET", "events/abcde"), ("GET", "events/abcde/instances"), ("GET", INSTANCE)]
WRITING = [
    ("POST", "events"),
    ("PATCH", "events/abcde"),
    ("DELETE", "events/abcde"),
    ("PATCH", INSTANCE),
    ("DELETE", INSTANCE),
    ("PATCH", "events/abcde_20261201T100000"),
    ("DELETE", "events/abcde_20261201T100000"),
]
EVERY_ENDPOINT = READING + WRITING

# ---- Who may call ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["calendar", "calandar"])
@pytest.mark.parametrize(("method", "path"), EVERY_ENDPOINT)
def test_every_endpoint_wants_a_token_rfc6750_section_3(nobody, spelling, method, path):
    response = nobody(method, f"/{spelling}/v1/{path}")
    assert_problem(response, 401, "missing_token")
    metadata = "http://localhost:8000/.well-known/oauth-protected-resource/calendar/v1"
    assert response["WWW-Authenticate"] == f'Bearer realm="calendar", resource_metadata="{metadata}"'


@pytest.mark.parametrize(("method", "path"), EVERY_ENDPOINT)
def test_no_machine_may_call(db, issuer, settings, method, path):
    machine = Caller(issuer.machine_token(aud=settings.CALENDAR_AUDIENCE, scope="read write"))
    response = machine(method, path)
    assert_problem(response, 403, "machine_token_refused")
    assert "scope=" not in response["WWW-Authenticate"]


@pytest.mark.parametrize(("method", "path"), EVERY_ENDPOINT)
def test_a_token_for_another_api_is_refused_rfc9068_section_4(db, issuer, settings, method, path):
    assert_problem(Caller(issuer.access_token(aud=settings.GEOCODING_AUDIENCE))(method, path), 401, "wrong_audience")


@pytest.mark.parametrize(("method", "path"), WRITING)
def test_writing_needs_write(alice_reading, method, path):
    response = alice_reading(method, path, REHEARSAL)
    assert_problem(response, 403, "insufficient_scope")
    assert 'scope="write"' in response["WWW-Authenticate"]


@pytest.mark.parametrize(("method", "path"), READING)
@pytest.mark.parametrize("scope", ["write", "readwrite", "READ", None])
def test_reading_needs_read(db, issuer, method, path, scope):
    assert_problem(Caller(issuer.access_token(scope=scope))(method, path), 403, "insufficient_scope")


@pytest.mark.parametrize(("method", "path"), [("POST", "events"), ("PATCH", "events/abcde"), ("PATCH", INSTANCE)])
@pytest.mark.parametrize(
    "body",
    [
        {"raw": b"{not json"},
        {"raw": b"x" * (LARGEST_BODY + 1)},
        {"raw": b"{}", "content_type": "text/plain"},
        {"body": {"colour": 1}},
        {"query": {"nonsense": "1"}},
    ],
    ids=["no JSON", "too large", "wrong type", "unknown field", "unknown parameter"],
)
def test_authorization_comes_before_validation(alice_reading, nobody, method, path, body):
    assert_problem(alice_reading(method, path, **body), 403, "insufficient_scope")
    assert_problem(nobody(method, path, **body), 401, "missing_token")


# ---- Bodies ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path"), [("POST", "events"), ("PATCH", "events/{id}")])
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'summary': 1}",
        b'{"summary": "a",}',
        b"[]",
        b'"text"',
        b"null",
        b"5",
        b'{"summary": NaN}',
        b'{"geo": {"lat": Infinity, "lon": 0}}',
        b'{"geo": {"lat": -Infinity, "lon": 0}}',
        b'{"summary": "a", "summary": "b"}',
        b'{"start": {"date": "2026-12-01", "date": "2026-12-02"}}',
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
        '{"summary": "\u00e9"}'.encode("latin-1"),
        b'{"geo": {"lat": ' + b"9" * 5000 + b', "lon": 0}}',
        b'{"summary": ' + b"[" * 50_000 + b"}",
        b"[" * 60_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"summary": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"summary": ' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"}",
        b'{"recurrence": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"recurrence": [' + b"9" * 5000 + b"]}",
        b'{"recurrence": [NaN]}',
        b'{"summary": "a\x00b"}',
        b'{"summary": "' + b"a" * 100,
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_what_is_no_json_object_is_400(alice, method, path, raw):
    path = path.format(id=alice.creates()["id"])
    assert_problem(alice(method, path, raw=raw), 400, "malformed_body")
    assert Event.objects.get().version == 1


@pytest.mark.parametrize(
    ("raw", "errors"),
    [
        (rb'{"summary": "a\u0000b"}', {"summary": "control_character"}),
        (rb'{"description": "a\u0000b"}', {"description": "control_character"}),
        (rb'{"location": "\u0000"}', {"location": "control_character"}),
        (rb'{"summary": "\ud800"}', {"summary": "lone_surrogate"}),
        (rb'{"description": "\udfff\ud83c"}', {"description": "lone_surrogate"}),
        (rb'{"location": "\udc00"}', {"location": "lone_surrogate"}),
        (rb'{"status": "\ud800"}', {"status": "invalid_choice"}),
        (rb'{"\ud800": 1}', {"\\ud800": "unknown_field"}),
        (rb'{"\u0000": 1}', {"\\x00": "unknown_field"}),
        (rb'{"": 1}', {"": "unknown_field"}),
        (rb'{"__proto__": 1}', {"__proto__": "unknown_field"}),
        (b'{"geo": {"lat": ' + b"9" * 4000 + b', "lon": 1e400}}', {"geo.lat": "invalid", "geo.lon": "invalid"}),
        (b'{"geo": {"lat": -1e400, "lon": -0.0}}', {"geo.lat": "invalid"}),
        (
            rb'{"start": {"dateTime": "\ud800", "timeZone": "\ud800"}}',
            {"start.dateTime": "invalid_date_time", "start.timeZone": "unknown_zone"},
        ),
        (rb'{"start": {"\ud800": 1}}', {"start.\\ud800": "unknown_field"}),
        (b'{"summary": [[[[[[[["deep"]]]]]]]]}', {"summary": "invalid"}),
        (b'{"start": {"dateTime": {"dateTime": {}}}}', {"start.dateTime": "invalid_date_time"}),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_a_field_cannot_hold_is_400_and_named(alice, raw, errors):
    path = f"events/{alice.creates()['id']}"
    assert errors_of(alice.patch(path, raw=raw)) == errors
    assert errors_of(alice.post("events", raw=raw)).items() >= errors.items()


@pytest.mark.parametrize("zone", BAD_ZONES, ids=lambda zone: repr(zone)[:20])
def test_a_zone_in_a_line_of_recurrence_is_an_iana_name_exactly(alice, zone):
    lines = ["RRULE:FREQ=WEEKLY", f"EXDATE;TZID={zone}:20261130T183000"]
    (field, code), *others = errors_of(alice.post("events", {**REHEARSAL, "recurrence": lines})).items()
    assert (field, others) == ("recurrence.1", [])
    assert code in {"unknown_zone", "invalid_line", "invalid_value", "too_long", "exdate_kind"}  # a colon or a semicolon ends the name


@pytest.mark.parametrize("until", ["00010101T000000Z", "00010101T000001Z", "19700101T000000Z"])
def test_a_rule_that_ended_before_it_began_is_400_however_long_ago(alice, until):
    lines = [f"RRULE:FREQ=WEEKLY;UNTIL={until}"]
    assert errors_of(alice.post("events", {**REHEARSAL, "recurrence": lines})) == {"recurrence": "never_matches"}


def test_a_name_is_quoted_at_80_characters_at_most(alice):
    (field,) = [name for name, code in errors_of(alice.post("events", {"x" * 5000: 1})).items() if code == "unknown_field"]
    assert field == "x" * 80


@pytest.mark.parametrize(("method", "path"), [("POST", "events"), ("PATCH", "events/abcde"), ("PATCH", INSTANCE)])
def test_a_body_over_64_kib_is_413(alice, method, path):
    full = b'{"description": "' + b"d" * (LARGEST_BODY - 20) + b'"} '
    assert LARGEST_BODY == len(full) == 65_536 or len(full) < 65_536
    assert alice(method, path, raw=full).status_code in {400, 404}
    assert_problem(alice(method, path, raw=full.ljust(LARGEST_BODY + 1)), 413, "body_too_large")


@pytest.mark.parametrize(("method", "path"), [("POST", "events"), ("PATCH", "events/abcde")])
def test_a_hundred_thousand_nested_arrays_are_413(alice, method, path):
    assert_problem(alice(method, path, raw=b'{"recurrence": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"), 413, "body_too_large")


class Streamed(io.RawIOBase):
    """A body without an end and without a length; counts what was read of it."""

    def __init__(self, start: bytes) -> None:
        self.start, self.taken = start, 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "an endless body must be read with a limit"
        part = (self.start or b" " * 4096)[: min(size, 4096)]
        self.start = self.start[len(part) :]
        self.taken += len(part)
        return part


def streaming(body):
    """What a server that ends streamed bodies itself (granian, gunicorn) puts into the environment."""
    return {"wsgi.input": body, "wsgi.input_terminated": True, "CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}


@pytest.mark.parametrize(("method", "path"), [("POST", "events"), ("PATCH", "events/abcde"), ("PATCH", INSTANCE)])
def test_a_streamed_body_without_content_length_is_413_too_and_not_read_to_its_end(alice, method, path):
    body = Streamed(b"{")
    assert_problem(alice(method, path, **streaming(body)), 413, "body_too_large")
    assert body.taken <= LARGEST_BODY + 1


def test_a_streamed_body_of_a_good_size_is_read(alice):
    response = alice("POST", "events", **streaming(io.BytesIO(json.dumps(REHEARSAL).encode())))
    assert response.status_code == 201


def test_an_announced_length_is_believed_before_anything_is_read(alice):
    body = Streamed(b"{")
    response = alice("POST", "events", **{"wsgi.input": body, "CONTENT_LENGTH": str(LARGEST_BODY + 1)})
    assert_problem(response, 413, "body_too_large")
    assert body.taken == 0


@pytest.mark.parametrize("length", ["-1", "x", "1e9", "٣"])
def test_a_length_that_is_no_number_is_never_a_500(alice, length):
    assert alice("POST", "events", REHEARSAL, CONTENT_LENGTH=length).status_code in {201, 400}


class HungUp(io.RawIOBase):
    def read(self, size: int = -1) -> bytes:
        raise OSError("the caller hung up")


def test_a_caller_who_hangs_up_is_no_fault_of_ours(alice):
    assert_problem(alice("POST", "events", **{"wsgi.input": HungUp(), "CONTENT_LENGTH": "10"}), 400, "malformed_body")


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json5", "json", "\xff", ";"],
)
def test_another_media_type_is_415_with_what_is_taken(alice, content_type):
    path = f"events/{alice.creates()['id']}"
    response = alice.post("events", REHEARSAL, content_type=content_type)
    assert_problem(response, 415, "unsupported_media_type")
    assert response["Accept"] == "application/json"
    response = alice.patch(path, {"summary": "x"}, content_type=content_type)
    assert_problem(response, 415, "unsupported_media_type")
    assert response["Accept-Patch"] == "application/merge-patch+json, application/json"


def test_a_merge_patch_creates_nothing(alice):
    assert_problem(alice.post("events", REHEARSAL, content_type="application/merge-patch+json"), 415, "unsupported_media_type")


# ---- Methods, addresses, headers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "events"),
        ("DELETE", "events"),
        ("PATCH", "events"),
        ("PUT", "events/abcde"),
        ("POST", "events/abcde"),
        ("POST", "events/abcde/instances"),
        ("DELETE", "events/abcde/instances"),
        ("PUT", INSTANCE),
        ("POST", INSTANCE),
    ],
)
def test_a_method_that_is_not_there_is_refused(alice, method, path):
    response = alice(method, path, {})
    assert response.status_code in {403, 405}
    assert response["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "GETT", "get"])
@pytest.mark.parametrize("path", ["events", "events/abcde", "events/abcde/instances", INSTANCE])
def test_strange_methods_are_never_a_500(alice, method, path):
    assert alice(method, path).status_code in {200, 400, 403, 404, 405}


@pytest.mark.parametrize(
    "path",
    ["events/", "events/a/b", "events//", "event", "", "events/%2e%2e/x", "events/abcde/instances/", f"{INSTANCE}/", f"{INSTANCE}/x"],
)
def test_other_paths_are_404_problems(alice, path):
    assert_problem(alice.get(path), 404, "not_found")


@pytest.mark.parametrize(
    "query", ["%", "%zz", "&&&", "=", "a", "timeMin", "timeMin=%00", "timeMin=%ff", "timeZone[]=UTC", "?", "=&=", "pageToken=%ED%A0%80"]
)
def test_strange_queries_are_never_a_500(alice, query):
    assert alice.get(f"/calendar/v1/events?{query}").status_code in {200, 400}


def test_a_thousand_parameters_are_400(alice):
    response = alice.get("/calendar/v1/events?" + "&".join(f"p{n}=1" for n in range(1500)))
    assert response.status_code == 400
    assert response["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("value", ["", '"', "\xff", "a" * 10_000, '"v1"' * 500, "W/", ",,,", "\x00", "*, *"])
def test_strange_preconditions_are_never_a_500(alice, value):
    path = f"events/{alice.creates()['id']}"
    assert alice.get(path, headers={"If-None-Match": value}).status_code == 200
    assert alice.patch(path, {"summary": "x"}, headers={"If-Match": value}).status_code in {200, 412}


def test_an_answer_that_nobody_takes_is_406(alice):
    assert_problem(alice.get("events", headers={"Accept": "text/html"}), 406, "not_acceptable")
