"""`check_api` on a small API in node: the check speaks HTTP, so the language of an API is its own business."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.requirements_of_tests import missing

PROGRAM = Path(__file__).parent / "node" / "api.mjs"


@pytest.fixture
def node_api(check):
    """`node_api(text, instead)`: the URL of the node API, with one line of it changed where that is asked for."""
    node = shutil.which("node")
    if not node:
        missing("node was not found. Cure: install Node.js 18 or newer")
    started = []

    def start(program: Path = PROGRAM) -> str:
        settings = json.dumps({"issuer": check.issuer, "audience": "api.notes"})
        process = subprocess.Popen([node, program, settings], stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout
        return f"http://127.0.0.1:{process.stdout.readline().strip()}/notes"

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=10)


def test_a_careful_api_is_wholly_green(check, node_api):
    checked = check(node_api(), "--scope", "read")
    assert (checked.status, "all answered rightly" in checked.written) == (0, True), checked.written


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (" && claims.iss === issuer", ("wrongly accepted", "iss-shorter")),
        (" && now < claims.exp + LEEWAY", ("wrongly accepted", "expired")),
        (' && verify("RSA-SHA256", Buffer.from(`${parts[0]}.${parts[1]}`), key, signature)', ("wrongly accepted", "changed-sub")),
        ("  demand(written === members(value)); // else a member stands there twice\n", ("wrongly accepted", "duplicate-claim")),
        ('.toLowerCase() !== "bearer"', ("wrongly refused", "good-scheme")),
    ],
    ids=["issuer", "expiry", "signature", "duplicates", "scheme"],
)
def test_one_rule_less_is_found(check, node_api, tmp_path, line, found):
    text = PROGRAM.read_text()
    assert text.count(line) == 1
    careless = tmp_path / "careless.mjs"
    careless.write_text(text.replace(line, ' !== "Bearer"' if "bearer" in line else ""))
    assert found in check(node_api(careless), "--scope", "read", "--json").findings
