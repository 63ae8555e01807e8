"""docs/issuer-rules.md: each rule has its source and its tests, and each of these tests is there."""

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (ROOT / "docs" / "issuer-rules.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith("| rule |")
]
OURS_OR_A_STANDARD = re.compile(r"ours|(RFC \d+(bis)?|OpenID Connect|W3C|CSP|Fetch|RFC 6265bis).*")


@lru_cache
def names_in(file: str) -> set[str]:
    """The names of the test functions in this file."""
    path = ROOT / file if "/" in file else ROOT / "tests" / "authorization_server" / file
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_a_rule_has_a_source_and_tests_that_exist(row):
    rule, source, tests = row
    assert rule
    assert OURS_OR_A_STANDARD.fullmatch(source), source
    named = re.findall(r"`([^`]+)`", tests)
    assert named
    for test in named:
        file, _, name = test.partition("::")
        assert name in names_in(file), f"{test} is not there"
