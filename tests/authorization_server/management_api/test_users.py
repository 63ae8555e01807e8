"""`users`: people's accounts, without passwords."""

import pytest

from authorization_server.models import LogEntry, User
from tests.authorization_server.management_api.conftest import assert_problem, assert_wrong


@pytest.fixture
def erin(provisioner):
    return provisioner.creates("users", username="erin", first_name="Erin", groups=["employees"])


def test_a_new_account_has_no_password_so_nobody_can_sign_in_to_it_yet(provisioner, erin, visitor):
    person = User.objects.get(username="erin")
    assert not person.has_usable_password()
    assert (erin["sub"], erin["groups"], erin["is_staff"], erin["is_superuser"]) == (person.sub, ["employees"], False, False)
    visitor.post("/login", username="erin", password="")
    assert "_auth_user_id" not in visitor.client.session
    person.set_password("set at the dashboard")
    person.save()
    visitor.post("/login", username="erin", password="set at the dashboard")
    assert visitor.client.session["_auth_user_id"] == str(person.pk)


def test_reading_and_the_log(provisioner, erin):
    path = f"users/{erin['sub']}"
    assert provisioner.get(path).json() == erin
    assert provisioner.patch(path, {"first_name": "Erika", "groups": []}).json() == {**erin, "first_name": "Erika", "groups": []}
    assert provisioner.patch(path, {"is_active": False}).json()["is_active"] is False
    assert provisioner.delete(path).status_code == 204
    assert_problem(provisioner.get(path), 404, "not_found")
    entries = LogEntry.objects.filter(user=erin["sub"], event="configuration.changed").order_by("pk")
    assert [(entry.reason, entry.by) for entry in entries] == [
        (reason, "provisioner@clients") for reason in ("added", "changed", "changed", "deleted")
    ]


def test_no_password_comes_in_or_out(provisioner, erin):
    assert_wrong(provisioner.post("users", {"username": "frank", "password": "x"}), password="unknown_field")
    text = provisioner.get("users", page_size=100).content.decode() + provisioner.get("users/usr_123").content.decode()
    assert "password" not in text
    assert not [person.username for person in User.objects.all() if person.password in text]


def test_who_is_not_active_cannot_sign_in(provisioner, visitor):
    provisioner.patch("users/usr_456", {"is_active": False})
    visitor.post("/login", username="bob", password="bob-demo")
    assert "_auth_user_id" not in visitor.client.session


def test_filters_are_exact(provisioner, erin):
    assert provisioner.lists("users", username="erin") == [erin]
    assert provisioner.lists("users", username="eri") == []
    assert [row["username"] for row in provisioner.lists("users", group="employees")] == ["alice", "erin"]
    provisioner.patch(f"users/{erin['sub']}", {"is_active": False})
    assert [row["username"] for row in provisioner.lists("users", is_active="false")] == ["erin"]
    assert [row["username"] for row in provisioner.lists("users", is_active="true", group="employees")] == ["alice"]
    assert_wrong(provisioner.get("users", is_active="1"), is_active="invalid_choice")


def test_a_user_name_is_there_once(provisioner):
    assert_problem(provisioner.post("users", {"username": "alice"}), 409, "already_there")


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"username": "required"}),
        ({"username": "has blank"}, {"username": "invalid"}),
        ({"username": "x" * 151, "sub": "usr_1"}, {"username": "max_length", "sub": "read_only"}),
        ({"username": "x", "groups": ["employees", "nobody's"]}, {"groups[1]": "unknown"}),
        ({"username": "x", "is_active": "true", "first_name": 1}, {"is_active": "invalid", "first_name": "invalid"}),
        ({"username": "x", "email": "x@example.com"}, {"email": "unknown_field"}),
    ],
    ids=str,
)
def test_what_cannot_be_is_a_400(provisioner, body, wrong):
    before = User.objects.count()
    assert_wrong(provisioner.post("users", body), **wrong)
    assert User.objects.count() == before


def test_the_user_name_stays(provisioner, erin):
    assert_wrong(provisioner.patch(f"users/{erin['sub']}", {"username": "eve"}), username="read_only")
