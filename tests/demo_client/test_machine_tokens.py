"""Story 2: the document's request, and a token that is kept until it ends."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine

from demo_client.api_clients import place_names
from demo_client.events import PlaceName
from demo_client.exchanges import Recorder
from demo_client.failures import SecretMissing, TokenRequestRefused, UnknownMachine, UnusableAnswer
from demo_client.flows.client_credentials import MachineTokens, machine_client
from tests.demo_client.conftest import SHIBUYA

AUDIENCE = "https://api.example.com/geocoding/v1/"


def token_of_the_backend(tokens=None):
    return (tokens or MachineTokens()).token_for(machine_client("geocoding-backend"), audience=AUDIENCE, recorder=Recorder())


def test_the_request_is_the_documents(services):
    token_of_the_backend()
    (request,) = services.sent_to("/oauth/token")
    assert request["headers"]["Content-Type"] == "application/json"
    assert json.loads(request["body"]) == {
        "grant_type": "client_credentials",
        "client_id": "geocoding-backend",
        "client_secret": "geocoding-backend-demo-secret",
        "audience": AUDIENCE,
    }


def test_a_token_is_asked_for_once_by_however_many_threads(services):
    tokens, all_there = MachineTokens(), threading.Barrier(8)

    def ask():
        all_there.wait()
        return token_of_the_backend(tokens)

    with ThreadPoolExecutor(8) as threads:
        answers = [future.result() for future in [threads.submit(ask) for _ in range(8)]]
    assert len({id(answer) for answer in answers}) == 1
    assert len(services.sent_to("/oauth/token")) == 1


def test_a_token_is_kept_until_shortly_before_it_ends(services):
    tokens = MachineTokens()
    services.answers["/oauth/token"] = (200, services.token_answer(expires_in=100))
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False) as clock:
        token_of_the_backend(tokens)
        clock.shift(89)
        token_of_the_backend(tokens)
        assert len(services.sent_to("/oauth/token")) == 1
        clock.shift(2)
        token_of_the_backend(tokens)
        assert len(services.sent_to("/oauth/token")) == 2


def test_a_refusal_is_not_kept(services):
    tokens = MachineTokens()
    good = services.answers["/oauth/token"]
    services.answers["/oauth/token"] = (403, {"error": "access_denied", "error_description": "No grant.", "error_uri": "http://issuer/ask"})
    with pytest.raises(TokenRequestRefused) as refusal:
        token_of_the_backend(tokens)
    assert refusal.value.error == "access_denied"
    assert "http://issuer/ask" in str(refusal.value)
    services.answers["/oauth/token"] = good
    assert token_of_the_backend(tokens)


def test_a_kept_token_that_the_api_no_longer_takes_is_asked_for_anew_once(services):
    tokens_given = iter(["old", "new"])
    services.answers["/oauth/token"] = (200, lambda seen: services.token_answer(access_token=next(tokens_given)))
    good = {"results": [{"result": SHIBUYA}]}
    services.answers["/geocoding/v1/reverse"] = (401, {"code": "unknown_key", "title": "Signed with a key the issuer does not publish"})

    def take_the_new_one(seen):
        services.answers["/geocoding/v1/reverse"] = (200, good)
        return good if "new" in seen["headers"]["Authorization"] else {"code": "unknown_key"}

    services.answers["/geocoding/v1/reverse"] = (401, take_the_new_one)
    names = place_names([(35.658, 139.7016)], recorder=Recorder())
    assert names == {(35.658, 139.7016): PlaceName("Shibuya, Tokyo", "Japan")}
    assert [request["headers"]["Authorization"] for request in services.sent_to("/geocoding/v1/reverse")] == ["Bearer old", "Bearer new"]


@pytest.mark.parametrize(
    "changes",
    [
        {"access_token": None},
        {"access_token": 7},
        {"access_token": "a\r\nX-Injected: 1"},
        {"token_type": "mac"},
        {"token_type": None},
        {"expires_in": None},
        {"expires_in": "86400"},
        {"expires_in": True},
        {"expires_in": -1},
        {"expires_in": 10**30},
    ],
    ids=str,
)
def test_an_answer_without_a_usable_token_is_refused_rfc6749_section_5_1(services, changes):
    services.answers["/oauth/token"] = (200, services.token_answer(**changes))
    with pytest.raises(UnusableAnswer):
        token_of_the_backend()


@pytest.mark.parametrize("answer", [(500, "{}"), (502, "<html>"), (400, {"error": 7}), (200, "[]"), (403, "null")], ids=str)
def test_what_is_no_oauth_answer_is_named_with_its_address(services, answer):
    services.answers["/oauth/token"] = answer
    with pytest.raises(UnusableAnswer) as failure:
        token_of_the_backend()
    assert f"{services.url}/oauth/token" in str(failure.value)


def test_a_missing_secret_is_said_before_anything_is_asked(services, settings):
    settings.GEOCODING_BACKEND_CLIENT_SECRET = ""
    with pytest.raises(SecretMissing, match="GEOCODING_BACKEND_CLIENT_SECRET"):
        token_of_the_backend()
    assert services.requests == []


def test_a_machine_without_a_secret_in_the_settings_is_unknown():
    with pytest.raises(UnknownMachine, match="geocoding-backend and unapproved-backend"):
        machine_client("somebody")
