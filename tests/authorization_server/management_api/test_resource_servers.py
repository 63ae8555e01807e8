"""`resource-servers`: APIs with their scopes nested; no shared secret comes out."""

import pytest

from authorization_server import keys
from authorization_server.models import Api, LogEntry, SignedWith
from tests.authorization_server.management_api.conftest import api_of, assert_problem, assert_wrong

ROOMS = {"name": "Rooms API", "audience": "https://rooms.example/"}
READ = {"name": "read:rooms", "description": "See which rooms are free", "changes_data": False}
BOOK = {"name": "book:rooms", "description": "Book rooms", "changes_data": True}


@pytest.fixture
def rooms(provisioner):
    return provisioner.creates("resource-servers", **ROOMS, scopes=[READ, BOOK])


def test_creating_and_reading(provisioner, rooms):
    assert rooms == {
        "id": rooms["id"],
        **ROOMS,
        "resource_url": None,
        "user_access": "allow_all",
        "machine_access": "require_grant",
        "access_token_lifetime_seconds": 86400,
        "browser_token_lifetime_seconds": 7200,
        "typ": "at+jwt",
        "signed_with": "server_key",
        "administrator": None,
        "scopes": [READ, BOOK],
    }
    assert provisioner.get(f"resource-servers/{rooms['id']}").json() == rooms
    assert provisioner.lists("resource-servers", audience=rooms["audience"]) == [rooms]
    entry = LogEntry.objects.filter(audience=rooms["audience"]).get()
    assert (entry.event, entry.reason, entry.by) == ("configuration.changed", "added", "provisioner@clients")


def test_scopes_that_are_sent_are_all_that_there_are(provisioner, rooms):
    path = f"resource-servers/{rooms['id']}"
    scope_ids = dict(api_of(rooms["audience"]).scopes.values_list("name", "pk"))
    clean = {"name": "clean:rooms", "description": "Clean rooms", "changes_data": True}
    changed = {**READ, "description": "See all rooms"}
    assert provisioner.patch(path, {"scopes": [changed, clean]}).json()["scopes"] == [changed, clean]
    assert api_of(rooms["audience"]).scopes.get(name="read:rooms").pk == scope_ids["read:rooms"]  # so consents keep it
    assert provisioner.patch(path, {"administrator": "usr_321"}).json()["scopes"] == [changed, clean]
    assert provisioner.patch(path, {"scopes": []}).json()["scopes"] == []
    assert [entry.reason for entry in LogEntry.objects.filter(audience=rooms["audience"]).order_by("pk")] == ["added"] + ["changed"] * 3


def test_deleting(provisioner, rooms):
    path = f"resource-servers/{rooms['id']}"
    assert provisioner.delete(path).status_code == 204
    assert_problem(provisioner.get(path), 404, "not_found")
    assert_problem(provisioner.delete(path), 404, "not_found")
    assert_problem(provisioner.patch(path, {}), 404, "not_found")


@pytest.mark.parametrize(
    "taken", [{"name": "Calendar API"}, {"audience": "api.calendar"}, {"resource_url": "http://localhost:8000/calendar/v1"}], ids=str
)
def test_what_another_has_is_a_409_and_nothing_is_stored(provisioner, rooms, taken):
    before = list(Api.objects.order_by("pk").values())
    assert_problem(provisioner.post("resource-servers", {"name": "New", "audience": "https://new.example/", **taken}), 409, "already_there")
    if "audience" not in taken:
        answer = provisioner.patch(f"resource-servers/{rooms['id']}", {**taken, "scopes": []})
        assert_problem(answer, 409, "already_there")
    assert list(Api.objects.order_by("pk").values()) == before
    assert api_of(rooms["audience"]).scopes.count() == 2


def test_everything_that_is_wrong_is_named_at_once(provisioner, rooms):
    body = {
        "name": "",
        "audience": 7,
        "resource_url": "x" * 201,
        "user_access": "everybody",
        "machine_access": None,
        "access_token_lifetime_seconds": 10**30,
        "browser_token_lifetime_seconds": 1.5,
        "typ": "jwt",
        "signed_with": "shared_secret",
        "administrator": [],
        "scopes": [READ, {"name": "x", "describtion": "y"}, "read", {**BOOK, "changes_data": 1}],
        "shared_secret_encrypted": "x",
    }
    wrong = {
        "name": "empty",
        "audience": "invalid",
        "resource_url": "max_length",
        "user_access": "invalid_choice",
        "machine_access": "null",
        "access_token_lifetime_seconds": "invalid",
        "browser_token_lifetime_seconds": "invalid",
        "typ": "invalid_choice",
        "signed_with": "read_only",
        "administrator": "invalid",
        "scopes[1].describtion": "unknown_field",
        "scopes[1].description": "required",
        "scopes[2]": "invalid_type",
        "scopes[3].changes_data": "invalid",
        "shared_secret_encrypted": "unknown_field",
    }
    assert_wrong(provisioner.post("resource-servers", body), **wrong)
    assert_wrong(provisioner.patch(f"resource-servers/{rooms['id']}", body), **{**wrong, "audience": "read_only"})


@pytest.mark.parametrize(
    ("scopes", "wrong"),
    [
        ([READ, {**BOOK, "name": "read:rooms"}], {"scopes": "repeated"}),
        ([{**READ, "name": "read rooms"}], {"scopes[0].name": "invalid"}),
        ([READ, {**BOOK, "name": 'book"rooms'}], {"scopes[1].name": "invalid"}),
        ([READ, {**BOOK, "name": "openid"}], {"scopes[1]": "invalid"}),
        ([READ, {**BOOK, "name": "offline_access"}], {"scopes[1]": "invalid"}),
        ({"read": "x"}, {"scopes": "invalid"}),
    ],
    ids=str,
)
def test_scopes_that_cannot_be(provisioner, rooms, scopes, wrong):
    assert_wrong(provisioner.patch(f"resource-servers/{rooms['id']}", {"name": "Other", "scopes": scopes}), **wrong)
    assert provisioner.get(f"resource-servers/{rooms['id']}").json() == rooms


def test_no_audience_is_an_application_s_client_id(provisioner):
    assert_wrong(provisioner.post("resource-servers", {"name": "New", "audience": "calendar-web"}), audience="invalid")


def test_a_shared_secret_never_comes_out(provisioner, rooms):
    api = api_of(rooms["audience"])
    secret = keys.set_new_shared_secret(api)
    api.signed_with = SignedWith.SHARED_SECRET
    api.save()
    answer = provisioner.get(f"resource-servers/{api.pk}")
    assert answer.json() == {**rooms, "signed_with": "shared_secret"}
    changed = provisioner.patch(f"resource-servers/{api.pk}", {"name": "Rooms"}).json()
    assert changed == {**rooms, "signed_with": "shared_secret", "name": "Rooms"}
    api.refresh_from_db()
    assert keys.signer_for(api).key == secret
