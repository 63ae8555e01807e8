"""Tokens shaped as Auth0's page shows them: https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles."""

import pytest

from tests.access_tokens.conftest import refused
from tests.providers.pages import Provider, settings_of

AUTH0_PROFILE, RFC_9068_PROFILE = settings_of("auth0")
API, ISSUER = "https://example.com/health-api", "https://my-domain.auth0.com/"
JWT = Provider(header={"typ": "JWT"}, jwk={"use": "sig", "alg": "RS256", "x5t": "dGh1bWI", "x5c": ["MIIC"]})
AT_JWT = Provider(header={"typ": "at+jwt"}, jwk=JWT.jwk)


@pytest.fixture
def auth0_profile(now):
    """The sample of the Auth0 profile."""
    return {
        "iss": ISSUER,
        "sub": "auth0|123456",
        "aud": [API, f"{ISSUER}userinfo"],
        "azp": "my_client_id",
        "exp": now + 1000,
        "iat": now,
        "scope": "openid profile read:patients read:admin",
        "my_custom_claim": "my_custom_value",
    }


@pytest.fixture
def rfc_9068_profile(auth0_profile):
    """The sample of the RFC 9068 profile."""
    return {**auth0_profile, "azp": None, "client_id": "my_client_id", "jti": "73WakrfVbNJBaAmhQtEeDv"}


def as_a_machine(sample):
    return {**sample, "sub": "my_client_id@clients", "aud": API, "scope": "read:patients"}


def test_a_users_token_of_the_auth0_profile(trust, auth0_profile):
    token = trust(JWT, AUTH0_PROFILE)(JWT.token(auth0_profile), API)
    assert (token.owner, token.client_id, token.is_machine, token.jti) == ((ISSUER, "auth0|123456"), "my_client_id", False, None)
    assert token.scopes == {"openid", "profile", "read:patients", "read:admin"}


def test_a_machines_token_of_the_auth0_profile(trust, auth0_profile):
    machine = {**as_a_machine(auth0_profile), "gty": "client-credentials"}
    token = trust(JWT, AUTH0_PROFILE)(JWT.token(machine), API)
    assert (token.is_machine, token.client_id, token.scopes) == (True, "my_client_id", {"read:patients"})


def test_a_users_token_of_the_rfc_9068_profile(trust, rfc_9068_profile):
    token = trust(AT_JWT, RFC_9068_PROFILE)(AT_JWT.token(rfc_9068_profile), API)
    assert (token.is_machine, token.client_id, token.jti) == (False, "my_client_id", "73WakrfVbNJBaAmhQtEeDv")


def test_a_machines_token_of_the_rfc_9068_profile_which_has_no_gty(trust, rfc_9068_profile):
    token = trust(AT_JWT, RFC_9068_PROFILE)(AT_JWT.token(as_a_machine(rfc_9068_profile)), API)
    assert (token.is_machine, token.client_id) == (True, "my_client_id")


def test_under_the_wrong_rule_that_machine_is_refused_and_never_taken_for_a_user(trust, rfc_9068_profile):
    (issuer,) = RFC_9068_PROFILE["ISSUERS"]
    machine = AT_JWT.token(as_a_machine(rfc_9068_profile))
    for rule in ("auth0", "rfc9068"):
        with refused("invalid_claim", check="sub"):
            trust(AT_JWT, {"ISSUERS": [{**issuer, "machine_rule": rule}]})(machine, API)
    with refused("invalid_claim", check="sub"):  # in the name of another
        trust(AT_JWT, RFC_9068_PROFILE)(AT_JWT.token({**as_a_machine(rfc_9068_profile), "sub": "other@clients"}), API)


def test_with_permissions_only_what_was_asked_for_and_may_be_done_counts(trust, auth0_profile):
    (issuer,) = AUTH0_PROFILE["ISSUERS"]
    both = {"ISSUERS": [{**issuer, "scope_claim": "both"}]}
    token = trust(JWT, both)(JWT.token({**auth0_profile, "permissions": ["read:patients", "write:patients"]}), API)
    assert token.scopes == {"read:patients"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aud": "my_client_id", "azp": None, "nonce": "n", "scope": None}, "id_token_refused"),
        ({"aud": f"{ISSUER}userinfo"}, "wrong_audience"),
        ({"iss": "https://my-domain.auth0.com"}, "wrong_issuer"),
        ({"iss": "https://login.example.com/"}, "wrong_issuer"),
    ],
    ids=["ID token", "for userinfo alone", "issuer without its slash", "custom domain"],
)
def test_the_pages_common_mistakes(trust, auth0_profile, changes, code):
    with refused(code):
        trust(JWT, AUTH0_PROFILE)(JWT.token({**auth0_profile, **changes}), API)


def test_without_an_audience_the_token_is_opaque_or_encrypted(trust):
    for token in ("qAKAu4wYMCbjRhKiqVVwtgcNbuq4yRQy", "eyJhbGciOiJkaXIi..aXY.Y2lwaGVy.dGFn"):
        with refused("malformed_token"):
            trust(JWT, AUTH0_PROFILE)(token, API)


def test_the_other_profile_is_another_type(trust, auth0_profile, rfc_9068_profile):
    with refused("wrong_type"):
        trust(JWT, RFC_9068_PROFILE)(JWT.token(auth0_profile), API)
    with refused("wrong_type"):
        trust(AT_JWT, AUTH0_PROFILE)(AT_JWT.token(rfc_9068_profile), API)
