"""What a machine's token costs beside one bare RSA-2048 signature: one run, one key, SQLite. `python -m benchmarks.client_credentials`."""

import argparse
import gc
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

BODY = {
    "grant_type": "client_credentials",
    "client_id": "geocoding-backend",
    "client_secret": "geocoding-backend-demo-secret",
    "audience": "https://api.example.com/geocoding/v1/",
}


def microseconds(work: Callable[[Any], object], inputs: list[Any]) -> float:
    """The mean processor time of one call, over a call for each of `inputs`."""
    started = time.process_time()
    for one in inputs:
        work(one)
    return (time.process_time() - started) / len(inputs) * 1e6


def main() -> None:
    """Measure in turns, and print the least of each: whatever else the machine does only ever adds to it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=15)
    arguments.add_argument("--calls", type=int, default=100, help="calls in each round")
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(DATABASE_URL=f"sqlite:///{Path(folder) / 'issuer.sqlite3'}", DJANGO_SETTINGS_MODULE="benchmarks.issuer_settings")
        least, queries = _measured(options.rounds, options.calls)
    ratios = {name: one / least["one signature"] for name, one in least.items()}
    if options.json:
        figures = {name: {"microseconds": least[name], "ratio": ratios[name]} for name in least}
        print(json.dumps({**figures, **queries}))
        return
    for name, one in least.items():
        print(f"{name:<46} {one:7.0f} µs   {ratios[name]:5.2f} × one signature")
    for name, count in queries.items():
        print(f"{name}: {count}, that which stores the log's entry among them")


def _measured(rounds: int, calls: int) -> tuple[dict[str, float], dict[str, int]]:
    import django

    django.setup()
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from django.core.management import call_command
    from django.db import connection
    from django.http import HttpRequest
    from django.test import RequestFactory
    from django.test.utils import CaptureQueriesContext

    from authorization_server import keys
    from authorization_server.endpoints.token import token
    from authorization_server.models import Application

    call_command("migrate", verbosity=0)
    call_command("seed_issuer", quiet=True)
    key, factory = keys.current_signer().key, RequestFactory()
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101  the default, and what the other figure is compared with

    def a_request() -> HttpRequest:  # the client's part: made before the clock runs
        return factory.post("/oauth/token", json.dumps(BODY), content_type="application/json")

    def one_token(request: HttpRequest) -> None:
        assert token(request).status_code == 200  # noqa: S101  a refusal would cost less

    def queries_for_one() -> int:
        with CaptureQueriesContext(connection) as captured:
            one_token(a_request())
        return sum(not query["sql"].startswith(("BEGIN", "COMMIT")) for query in captured)

    work: dict[str, tuple[Callable[[Any], object], Callable[[], Any]]] = {
        "one signature": (lambda _: key.sign(b"x" * 600, padding.PKCS1v15(), SHA256()), lambda: None),
        "/oauth/token, its log entry included": (one_token, a_request),
    }
    one_token(a_request())  # the first of a day also deletes what has expired
    Application.objects.filter(client_id=BODY["client_id"]).update(name="Renamed")
    queries = {"queries for the first token after a change": queries_for_one(), "queries for each further token": queries_for_one()}
    times: dict[str, list[float]] = {name: [] for name in work}
    gc.disable()
    for _ in range(rounds):
        for name, (call, an_input) in work.items():
            times[name].append(microseconds(call, [an_input() for _ in range(calls)]))
    return {name: min(values) for name, values in times.items()}, queries


if __name__ == "__main__":
    main()
