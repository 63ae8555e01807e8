"""More power than was given cannot be had through the Management API, whatever the scopes: each way to it ends in a clear 403."""

import pytest
from django.contrib.auth.models import Group, Permission

from authorization_server.management_api.scopes import OPERATIONS, SCOPES, write_scopes
from authorization_server.models import AccessRequest, Api, ApiScope, Application, ClientGrant, User
from tests.authorization_server.management_api.conftest import MANAGEMENT, api_of, assert_not_through_here, assert_problem, machine


@pytest.fixture
def unchanged(provisioner):
    """Nothing of this is another after the test."""

    def all_rows():
        tables = (Api, ApiScope, Application, ClientGrant, AccessRequest, User)
        return {
            **{table.__name__: list(table.objects.order_by("pk").values()) for table in tables},
            "scopes of grants": sorted(ClientGrant.objects.values_list("pk", "scopes__name")),
            "redirect URIs": sorted(Application.objects.values_list("pk", "redirect_uris__uri")),
            "groups": sorted(User.objects.values_list("pk", "groups__name"), key=str),
        }

    before = all_rows()
    yield
    assert all_rows() == before


def grant_of(client_id):
    return ClientGrant.objects.get(application__client_id=client_id, api__audience=MANAGEMENT)


# ---- Permission for the Management API itself --------------------------------------------------------------------------


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("scopes", [["read:logs"], list(SCOPES), []], ids=["one", "all", "none"])
@pytest.mark.parametrize("client_id", ["unapproved-backend", "provisioner"], ids=["another's", "its own"])
def test_no_client_grant_for_it_can_be_created(provisioner, client_id, scopes):
    assert_not_through_here(provisioner.post("client-grants", {"client_id": client_id, "audience": MANAGEMENT, "scopes": scopes}))


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("client_id", ["trail-reader", "provisioner"], ids=["another's", "its own"])
@pytest.mark.parametrize("change", [{"scopes": list(SCOPES)}, {"scopes": []}, {"ends_at": None}], ids=["more", "fewer", "longer"])
def test_no_client_grant_for_it_can_be_changed(provisioner, client_id, change):
    assert_not_through_here(provisioner.patch(f"client-grants/{grant_of(client_id).pk}", change))


@pytest.mark.usefixtures("unchanged")
def test_no_client_grant_for_it_can_be_deleted(provisioner):
    assert_not_through_here(provisioner.delete(f"client-grants/{grant_of('trail-reader').pk}"))


@pytest.mark.usefixtures("unchanged")
def test_it_cannot_be_asked_for(provisioner):
    asked = {"client_id": "unapproved-backend", "audience": MANAGEMENT, "scopes": ["read:logs"], "purpose": "To see more."}
    assert_not_through_here(provisioner.post("access-requests", asked))


@pytest.mark.parametrize(("decision", "body"), [("approve", {"scopes": ["read:logs"]}), ("deny", {"reason": "No."})])
def test_a_request_for_it_that_came_from_elsewhere_cannot_be_decided(provisioner, decision, body):
    asked = AccessRequest.objects.create(
        application=Application.objects.get(client_id="unapproved-backend"), api=api_of(MANAGEMENT), purpose="To see more."
    )
    asked.scopes.set(api_of(MANAGEMENT).scopes.all())
    assert_not_through_here(provisioner.post(f"access-requests/{asked.pk}/{decision}", body))
    asked.refresh_from_db()
    assert asked.state == "pending"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "change",
    [
        {"scopes": [{"name": "read:everything", "description": "Read everything"}]},
        {"scopes": []},
        {"machine_access": "allow_all"},
        {"user_access": "allow_all"},
        {"access_token_lifetime_seconds": 2_000_000_000},
        {"administrator": "usr_456"},
        {"name": "Another"},
        {},
    ],
    ids=str,
)
def test_its_own_resource_server_cannot_be_changed(provisioner, change):
    assert_not_through_here(provisioner.patch(f"resource-servers/{api_of(MANAGEMENT).pk}", change))


