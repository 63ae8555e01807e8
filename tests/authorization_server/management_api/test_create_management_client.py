"""`create_management_client`: from an empty database to a machine that may call the Management API."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from access_tokens import conf
from authorization_server import keys
from authorization_server.management_api.scopes import SCOPES
from authorization_server.models import Api, Application, ClientGrant, LogEntry
from tests.authorization_server.conftest import BackChannel
from tests.authorization_server.management_api.conftest import MANAGEMENT, Caller, assert_problem


@pytest.fixture
def fresh(db, quick_secrets):
    """A new production database: keys, and nothing else."""
    keys.create_missing()
    conf.forget()


def run(*arguments):
    """The lines that the command prints, by what stands before the colon."""
    out = StringIO()
    call_command("create_management_client", *arguments, stdout=out)
    return dict(line.split(": ", 1) for line in out.getvalue().splitlines() if ": " in line)


def token_for(printed):
    credentials = {"client_id": printed["client_id"], "client_secret": printed["client_secret"], "audience": printed["audience"]}
    return BackChannel().form(grant_type="client_credentials", **credentials).json()


@pytest.mark.usefixtures("fresh")
def test_the_first_credential_of_a_fresh_database():
    printed = run("--scopes", "read:clients", "create:client_grants", "--name", "Provisioner", "--client-id", "provisioner")
    assert (printed["client_id"], printed["audience"]) == ("provisioner", MANAGEMENT)
    answer = token_for(printed)
    assert answer["scope"] == printed["scopes"] == "read:clients create:client_grants"
    caller = Caller(answer["access_token"])
    assert [row["name"] for row in caller.lists("clients")] == ["Provisioner"]
    assert_problem(caller.get("users"), 403, "insufficient_scope")


@pytest.mark.usefixtures("fresh")
def test_what_it_writes():
    printed = run("--scopes", "read:keys")
    application = Application.objects.get()
    assert application.allows_client_credentials
    assert not application.allows_authorization_code
    assert not application.allows_implicit
    assert application.has_secret(printed["client_secret"])
    assert (application.created_by, application.is_demo, application.name) == ("", False, "Management client")
    api = Api.objects.get()
    assert (api.audience, api.resource_url, api.user_access, api.machine_access) == (MANAGEMENT, MANAGEMENT, "deny", "require_grant")
    assert {scope.name: scope.description for scope in api.scopes.all()} == SCOPES
    assert not api.scopes.get(name="read:keys").changes_data
    assert api.scopes.get(name="revoke:keys").changes_data
    assert [scope.name for scope in ClientGrant.objects.get().scopes.all()] == ["read:keys"]
    entries = LogEntry.objects.order_by("pk").values_list("event", "reason", "by")
    assert list(entries) == [
        ("configuration.changed", "added", "manage.py create_management_client"),
        ("grant.changed", "added", "manage.py create_management_client"),
    ]


@pytest.mark.usefixtures("fresh")
def test_a_second_one_adds_what_is_missing_and_changes_nothing_that_is_there():
    run("--scopes", "read:keys")
    api = Api.objects.get()
    api.scopes.filter(name="read:logs").delete()
    api.scopes.filter(name="read:keys").update(description="In other words")
    Api.objects.update(access_token_lifetime_seconds=60)
    run("--scopes", "read:logs")
    assert api.scopes.get(name="read:keys").description == "In other words"
    assert api.scopes.filter(name="read:logs").exists()
    assert Api.objects.get().access_token_lifetime_seconds == 60
    assert Application.objects.count() == 2


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--scopes", "read:clients", "read:everything", "admin"], "There is no scope admin, read:everything. Known: read:clients, "),
        (["--scopes", "read:clients", "--client-id", "has blank"], "client_id: Letters, digits"),
        (["--scopes", "read:clients", "--name", "x" * 101], "name: Ensure this value has at most 100"),
        ([], "--scopes"),
    ],
    ids=["unknown scopes", "client id", "name", "none"],
)
def test_what_cannot_be_written_is_said_and_nothing_is(arguments, says):
    with pytest.raises(CommandError, match=says.replace(".", r"\.")):
        run(*arguments)
    assert not Application.objects.exists()
    assert not Api.objects.exists()


def test_a_client_id_that_is_there_is_refused(seeded):
    with pytest.raises(CommandError, match="client_id: "):
        run("--scopes", "read:clients", "--client-id", "calendar-web")


def test_a_row_of_its_name_elsewhere_is_named_and_left_alone(seeded):
    Api.objects.filter(audience=MANAGEMENT).update(audience="https://before.example/api/v2/")
    with pytest.raises(CommandError, match="https://before.example/api/v2/"):
        run("--scopes", "read:clients")
    assert Api.objects.filter(name="Management API").count() == 1
