"""The published keys: next, current and previous, and no private part of any."""

import jwt
import pytest

from authorization_server import keys
from authorization_server.models import KeyState, SigningKey
from tests.authorization_server.conftest import GEOCODING, verified

PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


@pytest.fixture
def jwks(client, seeded):
    """What /.well-known/jwks.json says."""
    return lambda: client.get("/.well-known/jwks.json").json()["keys"]


def test_current_and_next_key_are_published(jwks):
    assert {key["kid"] for key in jwks()} == set(SigningKey.objects.values_list("kid", flat=True))
    assert len(jwks()) == 2


def test_no_private_part_is_published_rfc7517_section_9_3(jwks):
    keys.rotate("ES256")
    keys.rotate("ES256")
    assert len(jwks()) == 4
    assert not any(PRIVATE & set(key) for key in jwks())


def test_each_key_says_what_it_is_for_rfc7517_section_4(jwks):
    for key in jwks():
        assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}
        assert (key["kty"], key["use"], key["alg"]) == ("RSA", "sig", "RS256")


def test_a_revoked_key_is_published_no_more(jwks):
    SigningKey.objects.filter(state=KeyState.NEXT).update(state=KeyState.REVOKED)
    assert len(jwks()) == 1


def test_a_token_verifies_with_what_is_published_alone(jwks, back_channel):
    access_token = back_channel.machine_token().json()["access_token"]
    kid = jwt.get_unverified_header(access_token)["kid"]
    (key,) = [key for key in jwks() if key["kid"] == kid]
    assert jwt.decode(access_token, jwt.PyJWK(key), audience=GEOCODING)["sub"] == "geocoding-backend@clients"


def test_the_apis_in_this_process_read_the_same_keys_without_http(back_channel):
    assert verified(back_channel.machine_token().json()["access_token"], GEOCODING).subject == "geocoding-backend@clients"


def test_it_may_be_kept_for_a_while_and_read_by_any_origin(client, seeded):
    answer = client.get("/.well-known/jwks.json", headers={"Origin": "https://anywhere.example"})
    assert set(answer["Cache-Control"].split(", ")) == {"max-age=300", "public"}
    assert answer["Access-Control-Allow-Origin"] in {"*", "https://anywhere.example"}


def test_without_keys_the_set_is_empty_and_not_an_error(client, db):
    assert client.get("/.well-known/jwks.json").json() == {"keys": []}
