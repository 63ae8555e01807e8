"""Authlib, requests-oauthlib and oauth4webapi, unmodified, at the real processes: code, PKCE, refresh, and what a strict client checks."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import settings

from tests.foreign_clients.clients import RaisedInNode

# None of it depends on the form of the platform.
pytestmark = pytest.mark.parametrize("platform", ["four-sqlite"], indirect=True)
ELSEWHERE = "https://issuer.example/"


def parameters_of(url):
    return {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}


def scopes_of(token):
    return set(token["scope"].split())


@pytest.fixture
def obtain(allow):
    """`obtain(client, scope)`: the token answer for a person's yes."""
    return lambda client, scope: client.redeem(allow(client.authorization_url(scope)))


# ---- Code with PKCE -------------------------------------------------------------------------------------------------


def test_a_confidential_clients_code_becomes_a_token_that_opens_the_calendar(confidential, obtain):
    token = obtain(confidential, "read")
    assert (token["token_type"].lower(), token["scope"]) == ("bearer", "read")
    assert confidential.status(token["access_token"]) == 200


def test_a_public_clients_code_becomes_a_token_that_opens_the_calendar(public, obtain):
    token = obtain(public, "read")
    assert (token["token_type"].lower(), token["scope"]) == ("bearer", "read")
    assert public.status(token["access_token"]) == 200


def test_each_client_asks_with_pkce_s256_and_a_code_without_its_verifier_is_refused(start, library, calendar_spa, allow):
    asks, redeems = start(library, calendar_spa), start(library, calendar_spa)
    url = asks.authorization_url("read")
    assert parameters_of(url)["code_challenge_method"] == "S256"
    answered = parameters_of(allow(url))
    # Another session of the same application has the code, as a thief would, and with it a state and a verifier of its own.
    injected = {**answered, "state": parameters_of(redeems.authorization_url("read"))["state"]}
    with pytest.raises(redeems.own_exception) as refused:
        redeems.redeem(f"{calendar_spa.redirect_uri}?{urlencode(injected)}")
    assert refused.value.error == "invalid_grant"


def test_no_refresh_token_comes_unless_offline_access_was_asked_for(strict, obtain):
    assert "refresh_token" not in obtain(strict, "read")


# ---- Refresh --------------------------------------------------------------------------------------------------------


def test_each_refresh_brings_another_refresh_token_and_a_token_that_opens_the_calendar(confidential, obtain):
    tokens = [obtain(confidential, "read offline_access")]
    tokens += [confidential.refresh(tokens[-1]["refresh_token"])]
    tokens += [confidential.refresh(tokens[-1]["refresh_token"])]
    assert [scopes_of(token) for token in tokens] == [{"read", "offline_access"}] * 3
    assert len({token["refresh_token"] for token in tokens}) == len({token["access_token"] for token in tokens}) == 3
    assert [confidential.status(token["access_token"]) for token in tokens] == [200] * 3


def test_a_refresh_token_used_again_is_refused_and_ends_its_whole_family(confidential, obtain):
    used = obtain(confidential, "read offline_access")["refresh_token"]
    current = confidential.refresh(used)["refresh_token"]
    for refresh_token in (used, current):
        with pytest.raises(confidential.own_exception) as refused:
            confidential.refresh(refresh_token)
        assert refused.value.error == "invalid_grant"


# ---- What a strict client checks ------------------------------------------------------------------------------------


def test_a_strict_client_finds_the_endpoints_by_rfc8414(strict, platform):
    below_the_issuer = [strict.metadata[name] for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    assert strict.metadata["issuer"] == platform.issuer
    assert [url for url in below_the_issuer if not url.startswith(platform.issuer)] == []


def test_a_strict_client_finds_everything_in_an_access_token_that_rfc9068_asks_for(strict, obtain):
    claims = strict.claims(obtain(strict, "read")["access_token"], audience=settings.CALENDAR_AUDIENCE)
    assert (claims["client_id"], claims["scope"]) == (settings.CALENDAR_WEB_CLIENT_ID, "read")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"iss": ELSEWHERE}, 'unexpected "iss"'),
        ({"iss": None}, '"iss" (issuer) missing'),
        ({"state": "of-somebody-else"}, 'unexpected "state"'),
        ({"state": None}, '"state" missing'),
    ],
    ids=["another iss", "no iss", "another state", "no state"],
)
def test_a_strict_client_refuses_an_answer_with(strict, calendar_web, changes, complaint):
    asked = parameters_of(strict.authorization_url("read"))
    answer = {"code": "a-code", "state": asked["state"], "iss": calendar_web.issuer, **changes}
    query = urlencode({name: value for name, value in answer.items() if value is not None})
    with pytest.raises(RaisedInNode) as refused:
        strict.redeem(f"{calendar_web.redirect_uri}?{query}")
    assert (refused.value.code, complaint in refused.value.message) == ("OAUTH_INVALID_RESPONSE", True), refused.value


def test_a_strict_client_is_told_of_a_no_with_state_and_iss(strict, deny):
    with pytest.raises(RaisedInNode) as refused:
        strict.redeem(deny(strict.authorization_url("read")))
    assert (refused.value.name, refused.value.error) == ("AuthorizationResponseError", "access_denied")
