"""Machines only: what each kind of caller gets, and that nothing is answered before the token is checked."""

import json

import pytest

from tests.geocoding_api.conftest import SHIBUYA, assert_problem, trust
from tests.issuer import TestIssuer


def test_a_machine_gets_an_answer(backend):
    assert backend.asks().status_code == 200


def test_a_users_token_is_refused_with_the_reason(caller_with, issuer, settings):
    caller = caller_with(issuer.access_token(aud=settings.GEOCODING_AUDIENCE))
    for response in (caller.asks(), caller.sends({"points": [{"lat": 1, "lon": 2}]})):
        problem = assert_problem(response, 403, "user_token_refused")
        assert problem["step"] == 4
        assert 'error="insufficient_scope"' in response["WWW-Authenticate"]
        assert "scope=" not in response["WWW-Authenticate"]  # a client would offer a step-up, which cannot help


# How each kind of issuer tells a machine from a user (VERIFYING section 1).
OF_A_MACHINE = [
    ("auth0", {"sub": "backend@clients", "azp": "backend", "gty": "client-credentials"}),
    ("rfc9068", {"sub": "backend", "client_id": "backend"}),
    ("entra", {"sub": "0d2c", "appid": "backend", "idtyp": "app"}),
    ("keycloak:kind=service", {"sub": "5ac1", "azp": "backend", "kind": "service"}),
]
OF_A_USER = [
    ("auth0", {"sub": "auth0|alice", "azp": "backend"}),
    ("rfc9068", {"sub": "alice", "client_id": "backend"}),
    ("entra", {"sub": "alice", "appid": "backend", "idtyp": "user"}),
    ("keycloak:kind=service", {"sub": "alice", "azp": "backend", "kind": "person"}),
]
OF_EITHER = [
    ("auth0", {"sub": "auth0|alice", "azp": "backend", "gty": "client-credentials"}),
    ("auth0", {"sub": "backend@clients", "azp": "backend"}),
    ("entra", {"sub": "alice", "appid": "backend"}),
]


@pytest.fixture
def tenant(issuer, settings, caller_with):
    """`tenant(rule, claims)`: who has a token with these claims from a second issuer, which this API trusts too."""
    other = TestIssuer("https://tenant.example/", settings.CALENDAR_AUDIENCE, settings.GEOCODING_AUDIENCE)

    def caller(rule, claims):
        trust(settings, other, machine_rule=rule)
        nothing_of_ours = {"aud": settings.GEOCODING_AUDIENCE, "client_id": None, "azp": None, "scope": None}
        typ = "at+jwt" if rule == "rfc9068" else "JWT"
        return caller_with(other.access_token(headers={"typ": typ}, **{**nothing_of_ours, **claims}))

    return caller


@pytest.mark.parametrize(("rule", "claims"), OF_A_MACHINE)
def test_a_machine_of_a_second_issuer_gets_an_answer(tenant, rule, claims):
    assert tenant(rule, claims).asks().status_code == 200


@pytest.mark.parametrize(("rule", "claims"), OF_A_USER)
def test_a_users_token_of_a_second_issuer_is_refused_with_the_reason(tenant, rule, claims):
    user = tenant(rule, claims)
    for response in (user.asks(), user.sends({"points": [{"lat": 1, "lon": 2}]})):
        problem = assert_problem(response, 403, "user_token_refused")
        assert "only machines are served" in problem["detail"]
        assert "scope=" not in response["WWW-Authenticate"]


@pytest.mark.parametrize(("rule", "claims"), OF_EITHER)
def test_a_machine_that_cannot_be_told_from_a_user_is_refused(tenant, rule, claims):
    assert_problem(tenant(rule, claims).asks(), 401, "invalid_claim")


def test_without_a_token_there_is_a_challenge_and_nothing_else(nobody):
    response = nobody.asks()
    assert_problem(response, 401, "missing_token")
    assert response["WWW-Authenticate"] == (
        'Bearer realm="geocoding", resource_metadata="http://localhost:8000/.well-known/oauth-protected-resource/geocoding/v1"'
    )


@pytest.mark.parametrize("audience", ["api.calendar", "https://api.example.com/geocoding/v1", "https://api.example.com/", ["api.calendar"]])
def test_a_token_for_another_api_is_refused_rfc9068_section_4(caller_with, issuer, audience):
    caller = caller_with(issuer.machine_token(aud=audience))
    assert_problem(caller.asks(), 401, "wrong_audience")
    assert_problem(caller.sends({"points": [{"lat": 1, "lon": 2}]}), 401, "wrong_audience")


def test_a_machine_needs_no_scope_and_any_scope_changes_nothing(caller_with, issuer):
    assert caller_with(issuer.machine_token(scope="read write")).asks().status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_no_method_is_served_without_a_token(nobody, method):
    assert nobody(method, SHIBUYA).status_code == 401


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
