"""What protection adds to one request: ours beside others', with one key and one token in one run. `python -m benchmarks.one_request`.

Each contestant is the smallest API that its own documentation describes, in a process of its own; all take turns, so that a
busy machine is busy for all. Cost = protected − unprotected view of the same framework, called in the process without a network.
"""

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jwt

from forgeries.check_api.throwaway_issuer import ThrowawayIssuer, new_key
from launcher.addresses import is_free

ROOT = Path(__file__).resolve().parent.parent
AUDIENCE = "api.notes"
CURE = ".venv/bin/python -m pip install --require-hashes -r requirements-bench.txt"


@dataclass(frozen=True)
class Contestant:
    """Who is measured: its module with arguments, the package it needs, and what it checks besides signature, exp, iss and aud."""

    name: str
    module: str
    package: str
    checks: str
    arguments: tuple[str, ...] = ()

    @property
    def is_installed(self) -> bool:
        """Whether its package is here."""
        return find_spec(self.package) is not None


CONTESTANTS = (
    Contestant("Four Checks, DRF", "four_checks", "access_tokens", "all of VERIFYING's four steps"),
    Contestant("Four Checks, DRF, remembering", "four_checks", "access_tokens", "the same; the signature once", ("--remember",)),
    Contestant("Four Checks, plain view", "four_checks", "access_tokens", "the same, without DRF", ("--plain",)),
    Contestant("Auth0's Django quickstart", "auth0_quickstart", "authlib", "scope; keys fetched once, at import"),
    Contestant("djangorestframework-simplejwt", "simplejwt", "rest_framework_simplejwt", "jti; no scope, no typ"),
    Contestant("django-oauth-toolkit", "oauth_toolkit", "oauth2_provider", "scope; no JWT: a row of its own table"),
    Contestant("auth0-api-python", "auth0_api_python", "auth0_api_python", "iat; no scope, no typ"),
    Contestant("FastAPI + PyJWT", "fastapi_pyjwt", "fastapi", "iat, nbf; no typ"),
)


@dataclass
class Measured:
    """One contestant's process, and what it printed."""

    contestant: Contestant
    process: "subprocess.Popen[str]"
    rounds: list[dict[str, float]] = field(default_factory=list)

    def ask(self, line: object) -> dict[str, Any]:
        """Its answer to one line. Raises RuntimeError where it ended instead."""
        print(line, file=self.process.stdin, flush=True)
        if not self.process.stdout or not (answer := self.process.stdout.readline()):
            raise RuntimeError(f"{self.contestant.name} ended; run `python -m benchmarks.contestants.{self.contestant.module}` to see why")
        return dict(json.loads(answer))

    def least(self, what: str) -> float:
        """Of all rounds, in µs: whatever else the machine does only adds."""
        return min(measured[what] for measured in self.rounds)

    @property
    def added(self) -> float:
        """What protection adds to one request, in µs: the median over the rounds."""
        return statistics.median(measured["protected"] - measured["unprotected"] for measured in self.rounds)


def measure(contestants: list[Contestant], *, rounds: int, calls: int) -> list[Measured]:
    """All of them in turns. Raises RuntimeError where one does not answer 200 to the good token and to nothing else."""
    port = next(port for port in (secrets.randbelow(10_000) + 20_000 for _ in range(1000)) if is_free(port))
    issuer_url, key = f"https://localhost:{port}/", new_key()
    folder = tempfile.TemporaryDirectory()
    with folder, ThrowawayIssuer(issuer_url, host="127.0.0.1", port=port, https_folder=Path(folder.name)) as issuer:
        issuer.published["one"] = key
        certificate = str(Path(folder.name) / "certificate.pem")
        shared = {"BENCH_ISSUER": issuer_url, "BENCH_AUDIENCE": AUDIENCE, "BENCH_TOKEN": good_token(issuer_url, key)}
        trust = {"SSL_CERT_FILE": certificate, "REQUESTS_CA_BUNDLE": certificate, "PYTHONWARNINGS": "ignore"}
        running = [Measured(one, _start(one, {**os.environ, **shared, **trust})) for one in contestants]
        try:
            for one in running:
                statuses = one.ask("check")
                if (statuses["good"], statuses["open"]) != (200, 200) or 200 in (statuses["none"], statuses["wrong"]):
                    raise RuntimeError(f"{one.contestant.name} answers {statuses}")
                one.ask(calls)  # warm
            for _ in range(rounds):
                for one in running:
                    one.rounds.append(one.ask(calls))
        finally:
            for one in running:
                one.process.kill()
                one.process.communicate()
    return running


def good_token(issuer: str, key: Any) -> str:
    """A user's token by RFC 9068 with the scope read, as this project's own issuer writes it."""
    now = int(time.time())
    claims = {"iss": issuer, "aud": AUDIENCE, "sub": "usr_123", "client_id": "calendar-web", "azp": "calendar-web", "scope": "read write"}
    claims |= {"jti": "5f1c9f6e-8a8e-4b51-93f4-0b9c1c1d7f6a"}
    return jwt.encode({**claims, "iat": now, "exp": now + 86400}, key, algorithm="RS256", headers={"typ": "at+jwt", "kid": "one"})


def _start(contestant: Contestant, environment: dict[str, str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", f"benchmarks.contestants.{contestant.module}", *contestant.arguments]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes)


def main() -> None:
    """Measure whoever is installed and print a table, the cheapest first."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=15)
    arguments.add_argument("--calls", type=int, default=200, help="calls in each round")
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    running = measure([one for one in CONTESTANTS if one.is_installed], rounds=options.rounds, calls=options.calls)
    ours = next(one.added for one in running if one.contestant is CONTESTANTS[0])
    rows = [
        {
            "name": one.contestant.name,
            "unprotected": round(one.least("unprotected"), 1),
            "protected": round(one.least("protected"), 1),
            "added": round(one.added, 1),
            "ratio": round(one.added / ours, 2),
            "checks": one.contestant.checks,
        }
        for one in sorted(running, key=lambda one: one.added)
    ]
    if options.json:
        print(json.dumps(rows))
        return
    print(f"{'':<31} {'open µs':>8} {'protected':>10} {'added µs':>9} {'× ours':>7}  checks besides signature, exp, iss, aud")
    for row in rows:
        print(f"{row['name']:<31} {row['unprotected']:>8} {row['protected']:>10} {row['added']:>9} {row['ratio']:>7}  {row['checks']}")
    for one in CONTESTANTS:
        if not one.is_installed:
            print(f"{one.name} is not installed. Cure: {CURE}")


if __name__ == "__main__":
    main()
