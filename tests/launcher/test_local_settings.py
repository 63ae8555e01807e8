"""Secrets are made once, for their owner alone; `.env` is read as python-dotenv reads it for the services."""

import base64
import stat
import sys

import pytest
from dotenv import dotenv_values

from launcher.local_settings import given, make_secrets_once, read_dotenv, write_addresses

DOTENV = """
# a comment
ISSUER=https://tenant.example/
export CALENDAR_AUDIENCE = api.calendar
GEOCODING_AUDIENCE="https://api.example.com/geocoding/v1/"   # behind quotes
CALENDAR_WEB_CLIENT_SECRET='with # and = inside'
SCOPE_CLAIM=scp # behind a value
DEMO_CLIENT_URL=http://localhost:8000/#fragment
CACHE_URL=
"""


def test_a_dotenv_file_is_read_as_the_services_read_it(tmp_path):
    file = tmp_path / ".env"
    file.write_text(DOTENV)
    assert read_dotenv(file) == dict(dotenv_values(file))


def test_a_missing_dotenv_file_has_no_values(tmp_path):
    assert read_dotenv(tmp_path / ".env") == {}


def test_the_environment_wins_over_dotenv_and_empty_values_are_not_given(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("ISSUER=https://dotenv.example/\nCACHE_URL=\nSCOPE_CLAIM=scp\n")
    monkeypatch.setenv("ISSUER", "https://environment.example/")
    values = given(tmp_path)
    assert (values["ISSUER"], values["SCOPE_CLAIM"]) == ("https://environment.example/", "scp")
    assert "CACHE_URL" not in values


def test_secrets_are_made_once_and_kept(tmp_path):
    file = tmp_path / "var" / "secrets.env"
    assert make_secrets_once(file)
    first = read_dotenv(file)
    assert len(first["DJANGO_SECRET_KEY"]) >= 50
    assert len(base64.urlsafe_b64decode(first["SIGNING_KEYS_ENCRYPTION_KEY"])) == 32
    assert not make_secrets_once(file)
    assert read_dotenv(file) == first


def test_a_missing_secret_is_added_and_the_others_stay(tmp_path):
    file = tmp_path / "secrets.env"
    file.write_text("SIGNING_KEYS_ENCRYPTION_KEY=mine\n")
    assert make_secrets_once(file)
    assert read_dotenv(file)["SIGNING_KEYS_ENCRYPTION_KEY"] == "mine"
    assert read_dotenv(file)["DJANGO_SECRET_KEY"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file modes")
def test_only_their_owner_can_read_the_secrets(tmp_path):
    make_secrets_once(tmp_path / "secrets.env")
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600


def test_the_addresses_in_use_are_read_back_as_written(tmp_path):
    file = tmp_path / "var" / "demo.env"
    write_addresses(file, {"ISSUER": "http://localhost:9010/"})
    write_addresses(file, {"ISSUER": "http://localhost:9020/", "DEMO_IDENTITIES": "1"})
    assert dict(dotenv_values(file)) == {"ISSUER": "http://localhost:9020/", "DEMO_IDENTITIES": "1"}
