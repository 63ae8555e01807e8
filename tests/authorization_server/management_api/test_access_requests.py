"""`access-requests`: asked and decided by machines, as people do on the pages."""

import pytest

from authorization_server.models import AccessRequest, Application, ClientGrant, LogEntry, User
from tests.authorization_server.management_api.conftest import PLACES_ADMIN, api_of, assert_problem, assert_wrong

ASKED = {
    "client_id": "unapproved-backend",
    "audience": PLACES_ADMIN,
    "scopes": ["correct:places", "import:places"],
    "purpose": "Corrects names.",
}


@pytest.fixture
def asked(provisioner):
    return provisioner.creates("access-requests", **ASKED)


def decisions():
    return [(entry.event, entry.scope) for entry in LogEntry.objects.filter(by="provisioner@clients").order_by("pk")]


def test_asking(provisioner, asked):
    assert {name: asked[name] for name in ASKED} == ASKED
    assert (asked["state"], asked["requested_by"], asked["granted_scopes"], asked["decided_at"]) == ("pending", None, [], None)
    assert provisioner.get(f"access-requests/{asked['id']}").json() == asked
    assert decisions() == [("access_request.asked", "correct:places import:places")]


def test_approving_some_of_it_writes_the_client_grant(provisioner, asked, back_channel):
    answer = provisioner.post(f"access-requests/{asked['id']}/approve", {"scopes": ["correct:places"], "ends_at": "2199-01-01T00:00:00Z"})
    approved = answer.json()
    assert (approved["state"], approved["granted_scopes"]) == ("approved", ["correct:places"])
    assert approved["decided_by"] == "provisioner@clients"
    assert back_channel.machine_token("unapproved-backend", audience=PLACES_ADMIN).json()["scope"] == "correct:places"
    assert str(ClientGrant.objects.get(application__client_id="unapproved-backend").ends_at) == "2199-01-01 00:00:00+00:00"
    assert decisions()[1:3] == [("access_request.approved", "correct:places"), ("grant.changed", "correct:places")]


def test_denying_says_why(provisioner, asked, back_channel):
    denied = provisioner.post(f"access-requests/{asked['id']}/deny", {"reason": "Not needed."}).json()
    assert (denied["state"], denied["reason"], denied["decided_by"]) == ("denied", "Not needed.", "provisioner@clients")
    assert back_channel.machine_token("unapproved-backend", audience=PLACES_ADMIN).status_code == 403
    assert decisions()[1][0] == "access_request.denied"


@pytest.mark.parametrize("first", [("approve", {"scopes": ["correct:places"]}), ("deny", {"reason": "No."})], ids=["approved", "denied"])
@pytest.mark.parametrize("then", [("approve", {"scopes": ["import:places"]}), ("deny", {"reason": "No."})], ids=["approve", "deny"])
def test_what_is_decided_stays_decided(provisioner, asked, first, then):
    assert provisioner.post(f"access-requests/{asked['id']}/{first[0]}", first[1]).status_code == 200
    before = AccessRequest.objects.values().get(pk=asked["id"])
    assert_problem(provisioner.post(f"access-requests/{asked['id']}/{then[0]}", then[1]), 409, "already_there")
    assert AccessRequest.objects.values().get(pk=asked["id"]) == before


def test_one_waits_at_a_time(provisioner, asked):
    assert_problem(provisioner.post("access-requests", ASKED), 409, "already_there")


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"scopes": []}, {"scopes": "not_possible"}),
        ({}, {"scopes": "required"}),
        ({"scopes": ["read"]}, {"scopes[0]": "unknown"}),
        ({"scopes": ["correct:places"], "ends_at": "2001-01-01T00:00:00Z"}, {"ends_at": "not_possible"}),
        ({"scopes": ["correct:places"], "reason": "x"}, {"reason": "unknown_field"}),
    ],
    ids=str,
)
def test_what_cannot_be_approved(provisioner, asked, body, wrong):
    assert_wrong(provisioner.post(f"access-requests/{asked['id']}/approve", body), **wrong)
    assert provisioner.get(f"access-requests/{asked['id']}").json() == asked


def test_more_than_was_asked_for_is_not_approved(provisioner):
    asked = provisioner.creates("access-requests", **{**ASKED, "scopes": ["correct:places"]})
    answer = provisioner.post(f"access-requests/{asked['id']}/approve", {"scopes": ["correct:places", "import:places"]})
    assert_wrong(answer, scopes="not_possible")


@pytest.mark.parametrize(("body", "wrong"), [({}, {"reason": "required"}), ({"reason": "  "}, {"reason": "empty"})], ids=str)
def test_a_denial_has_a_reason(provisioner, asked, body, wrong):
    assert_wrong(provisioner.post(f"access-requests/{asked['id']}/deny", body), **wrong)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"audience": "api.calendar", "scopes": ["read"]}, {"audience": "not_possible"}),
        ({"client_id": "nobody"}, {"client_id": "unknown"}),
        ({"scopes": ["read"]}, {"scopes[0]": "unknown"}),
        ({"purpose": "x" * 501, "state": "approved"}, {"purpose": "max_length", "state": "read_only"}),
    ],
    ids=str,
)
def test_what_cannot_be_asked(provisioner, change, wrong):
    assert_wrong(provisioner.post("access-requests", {**ASKED, **change}), **wrong)
    assert not AccessRequest.objects.exists()


def test_filters_are_exact_and_a_person_s_request_says_whose_it_is(provisioner, asked):
    dora = User.objects.get(username="dora")
    application = Application.objects.get(client_id="geocoding-backend")
    AccessRequest.objects.create(application=application, api=api_of(PLACES_ADMIN), purpose="x", requested_by=dora)
    provisioner.post(f"access-requests/{asked['id']}/deny", {"reason": "No."})
    assert [row["requested_by"] for row in provisioner.lists("access-requests", state="pending")] == ["usr_789"]
    assert [row["id"] for row in provisioner.lists("access-requests", state="denied", client_id="unapproved-backend")] == [asked["id"]]
    assert len(provisioner.lists("access-requests", audience=PLACES_ADMIN)) == 2
    assert provisioner.lists("access-requests", audience="api.calendar") == []
    assert_wrong(provisioner.get("access-requests", state="open"), state="invalid_choice")
