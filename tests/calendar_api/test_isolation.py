"""Nobody reads, changes or detects another's events: the owner is (`iss`, `sub`) of the token."""

import pytest

from calendar_api.models import Event
from tests.calendar_api.conftest import REHEARSAL, Caller, assert_problem
from tests.conftest import TestIssuer


@pytest.fixture
def other_alice(db, issuer, settings):
    """A `usr_123` again, of a second issuer that is trusted just as much."""
    other = TestIssuer("https://other.example/", settings.CALENDAR_AUDIENCE, settings.GEOCODING_AUDIENCE)
    ours, *rest = settings.ACCESS_TOKENS["ISSUERS"]
    theirs = {**ours, "issuer": other.url, "internal_url": other.url, "public_keys": other.jwks}
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "ISSUERS": [ours, theirs, *rest]}
    return Caller(other.access_token())


@pytest.fixture(params=["another user", "the same sub of another issuer"])
def stranger(request, bob, other_alice):
    return bob if request.param == "another user" else other_alice


def test_nobody_reads_anothers_event(alice, stranger):
    event = alice.creates()
    assert stranger.lists() == []
    assert_problem(stranger.get(f"events/{event['id']}"), 404, "not_found")


def test_nobody_changes_or_deletes_anothers_event(alice, stranger):
    event = alice.creates()
    for if_match in ({}, {"If-Match": event["etag"]}, {"If-Match": "*"}):
        assert_problem(stranger.patch(f"events/{event['id']}", {"summary": "Mine"}, headers=if_match), 404, "not_found")
        assert_problem(stranger.delete(f"events/{event['id']}", headers=if_match), 404, "not_found")
    assert alice.get(f"events/{event['id']}").json() == event


def test_anothers_event_cannot_be_told_from_none(alice, stranger):
    event = alice.creates(id="alices1")
    answers = []
    for path in (f"events/{event['id']}", "events/nosuch1"):
        for method, body in (("GET", None), ("PATCH", {"summary": "x"}), ("DELETE", None)):
            response = stranger(method, path, body)
            answers.append((method, response.status_code, {k: v for k, v in response.json().items() if k != "trace_id"}))
    assert answers[:3] == answers[3:]


def test_an_id_taken_by_another_is_free(alice, stranger):
    alice.creates(id="alices1")
    stranger.creates(id="alices1", summary="Not Alice's")
    assert alice.get("events/alices1").json()["summary"] == REHEARSAL["summary"]
    assert Event.objects.count() == 2


def test_anothers_page_token_opens_nothing(alice, stranger):
    alice.creates()
    alice.creates()
    token = alice.get("events", query={"maxResults": 1}).json()["nextPageToken"]
    response = stranger.get("events", query={"maxResults": 1, "pageToken": token})
    assert response.status_code == 400


def test_an_issuer_and_a_subject_never_run_together(alice, issuer, settings):
    alice.creates()
    for sub in ("usr_12", "usr_1234", "3", "USR_123", "usr_123 ", " usr_123"):
        response = Caller(issuer.access_token(sub=sub)).get("events")
        assert response.status_code == 401 or response.json()["items"] == [], sub


@pytest.mark.parametrize("sub", ["a\x00b", "\ud800", "s" * 300, "\n"], ids=["NUL", "surrogate", "long", "line feed"])
def test_a_subject_that_no_database_holds_is_never_a_500(db, issuer, sub):
    caller = Caller(issuer.access_token(sub=sub))
    assert caller.get("events").status_code in {200, 401, 403}
    assert caller.post("events", REHEARSAL).status_code in {401, 403}
