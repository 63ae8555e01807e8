"""`access_tokens.testing` plays an issuer for other people's tests, with Django and without."""

import pytest

from access_tokens.testing import PlayedIssuer, token_issuer  # noqa: F401  a fixture
from access_tokens.verify import Expectations, verify
from tests.access_tokens.conftest import refused


def caller(claims):
    return claims["client_id"], frozenset(claims.get("scope", "").split()), claims.get("gty") == "client-credentials"


@pytest.fixture
def verified(token_issuer):  # noqa: F811
    """Verifies a token as an API of theirs would."""
    return lambda token: verify(token, expected=Expectations("api.notes", token_issuer.trusted(caller)))


def test_a_token_is_good_but_for_its_audience_which_the_test_names(token_issuer, verified):  # noqa: F811
    access_token = verified(token_issuer.token(aud="api.notes", scope="read write"))
    assert (access_token.owner, access_token.scopes, access_token.is_machine) == ((token_issuer.issuer, "user-1"), {"read", "write"}, False)
    with refused("missing_claim", check="aud"):
        verified(token_issuer.token())


def test_any_claim_and_header_can_be_changed_and_none_removes_a_claim(token_issuer, verified):  # noqa: F811
    with refused("token_expired"):
        verified(token_issuer.token(aud="api.notes", exp=1))
    with refused("missing_claim", check="sub"):
        verified(token_issuer.token(aud="api.notes", sub=None))
    with refused("unknown_key"):
        verified(token_issuer.token({"kid": "other"}, aud="api.notes"))


def test_a_machine_s_token_is_a_machine_s(token_issuer, verified):  # noqa: F811
    access_token = verified(token_issuer.machine_token(aud="api.notes"))
    assert (access_token.is_machine, access_token.subject) == (True, "backend-1@clients")


def test_two_of_them_are_two_issuers():
    one, other = PlayedIssuer("https://one.test/"), PlayedIssuer("https://other.test/")
    with refused("wrong_issuer"):
        verify(other.token(aud="api.notes"), expected=Expectations("api.notes", one.trusted(caller)))
