"""`clients`: read by all who may, changed by the machine that created them; a secret is shown once."""

import pytest
from django.db import IntegrityError

from authorization_server.models import Application, ClientGrant, LogEntry, PreconfiguredConsent, RedirectUri, User
from tests.authorization_server.conftest import GEOCODING
from tests.authorization_server.management_api.conftest import api_of, assert_problem, assert_wrong


def logged(client_id):
    entries = LogEntry.objects.filter(client_id=client_id, by="provisioner@clients").order_by("pk")
    return [(entry.event, entry.reason) for entry in entries]


def test_a_new_machine_gets_its_secret_once_and_with_a_client_grant_its_token(provisioner, back_channel):
    answer = provisioner.post("clients", {"name": "Nightly import", "grant_types": ["client_credentials"]})
    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    created = answer.json()
    secret, client_id = created.pop("client_secret"), created["client_id"]
    assert len(secret) == 43  # 256 random bits
    assert answer["Location"] == f"http://localhost:8000/api/v2/clients/{client_id}"
    assert provisioner.get(f"clients/{client_id}").json() == created
    assert secret not in provisioner.get("clients", page_size=100).content.decode()
    assert Application.objects.get(client_id=client_id).created_by == "provisioner@clients"

    provisioner.creates("client-grants", client_id=client_id, audience=GEOCODING)
    assert back_channel.machine_token(client_id, client_secret=secret).status_code == 200
    assert logged(client_id) == [("configuration.changed", "added"), ("grant.changed", "added")]


def test_what_is_left_out_is_as_the_dashboard_has_it(provisioner):
    created = provisioner.creates("clients", name="Nightly import")
    for made in ("client_id", "client_secret"):
        created.pop(made)
    assert created == {
        "name": "Nightly import",
        "owner": None,
        "token_endpoint_auth_method": "client_secret_either",
        "grant_types": [],
        "redirect_uris": [],
        "requires_pkce": True,
        "access_token_lifetime_seconds": None,
        "refresh_token_idle_seconds": 1296000,
        "refresh_token_absolute_seconds": 2592000,
        "is_demo": False,
        "created_by": "provisioner@clients",
    }


def test_a_public_one_has_no_secret(provisioner):
    created = provisioner.creates_client(token_endpoint_auth_method="none", grant_types=["authorization_code"])
    assert created["client_secret"] == ""
    assert_problem(provisioner.post(f"clients/{created['client_id']}/rotate-secret"), 409, "no_secret")


def test_a_change_changes_what_is_named_and_shows_no_secret(provisioner):
    created = provisioner.creates_client(owner="usr_789", redirect_uris=["https://rooms.example/a", "https://rooms.example/b"])
    path = f"clients/{created['client_id']}"
    change = {
        "name": "Rooms",
        "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": ["https://rooms.example/b", "https://c.example/"],
    }
    answer = provisioner.patch(path, change)
    assert answer.json() == {**created, **change, "client_secret": ""}
    assert provisioner.patch(path, {"owner": None}).json()["owner"] is None
    assert logged(created["client_id"]) == [("configuration.changed", "added")] + [("configuration.changed", "changed")] * 2
    detail = LogEntry.objects.filter(client_id=created["client_id"]).order_by("-pk")[1].detail
    assert detail.endswith("(name, grant_types, redirect_uris)")


def test_a_change_of_nothing_is_no_change(provisioner):
    created = provisioner.creates_client()
    assert provisioner.patch(f"clients/{created['client_id']}", {}).json() == {**created, "client_secret": ""}
    assert logged(created["client_id"]) == [("configuration.changed", "added")]


def test_one_that_stops_being_public_gets_a_secret_and_one_that_becomes_public_loses_it(provisioner):
    path = f"clients/{provisioner.creates_client(token_endpoint_auth_method='none')['client_id']}"
    secret = provisioner.patch(path, {"token_endpoint_auth_method": "client_secret_basic"}).json()["client_secret"]
    assert Application.objects.get(client_id=path.partition("/")[2]).has_secret(secret)
    assert provisioner.patch(path, {"token_endpoint_auth_method": "none"}).json()["client_secret"] == ""
    assert Application.objects.get(client_id=path.partition("/")[2]).secret_sha256 == ""


def test_another_secret_takes_the_old_one_s_place_at_once(provisioner):
    created = provisioner.creates_client()
    answer = provisioner.post(f"clients/{created['client_id']}/rotate-secret")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    application = Application.objects.get(client_id=created["client_id"])
    assert application.has_secret(answer.json()["client_secret"])
    assert not application.has_secret(created["client_secret"])
    entry = LogEntry.objects.filter(client_id=created["client_id"]).latest("pk")
    assert (entry.reason, entry.by) == ("changed", "provisioner@clients")
    assert entry.detail.endswith("(secret)")


def test_deleting(provisioner):
    client_id = provisioner.creates_client()["client_id"]
    answer = provisioner.delete(f"clients/{client_id}")
    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (204, b"", "no-store")
    assert_problem(provisioner.get(f"clients/{client_id}"), 404, "not_found")
    assert_problem(provisioner.delete(f"clients/{client_id}"), 404, "not_found")
    assert logged(client_id)[-1] == ("configuration.changed", "deleted")


