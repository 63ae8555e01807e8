"""One contestant in a process of its own: calls its API in rounds when the parent says so, and prints what a request cost.

The environment says which key, token and issuer all of them share: `BENCH_ISSUER`, `BENCH_AUDIENCE`, `BENCH_TOKEN`.
"""

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

ISSUER, AUDIENCE, TOKEN = (os.environ.get(f"BENCH_{name}", "") for name in ("ISSUER", "AUDIENCE", "TOKEN"))
Call = Callable[[str, str], int]  # path, token (empty: none) → status


def wsgi(application: Any) -> Call:
    """Calls a WSGI application in this process."""

    def call(path: str, token: str) -> int:
        status: list[int] = []
        environment = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": sys.stdin.buffer,
            "CONTENT_LENGTH": "0",
            **({"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}),
        }
        answer = application(environment, lambda line, headers: status.append(int(line[:3])))
        b"".join(answer)
        answer.close()
        return status[0]

    return call


def asgi(application: Any) -> Call:
    """Calls an ASGI application in this process, on one event loop that stays."""
    loop = asyncio.new_event_loop()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def request(path: str, token: str) -> int:
        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"authorization", f"Bearer {token}".encode())] if token else [],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await application(scope, receive, send)
        return int(sent[0]["status"])

    return lambda path, token: loop.run_until_complete(request(path, token))


def run(call: Call, *, token: str = "") -> None:
    """Answer the parent's lines: `check` with the statuses of good, missing and wrong tokens, a number with that many calls' costs.

    A cost is {"unprotected": µs, "protected": µs}, each the mean of one round.
    """
    good = token or TOKEN
    wrong = good[:-8] + ("A" * 8 if not good.endswith("A" * 8) else "B" * 8)
    for line in sys.stdin:
        if line.strip() == "check":
            statuses = {"good": call("/protected", good), "none": call("/protected", ""), "wrong": call("/protected", wrong)}
            print(json.dumps({**statuses, "open": call("/open", "")}), flush=True)
            continue
        costs = {"unprotected": _mean(call, "/open", "", int(line)), "protected": _mean(call, "/protected", good, int(line))}
        print(json.dumps(costs), flush=True)


def _mean(call: Call, path: str, token: str, calls: int) -> float:
    gc.collect()
    gc.disable()
    started = time.perf_counter()
    for _ in range(calls):
        call(path, token)
    taken = time.perf_counter() - started
    gc.enable()
    return taken / calls * 1e6
