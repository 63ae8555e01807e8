"""Runs the check as a person would, on an API that the test serves, with an issuer on a free port."""

import argparse
import json
from dataclasses import dataclass
from typing import Any

import pytest

from forgeries.check_api.command import add_arguments, run
from tests.end_to_end.processes import free_ports


@dataclass(frozen=True)
class Checked:
    """How one check ended."""

    status: int
    written: str
    progress: str

    @property
    def findings(self) -> set[tuple[str, str]]:
        """(kind, trial) of each, from `--json`."""
        return {(finding["kind"], finding["id"]) for finding in json.loads(self.written)["findings"]}


class Checker:
    """`check(url, …)` with the issuer that `issuer` names."""

    def __init__(self) -> None:
        (self.port,) = free_ports(1)
        self.issuer = f"http://localhost:{self.port}/"

    def __call__(self, url: str, *arguments: str, audience: str = "api.notes") -> Checked:
        parser = argparse.ArgumentParser(prog="check_api")
        add_arguments(parser)
        options = parser.parse_args([url, "--audience", audience, "--issuer", self.issuer, *arguments])
        written: list[str] = []
        progress: list[str] = []
        status = run(options, write=written.append, progress=progress.append)
        return Checked(status, "\n".join(written), "\n".join(progress))


@pytest.fixture
def check() -> Any:
    return Checker()
