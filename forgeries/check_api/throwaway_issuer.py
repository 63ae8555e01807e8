"""An issuer that lives as long as one check: two keys, a discovery document, a key set, and a note of who fetched what."""

import json
import ssl
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from forgeries.check_api.certificates import certificate_in

KEY_SET = ".well-known/jwks.json"
FORGERS_KEYS = "forger/keys.json"  # nobody who obeys the rules ever fetches this
DISCOVERY = (".well-known/openid-configuration", ".well-known/oauth-authorization-server")


def new_key() -> rsa.RSAPrivateKey:
    """An RSA key of 2048 bits."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class ThrowawayIssuer:
    """Serves at `host`:`port` while it is entered; `url` is its `iss`, and ends with a slash.

    `published` has the keys of its key set by `kid`; `fetched` counts requests by path below `url`. With a folder for
    its certificate it speaks https. Raises OSError where the port is taken.
    """

    def __init__(self, url: str, *, host: str, port: int, https_folder: Path | None = None) -> None:
        self.url = url
        self.published: dict[str, rsa.RSAPrivateKey] = {}
        self.fetched: Counter[str] = Counter()
        self._server = ThreadingHTTPServer((host, port), self._handler())
        if https_folder:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate_in(https_folder))
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def key_set_url(self) -> str:
        """Where its public keys are."""
        return f"{self.url}{KEY_SET}"

    @property
    def forgers_url(self) -> str:
        """An address for `jku` and `x5u`: whoever fetches it follows what a token says."""
        return f"{self.url}{FORGERS_KEYS}"

    def __enter__(self) -> "ThrowawayIssuer":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def document(self, path: str) -> dict[str, Any] | None:
        """What `path` below `url` holds; None where there is nothing."""
        if path in DISCOVERY:
            return {"issuer": self.url, "jwks_uri": self.key_set_url, "id_token_signing_alg_values_supported": ["RS256"]}
        if path in (KEY_SET, FORGERS_KEYS):
            return {"keys": [_jwk(kid, key) for kid, key in self.published.items()]}
        return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer, below = self, urlsplit(self.url).path

        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                path = urlsplit(self.path).path.removeprefix(below)
                issuer.fetched[path] += 1
                document = issuer.document(path)
                body = json.dumps(document).encode()
                self.send_response(404 if document is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Cache-Control", "max-age=60")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Silent: the report says what matters."""

        return Handler


def _jwk(kid: str, key: rsa.RSAPrivateKey) -> dict[str, Any]:
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {"kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256", "n": jwk["n"], "e": jwk["e"]}
