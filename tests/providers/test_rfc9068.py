"""A token as RFC 9068 section 3 shows it, from any issuer of that profile: header, claims and a machine's `sub`."""

import pytest

from tests.access_tokens.conftest import refused
from tests.providers.pages import Provider

SETTINGS = {"ISSUERS": [{"issuer": "https://authorization-server.example.com/", "machine_rule": "rfc9068"}]}
API = "https://rs.example.com/"
ISSUER = Provider(header={"typ": "at+JWT"}, jwk={"use": "sig", "alg": "RS256"})


@pytest.fixture
def claims(now):
    """The example of section 3, with times of today."""
    return {
        "iss": "https://authorization-server.example.com/",
        "sub": "5ba552d67",
        "aud": API,
        "exp": now + 3600,
        "iat": now,
        "jti": "dbe39bf3a3ba4238a513f51d6e1691c4",
        "client_id": "s6BhdRkqt3",
        "scope": "openid profile reademail",
    }


def test_the_example_of_section_3(trust, claims):
    token = trust(ISSUER, SETTINGS)(ISSUER.token(claims), API)
    assert (token.client_id, token.is_machine, token.scopes) == ("s6BhdRkqt3", False, {"openid", "profile", "reademail"})


def test_a_machine_is_its_own_subject_section_2_2(trust, claims):
    assert trust(ISSUER, SETTINGS)(ISSUER.token({**claims, "sub": "s6BhdRkqt3"}), API).is_machine


@pytest.mark.parametrize("name", ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"])
def test_each_required_claim_section_2_2(trust, claims, name):
    with refused("missing_claim", check=name):
        trust(ISSUER, SETTINGS)(ISSUER.token({**claims, name: None}), API)
