"""GET events/{id}: one event, and 304 for whoever has it already."""

import pytest

from tests.calendar_api.conftest import assert_problem, errors_of


def test_an_event_is_answered_with_its_etag_for_the_caller_alone(alice, alice_reading):
    event = alice.creates()
    response = alice_reading.get(f"events/{event['id']}")
    assert response.json() == event
    assert response["ETag"] == event["etag"]
    assert response["Cache-Control"] == "private, no-cache"
    assert "Authorization" in response["Vary"]


def test_the_documents_spelling_answers_the_same(alice):
    event = alice.creates()
    assert alice.get(f"/calandar/v1/events/{event['id']}").json() == event
    assert alice.get("/calandar/v1/events").json() == alice.get("/calendar/v1/events").json()


@pytest.mark.parametrize("seen", ['"v1"', 'W/"v1"', '"v0", "v1"', "*"])
def test_a_version_that_was_seen_is_304_rfc9110_section_13_1_2(alice, seen):
    event = alice.creates()
    response = alice.get(f"events/{event['id']}", headers={"If-None-Match": seen})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", event["etag"])


@pytest.mark.parametrize("seen", ['"v2"', "v1", '"V1"', "", "\x7f"])
def test_another_version_is_answered_whole(alice, seen):
    event = alice.creates()
    assert alice.get(f"events/{event['id']}", headers={"If-None-Match": seen}).status_code == 200


def test_304_is_for_those_alone_who_may_read(alice, bob, nobody):
    event = alice.creates()
    assert bob.get(f"events/{event['id']}", headers={"If-None-Match": "*"}).status_code == 404
    assert nobody.get(f"events/{event['id']}", headers={"If-None-Match": "*"}).status_code == 401


@pytest.mark.parametrize("unknown", ["nosuchevent", "UPPER", "a", "%00", "abc%00de", "%ff%fe", "%F0%9F%8E%B6", "a" * 3000, "..", "null"])
def test_an_unknown_id_is_404(alice, unknown):
    assert_problem(alice.get(f"events/{unknown}"), 404, "not_found")


def test_a_single_event_takes_no_parameters(alice):
    event = alice.creates()
    assert errors_of(alice.get(f"events/{event['id']}", query={"timeZone": "UTC"})) == {"timeZone": "unknown_field"}


def test_head_answers_as_get_without_a_body(alice):
    event = alice.creates()
    response = alice("HEAD", f"events/{event['id']}")
    assert (response.status_code, response.content, response["ETag"]) == (200, b"", event["etag"])
