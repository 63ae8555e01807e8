"""APIs to try the check on: served over HTTP in a thread of the test, ours and a careless one that can be told which rule to break."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import jwt


class _Server(ThreadingHTTPServer, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """The test reads the report."""


def make_server(application: Any, port: int = 0) -> WSGIServer:
    """A server of `application` on loopback, not yet running."""
    server = _Server(("127.0.0.1", port), _Silent)
    server.set_app(application)
    return server


@contextmanager
def served(application: Any) -> Iterator[str]:
    """`application` (WSGI) on a free port of loopback; the URL without a last slash."""
    server = make_server(application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class CarelessApi:
    """An API on PyJWT as people write them in an afternoon; `careless` names the rules that it breaks, of these:

    signature, algorithm, audience, expiry, issuer, scope, status-403, status-400, status-500, no-challenge, bare-challenge,
    unquoted-challenge, challenge-error, scheme-case, query, keys-each-time, keys-once, follows-jku, no-leeway, one-audience
    """

    def __init__(self, issuer: str, *careless: str) -> None:
        self.issuer, self.careless, self.fetches = issuer, careless, 0
        self.keys: dict[object, Any] = {}

    def __call__(self, environment: dict[str, Any], start_response: Any) -> list[bytes]:
        status, headers = self.answer(environment)
        start_response(status, [("Content-Type", "application/json"), *headers])
        return [b"{}"]

    def answer(self, environment: dict[str, Any]) -> tuple[str, list[tuple[str, str]]]:
        scheme, _, token = environment.get("HTTP_AUTHORIZATION", "").partition(" ")
        if "query" in self.careless and "access_token=" in environment["QUERY_STRING"]:
            scheme, token = "Bearer", parse_qs(environment["QUERY_STRING"])["access_token"][0]
        if scheme != "Bearer" if "scheme-case" in self.careless else scheme.lower() != "bearer":
            return self.refusal("401 Unauthorized", "invalid_token" if "challenge-error" in self.careless else "")
        try:
            claims = self.claims(token)
        except Exception:  # noqa: BLE001 - that is how they are written
            if "status-500" in self.careless:
                return "500 Internal Server Error", []
            return self.refusal("401 Unauthorized", "invalid_token")
        if "scope" not in self.careless and "read" not in str(claims.get("scope", "")).split(" "):
            return self.refusal("403 Forbidden", "insufficient_scope")
        return "200 OK", []

    def claims(self, token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        if "follows-jku" in self.careless and "jku" in header:
            fetch(header["jku"])
        options: Any = {
            "verify_signature": "signature" not in self.careless,
            "verify_exp": "expiry" not in self.careless,
            "verify_aud": "audience" not in self.careless,
            "strict_aud": "one-audience" in self.careless,
        }
        return jwt.decode(
            token,
            self.key(header.get("kid")),
            algorithms=["RS256", *["RS384", "RS512", "PS256"] * ("algorithm" in self.careless)],
            audience="api.notes",
            issuer=None if "issuer" in self.careless else self.issuer,
            leeway=0 if "no-leeway" in self.careless else 5,
            options=options,
        )

    def key(self, kid: object) -> Any:
        is_new = kid not in self.keys and self.fetches < 3 and "keys-once" not in self.careless
        if "keys-each-time" in self.careless or not self.keys or is_new:
            self.keys = {jwk["kid"]: jwt.PyJWK(jwk).key for jwk in fetch(f"{self.issuer}.well-known/jwks.json")["keys"]}
            self.fetches += 1
        return self.keys[kid]

    def refusal(self, status: str, error: str) -> tuple[str, list[tuple[str, str]]]:
        for named, instead in (("status-403", "403 Forbidden"), ("status-400", "400 Bad Request")):
            status = instead if named in self.careless and status.startswith("401") else status
        challenge = f'Bearer realm="notes", error="{error}"' if error else 'Bearer realm="notes"'
        if error == "insufficient_scope":
            challenge += ', scope="read"'
        if "bare-challenge" in self.careless:
            challenge = "Bearer"
        if "unquoted-challenge" in self.careless:
            challenge = f"Bearer realm=my notes, error={error}"
        return status, [] if "no-challenge" in self.careless else [("WWW-Authenticate", challenge)]


def fetch(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310 - loopback
        return json.load(response)
