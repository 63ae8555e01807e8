"""Plain http is for this machine alone, unless a setting says otherwise."""

import pytest
from django.core.checks import run_checks

from tests.authorization_server.conftest import assert_refused


def errors():
    return [error.id for error in run_checks() if error.id and error.id.startswith("authorization_server.")]


@pytest.mark.parametrize("issuer", ["http://localhost:9000/", "http://127.0.0.1:9000/", "http://[::1]:9000/", "https://issuer.example/"])
def test_https_and_this_machine_are_fine(back_channel, settings, issuer):
    settings.ISSUER = issuer
    assert errors() == []
    assert back_channel.machine_token().status_code == 200


@pytest.mark.parametrize("issuer", ["http://issuer.example/", "http://192.168.1.10:9000/", "http://localhost.evil.example/"])
def test_plain_http_beyond_this_machine_is_refused_rfc6749_section_3_1(back_channel, alice, settings, issuer):
    settings.ISSUER = issuer
    assert errors() == ["authorization_server.E001"]
    assert_refused(back_channel.machine_token(), error="insecure_transport")
    assert alice.authorize().status_code == 400


def test_a_setting_allows_it_for_a_trusted_network(back_channel, settings):
    settings.ISSUER, settings.ISSUER_ALLOW_PLAIN_HTTP = "http://192.168.1.10:9000/", True
    assert errors() == []
    assert back_channel.machine_token().status_code == 200


def test_the_scheme_of_the_request_itself_does_not_matter_behind_a_proxy(back_channel, settings):
    settings.ISSUER = "https://issuer.example/"
    assert back_channel.client.get("/login", secure=False).status_code == 200
    assert back_channel.machine_token().status_code == 200


def test_an_unusable_encryption_key_is_named_at_the_start(settings):
    settings.SIGNING_KEYS_ENCRYPTION_KEY = "too-short-but-long-enough-for-the-settings-file"
    assert errors() == ["authorization_server.E002"]