@pytest.mark.usefixtures("unchanged")
def test_its_own_resource_server_cannot_be_deleted(provisioner):
    assert_not_through_here(provisioner.delete(f"resource-servers/{api_of(MANAGEMENT).pk}"))


@pytest.mark.parametrize("field", ["audience", "resource_url"])
def test_no_other_resource_server_takes_its_name(provisioner, field):
    api = api_of(MANAGEMENT)
    Api.objects.filter(pk=api.pk).update(audience="https://moved.example/", resource_url=None)  # as after a change of ISSUER
    body = {"name": "Mine", "audience": "https://mine.example/", "machine_access": "allow_all", field: MANAGEMENT}
    assert_not_through_here(provisioner.post("resource-servers", body))


def test_no_other_resource_server_is_moved_to_its_address(provisioner):
    Api.objects.filter(audience=MANAGEMENT).update(resource_url=None)
    mine = provisioner.creates("resource-servers", name="Mine", audience="https://mine.example/")
    assert_not_through_here(provisioner.patch(f"resource-servers/{mine['id']}", {"resource_url": MANAGEMENT}))


def test_an_audience_stays_as_it_is(provisioner):
    mine = provisioner.creates("resource-servers", name="Mine", audience="https://mine.example/", machine_access="allow_all")
    answer = provisioner.patch(f"resource-servers/{mine['id']}", {"audience": MANAGEMENT})
    assert assert_problem(answer, 400, "invalid_input")["errors"][0]["field"] == "audience"


# ---- Applications ------------------------------------------------------------------------------------------------------

CHANGES = [
    ("PATCH", "", {"redirect_uris": ["https://evil.example/callback"]}),
    ("PATCH", "", {"token_endpoint_auth_method": "none"}),
    ("PATCH", "", {"name": "Daybook"}),
    ("PATCH", "", {"owner": "usr_456"}),
    ("PATCH", "", {}),
    ("POST", "/rotate-secret", None),
    ("DELETE", "", None),
]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("method", "path", "body"), CHANGES, ids=str)
@pytest.mark.parametrize("client_id", ["trail-reader", "provisioner"], ids=["another's", "its own"])
def test_an_application_that_may_call_this_api_is_not_changed(provisioner, client_id, method, path, body):
    assert_not_through_here(provisioner(method, f"clients/{client_id}{path}", body))


@pytest.mark.parametrize(("method", "path", "body"), CHANGES, ids=str)
def test_nor_one_that_the_machine_created_itself_once_it_may(provisioner, method, path, body):
    client_id = provisioner.creates_client(grant_types=["client_credentials"])["client_id"]
    ClientGrant.objects.create(application=Application.objects.get(client_id=client_id), api=api_of(MANAGEMENT))  # by a superuser
    before = Application.objects.values().get(client_id=client_id)
    assert_not_through_here(provisioner(method, f"clients/{client_id}{path}", body))
    assert Application.objects.values().get(client_id=client_id) == before


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("method", "path", "body"), CHANGES, ids=str)
@pytest.mark.parametrize("client_id", ["calendar-web", "unapproved-backend", "calendar-spa"])
def test_an_application_that_somebody_else_created_is_not_changed(provisioner, client_id, method, path, body):
    assert_not_through_here(provisioner(method, f"clients/{client_id}{path}", body))


@pytest.mark.parametrize(("method", "path", "body"), CHANGES, ids=str)
def test_nor_one_of_another_machine_s(provisioner, other, method, path, body):
    client_id = other.creates_client()["client_id"]
    before = Application.objects.values().get(client_id=client_id)
    assert_not_through_here(provisioner(method, f"clients/{client_id}{path}", body))
    assert Application.objects.values().get(client_id=client_id) == before


