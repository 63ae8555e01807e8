"""`/healthz` says that the process answers, `/readyz` that what it needs is there; a part that is not is named, with its cure."""

import json

import pytest

from geocoding_api import places


@pytest.fixture
def signing_keys(db):
    """The first keys of the authorization server."""
    from authorization_server import keys

    return keys.create_missing()


def test_alive_needs_nothing_but_the_process(client):
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "service": "all"}


def test_ready_names_each_part_that_was_looked_at(client, signing_keys):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["parts"] == {"database": "ok", "signing_keys": "ok", "issuer_keys": "ok", "places": "ok"}


def test_without_a_signing_key_the_authorization_server_is_not_ready(client, db):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"]["signing_keys"] == "no signing key"


def test_without_its_data_the_geocoding_api_is_not_ready_and_names_the_command(client, signing_keys, monkeypatch, tmp_path):
    monkeypatch.setattr(places, "DATA", tmp_path)
    monkeypatch.setattr(places, "_loaded", None)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "make geodata" in response.json()["parts"]["places"]
    assert response.json()["parts"]["database"] == "ok"


def test_an_api_that_shares_a_secret_with_the_issuer_is_ready_with_it_alone(client, signing_keys, settings, read_settings):
    shared = json.dumps({"api.calendar": "s" * 32})
    of_its_own_process = read_settings(SERVICE="calendar_api", TOKEN_ALGORITHMS="HS256", TOKEN_SYMMETRIC_KEYS=shared)
    for name in ("SERVICE", "OWN_AUDIENCE", "ISSUER", "ACCESS_TOKENS"):
        setattr(settings, name, of_its_own_process[name])
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["parts"] == {"database": "ok", "issuer_keys": "ok"}


def test_with_a_migration_missing_the_database_is_not_ready_and_names_the_command(client, signing_keys):
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="calendar_api").delete()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "python manage.py migrate" in response.json()["parts"]["database"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_sets_no_cookie(client, signing_keys, path):
    assert not client.get(path).cookies
