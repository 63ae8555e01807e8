"""The OpenAPI document of the Management API: every path, parameter, error and scope, and examples that are what really happens."""

import copy
import re

import jsonschema  # type: ignore[import-untyped]  # comes with drf-spectacular, without annotations
import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from authorization_server.management_api.examples import ANSWERS, REQUESTS, VOLATILE, WRONG, WRONG_ANSWERED
from authorization_server.management_api.scopes import OPERATIONS, SCOPES
from authorization_server.models import SigningKey
from tests.authorization_server.management_api.conftest import MANAGEMENT

METHODS = {"get", "post", "patch", "delete"}
MERGE_PATCH = "application/merge-patch+json"


@pytest.fixture(scope="module")
def document():
    return Client().get("/api/v2/schema").json()


@pytest.fixture(scope="module")
def operations(document):
    return {
        operation["operationId"]: {**operation, "path": path, "method": method.upper()}
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    }


@pytest.fixture
def conforms(document):
    """Whether a value is as a component of the document says."""

    def as_json_schema(node):
        # OpenAPI 3.0's one word that JSON Schema does not know.
        if isinstance(node, dict):
            node = {name: as_json_schema(value) for name, value in node.items()}
            return (
                {"anyOf": [{"type": "null"}, {k: v for k, v in node.items() if k != "nullable"}]} if node.get("nullable") is True else node
            )
        return [as_json_schema(value) for value in node] if isinstance(node, list) else node

    components = as_json_schema(copy.deepcopy(document["components"]))

    def check(value, schema):
        jsonschema.validate(value, {**as_json_schema(schema), "components": components}, format_checker=jsonschema.FormatChecker())

    return check


def test_every_operation_is_there_with_the_scope_that_it_takes(operations):
    described = set()
    for one in operations.values():
        described |= {(one["method"], one["path"], scope) for way in one["security"] for scopes in way.values() for scope in scopes}
    paths = {one: re.sub("<(.+)>", r"{\1}", one.path.replace("<pk>", "<id>")).partition("?")[0] for one in OPERATIONS}
    in_code = {(one.method, f"/api/v2/{path}", one.scope) for one, path in paths.items()}
    assert described == in_code


def test_it_is_for_everybody_and_says_what_each_scope_allows(document):
    answer = Client().get("/api/v2/schema")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/vnd.oai.openapi+json")
    assert document["servers"] == [{"url": "http://localhost:8000"}]
    described = document["components"]["securitySchemes"]["management_bearer"]["description"]
    assert all(f"{scope}: {words}" in described for scope, words in SCOPES.items())
    assert Client().post("/api/v2/schema").status_code == 405


def test_every_refusal_is_listed(operations):
    always = {"400", "401", "403", "406", "503"}
    for name, one in operations.items():
        found = set(one["responses"]) - always - {"200", "201", "204"}
        wanted = {"404"} if "{" in one["path"] else set()
        wanted |= {"413", "415"} if "requestBody" in one else set()
        can_be_in_the_way = name.startswith(("create_", "change_", "approve_", "deny_", "rotate_", "revoke_"))
        wanted |= {"409"} if can_be_in_the_way else set()
        assert found == wanted, name
        assert always <= set(one["responses"])
        assert "WWW-Authenticate" in one["responses"]["401"]["headers"]
        assert "Retry-After" in one["responses"]["503"]["headers"]


def test_every_parameter_of_a_list_is_listed(operations):
    listed = {}
    for name, one in operations.items():
        listed[name] = {parameter["name"] for parameter in one.get("parameters", []) if parameter["in"] == "query"}
    page = {"page_size", "page_token"}
    assert {name: parameters - page for name, parameters in listed.items() if parameters} == {
        "list_clients": {"owner", "created_by"},
        "list_resource_servers": {"audience"},
        "list_client_grants": {"client_id", "audience"},
        "list_access_requests": {"state", "client_id", "audience"},
        "list_users": {"username", "group", "is_active"},
        "list_grants": {"user", "client_id", "audience"},
        "list_keys": set(),
        "read_logs": {"trace_id", "client_id", "user", "jti", "from", "to", "event"},
    }


def timeless(value):
    """Without what is new each time."""
    if isinstance(value, dict):
        return {name: timeless(one) for name, one in value.items() if name not in VOLATILE}
    return [timeless(one) for one in value] if isinstance(value, list) else value