@pytest.mark.parametrize("field", ["created_by", "client_id", "is_demo", "secret_sha256", "client_secret"])
def test_who_created_an_application_and_what_it_is_called_is_not_the_caller_s_to_say(provisioner, field):
    answer = provisioner.post("clients", {"name": "Mine", field: "other@clients"})
    assert [error["field"] for error in assert_problem(answer, 400, "invalid_input")["errors"]] == [field]
    mine = provisioner.creates_client()["client_id"]
    answer = provisioner.patch(f"clients/{mine}", {field: "calendar-web"})
    assert [error["field"] for error in assert_problem(answer, 400, "invalid_input")["errors"]] == [field]


# ---- People ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def powerful_group(provisioner):
    """One that opens a part of the dashboard."""
    group = Group.objects.create(name="keepers")
    group.permissions.add(Permission.objects.get(codename="add_clientgrant"))
    return group


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("field", ["is_staff", "is_superuser"])
@pytest.mark.parametrize("value", [True, False, None])
def test_nobody_is_made_staff_or_superuser(provisioner, field, value):
    assert_not_through_here(provisioner.post("users", {"username": "erin", field: value}))
    assert_not_through_here(provisioner.patch("users/usr_456", {field: value}))


@pytest.mark.usefixtures("powerful_group", "unchanged")
def test_nobody_is_let_into_a_group_that_has_permissions_in_the_dashboard(provisioner):
    assert_not_through_here(provisioner.post("users", {"username": "erin", "groups": ["keepers"]}))
    assert_not_through_here(provisioner.patch("users/usr_456", {"groups": ["employees", "keepers"]}))


def test_who_is_in_such_a_group_may_stay_or_leave(provisioner, powerful_group):
    User.objects.get(username="bob").groups.add(powerful_group)
    assert provisioner.patch("users/usr_456", {"groups": ["keepers", "employees"]}).json()["groups"] == ["employees", "keepers"]
    assert provisioner.patch("users/usr_456", {"groups": []}).json()["groups"] == []


@pytest.mark.parametrize("kind", ["is_staff", "is_superuser"])
@pytest.mark.parametrize("change", [{"is_active": False}, {"first_name": "Eve"}, {"groups": []}, {}], ids=str)
def test_staff_and_superusers_are_not_changed(provisioner, kind, change):
    User.objects.filter(username="bob").update(**{kind: True})
    before = User.objects.values().get(username="bob")
    assert_not_through_here(provisioner.patch("users/usr_456", change))
    assert User.objects.values().get(username="bob") == before


@pytest.mark.usefixtures("unchanged")
def test_nor_deleted(provisioner):
    assert_not_through_here(provisioner.delete("users/usr_100"))


# ---- Tokens ------------------------------------------------------------------------------------------------------------


def test_a_person_s_token_is_refused_at_every_endpoint_whatever_its_scopes(alice, back_channel, client):
    write_scopes(api_of(MANAGEMENT))
    code = alice.code(audience=MANAGEMENT, scope=" ".join(SCOPES))
    token = back_channel.redeem(code).json()["access_token"]
    for operation in OPERATIONS:
        path = operation.path.replace("<pk>", "1").replace("<sub>", "usr_456").replace("<kid>", "x").replace("<client_id>", "calendar-web")
        answer = client.generic(operation.method, f"/api/v2/{path}", headers={"Authorization": f"Bearer {token}"})
        assert_problem(answer, 403, "user_token_refused")


def test_each_operation_takes_its_one_scope_and_all_others_do_not_do(provisioner, back_channel, client):
    for operation in OPERATIONS:
        needed = {operation.scope}
        without = machine(back_channel, "narrow", SCOPES.keys() - needed - ({"read:trails"} if operation.scope == "read:logs" else set()))
        path = operation.path.replace("<pk>", "999").replace("<sub>", "usr_999").replace("<kid>", "x").replace("<client_id>", "x")
        answer = without(operation.method, path, {})
        assert_problem(answer, 403, "insufficient_scope")
        assert f'scope="{operation.scope}"' in answer["WWW-Authenticate"]
        alone = machine(back_channel, "narrow", needed)
        answer = alone(operation.method, path, {})
        assert answer.status_code != 401, operation
        assert answer.status_code != 403, operation
