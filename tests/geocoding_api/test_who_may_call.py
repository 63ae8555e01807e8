"""Machines only: what each kind of caller gets, and that nothing is answered before the token is checked."""

import json

import pytest

from tests.geocoding_api.conftest import SHIBUYA, assert_problem


def test_a_machine_gets_an_answer(backend):
    assert backend.asks().status_code == 200


def test_a_users_token_is_refused_with_the_reason(caller_with, issuer, settings):
    caller = caller_with(issuer.access_token(aud=settings.GEOCODING_AUDIENCE))
    for response in (caller.asks(), caller.sends({"points": [{"lat": 1, "lon": 2}]})):
        problem = assert_problem(response, 403, "user_token_refused")
        assert problem["step"] == 4
        assert 'error="insufficient_scope"' in response["WWW-Authenticate"]
        assert "scope=" not in response["WWW-Authenticate"]  # a client would offer a step-up, which cannot help


def test_without_a_token_there_is_a_challenge_and_nothing_else(nobody):
    response = nobody.asks()
    assert_problem(response, 401, "missing_token")
    assert response["WWW-Authenticate"] == (
        'Bearer realm="geocoding", resource_metadata="http://localhost:8000/.well-known/oauth-protected-resource/geocoding/v1"'
    )


def test_a_token_for_the_calendar_is_refused_rfc9068_section_4(caller_with, issuer):
    assert_problem(caller_with(issuer.machine_token(aud="api.calendar")).asks(), 401, "wrong_audience")


@pytest.mark.parametrize("query", [{}, {"lat": "x"}, SHIBUYA])
def test_input_is_looked_at_only_after_the_token(nobody, query):
    assert nobody.asks(query).status_code == 401


def test_a_body_is_looked_at_only_after_the_token(nobody):
    assert nobody.sends(raw=b"{").status_code == 401


def test_a_token_in_the_address_is_not_looked_at(nobody, issuer):
    response = nobody.asks({**SHIBUYA, "access_token": issuer.machine_token()})
    assert_problem(response, 400, "invalid_request")


def test_a_browsers_preflight_needs_no_token(nobody):
    response = nobody("OPTIONS", headers={"Origin": "https://app.example", "Access-Control-Request-Method": "GET"})
    assert response.status_code == 200


def test_the_metadata_names_resource_and_issuer_rfc9728(client, settings):
    response = client.get("/.well-known/oauth-protected-resource/geocoding/v1")
    document = json.loads(response.content)
    assert document["resource"] == "http://localhost:8000/geocoding/v1"
    assert document["authorization_servers"] == [settings.ISSUER]


def test_a_passed_check_is_named_in_server_timing(backend):
    assert "permissions" in backend.asks()["Server-Timing"]
