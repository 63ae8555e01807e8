"""What a machine's token costs beside one bare RSA-2048 signature: one run, one key, SQLite. `python -m benchmarks.client_credentials`."""

import argparse
import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

BODY = {
    "grant_type": "client_credentials",
    "client_id": "geocoding-backend",
    "client_secret": "geocoding-backend-demo-secret",
    "audience": "https://api.example.com/geocoding/v1/",
}


def microseconds(work: Callable[[], object], calls: int) -> float:
    """The mean processor time of one call, over `calls` calls: a busy machine makes it no longer."""
    started = time.process_time()
    for _ in range(calls):
        work()
    return (time.process_time() - started) / calls * 1e6


def main() -> None:
    """Measure in turns, and print the medians."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=30)
    arguments.add_argument("--calls", type=int, default=40, help="calls in each round")
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(DATABASE_URL=f"sqlite:///{Path(folder) / 'issuer.sqlite3'}", DJANGO_SETTINGS_MODULE="benchmarks.issuer_settings")
        medians, queries = _measured(options.rounds, options.calls)
    ratios = {name: median / medians["one signature"] for name, median in medians.items()}
    if options.json:
        figures = {name: {"microseconds": medians[name], "ratio": ratios[name]} for name in medians}
        print(json.dumps({**figures, "queries": queries}))
        return
    for name, median in medians.items():
        print(f"{name:<46} {median:7.0f} µs   {ratios[name]:5.2f} × one signature")
    print(f"queries for one token: {queries}, that which stores the log's entry among them")


def _measured(rounds: int, calls: int) -> tuple[dict[str, float], int]:
    import django

    django.setup()
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from django.core.management import call_command
    from django.db import connection
    from django.test import RequestFactory
    from django.test.utils import CaptureQueriesContext

    from authorization_server import keys
    from authorization_server.endpoints.token import token

    call_command("migrate", verbosity=0)
    call_command("seed_issuer", quiet=True)
    key, factory = keys.current_signer().key, RequestFactory()
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101  the default, and what the other figure is compared with

    def one_token() -> None:
        request = factory.post("/oauth/token", json.dumps(BODY), content_type="application/json")
        assert token(request).status_code == 200  # noqa: S101  a refusal would cost less

    work: dict[str, Callable[[], object]] = {
        "one signature": lambda: key.sign(b"x" * 600, padding.PKCS1v15(), SHA256()),
        "/oauth/token, its log entry included": one_token,
    }
    one_token()
    with CaptureQueriesContext(connection) as captured:
        one_token()
    queries = sum(not query["sql"].startswith(("BEGIN", "COMMIT")) for query in captured)
    times: dict[str, list[float]] = {name: [] for name in work}
    gc.disable()
    for _ in range(rounds):
        for name, call in work.items():
            times[name].append(microseconds(call, calls))
    return {name: statistics.median(values) for name, values in times.items()}, queries


if __name__ == "__main__":
    main()
