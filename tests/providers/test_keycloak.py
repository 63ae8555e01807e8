"""Tokens shaped as Keycloak writes them: https://www.keycloak.org/docs/latest/server_admin/ (audience support, service accounts)."""

import jwt
import pytest

from tests.access_tokens.conftest import refused
from tests.providers.pages import Provider, settings_of

(SETTINGS,) = settings_of("keycloak")
ISSUER, API = "https://keycloak.example/realms/calendar", "api.calendar"
KEYCLOAK = Provider(header={"typ": "JWT"}, jwk={"use": "sig", "alg": "RS256", "x5c": ["MIIC"], "x5t": "dGh1bWI"})


@pytest.fixture
def claims(now):
    """A user's access token, with the audience mapper."""
    return {
        "exp": now + 300,
        "iat": now,
        "auth_time": now - 5,
        "jti": "onrtac:2f1d1b4e-8a5b-4f3e-9b2e-3f0c1c5d7e9a",
        "iss": ISSUER,
        "aud": [API, "account"],
        "sub": "f1c3a0a2-6a1d-4f0a-9b0b-7d9b3d1f2e4c",
        "typ": "Bearer",
        "azp": "calendar-web",
        "sid": "0a1b2c3d",
        "acr": "1",
        "realm_access": {"roles": ["offline_access", "uma_authorization"]},
        "resource_access": {"account": {"roles": ["manage-account", "view-profile"]}},
        "scope": "openid profile read",
        "preferred_username": "alice",
    }


@pytest.fixture
def service_account(claims):
    """A machine's, with the hardcoded claim that the page asks for."""
    own = {"client_id": "backend", "clientHost": "10.0.0.1", "clientAddress": "10.0.0.1", "preferred_username": "service-account-backend"}
    return {**claims, **own, "azp": "backend", "auth_time": None, "sid": None, "scope": "read", "gty": "client-credentials"}


def test_a_users_token(trust, claims):
    token = trust(KEYCLOAK, SETTINGS)(KEYCLOAK.token(claims), API)
    assert (token.owner, token.client_id, token.is_machine) == ((ISSUER, claims["sub"]), "calendar-web", False)
    assert token.scopes == {"openid", "profile", "read"}


def test_a_service_accounts_token(trust, service_account):
    token = trust(KEYCLOAK, SETTINGS)(KEYCLOAK.token(service_account), API)
    assert (token.is_machine, token.client_id, token.scopes) == (True, "backend", {"read"})


def test_audience_account_is_no_audience_of_yours(trust, claims):
    with refused("wrong_audience"):
        trust(KEYCLOAK, SETTINGS)(KEYCLOAK.token({**claims, "aud": "account"}), API)
    with refused("missing_claim", check="aud"):
        trust(KEYCLOAK, SETTINGS)(KEYCLOAK.token({**claims, "aud": None}), API)


def test_its_id_token_is_named_as_one(trust, claims):
    id_token = {**claims, "typ": "ID", "aud": "calendar-web", "nonce": "n", "at_hash": "h", "scope": None}
    with refused("id_token_refused"):
        trust(KEYCLOAK, SETTINGS)(KEYCLOAK.token(id_token), API)
    with refused("id_token_refused"):  # without a nonce, as after a password grant
        trust(KEYCLOAK, SETTINGS)(KEYCLOAK.token({**id_token, "nonce": None, "at_hash": None}), API)


def test_its_refresh_token_is_signed_for_keycloak_alone(trust, claims):
    refresh_token = {**claims, "typ": "Refresh", "aud": ISSUER}
    signed = jwt.encode(refresh_token, "k" * 64, algorithm="HS512", headers={"kid": "another", "typ": "JWT"})
    with refused("wrong_algorithm"):
        trust(KEYCLOAK, SETTINGS)(signed, API)


def test_the_realm_has_no_last_slash(trust, claims):
    with refused("wrong_issuer"):
        trust(KEYCLOAK, SETTINGS)(KEYCLOAK.token({**claims, "iss": f"{ISSUER}/"}), API)


def test_a_nonce_in_an_access_token_is_an_id_tokens_mark(trust, claims):
    with refused("id_token_refused"):
        trust(KEYCLOAK, SETTINGS)(KEYCLOAK.token({**claims, "nonce": "n"}), API)


def test_a_service_account_without_the_mapper_is_refused_and_never_taken_for_a_user(trust, service_account):
    with refused("invalid_claim", check="sub"):
        trust(KEYCLOAK, SETTINGS)(KEYCLOAK.token({**service_account, "gty": None}), API)


@pytest.mark.parametrize("kind", ["ID", "Refresh", "Logout", "bearer", 1])
def test_another_kind_of_token_for_our_audience_and_without_other_marks_is_refused(trust, claims, kind):
    with refused("invalid_claim", check="typ"):
        trust(KEYCLOAK, SETTINGS)(KEYCLOAK.token({**claims, "typ": kind}), API)
