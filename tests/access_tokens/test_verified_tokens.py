"""The memory of verified tokens saves the signature's arithmetic and nothing else: key, time and policy are asked for every time."""

from dataclasses import replace

import pytest
import time_machine

from access_tokens import verified_tokens
from access_tokens.keys import KeySource
from access_tokens.verified_tokens import VerifiedTokens
from access_tokens.verify import verify
from tests.access_tokens.conftest import refused, trusting


@pytest.fixture
def signatures(monkeypatch):
    """Counts how often a signature is checked."""
    checked: list[int] = []

    def counting(token, **options):
        checked.append(1)
        return verify(token, **options)

    monkeypatch.setattr(verified_tokens, "verify", counting)
    return checked


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False) as clock:
        yield clock


def test_a_token_seen_just_now_needs_no_second_signature_check(issuer, expected, signatures, clock):
    remembered, token = VerifiedTokens(30), issuer.access_token()
    first = remembered.verify(token, expected=expected)
    clock.shift(29)
    assert remembered.verify(token, expected=expected) is first
    assert len(signatures) == 1
    clock.shift(2)
    remembered.verify(token, expected=expected)
    assert len(signatures) == 2


def test_a_clock_that_was_set_back_makes_it_look_again(issuer, expected, signatures, clock):
    key = expected.issuers[issuer.url].keys.find(issuer.kid)

    class SameKeyForEver(KeySource):
        def find(self, kid):
            return key

    expected = trusting(expected, keys=SameKeyForEver(lambda: ({}, 60)))
    remembered, token = VerifiedTokens(30), issuer.access_token()
    remembered.verify(token, expected=expected)
    clock.shift(-1)
    remembered.verify(token, expected=expected)
    assert len(signatures) == 2


def test_a_remembered_token_still_expires(issuer, expected, clock):
    remembered, token = VerifiedTokens(3600), issuer.access_token(exp=1_795_521_600 + 10)
    remembered.verify(token, expected=expected)
    clock.shift(20)
    with refused("token_expired"):
        remembered.verify(token, expected=expected)


def test_a_key_that_the_issuer_withdrew_counts_at_once(issuer, expected, clock):
    published = [issuer.jwks()]
    expected = trusting(expected, keys=KeySource(lambda: (published[-1], 60)))
    remembered, token = VerifiedTokens(3600), issuer.access_token()
    remembered.verify(token, expected=expected)
    published.append({"keys": [{**issuer.jwks()["keys"][0], "kid": "next"}]})
    clock.shift(61)  # the source reads again
    with refused("unknown_key"):
        remembered.verify(token, expected=expected)


def test_another_key_of_the_same_kid_does_not_vouch_for_what_it_did_not_sign(issuer, expected, clock, other_key):
    published = [issuer.jwks()]
    expected = trusting(expected, keys=KeySource(lambda: (published[-1], 60)))
    remembered, token = VerifiedTokens(3600), issuer.access_token()
    remembered.verify(token, expected=expected)
    published.append({"keys": [{**other_key, "kid": issuer.kid}]})
    clock.shift(61)
    with refused("bad_signature"):
        remembered.verify(token, expected=expected)


@pytest.fixture
def other_key():
    """The JWK of somebody else."""
    import jwt
    from cryptography.hazmat.primitives.asymmetric import rsa

    return jwt.algorithms.RSAAlgorithm.to_jwk(rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key(), as_dict=True)


def test_while_no_keys_can_be_had_a_remembered_token_is_as_unknowable_as_any(issuer, expected, clock):
    published = [issuer.jwks()]
    expected = trusting(expected, keys=KeySource(lambda: (published[-1], 60), max_stale_hours=1))
    remembered, token = VerifiedTokens(86400), issuer.access_token(exp=1_795_521_600 + 86400)
    remembered.verify(token, expected=expected)
    published.append({"keys": []})
    clock.shift(3700)
    with refused("keys_unavailable"):
        remembered.verify(token, expected=expected)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"algorithms": frozenset({"ES256"})}, "wrong_algorithm"), ({"types": frozenset({"jwt"})}, "wrong_type")],
    ids=["algorithms", "types"],
)
def test_another_policy_for_the_issuer_applies_at_once(issuer, expected, changes, code):
    remembered, token = VerifiedTokens(30), issuer.access_token()
    remembered.verify(token, expected=expected)
    with refused(code):
        remembered.verify(token, expected=trusting(expected, **changes))


def test_scopes_are_read_anew_where_they_are_read_otherwise(issuer, expected):
    remembered, token = VerifiedTokens(30), issuer.access_token(scope="read")
    assert remembered.verify(token, expected=expected).scopes == {"read"}
    changed = trusting(expected, caller=lambda claims: ("calendar-web", frozenset(), False))
    assert remembered.verify(token, expected=changed).scopes == set()


def test_an_issuer_that_is_no_longer_trusted_is_refused(issuer, expected):
    remembered, token = VerifiedTokens(30), issuer.access_token()
    remembered.verify(token, expected=expected)
    with refused("wrong_issuer"):
        remembered.verify(token, expected=replace(expected, issuers={}))


def test_a_token_remembered_for_one_api_is_not_for_another(issuer, expected):
    remembered, token = VerifiedTokens(30), issuer.access_token()
    remembered.verify(token, expected=expected)
    with refused("wrong_audience"):
        remembered.verify(token, expected=replace(expected, audience="api.other"))


def test_one_other_letter_is_another_token(issuer, expected):
    remembered, token = VerifiedTokens(30), issuer.access_token()
    remembered.verify(token, expected=expected)
    with refused("bad_signature"):
        remembered.verify(token[:-10] + "A" * 10, expected=expected)


def test_rejections_are_not_remembered_and_memory_is_bounded(issuer, expected, monkeypatch):
    monkeypatch.setattr(verified_tokens, "MAX_TOKENS", 3)
    remembered = VerifiedTokens(30)
    for number in range(5):
        remembered.verify(issuer.access_token(jti=str(number)), expected=expected)
    with refused("malformed_token"):
        remembered.verify("x\ud800", expected=expected)
    assert len(remembered._verified) == 3
    assert not [name for name in remembered._verified if len(name) != 32], "digests, never tokens"
