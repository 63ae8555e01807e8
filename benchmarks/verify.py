"""What `verify()` costs beside a bare `jwt.decode` with all its checks: one run, one key, the same tokens. `python -m benchmarks.verify`.

No call sees the token of the call before: a thousand different ones go round. Remembered are all of them.
"""

import argparse
import gc
import json
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from access_tokens.callers import caller_profile
from access_tokens.keys import KeySource
from access_tokens.verified_tokens import VerifiedTokens
from access_tokens.verify import Expectations, Issuer, verify

ISSUER, AUDIENCE = "https://issuer.example/", "api.calendar"
TOKENS = 1000
NEEDED = ["exp", "iat", "iss", "aud", "sub", "client_id", "jti"]


def microseconds(work: Callable[[str], object], tokens: Iterator[str], calls: int) -> float:
    """The mean time of one call, over `calls` calls, each with the next token."""
    chosen = list(islice(tokens, calls))
    started = time.perf_counter()
    for token in chosen:
        work(token)
    return (time.perf_counter() - started) / calls * 1e6


def main() -> None:
    """Measure all in turns, so that a busy machine is busy for all of them, and print the medians."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=40)
    arguments.add_argument("--calls", type=int, default=250, help="calls in each round")
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key()
    jwk = {**jwt.algorithms.RSAAlgorithm.to_jwk(public, as_dict=True), "kid": "one", "alg": "RS256"}
    now = int(time.time())
    claims: dict[str, Any] = {"iss": ISSUER, "aud": AUDIENCE, "sub": "usr_123", "client_id": "calendar-web", "azp": "calendar-web"}
    claims |= {"scope": "read write", "iat": now, "exp": now + 86400}
    header: dict[str, Any] = {"typ": "at+jwt", "kid": "one"}
    tokens = [jwt.encode({**claims, "jti": str(uuid.uuid4())}, key, algorithm="RS256", headers=header) for _ in range(TOKENS)]
    profile = caller_profile(scope_claim="scope", machine_rule="auth0")
    expected = Expectations(AUDIENCE, {ISSUER: Issuer(ISSUER, KeySource(lambda: ({"keys": [jwk]}, 600)), profile)})
    remembered = VerifiedTokens(3600)

    for token in tokens:
        remembered.verify(token, expected=expected)
    decoding: Any = {"audience": AUDIENCE, "issuer": ISSUER, "leeway": 5, "options": {"require": NEEDED}}
    work: dict[str, Callable[[str], object]] = {
        "jwt.decode": lambda token: jwt.decode(token, public, ["RS256"], **decoding),
        "verify": lambda token: verify(token, expected=expected),
        "verify, remembered": lambda token: remembered.verify(token, expected=expected),
    }
    going_round = {name: cycle(tokens) for name in work}
    times: dict[str, list[float]] = {name: [] for name in work}
    gc.disable()
    for _ in range(options.rounds):
        for name, call in work.items():
            times[name].append(microseconds(call, going_round[name], options.calls))
    medians = {name: statistics.median(values) for name, values in times.items()}
    ratios = {name: median / medians["jwt.decode"] for name, median in medians.items()}
    if options.json:
        print(json.dumps({name: {"microseconds": medians[name], "ratio": ratios[name]} for name in work}))
        return
    for name in work:
        print(f"{name:<20} {medians[name]:7.1f} µs   {ratios[name]:5.2f} × jwt.decode")


if __name__ == "__main__":
    main()
