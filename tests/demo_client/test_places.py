"""`/places`: two backends ask with secrets that are both right; one of them has permission."""

import json

import pytest

from demo_client.discovery import issuer_metadata
from demo_client.exchanges import Recorder
from demo_client.place_pages import PLACES
from tests.demo_client.conftest import SHIBUYA, asked_of_the_token_endpoint, text, where_it_leads, words


@pytest.fixture(autouse=True)
def names(services):
    """The Geocoding API names every place but the last, which lies in the open sea."""
    results = [{"result": SHIBUYA}] * (len(PLACES) - 1) + [{"result": None, "reason": "no_place_within_range"}]
    services.answers["/geocoding/v1/reverse"] = (200, {"results": results})


def machines(services):
    return [asked_of_the_token_endpoint(request)["client_id"] for request in services.sent_to("/oauth/token")]


def test_nobody_has_to_sign_in(alice):
    page = alice.get("/places")
    assert page.status_code == 200
    assert "Nobody signs in here." in words(page)


def test_the_allowed_backend_shows_what_it_asked_and_what_was_answered(alice):
    page = words(alice.get("/places"))
    assert "Allowed: 7 coordinates became names" in page
    assert "35.6580, 139.7016 Shibuya, Tokyo, Japan" in page
    assert "−48.8767, −123.3933 No place within range: open sea" in page
    assert "sub: geocoding-backend@clients" in page


def test_the_refused_backend_got_no_ticket_and_is_told_whom_to_ask(alice, services):
    page = alice.get("/places")
    assert "403 access_denied" in words(page)
    assert "The right secret does not change that." in words(page)
    assert where_it_leads(page, "Ask for permission") == f"{services.url}/access-requests/new"
    assert len(services.sent_to("/geocoding/v1/reverse")) == 1


def test_all_places_are_asked_for_in_one_call_with_a_machines_ticket(alice, services):
    alice.get("/places")
    (asked,) = services.sent_to("/geocoding/v1/reverse")
    assert json.loads(asked["body"]) == {"points": [{"lat": lat, "lon": lon} for lat, lon in PLACES]}


def test_the_ticket_is_kept_and_only_the_refused_backend_asks_again(alice, services):
    alice.get("/places")
    alice.get("/places")
    assert machines(services) == ["geocoding-backend", "unapproved-backend", "unapproved-backend"]


def test_once_it_is_granted_the_same_request_succeeds(alice, services):
    alice.get("/places")
    services.answers["/oauth/token"] = (
        200,
        services.token_answer(access_token=services.signer.machine_token("unapproved-backend"), scope=None),
    )
    page = words(alice.get("/places"))
    assert page.count("Allowed: 7 coordinates became names") == 2
    assert "Ask for permission" not in page


def test_four_messages_of_which_three_matter_and_one_was_refused(alice):
    issuer_metadata(Recorder())  # known from the start of the server on
    assert "4 messages. Three matter, and one was refused." in words(alice.get("/places"))


def test_another_failure_is_told_as_what_it_is_and_offers_no_permission(alice, settings):
    settings.GEOCODING_API_INTERNAL_URL = "http://localhost:1"
    page = words(alice.get("/places"))
    assert "The Geocoding API does not answer" in page
    assert "GEOCODING_API_URL" in page
    assert page.count("Ask for permission") == 1  # the other backend's


def test_a_wrong_secret_is_no_matter_of_permission(alice, services):
    services.answers["/oauth/token"] = (401, {"error": "invalid_client", "error_description": "The client is unknown."})
    page = words(alice.get("/places"))
    assert "Ask for permission" not in page
    assert "Compare the secret" in page


def test_a_missing_secret_names_its_setting(alice, settings):
    settings.UNAPPROVED_BACKEND_CLIENT_SECRET = ""
    assert "UNAPPROVED_BACKEND_CLIENT_SECRET" in words(alice.get("/places"))


def test_places_are_drawn_on_the_map_by_name(alice):
    assert "<text" in text(alice.get("/places"))
