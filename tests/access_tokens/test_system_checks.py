"""`manage.py check` names the usual mistakes, each with its cure."""

import pytest

from access_tokens import system_checks
from access_tokens.authentication import AccessTokenAuthentication
from access_tokens.system_checks import check_audiences, check_cryptography, check_settings

GOOD = {"issuer": "https://tenant.example/"}


def ids(messages):
    assert all(message.hint or message.id.endswith("E002") for message in messages)
    return [message.id.removeprefix("access_tokens.") for message in messages]


def test_this_project_has_nothing_to_report():
    assert check_settings() == check_cryptography() == []


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ({"ISSUERS": [GOOD]}, []),
        ({}, ["E001"]),
        ({"ISSUERS": []}, ["E001"]),
        ({"ISSUERS": [{"issuer": "https://tenant.example"}]}, ["W001"]),
        ({"ISSUERS": [{"issuer": "https://tenant.example/realms/x", "machine_rule": "keycloak:kind=service"}]}, []),
        ({"ISSUERS": [{"issuer": "https://login.example/v2.0", "machine_rule": "entra"}]}, []),
        ({"ISSUERS": [{**GOOD, "algorithms": ["HS256"], "symmetric_keys": {"api": "short"}}]}, ["E003"]),
        ({"ISSUERS": [{**GOOD, "algorithms": ["HS256"], "symmetric_keys": {"api": "s" * 32}}]}, []),
        ({"ISSUERS": [{**GOOD, "algorithms": ["HS256", "RS256"], "symmetric_keys": {"api": "s" * 32}}]}, ["E004"]),
        ({"ISSUERS": [{**GOOD, "symmetric_keys": {"api": "s" * 32}}]}, ["E004"]),
        ({"ISSUERS": [{**GOOD, "algorithms": ["HS256"], "symmetric_keys": {"api": "s" * 32}, "jwks_uri": "https://x.example/"}]}, ["E004"]),
        ({"ISSUERS": [{**GOOD, "algorithms": ["nonsense"]}]}, ["E002"]),
        ({"ISSUERS": [{**GOOD, "algorithms": 5}]}, ["E002"]),
        ({"ISSUERS": [{**GOOD, "symmetric_keys": 5}]}, ["E002"]),
        ({"ISSUERS": ["https://tenant.example/"]}, ["E002"]),
        ({"ISSUERS": "https://tenant.example/"}, ["E002"]),
        ({"ISSUERS": [GOOD], "LEEWAY_SECONDS": "x"}, ["E002"]),
    ],
)
def test_the_settings_are_checked(settings, raw, found):
    settings.ACCESS_TOKENS = raw
    assert ids(check_settings()) == found


def test_a_secret_is_never_printed(settings):
    settings.ACCESS_TOKENS = {"ISSUERS": [{**GOOD, "algorithms": ["HS256"], "symmetric_keys": {"api": "my-secret"}}]}
    assert "my-secret" not in str(check_settings())


def test_missing_cryptography_is_said_with_the_command_to_run(monkeypatch):
    monkeypatch.setattr(system_checks, "find_spec", lambda name: None)
    (message,) = check_cryptography()
    assert "pip install 'PyJWT[crypto]'" in str(message.hint)


def test_an_api_that_names_no_audience_is_found_by_its_class():
    class Forgetful(AccessTokenAuthentication):
        resource = "https://api.example/v1"

    try:
        assert [message for message in check_audiences() if "Forgetful" in message.msg and message.id == "access_tokens.E006"]
        assert not [message for message in check_audiences() if "CalendarAccessToken" in message.msg]
    finally:
        Forgetful.audience = "api.forgetful"  # the class outlives this test


def test_the_checks_are_registered():
    from django.core.checks.registry import registry

    assert {check_settings, check_cryptography, check_audiences} <= set(registry.get_checks())
