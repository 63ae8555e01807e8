"""`settings.ACCESS_TOKENS`: a wrong entry stops the start, and says which it is, its value and the cure."""

import jwt
import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from access_tokens.conf import configuration, expectations, parse, trusted_issuers
from access_tokens.rejections import KeysUnavailable
from access_tokens.verify import verify
from tests.access_tokens.conftest import refused

GOOD = {"issuer": "https://tenant.example/"}


def test_one_line_is_enough():
    (issuer,) = parse({"ISSUERS": [GOOD]}).issuers
    assert (issuer.name, set(issuer.algorithms), set(issuer.types)) == ("https://tenant.example/", {"RS256"}, {"at+jwt"})


def test_nothing_is_explained_unless_switched_on():
    assert parse({"ISSUERS": [GOOD]}).explain_rejections is False


def test_the_issuer_is_kept_exactly_as_written():
    assert parse({"ISSUERS": [{"issuer": "https://Tenant.example"}]}).issuers[0].name == "https://Tenant.example"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"issuer": None}, "issuer"),
        ({"issuer": "tenant.example"}, "issuer"),
        ({"issuer": "https://tenant.example/?x=1"}, "issuer"),
        ({"issuer": "https://[::1"}, "issuer"),
        ({"internal_url": "issuer:9000"}, "internal_url"),
        ({"jwks_uri": 5}, "jwks_uri"),
        ({"algorithms": []}, "algorithms"),
        ({"algorithms": "RS256"}, "algorithms"),
        ({"algorithms": None}, "algorithms"),
        ({"algorithms": ["none"]}, "algorithms"),
        ({"algorithms": ["RS256", "HS256"]}, "algorithms"),
        ({"algorithms": ["HS384"]}, "algorithms"),
        ({"algorithms": ["HS256"]}, "symmetric_keys"),
        ({"symmetric_keys": {"api": "s" * 32}}, "symmetric_keys"),
        ({"algorithms": ["HS256"], "symmetric_keys": {"api": "s" * 31}}, "symmetric_keys"),
        ({"algorithms": ["HS256"], "symmetric_keys": {"api": None}}, "symmetric_keys"),
        ({"algorithms": ["HS256"], "symmetric_keys": ["s" * 32]}, "symmetric_keys"),
        ({"algorithms": ["HS256"], "symmetric_keys": {"api": "s" * 32}, "jwks_uri": "https://x.example"}, "symmetric_keys"),
        ({"types": ["JWS"]}, "types"),
        ({"types": []}, "types"),
        ({"scope_claim": "roles"}, "scope_claim"),
        ({"scope_claim": ["scope"]}, "scope_claim"),
        ({"machine_rule": "keycloak"}, "machine_rule"),
        ({"audience": "api"}, "audience"),
        ({"public_keys": {"keys": []}}, "public_keys"),
    ],
)
def test_a_wrong_entry_is_named_with_its_cure(change, named):
    with pytest.raises(ImproperlyConfigured) as caught:
        parse({"ISSUERS": [{**GOOD, **change}]})
    assert f'["ISSUERS"][0]["{named}"]' in str(caught.value)
    assert "Cure: " in str(caught.value)
    assert "s" * 31 not in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ({"ISSUERS": [GOOD, GOOD]}, "ISSUERS"),
        ({"ISSUERS": GOOD}, "ISSUERS"),
        ({"ISSUERS": ["https://tenant.example/"]}, "ISSUERS"),
        ({"ISSUERS": [GOOD], "LEEWAY": 5}, "LEEWAY"),
        ({"ISSUERS": [GOOD], "LEEWAY_SECONDS": -1}, "LEEWAY_SECONDS"),
        ({"ISSUERS": [GOOD], "LEEWAY_SECONDS": True}, "LEEWAY_SECONDS"),
        ({"ISSUERS": [GOOD], "KEYS_MAX_STALE_HOURS": "24"}, "KEYS_MAX_STALE_HOURS"),
    ],
)
def test_a_wrong_setting_is_named(raw, named):
    with pytest.raises(ImproperlyConfigured, match=named):
        parse(raw)


def test_environment_variables_are_named_where_this_project_reads_them_from_one():
    with pytest.raises(ImproperlyConfigured, match=r"\(TOKEN_ALGORITHMS\)"):
        parse({"ISSUERS": [{**GOOD, "algorithms": ["none"]}]})
    with pytest.raises(ImproperlyConfigured, match=r"\(TRUSTED_ISSUERS\)"):
        parse({"ISSUERS": [GOOD, {"issuer": "nonsense"}]})


def test_it_is_parsed_once_and_anew_when_a_test_changes_it(settings):
    assert configuration() is configuration()
    assert expectations("api.calendar") is expectations("api.calendar")
    before = trusted_issuers()[settings.ISSUER]
    settings.ACCESS_TOKENS = {"ISSUERS": [{"issuer": settings.ISSUER}]}
    assert trusted_issuers()[settings.ISSUER] is not before


def test_several_issuers_are_found_by_their_exact_iss(settings):
    settings.ACCESS_TOKENS = {"ISSUERS": [{"issuer": "https://a.example/"}, {"issuer": "https://b.example"}]}
    assert set(trusted_issuers()) == {"https://a.example/", "https://b.example"}


def test_the_leeway_is_a_setting(settings):
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "LEEWAY_SECONDS": 0}
    assert expectations("api.calendar").leeway_seconds == 0


def test_a_symmetric_key_verifies_hs256_and_nothing_else(settings, issuer):
    secret = "s" * 32
    entry = {"issuer": issuer.url, "algorithms": ["HS256"], "symmetric_keys": {"api.calendar": secret, "api.other": "o" * 32}}
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "ISSUERS": [entry]}
    token = jwt.encode(issuer.user_claims(), secret, algorithm="HS256", headers={"typ": "at+jwt"})
    assert verify(token, expected=expectations("api.calendar")).subject == "usr_123"
    with refused("wrong_algorithm"):
        verify(issuer.access_token(), expected=expectations("api.calendar"))
    with refused("bad_signature"):  # each API has a secret of its own
        verify(token, expected=expectations("api.other"))
    with refused("wrong_issuer"):  # shares no secret with this issuer
        verify(token, expected=expectations("api.third"))


# ---- An issuer in the same process ----------------------------------------------------------------------------------


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False) as clock:
        yield clock


def test_an_issuer_in_the_same_process_is_not_asked_for_every_request(settings, issuer, clock):
    asked = []

    def public_keys() -> object:
        asked.append(1)
        return issuer.jwks()

    ours, *_ = settings.ACCESS_TOKENS["ISSUERS"]
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "ISSUERS": [{**ours, "public_keys": public_keys}]}
    source = trusted_issuers()[issuer.url].keys
    for _ in range(10):
        assert source.find("test-key")
    assert len(asked) == 1
    issuer.kid = "rotated"
    assert source.find("rotated")  # at once: reading is cheap here
    assert len(asked) == 2
    clock.shift(11)
    assert source.find("test-key") is None
    assert source.find("rotated")


def test_a_database_that_does_not_answer_makes_keys_unavailable(settings, issuer):
    def public_keys() -> object:
        raise OperationalError("gone")

    ours, *_ = settings.ACCESS_TOKENS["ISSUERS"]
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "ISSUERS": [{**ours, "public_keys": public_keys}]}
    with pytest.raises(KeysUnavailable, match="OperationalError"):
        trusted_issuers()[issuer.url].keys.load()