def test_every_example_request_works_and_every_example_answer_is_the_answer(provisioner, operations, conforms):
    sent = set()

    def send(name, path, method="POST"):
        content_type = "application/json" if method == "POST" else MERGE_PATCH
        answer = provisioner(method, path, REQUESTS.get(name), content_type=content_type)
        assert answer.status_code in {200, 201}, answer.content
        schema = operations[name]["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
        conforms(answer.json(), schema)
        if name in REQUESTS:
            media = operations[name]["requestBody"]["content"][content_type]
            assert [example["value"] for example in media["examples"].values()] == [REQUESTS[name]]
        if name in ANSWERS:
            assert timeless(answer.json()) == timeless(ANSWERS[name]), name
            conforms(ANSWERS[name], schema)
        sent.add(name)
        return answer.json()

    client = send("create_client", "clients")["client_id"]
    send("list_clients", "clients?created_by=provisioner@clients", "GET")
    send("read_client", f"clients/{client}", "GET")
    send("change_client", f"clients/{client}", "PATCH")
    send("rotate_client_secret", f"clients/{client}/rotate-secret")
    api = send("create_resource_server", "resource-servers")
    send("list_resource_servers", f"resource-servers?audience={api['audience']}", "GET")
    send("read_resource_server", f"resource-servers/{api['id']}", "GET")
    send("change_resource_server", f"resource-servers/{api['id']}", "PATCH")
    grant = send("create_client_grant", "client-grants")["id"]
    send("list_client_grants", "client-grants?client_id=unapproved-backend", "GET")
    send("read_client_grant", f"client-grants/{grant}", "GET")
    send("change_client_grant", f"client-grants/{grant}", "PATCH")
    asked = send("create_access_request", "access-requests")["id"]
    send("list_access_requests", "access-requests", "GET")
    send("read_access_request", f"access-requests/{asked}", "GET")
    send("approve_access_request", f"access-requests/{asked}/approve")
    asked = send("create_access_request", "access-requests")["id"]
    send("deny_access_request", f"access-requests/{asked}/deny")
    person = send("create_user", "users")["sub"]
    send("list_users", "users?username=erin", "GET")
    send("read_user", f"users/{person}", "GET")
    send("change_user", f"users/{person}", "PATCH")
    send("list_grants", "grants", "GET")
    send("list_keys", "keys", "GET")
    send("rotate_keys", "keys/rotate")
    send("revoke_key", f"keys/{SigningKey.objects.filter(state='previous').get().kid}/revoke")
    send("read_logs", "logs", "GET")
    assert sent == {name for name in operations if not name.startswith("delete_")}
    assert {*REQUESTS, *ANSWERS} <= sent


def test_the_example_error_is_the_error(provisioner, operations):
    answered = provisioner.post("clients", WRONG).json()
    assert {**answered, "trace_id": ""} == {**WRONG_ANSWERED, "trace_id": ""}
    content = operations["create_client"]["responses"]["400"]["content"]["application/problem+json"]
    assert [example["value"] for example in content["examples"].values()] == [WRONG_ANSWERED]


def test_refusals_are_as_the_document_says(provisioner, operations, conforms):
    for name, answer in (
        ("create_client", provisioner.post("clients", raw="{")),
        ("create_client", provisioner.post("clients", {}, content_type="text/plain")),
        ("change_client", provisioner.patch("clients/calendar-web", {})),
        ("read_user", provisioner.get("users/nobody")),
        ("create_user", provisioner.post("users", {"username": "alice"})),
    ):
        conforms(answer.json(), operations[name]["responses"][str(answer.status_code)]["content"]["application/problem+json"]["schema"])


def test_the_page_works_offline_under_a_policy_without_inline_scripts():
    answer = Client().get("/api/v2/docs")
    html = answer.content.decode()
    assert 'data-schema="/api/v2/schema"' in html
    assert f'data-audience="{MANAGEMENT}"' in html
    assert not re.search(r"<style|<script>|\son\w+=|\sstyle=|https?://(?!localhost)", html)
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', html):
        assert finders.find(address.removeprefix("/static/")), address
    assert "unsafe" not in answer["Content-Security-Policy"]
