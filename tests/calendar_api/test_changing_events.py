"""PATCH events/{id}: a merge patch (RFC 7396) whose result is validated as a new event would be."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from calendar_api.merge_patch import merged
from tests.calendar_api.conftest import assert_problem, errors_of

GEO = {"lat": 52.4977, "lon": 13.4036}


@pytest.mark.parametrize(
    ("original", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_rfc7396_appendix_a(original, patch, result):
    assert merged(original, patch) == result


@pytest.mark.parametrize("content_type", ["application/merge-patch+json", "application/json", "Application/JSON; charset=utf-8"])
def test_what_is_named_changes_and_the_rest_stays(alice, content_type):
    event = alice.creates(description="Bring the score", geo=GEO)
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
    with time_machine.travel(later, tick=False):
        response = alice.patch(f"events/{event['id']}", {"summary": "Concert"}, content_type=content_type)
    assert response.json() == {**event, "summary": "Concert", "etag": '"v2"', "updated": f"{later:%Y-%m-%dT%H:%M:%SZ}"}
    assert response["ETag"] == '"v2"'
    assert alice.get(f"events/{event['id']}").json() == response.json()


@pytest.mark.parametrize(
    ("field", "empty"), [("summary", ""), ("description", ""), ("location", ""), ("geo", None), ("status", "confirmed")]
)
def test_null_takes_a_field_away(alice, field, empty):
    event = alice.creates(summary="s", description="d", location="l", geo=GEO, status="tentative")
    assert alice.patch(f"events/{event['id']}", {field: None}).json()[field] == empty


def test_part_of_an_object_changes_alone(alice):
    event = alice.creates(geo=GEO)
    changed = alice.patch(f"events/{event['id']}", {"geo": {"lat": 53}, "start": {"dateTime": "2026-11-23T19:00:00"}}).json()
    assert changed["geo"] == {"lat": 53.0, "lon": 13.4036}
    assert changed["start"] == {"dateTime": "2026-11-23T19:00:00+01:00", "timeZone": "Europe/Berlin"}


def test_a_timed_event_becomes_an_all_day_one_when_its_times_are_taken_away(alice):
    event = alice.creates()
    day = {"start": {"date": "2026-11-23"}, "end": {"date": "2026-11-24"}}
    assert errors_of(alice.patch(f"events/{event['id']}", day)) == {"start.date": "two_kinds", "end.date": "two_kinds"}
    away = {"dateTime": None, "timeZone": None}
    changed = alice.patch(f"events/{event['id']}", {name: {**value, **away} for name, value in day.items()}).json()
    assert (changed["start"], changed["end"]) == (day["start"], day["end"])


def test_the_merged_result_is_what_is_validated(alice):
    event = alice.creates()
    assert errors_of(alice.patch(f"events/{event['id']}", {"start": {"dateTime": "2026-11-23T21:00:00"}})) == {"end": "not_after_start"}
    assert errors_of(alice.patch(f"events/{event['id']}", {"start": {"timeZone": "Asia/Tokyo"}})) == {
        "start.dateTime": "offset_contradicts_zone"
    }
    assert errors_of(alice.patch(f"events/{event['id']}", {"end": None, "summary": 5})) == {"end": "required", "summary": "invalid"}
    assert errors_of(alice.patch(f"events/{event['id']}", {"geo": {"lat": 5}})) == {"geo.lon": "required"}
    assert alice.get(f"events/{event['id']}").json() == event


def test_unknown_and_read_only_fields_are_refused_even_as_null(alice):
    event = alice.creates()
    patch = {"colour": None, "etag": None, "id": event["id"], "sequence": 1, "start": {"zone": None}, "geo": {"alt": None}}
    assert errors_of(alice.patch(f"events/{event['id']}", patch)) == {
        "colour": "unknown_field",
        "etag": "read_only",
        "id": "read_only",
        "sequence": "read_only",
        "start.zone": "unknown_field",
        "geo.alt": "unknown_field",
        "geo.lat": "required",
        "geo.lon": "required",
    }


def test_cancelled_is_set_by_the_server_only(alice):
    event = alice.creates()
    assert errors_of(alice.patch(f"events/{event['id']}", {"status": "cancelled"})) == {"status": "read_only"}


def test_the_sequence_counts_changes_of_time_and_status_rfc5545_section_3_8_7_4(alice):
    path = f"events/{alice.creates()['id']}"
    assert alice.patch(path, {"summary": "Another name"}).json()["sequence"] == 0
    assert alice.patch(path, {"end": {"dateTime": "2026-11-23T21:00:00"}}).json()["sequence"] == 1
    assert alice.patch(path, {"status": "tentative"}).json()["sequence"] == 2


@pytest.mark.parametrize("patch", [{}, {"summary": "Choir rehearsal"}, {"description": None}], ids=["empty", "same", "already away"])
def test_a_patch_that_changes_nothing_leaves_the_version(alice, patch):
    event = alice.creates()
    assert alice.patch(f"events/{event['id']}", patch).json() == event


@pytest.mark.parametrize("patch", [[], "text", 5, None, True])
def test_a_patch_is_an_object(alice, patch):
    event = alice.creates()
    response = alice.patch(f"events/{event['id']}", raw=json.dumps(patch))
    assert_problem(response, 400, "malformed_body")


def test_an_unknown_event_cannot_be_changed(alice):
    assert_problem(alice.patch("events/nosuchevent", {"summary": "x"}), 404, "not_found")
