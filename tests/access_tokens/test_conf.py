"""`settings.ACCESS_TOKENS`: a wrong entry stops the start, and says which it is, its value and the cure."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from access_tokens.conf import configuration, expectations, parse, trusted_issuers

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
