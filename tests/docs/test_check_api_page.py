"""docs/check-api.md is true: what it says of this project and of the quickstart's API is what the check prints.

`CAPTURE=1 pytest -n 0` on this file writes that anew.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from forgeries.check_api import one_file, verdicts
from forgeries.check_api.command import add_arguments
from tests.end_to_end.processes import Platform, free_ports

FILE = Path(__file__).resolve().parents[2] / "docs" / "check-api.md"
PAGE = FILE.read_text()
CALENDAR, GEOCODER, QUICKSTART = re.findall(r"```text\n(.*?)```", PAGE, flags=re.DOTALL)


class WithTheChecksIssuer(Platform):
    """One process that is all of it, and trusts the issuer of the check; of two checks, since each makes new keys, and an API
    looks for those of one issuer at most once a minute."""

    check_issuers: tuple[str, ...] = ()

    def environment(self, service):
        return {**super().environment(service), "TRUSTED_ISSUERS": json.dumps([{"issuer": issuer} for issuer in self.check_issuers])}


@pytest.fixture(scope="module")
def this_project(tmp_path_factory):
    platform = WithTheChecksIssuer("all-sqlite", tmp_path_factory.mktemp("check"))
    platform.check_issuers = tuple(f"http://localhost:{port}/" for port in free_ports(2))
    try:
        platform.set_up()
        yield platform
    finally:
        platform.stop_everything()


def assert_said(said, printed):
    """What the page says is what was printed; with `CAPTURE` it is written there first."""
    if os.environ.get("CAPTURE"):
        FILE.write_text(FILE.read_text().replace(f"```text\n{said}```", f"```text\n{printed.strip()}\n```"))
    assert f"```text\n{printed.strip()}\n```" in FILE.read_text()


@pytest.mark.processes
@pytest.mark.parametrize(
    ("said", "path", "arguments"),
    [
        (CALENDAR, "/calendar/v1/events", ["--audience", "api.calendar", "--scope", "read"]),
        (
            GEOCODER,
            "/geocoding/v1/reverse?lat=35.6586&lon=139.7454",
            ["--audience", "https://api.example.com/geocoding/v1/", "--caller", "machine"],
        ),
    ],
    ids=["calendar", "geocoder"],
)
def test_this_project_is_all_green(this_project, said, path, arguments):
    url, issuer = f"{this_project.demo_client_url}{path}", this_project.check_issuers[said == GEOCODER]
    done = this_project.manage("check_api", url, *arguments, "--issuer", issuer, service="demo_client")
    assert done.returncode == 0, done.stdout
    port = {"/calendar": 8001, "/geocoding": 8002}[path[: path.index("/", 1)]]
    assert_said(said, done.stdout.replace(this_project.demo_client_url, f"http://localhost:{port}"))


@pytest.mark.processes
def test_the_quickstarts_api_is_found_out_as_the_page_says(tmp_path):
    issuer_port, api_port = free_ports(2)
    url = f"http://127.0.0.1:{api_port}/api/private-scoped"
    token = ["--audience", "api.notes", "--scope", "read", "--typ", "JWT"]
    issuer = ["--issuer", f"https://localhost:{issuer_port}/", "--https", tmp_path / "https"]
    command = [sys.executable, one_file.write_to(tmp_path / one_file.NAME), url, *token, *issuer, "--wait", "30"]
    checking = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    serving = None
    try:
        assert checking.stderr
        assert "Waiting" in checking.stderr.readline(), "its issuer is up now, which the quickstart needs at import"
        arguments = [f"localhost:{issuer_port}", "api.notes", str(api_port)]
        api = [sys.executable, "-W", "ignore", "-m", "tests.check_api.auth0_quickstart", *arguments]
        trusting = {**os.environ, "SSL_CERT_FILE": str(tmp_path / "https" / "certificate.pem")}
        serving = subprocess.Popen(api, env=trusting, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        written, _ = checking.communicate(timeout=120)
    finally:
        for process in (checking, serving):
            if process:
                process.kill()
                process.wait()
    lines = [line for line in written.replace(url, "http://localhost:8000/api/private-scoped").splitlines() if not line.startswith("    ")]
    assert_said(QUICKSTART, "\n".join(lines))
    assert checking.returncode == 1


def test_the_page_names_every_kind_of_finding_and_the_commands_options():
    assert [kind for kind in verdicts.KINDS if f"| {kind} |" not in PAGE] == []

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    known = {option for action in parser._actions for option in action.option_strings}
    assert set(re.findall(r"`(--[a-z-]+)", PAGE)) <= known
