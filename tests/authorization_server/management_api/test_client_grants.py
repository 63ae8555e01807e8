"""`client-grants`: an administrator's yes, given by a machine that may."""

import pytest

from authorization_server.models import ClientGrant, LogEntry
from tests.authorization_server.management_api.conftest import PLACES_ADMIN, assert_problem, assert_wrong

ASKED = {"client_id": "unapproved-backend", "audience": PLACES_ADMIN, "scopes": ["correct:places"]}


@pytest.fixture
def grant(provisioner):
    return provisioner.creates("client-grants", **ASKED)


def test_it_is_the_ceiling_of_the_application_s_tokens_at_once(provisioner, back_channel, grant):
    assert back_channel.machine_token("unapproved-backend", audience=PLACES_ADMIN).json()["scope"] == "correct:places"
    path = f"client-grants/{grant['id']}"
    provisioner.patch(path, {"scopes": ["import:places", "correct:places"]})
    assert back_channel.machine_token("unapproved-backend", audience=PLACES_ADMIN).json()["scope"] == "correct:places import:places"
    assert provisioner.delete(path).status_code == 204
    assert back_channel.machine_token("unapproved-backend", audience=PLACES_ADMIN).status_code == 403


def test_creating_reading_and_the_log(provisioner, grant):
    assert {**grant, "id": 0, "created_at": ""} == {**ASKED, "id": 0, "created_at": "", "ends_at": None}
    assert provisioner.get(f"client-grants/{grant['id']}").json() == grant
    path = f"client-grants/{grant['id']}"
    changed = provisioner.patch(path, {"ends_at": "2199-01-01T00:00:00+02:00"}).json()
    assert changed == {**grant, "ends_at": "2198-12-31T22:00:00Z"}
    provisioner.delete(path)
    entries = LogEntry.objects.filter(event="grant.changed", by="provisioner@clients").order_by("pk")
    assert [(entry.reason, entry.client_id, entry.audience, entry.scope) for entry in entries] == [
        (reason, "unapproved-backend", PLACES_ADMIN, "correct:places") for reason in ("added", "changed", "deleted")
    ]


def test_filters_are_exact(provisioner, grant):
    assert provisioner.lists("client-grants", client_id="unapproved-backend", audience=PLACES_ADMIN) == [grant]
    assert [row["client_id"] for row in provisioner.lists("client-grants", client_id="geocoding-backend")] == ["geocoding-backend"]
    assert provisioner.lists("client-grants", audience="https://api.example.com") == []


def test_one_for_each_application_and_api(provisioner, grant):
    assert_problem(provisioner.post("client-grants", ASKED), 409, "already_there")
    assert ClientGrant.objects.filter(application__client_id="unapproved-backend").count() == 1


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"client_id": "nobody"}, {"client_id": "unknown"}),
        ({"audience": "https://nowhere.example/"}, {"audience": "unknown"}),
        ({"scopes": ["correct:places", "read", "x"]}, {"scopes[1]": "unknown", "scopes[2]": "unknown"}),
        ({"scopes": "correct:places"}, {"scopes": "invalid"}),
        ({"ends_at": "2199-01-01"}, {"ends_at": "invalid_date_time"}),
        ({"ends_at": "2199-01-01T00:00:00"}, {"ends_at": "invalid_date_time"}),
        ({"ends_at": "2199-02-30T00:00:00Z"}, {"ends_at": "invalid_date_time"}),
        ({"ends_at": 4102444800}, {"ends_at": "invalid_date_time"}),
        ({"id": 7, "api": 1, "scopes": [None]}, {"id": "read_only", "api": "unknown_field", "scopes[0]": "null"}),
    ],
    ids=str,
)
def test_what_cannot_be_is_a_400(provisioner, change, wrong):
    assert_wrong(provisioner.post("client-grants", {**ASKED, **change}), **wrong)
    assert not ClientGrant.objects.filter(application__client_id="unapproved-backend").exists()


def test_whose_it_is_and_for_what_stays(provisioner, grant):
    answer = provisioner.patch(f"client-grants/{grant['id']}", {"client_id": "calendar-web", "audience": "api.calendar"})
    assert_wrong(answer, client_id="read_only", audience="read_only")
