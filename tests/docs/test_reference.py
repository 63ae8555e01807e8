"""docs/reference.md has one row for each public name, key of the settings, address and error code of the code, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLResolver, get_resolver

import access_tokens
from access_tokens import conf, rejections, system_checks
from access_tokens.problems import ContentTooLarge
from authorization_server import errors
from authorization_server.decision_log import REQUEST_ANSWERED, Decision
from authorization_server.management_api.logs import LogEntrySerializer
from authorization_server.management_api.scopes import OPERATIONS, SCOPES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference.md").read_text()
# Django REST framework's own codes that can reach a caller.
OF_THE_FRAMEWORK = {"parse_error", "not_acceptable", "required", "null", "max_length"}


def rows(first_column: str) -> list[list[str]]:
    """The rows of the table whose first column has this name."""
    table = PAGE.split(f"\n| {first_column} |", 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def names(first_column: str, cell: int = 0) -> list[str]:
    """What stands in backquotes in that column of the table."""
    return [name for row in rows(first_column) for name in re.findall(r"`([^`]+)`", row[cell])]


def test_every_public_name_is_listed_with_its_file():
    listed = {row[0].strip("`"): row[1].strip("`") for row in rows("name")}
    assert list(listed) == access_tokens.__all__
    for name, file in listed.items():
        assert getattr(access_tokens, name).__module__ == f"access_tokens.{file.removesuffix('.py')}"


def test_every_key_of_the_settings_is_listed():
    with pytest.raises(ImproperlyConfigured, match="no such setting; there are ") as refused:
        conf.parse({"?": 1})
    known = str(refused.value).partition("there are ")[2].rstrip(".").split(", ")
    assert sorted(names("key")) == sorted(known)
    assert set(names("member of an issuer")) == set(conf._VARIABLES)


def test_every_system_check_is_listed():
    in_code = set(re.findall(r'id="(access_tokens\.\w+)"', Path(system_checks.__file__).read_text()))
    assert set(names("id")) == in_code


def paths(patterns, before: str = "/") -> Iterator[str]:
    """Every address as the page writes it; below `/admin/` Django's own are left out."""
    for pattern in patterns:
        path = re.sub(r"<\w+:", "<", before + str(pattern.pattern))
        if path.startswith("/admin/"):
            yield "/admin/"
        elif isinstance(pattern, URLResolver):
            yield from paths(pattern.url_patterns, path)
        else:
            yield path


def test_every_address_is_listed():
    listed = names("service", cell=1)
    assert len(listed) == len(set(listed))
    assert set(listed) == set(paths(get_resolver().url_patterns))


def test_every_operation_and_scope_of_the_management_api_is_listed():
    listed = [tuple(cell.strip("`") for cell in row) for row in rows("method | path below `/api/v2`")]
    assert listed == [(one.method, f"/{one.path}", one.scope) for one in OPERATIONS]
    assert {row[0].strip("`"): row[1] for row in rows("scope of the Management API")} == SCOPES


def test_every_rejection_is_listed_with_its_status_and_step():
    listed = {code.strip("`"): (int(status), step) for code, status, step, _ in rows("code")}
    assert listed == {code: (cls.status, str(cls.step or "–")) for code, cls in rejections.ALL.items()}


def codes_in_the_code() -> tuple[set[str], set[str]]:
    """The literal codes in the code: of whole problems, and of single values in `errors`."""
    problems, values = {ContentTooLarge.default_code}, set[str]()
    for package in ("access_tokens", "authorization_server", "calendar_api", "geocoding_api", "project"):
        for file in (ROOT / package).rglob("*.py"):
            calls = (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call))
            for call in calls:
                function = getattr(call.func, "id", getattr(call.func, "attr", ""))
                texts = [argument.value for argument in call.args if isinstance(argument, ast.Constant) and isinstance(argument.value, str)]
                named = {word.arg: str(word.value.value) for word in call.keywords if isinstance(word.value, ast.Constant)}
                if function in {"Problem", "problem_response"} and "code" in named:
                    problems.add(named["code"])
                elif function == "_answer" and package == "project":
                    problems.add(texts[-1])
                elif function in {"ErrorDetail", "ValidationError", "RegexValidator"} and "code" in named:
                    values.add(named["code"])
                elif function in {"BadTime", "BadRecurrence", "BadNumber", "_error", "field_error", "fail"} and texts:
                    values.add(texts[0])
    return problems, values


def test_every_other_code_is_listed():
    problems, values = codes_in_the_code()
    assert {"id_taken", "database_busy"} <= problems
    assert {"two_kinds", "not_a_number", "lone_surrogate"} <= values
    section = PAGE.split("## Other problems", 1)[1].split("\n## ", 1)[0]
    of_problems, of_values = section.split("| code in `errors` |")
    listed = set(re.findall(r"^\| `(\w+)` \| \d{3} \|", of_problems, flags=re.MULTILINE))
    listed_values = {code for row in re.findall(r"^\| (`.+?) \|", of_values, flags=re.MULTILINE) for code in re.findall(r"`(\w+)`", row)}
    assert listed - OF_THE_FRAMEWORK == problems
    assert listed_values - OF_THE_FRAMEWORK == values - OF_THE_FRAMEWORK


def refusals(cls: type[errors.Refused]) -> Iterator[type[errors.Refused]]:
    """The class and all below it."""
    yield cls
    for below in cls.__subclasses__():
        yield from refusals(below)


def test_every_error_of_the_issuer_is_listed_with_its_statuses():
    in_code: dict[str, set[int]] = {}
    for cls in refusals(errors.Refused):
        in_code.setdefault(cls.error, set()).add(cls.status_code)
    assert {error.strip("`"): {int(status) for status in statuses.split(",")} for error, statuses, _ in rows("error")} == in_code


def test_every_event_of_the_decision_log_and_every_member_of_an_entry_is_listed():
    assert names("event") == [*Decision, REQUEST_ANSWERED]
    assert tuple(names("member of an entry")) == LogEntrySerializer.Meta.fields
