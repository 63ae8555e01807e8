"""HS256 with a secret that issuer and API share: one key, no algorithm but its own."""

import jwt
import pytest

from access_tokens.symmetric_keys import SymmetricKey
from access_tokens.verify import verify
from tests.access_tokens.conftest import refused, trusting


@pytest.fixture
def shared(expected):
    return trusting(expected, keys=SymmetricKey("s" * 32), algorithms=frozenset({"HS256"}))


def test_a_token_signed_with_the_secret_passes(issuer, shared):
    token = jwt.encode(issuer.user_claims(), "s" * 32, algorithm="HS256", headers={"typ": "at+jwt"})
    assert verify(token, expected=shared).subject == "usr_123"


def test_another_secret_is_a_bad_signature(issuer, shared):
    with refused("bad_signature"):
        verify(jwt.encode(issuer.user_claims(), "o" * 32, algorithm="HS256", headers={"typ": "at+jwt"}), expected=shared)


def test_an_asymmetric_signature_is_another_algorithm_rfc8725_section_3_1(issuer, shared):
    with refused("wrong_algorithm"):
        verify(issuer.access_token(), expected=shared)


def test_a_short_secret_is_no_key_rfc7518_section_3_2():
    with pytest.raises(ValueError, match="32 bytes"):
        SymmetricKey("s" * 31)
