"""POST events: what is stored, what comes back, and which ids are free."""

import re

import pytest

from calendar_api import quotas
from calendar_api.models import Calendar, Event
from tests.calendar_api.conftest import REHEARSAL, assert_problem, errors_of


def test_a_new_event_is_answered_whole_with_201_location_and_etag(alice):
    response = alice.post("events", REHEARSAL)
    event = response.json()
    assert response.status_code == 201
    assert response["ETag"] == event["etag"] == '"v1"'
    assert event == {
        **REHEARSAL,
        "id": event["id"],
        "status": "confirmed",
        "description": "",
        "location": "",
        "geo": None,
        "etag": '"v1"',
        "created": event["created"],
        "updated": event["created"],
        "sequence": 0,
    }
    assert alice.get(response["Location"].removeprefix("http://localhost:8000")).json() == event


@pytest.mark.parametrize("spelling", ["calendar", "calandar"])
def test_location_stays_in_the_spelling_that_was_called(alice, spelling):
    response = alice.post(f"/{spelling}/v1/events", REHEARSAL)
    assert response["Location"] == f"http://localhost:8000/{spelling}/v1/events/{response.json()['id']}"


def test_an_id_of_the_servers_is_26_or_more_random_characters(alice):
    ids = {alice.creates()["id"] for _ in range(5)}
    assert len(ids) == 5
    assert all(re.fullmatch(r"[a-v0-9]{26,64}", one) for one in ids)


@pytest.mark.parametrize("chosen", ["abcde", "v0v0v", "a" * 64], ids=["5", "digits", "64"])
def test_a_client_may_choose_the_id(alice, chosen):
    assert alice.creates(id=chosen)["id"] == chosen
    assert alice.get(f"events/{chosen}").status_code == 200


@pytest.mark.parametrize("chosen", ["abcd", "a" * 65, "wwwww", "ABCDE", "abc-e", "abcde\n", "", 12345, None, ["abcde"]], ids=repr)
def test_an_id_of_another_form_is_refused(alice, chosen):
    assert errors_of(alice.post("events", {**REHEARSAL, "id": chosen})).keys() == {"id"}


def test_a_repeated_create_with_the_same_id_makes_one_event(alice):
    alice.creates(id="again1")
    problem = assert_problem(alice.post("events", {**REHEARSAL, "id": "again1"}), 409, "id_taken")
    assert "retry" in problem["detail"]
    assert Event.objects.living().count() == Calendar.objects.get().event_count == 1


def test_an_id_stays_taken_after_deletion(alice):
    alice.creates(id="gone01")
    assert alice.delete("events/gone01").status_code == 204
    assert_problem(alice.post("events", {**REHEARSAL, "id": "gone01"}), 409, "id_taken")


def test_two_owners_may_use_the_same_id(alice, bob):
    alice.creates(id="shared1", summary="Alice's")
    bob.creates(id="shared1", summary="Bob's")
    assert (alice.get("events/shared1").json()["summary"], bob.get("events/shared1").json()["summary"]) == ("Alice's", "Bob's")


def test_an_event_needs_a_start_and_an_end_and_nothing_else(alice):
    assert alice.creates(summary=None)["summary"] == ""
    assert errors_of(alice.post("events", {})) == {"start": "required", "end": "required"}


def test_unknown_and_read_only_fields_are_refused_by_name(alice):
    sent = {
        **REHEARSAL,
        "colour": "red",
        "etag": '"v9"',
        "created": "2026-01-01T00:00:00Z",
        "updated": None,
        "sequence": 3,
        "recurringEventId": "series1",
        "originalStartTime": None,
        "owner": "usr_456",
    }
    assert errors_of(alice.post("events", sent)) == {
        "colour": "unknown_field",
        "owner": "unknown_field",
        "etag": "read_only",
        "created": "read_only",
        "updated": "read_only",
        "sequence": "read_only",
        "recurringEventId": "read_only",
        "originalStartTime": "read_only",
    }


def test_every_wrong_field_is_named_at_once(alice):
    sent = {
        "id": "X",
        "status": "busy",
        "summary": "two\nlines",
        "description": 5,
        "location": "l" * 1025,
        "geo": {"lat": 91, "lng": 13},
        "start": {"dateTime": "tomorrow", "timeZone": "Berlin"},
        "end": {"date": "2026-02-30", "zone": "UTC"},
        "attendees": [],
    }
    assert errors_of(alice.post("events", sent)) == {
        "id": "invalid",
        "status": "invalid_choice",
        "summary": "control_character",
        "description": "invalid",
        "location": "max_length",
        "geo.lat": "invalid",
        "geo.lon": "required",
        "geo.lng": "unknown_field",
        "start.dateTime": "invalid_date_time",
        "start.timeZone": "unknown_zone",
        "end.date": "invalid_date_time",
        "end.zone": "unknown_field",
        "attendees": "unknown_field",
    }


