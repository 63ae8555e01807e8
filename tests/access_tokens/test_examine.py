"""`examine()` shows each check with the values that it compared, by the very functions of `verify()`."""

import pytest

from access_tokens.examine import Result, examine
from access_tokens.keys import KeySource
from access_tokens.rejections import Rejection
from access_tokens.verify import STANDARD_CLAIMS, Expectations, verify
from forgeries.catalogue import forgeries_for
from tests.access_tokens.conftest import trusting
from tests.forgeries.goods import good_for_the_calendar

NEEDED = frozenset({"read"})


@pytest.fixture
def report(expected):
    """Examines a token as the Calendar API would see it."""

    def examine_here(token: str):
        return examine(token, expected=expected, served="users", needed_scopes=NEEDED)

    return examine_here


def results(report):
    return [step.result.value for step in report.steps]


def test_a_good_token_passes_all_four_with_the_values_compared(report, issuer):
    seen = report(issuer.access_token())
    assert results(seen) == ["passed"] * 4
    assert seen.rejection is None
    compared = {check.name: (check.found, check.wanted) for step in seen.steps for check in step.checks}
    assert compared["aud"] == ("'api.calendar'", "'api.calendar'")
    assert compared["iss"] == (f"'{issuer.url}'",) * 2
    assert compared["typ"] == ("'at+jwt'", "at+jwt")
    assert compared["scope"] == ("'read write'", "'read'")
    assert compared["caller"] == ("a user", "users")
    assert [step.title for step in seen.steps] == ["Well formed", "Signature", "Standard claims", "Permissions"]


def test_it_goes_on_after_a_failure_and_shows_everything_at_once(report, issuer):
    seen = report(issuer.access_token(headers={"typ": "JWT"}, exp=1, aud="x", scope="write"))
    assert results(seen) == ["failed", "passed", "failed", "failed"]
    failed = {check.name: check.rejection.code for step in seen.steps for check in step.checks if check.result is Result.FAILED}
    assert failed == {"typ": "wrong_type", "exp": "token_expired", "aud": "wrong_audience", "scope": "insufficient_scope"}
    assert seen.rejection.code == "wrong_type"


def test_of_an_untrusted_issuer_the_signature_is_not_possible_never_passed(report, issuer):
    seen = report(issuer.access_token(iss="https://stranger.example/"))
    assert results(seen) == ["passed", "impossible", "failed", "impossible"]
    assert "no trusted key" in seen.steps[1].checks[0].wanted
    assert seen.rejection.code == "wrong_issuer"


def test_without_keys_the_signature_is_not_possible(expected, issuer):
    keyless = trusting(expected, keys=KeySource(lambda: ({"keys": []}, 60)))
    seen = examine(issuer.access_token(), expected=keyless, served="users", needed_scopes=NEEDED)
    assert seen.rejection
    assert results(seen) == ["passed", "impossible", "passed", "passed"]
    assert seen.rejection.code == "keys_unavailable"


@pytest.mark.parametrize("token", ["", "opaque", "a.b.c", "x" * 9000, "é", "a.b.c.d.e"])
def test_of_what_is_no_jwt_the_other_steps_are_unreached(report, token):
    seen = report(token)
    assert results(seen) == ["failed", "unreached", "unreached", "unreached"]
    assert (seen.header, seen.claims) == ({}, {})


@pytest.mark.parametrize(("claim", "value"), [("jti", None), ("client_id", ["x"]), ("nbf", "x"), ("nbf", 32_000_000_000), ("cnf", {})])
def test_a_failure_names_the_claim_that_is_to_blame(report, issuer, claim, value):
    failed = [check for check in report(issuer.access_token(**{claim: value})).steps[2].checks if check.result is Result.FAILED]
    assert [check.name for check in failed] == [claim]


def test_a_caller_that_cannot_be_told_fails_step_4(report, issuer):
    assert results(report(issuer.access_token(gty="client-credentials"))) == ["passed", "passed", "passed", "failed"]


def test_every_standard_claim_check_of_verify_is_shown(report, issuer):
    assert len(report(issuer.access_token()).steps[2].checks) == len(STANDARD_CLAIMS) + 1  # and iss


def test_nobody_trusted_is_no_reason_to_fall_over(issuer):
    seen = examine(issuer.access_token(), expected=Expectations("api.calendar", {}))
    assert results(seen) == ["impossible", "impossible", "failed", "impossible"]


def code_of_verify(token: str, expected: Expectations) -> str:
    try:
        verify(token, expected=expected)
    except Rejection as rejection:
        return rejection.code
    return "left to step 4"


def test_it_agrees_with_verify_on_every_forgery(report, issuer, expected):
    good = good_for_the_calendar(issuer)
    for forgery in forgeries_for(good):
        token = forgery.make(good)
        rejection = report(token).rejection
        assert code_of_verify(token, expected) == (rejection.code if rejection.step != 4 else "left to step 4"), forgery.id


def test_texts_are_short_printable_ascii(report, issuer):
    good = good_for_the_calendar(issuer)
    for token in [issuer.access_token(aud="é" * 1000, sub="\0", jti="\ud800"), *(forgery.make(good) for forgery in forgeries_for(good))]:
        for step in report(token).steps:
            for check in step.checks:
                assert check.found.isascii(), check
                assert check.found.isprintable(), check
                assert len(check.found) < 200, check