def test_secrets_and_their_hashes_never_come_out(provisioner):
    hashes = set(Application.objects.exclude(secret_sha256="").values_list("secret_sha256", flat=True))
    text = provisioner.get("clients", page_size=100).content.decode() + provisioner.get("clients/calendar-web").content.decode()
    assert not [one for one in hashes if one in text]
    assert "secret_sha256" not in text
    assert '"client_secret"' not in text


def test_filters_are_exact(provisioner):
    mine = provisioner.creates_client(owner="usr_456")["client_id"]
    assert [row["client_id"] for row in provisioner.lists("clients", created_by="provisioner@clients")] == [mine]
    assert [row["client_id"] for row in provisioner.lists("clients", owner="usr_789")] == ["unapproved-backend"]
    assert [row["client_id"] for row in provisioner.lists("clients", owner="usr_456", created_by="provisioner@clients")] == [mine]
    assert provisioner.lists("clients", owner="usr_78") == []


def test_everything_that_is_wrong_is_named_at_once(provisioner):
    body = {
        "colour": "blue",
        "created_by": "me",
        "name": "x" * 101,
        "owner": 5,
        "token_endpoint_auth_method": "private_key_jwt",
        "grant_types": ["authorization_code", "password", 7],
        "redirect_uris": ["https://rooms.example/#x", "javascript:alert(1)"],
        "requires_pkce": "no",
        "access_token_lifetime_seconds": 9,
        "refresh_token_idle_seconds": 2**31,
        "refresh_token_absolute_seconds": True,
    }
    wrong = {
        "colour": "unknown_field",
        "created_by": "read_only",
        "name": "max_length",
        "owner": "invalid",
        "token_endpoint_auth_method": "invalid_choice",
        "grant_types[1]": "invalid_choice",
        "grant_types[2]": "invalid_choice",
        "redirect_uris[0]": "invalid",
        "redirect_uris[1]": "invalid",
        "requires_pkce": "invalid",
        "access_token_lifetime_seconds": "invalid",
        "refresh_token_idle_seconds": "invalid",
        "refresh_token_absolute_seconds": "invalid",
    }
    assert_wrong(provisioner.post("clients", body), **wrong)
    path = f"clients/{provisioner.creates_client()['client_id']}"
    assert_wrong(provisioner.patch(path, body), **wrong)
    assert Application.objects.filter(created_by="provisioner@clients").count() == 1


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"name": "required"}),
        ({"name": None, "redirect_uris": None, "grant_types": None}, {"name": "null", "redirect_uris": "null", "grant_types": "null"}),
        ({"name": "x", "owner": "nobody"}, {"owner": "unknown"}),
        ({"name": "x", "redirect_uris": "https://rooms.example/"}, {"redirect_uris": "invalid"}),
        ({"name": "x", "redirect_uris": ["https://rooms.example/"] * 2}, {"redirect_uris": "repeated"}),
        ({"name": "x", "redirect_uris": [f"https://rooms.example/{n}" for n in range(201)]}, {"redirect_uris": "too_many"}),
        ({"name": "x", "grant_types": ["refresh_token"]}, {"": "invalid"}),
        ({"name": "x", "token_endpoint_auth_method": "none", "grant_types": ["client_credentials"]}, {"": "invalid"}),
        ({"name": "x", "token_endpoint_auth_method": "none", "requires_pkce": False}, {"": "invalid"}),
        ({"name": "x", "refresh_token_idle_seconds": 3_000_000}, {"": "invalid"}),
    ],
    ids=str,
)
def test_what_cannot_be_is_a_400(provisioner, body, wrong):
    assert_wrong(provisioner.post("clients", body), **wrong)
    assert not Application.objects.filter(created_by="provisioner@clients").exists()


def test_one_for_which_consent_is_pre_configured_does_not_become_public(provisioner):
    client_id = provisioner.creates_client()["client_id"]
    PreconfiguredConsent.objects.create(application=Application.objects.get(client_id=client_id), api=api_of("api.calendar"))
    assert_wrong(
        provisioner.patch(f"clients/{client_id}", {"token_endpoint_auth_method": "none"}),
        token_endpoint_auth_method="invalid",
    )


def test_deleting_takes_its_client_grants_along(provisioner):
    client_id = provisioner.creates_client()["client_id"]
    provisioner.creates("client-grants", client_id=client_id, audience=GEOCODING)
    provisioner.delete(f"clients/{client_id}")
    assert not ClientGrant.objects.filter(application__client_id=client_id).exists()


def test_an_owner_can_be_deleted(provisioner):
    client_id = provisioner.creates_client(owner="usr_456")["client_id"]
    User.objects.get(sub="usr_456").delete()
    assert provisioner.get(f"clients/{client_id}").json()["owner"] is None


def test_who_meets_another_change_at_the_same_moment_is_told_so_and_nothing_is_stored(provisioner, monkeypatch):
    def too_late(*args, **options):
        raise IntegrityError("a row that this one names is gone")

    monkeypatch.setattr(RedirectUri.objects, "create", too_late)
    answer = provisioner.post("clients", {"name": "Mine", "redirect_uris": ["https://rooms.example/"]})
    assert_problem(answer, 409, "already_there")
    assert not Application.objects.filter(name="Mine").exists()