def test_a_wrong_order_of_times_is_named_beside_other_errors(alice):
    sent = {**REHEARSAL, "end": REHEARSAL["start"], "colour": "red"}
    assert errors_of(alice.post("events", sent)) == {"end": "not_after_start", "colour": "unknown_field"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("summary", "s" * 1024),
        ("summary", "Zürich, Łódź, 東京 🎶"),
        ("summary", " kept as it is "),
        ("summary", ""),
        ("description", "one\n\ttwo"),
        ("description", "d" * 8192),
        ("location", "l" * 1024),
        ("status", "tentative"),
        ("geo", {"lat": -90.0, "lon": 180.0}),
        ("geo", {"lat": 90.0, "lon": -180.0}),
        ("geo", {"lat": 52.4977, "lon": 13.4036}),
        ("geo", None),
    ],
)
def test_a_good_value_comes_back_as_it_was_sent(alice, field, value):
    response = alice.post("events", {**REHEARSAL, field: value})
    assert response.status_code == 201
    assert alice.get(f"events/{response.json()['id']}").json()[field] == value


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("summary", "s" * 1025, "max_length"),
        ("summary", "a\tb", "control_character"),
        ("summary", "a\u2028b", "control_character"),
        ("summary", "a\x7fb", "control_character"),
        ("summary", "a\x85b", "control_character"),
        ("summary", True, "invalid"),
        ("summary", ["a"], "invalid"),
        ("summary", None, "null"),
        ("description", "d" * 8193, "max_length"),
        ("description", "a\rb", "control_character"),
        ("location", "a\nb", "control_character"),
        ("status", "cancelled", "read_only"),
        ("status", "Confirmed", "invalid_choice"),
        ("status", ["confirmed"], "invalid_choice"),
        ("status", {}, "invalid_choice"),
        ("geo", [52, 13], "invalid_type"),
        ("geo", "52,13", "invalid_type"),
        ("start", "2026-11-23", "invalid_type"),
        ("start", None, "null"),
    ],
)
def test_a_bad_value_is_refused(alice, field, value, code):
    assert errors_of(alice.post("events", {**REHEARSAL, field: value})) == {field: code}


@pytest.mark.parametrize(
    ("geo", "field"),
    [
        ({"lat": 90.001, "lon": 0}, "geo.lat"),
        ({"lat": 0, "lon": -180.001}, "geo.lon"),
        ({"lat": "52", "lon": 0}, "geo.lat"),
        ({"lat": True, "lon": 0}, "geo.lat"),
        ({"lat": None, "lon": 0}, "geo.lat"),
        ({"lat": 0}, "geo.lon"),
    ],
)
def test_coordinates_are_numbers_in_range(alice, geo, field):
    assert errors_of(alice.post("events", {**REHEARSAL, "geo": geo})).keys() == {field}


def test_a_full_calendar_is_403_without_a_challenge(alice, bob, monkeypatch):
    monkeypatch.setattr(quotas, "MOST_EVENTS", 2)
    first = alice.creates()
    alice.creates()
    response = alice.post("events", REHEARSAL)
    assert_problem(response, 403, "calendar_full")
    assert "WWW-Authenticate" not in response
    assert Event.objects.count() == 2
    bob.creates()
    alice.delete(f"events/{first['id']}")
    alice.creates()


def test_a_retry_in_a_full_calendar_learns_that_the_first_request_arrived(alice, monkeypatch):
    monkeypatch.setattr(quotas, "MOST_EVENTS", 1)
    alice.creates(id="again1")
    assert_problem(alice.post("events", {**REHEARSAL, "id": "again1"}), 409, "id_taken")


def test_the_quota_is_10_000_events():
    assert quotas.MOST_EVENTS == 10_000


def test_the_owner_is_the_tokens_and_never_a_parameter(alice, bob):
    assert errors_of(alice.post("events", REHEARSAL, query={"owner": "usr_456"})) == {"owner": "unknown_field"}
    assert bob.lists() == []
