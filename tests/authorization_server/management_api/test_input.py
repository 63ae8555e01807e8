"""Nothing that a caller sends gives a 500, and nothing of it is stored; and who may call at all."""

import json

import pytest

from authorization_server.management_api import urls
from authorization_server.management_api.scopes import OPERATIONS, SCOPES
from tests.authorization_server.management_api.conftest import Caller, assert_problem, assert_wrong

WITH_A_BODY = {
    "clients": "name",
    "resource-servers": "name",
    "client-grants": "client_id",
    "access-requests": "purpose",
    "users": "username",
    "keys/rotate": "algorithm",
}
NO_OBJECTS = (
    *(b"", b"{", b"[]", b"null", b"7", b'"text"', b"\xff\xfe", b'{"name": NaN}', b'{"name": 1, "name": 2}'),
    b'{"name": ' + b"9" * 5000 + b"}",
    b'{"name": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    b'{"name": ' + b'{"a":' * 20 + b"1" + b"}" * 21,
)
VALUES: tuple[object, ...] = ("a\x00b", "a\nb", "\ud800", "x" * 5000, 10**400, -1, 1.5, True, [], {}, [[]], {"a": [1]})
NAMES = ("%00", "a%00b", "%ff", "%ed%a0%80", "x" * 3000, "..%2f", "%0a", "nobody", "٣", "9" * 30, "9" * 5000, "-1")
EVERY_OPERATION = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")


def path_of(operation):
    """Its path, with names that rows may have."""
    return operation.path.replace("<pk>", "1").replace("<sub>", "usr_456").replace("<kid>", "x").replace("<client_id>", "calendar-web")


def test_the_table_of_operations_is_what_the_views_take():
    in_views = set()
    for pattern in urls.patterns("x"):
        path = str(pattern.pattern).removeprefix("x/").replace("<str:", "<").replace("<int:", "<")
        scopes = getattr(pattern.callback.view_class, "required_scopes", {}) if hasattr(pattern.callback, "view_class") else {}
        if isinstance(scopes, dict):
            in_views |= {(method, path, scope) for method, needed in scopes.items() for scope in needed}
    table = {(one.method, one.path, one.scope) for one in OPERATIONS}
    assert in_views == {row for row in table if not row[1].startswith("logs")}
    assert {one.scope for one in OPERATIONS} == SCOPES.keys()


@pytest.mark.parametrize("path", WITH_A_BODY)
def test_what_is_no_json_object_is_refused(provisioner, path):
    for raw in NO_OBJECTS:
        assert_problem(provisioner.post(path, raw=raw), 400, "malformed_body")


@pytest.mark.parametrize("path", WITH_A_BODY)
def test_a_large_body_and_another_media_type_are_refused(provisioner, path):
    assert_problem(provisioner.post(path, raw=json.dumps({"name": "x" * 70_000}).encode()), 413, "body_too_large")
    assert_problem(provisioner.post(path, {}, content_type="application/x-www-form-urlencoded"), 415, "unsupported_media_type")


@pytest.mark.parametrize(("path", "field"), WITH_A_BODY.items())
def test_a_value_of_the_wrong_kind_names_its_field(provisioner, path, field):
    for value in VALUES:
        body = assert_problem(provisioner.post(path, {field: value}), 400, "invalid_input")
        assert field in {error["field"] for error in body["errors"]}


def test_the_name_of_a_field_is_repeated_in_bounds(provisioner):
    answer = provisioner.post("clients", {"name": "x", "\x00" * 500: 1, "\ud800": 2, "ü" * 500: 3})
    errors = assert_problem(answer, 400, "invalid_input")["errors"]
    assert len(errors) == 3
    assert all(len(error["field"]) <= 80 and error["field"].isascii() and error["field"].isprintable() for error in errors)


@EVERY_OPERATION
def test_a_name_that_nothing_has_is_a_404_that_says_no_more(provisioner, operation):
    before, after = operation.path.partition("<")[0], operation.path.partition(">")[2]
    for name in NAMES if "<" in operation.path else ():
        answer = provisioner(operation.method, f"{before}{name}{after}", {"scopes": ["x"]} if after == "/approve" else {})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (404, "not_found"), problem
        assert "nobody" not in problem["detail"]


@EVERY_OPERATION
def test_nobody_is_answered_without_a_token_rfc6750_section_3(seeded, operation):
    answer = Caller(None)(operation.method, path_of(operation), {})
    assert_problem(answer, 401, "missing_token")
    assert answer["WWW-Authenticate"].startswith('Bearer realm="management"')


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.method != "GET"], ids=lambda one: f"{one.method} {one.path}")
def test_what_changes_something_takes_no_parameters(provisioner, operation):
    assert_wrong(provisioner(operation.method, path_of(operation), {}, query={"force": "1"}), force="unknown_field")


@pytest.mark.parametrize("method", ["PUT", "TRACE", "PATCH", "DELETE"])
def test_a_method_that_is_not_there_is_a_405(provisioner, method):
    assert_problem(provisioner(method, "clients", {}), 405, "method_not_allowed")


def test_head_and_options_are_answered(provisioner):
    assert provisioner("HEAD", "clients").status_code == 200
    assert provisioner("OPTIONS", "clients").status_code == 200
