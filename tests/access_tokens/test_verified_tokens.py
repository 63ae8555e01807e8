"""The cache of verified tokens: off unless switched on; times and audience are checked every time."""

import pytest
import time_machine

from access_tokens import verified_tokens
from access_tokens.conf import expectations, verifier
from access_tokens.verified_tokens import VerifiedTokens
from access_tokens.verify import verify
from tests.access_tokens.conftest import refused


@pytest.fixture
def signatures(monkeypatch):
    """Counts how often a signature is checked."""
    checked: list[int] = []

    def counting(token, **options):
        checked.append(1)
        return verify(token, **options)

    monkeypatch.setattr(verified_tokens, "verify", counting)
    return checked


def test_it_is_off_unless_switched_on(settings, issuer):
    assert verifier() is verify
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "VERIFIED_TOKENS_SECONDS": 30}
    assert verifier() is not verify


def test_a_token_seen_just_now_needs_no_second_signature_check(issuer, signatures):
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False) as clock:
        remembered, token = VerifiedTokens(30), issuer.access_token()
        first = remembered.verify(token, expected=expectations("api.calendar"))
        assert remembered.verify(token, expected=expectations("api.calendar")) is first
        assert len(signatures) == 1
        clock.shift(31)
        remembered.verify(token, expected=expectations("api.calendar"))
        assert len(signatures) == 2


def test_a_remembered_token_still_expires(issuer):
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False) as clock:
        remembered, token = VerifiedTokens(3600), issuer.access_token(exp=1_795_521_600 + 10)
        remembered.verify(token, expected=expectations("api.calendar"))
        clock.shift(20)
        with refused("token_expired"):
            remembered.verify(token, expected=expectations("api.calendar"))


def test_a_token_remembered_for_one_api_is_not_for_another(issuer):
    remembered, token = VerifiedTokens(30), issuer.access_token()
    remembered.verify(token, expected=expectations("api.calendar"))
    with refused("wrong_audience"):
        remembered.verify(token, expected=expectations("api.other"))


def test_one_other_letter_is_another_token(issuer):
    remembered, token = VerifiedTokens(30), issuer.access_token()
    remembered.verify(token, expected=expectations("api.calendar"))
    with refused("bad_signature"):
        remembered.verify(token[:-10] + "A" * 10, expected=expectations("api.calendar"))


def test_rejections_are_not_remembered_and_memory_is_bounded(issuer, monkeypatch, signatures):
    monkeypatch.setattr(verified_tokens, "MAX_TOKENS", 3)
    remembered = VerifiedTokens(30)
    for number in range(5):
        remembered.verify(issuer.access_token(jti=str(number)), expected=expectations("api.calendar"))
    with refused("malformed_token"):
        remembered.verify("x\ud800", expected=expectations("api.calendar"))
    assert len(remembered._verified) == 3


def test_an_api_with_it_switched_on_answers_the_same(api, issuer, settings):
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "VERIFIED_TOKENS_SECONDS": 30}
    token = issuer.access_token()
    assert [api.call(token=token).status_code for _ in range(2)] == [200, 200]
    assert api.call(token=token[:-10] + "A" * 10).status_code == 401
