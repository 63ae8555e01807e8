"""Three OAuth clients that are not ours, unmodified, each behind the same few methods.

    authorization_url(scope)   where to send the person
    redeem(redirected_to)      the token answer for the code in the address that the person was sent back to
    refresh(refresh_token)     the token answer for it
    status(access_token)       the status with which the API answers a request with that token
    own_exception              what the library raises for a refusal; its `error` is the code of the token endpoint

A token answer is a dictionary; its `scope` is one text, as on the wire.
"""

import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url
from oauthlib.oauth2 import OAuth2Error
from requests_oauthlib import OAuth2Session as RequestsOAuthlibSession

NPM = Path(__file__).parent / "npm"
SECONDS = 15


@dataclass(frozen=True)
class Registration:
    """What an application knows beforehand: its own registration at the issuer, and the API that it calls."""

    issuer: str
    client_id: str
    client_secret: str | None
    redirect_uri: str
    api: str


class Authlib:
    """Authlib's session for requests. It finds the endpoints by RFC 8414, and sends a secret in the header."""

    own_exception = OAuthError

    def __init__(self, registration: Registration) -> None:
        answer = requests.get(get_well_known_url(registration.issuer, external=True), timeout=SECONDS)
        self.metadata = AuthorizationServerMetadata(answer.json())
        self.metadata.validate()
        self._api = registration.api
        self._session = AuthlibSession(
            registration.client_id,
            registration.client_secret,
            redirect_uri=registration.redirect_uri,
            code_challenge_method="S256",
            default_timeout=SECONDS,
        )

    def authorization_url(self, scope: str) -> str:
        self._session.scope = scope
        self._code_verifier = generate_token(48)
        url, self._session.state = self._session.create_authorization_url(
            self.metadata["authorization_endpoint"], code_verifier=self._code_verifier, resource=self._api, prompt="consent"
        )
        return str(url)

    def redeem(self, redirected_to: str) -> dict[str, Any]:
        token_endpoint = self.metadata["token_endpoint"]
        return dict(self._session.fetch_token(token_endpoint, authorization_response=redirected_to, code_verifier=self._code_verifier))

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        return dict(self._session.refresh_token(self.metadata["token_endpoint"], refresh_token=refresh_token))

    def status(self, access_token: str) -> int:
        self._session.token = {"access_token": access_token, "token_type": "Bearer"}
        return int(self._session.get(f"{self._api}/events").status_code)

    def close(self) -> None:
        self._session.close()


class RequestsOAuthlib:
    """requests-oauthlib's session. It has no discovery, and is told to send a secret in the body."""

    own_exception = OAuth2Error

    def __init__(self, registration: Registration) -> None:
        self._authorization_endpoint = f"{registration.issuer}authorize"
        self._token_endpoint = f"{registration.issuer}oauth/token"
        self._api = registration.api
        self._secret = {"client_secret": registration.client_secret} if registration.client_secret else {}
        self._session = RequestsOAuthlibSession(registration.client_id, redirect_uri=registration.redirect_uri, pkce="S256")

    def authorization_url(self, scope: str) -> str:
        self._session.scope = scope.split()
        url, _ = self._session.authorization_url(self._authorization_endpoint, resource=self._api, prompt="consent")
        return str(url)

    def redeem(self, redirected_to: str) -> dict[str, Any]:
        answer = self._session.fetch_token(
            self._token_endpoint, authorization_response=redirected_to, include_client_id=True, timeout=SECONDS, **self._secret
        )
        return self._as_on_the_wire(answer)

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        body = {"client_id": self._session.client_id, **self._secret}
        answer = self._session.refresh_token(self._token_endpoint, refresh_token=refresh_token, timeout=SECONDS, **body)
        return self._as_on_the_wire(answer)

    def status(self, access_token: str) -> int:
        self._session.token = {"access_token": access_token, "token_type": "Bearer"}
        return int(self._session.get(f"{self._api}/events", timeout=SECONDS).status_code)

    def close(self) -> None:
        self._session.close()

    @staticmethod
    def _as_on_the_wire(answer: dict[str, Any]) -> dict[str, Any]:
        return {**answer, "scope": " ".join(answer["scope"])}


class RaisedInNode(Exception):
    """What a library threw in the node process. `name` is its class, `error` the token endpoint's code where it had one."""

    def __init__(self, name: str, message: str, code: str = "", error: str = "") -> None:
        super().__init__(f"{name}: {message}")
        self.name, self.message, self.code, self.error = name, message, code, error


class OAuth4WebApi:
    """oauth4webapi in a process of node (npm/client.mjs). It finds the endpoints by RFC 8414, and sends a secret in the header."""

    own_exception = RaisedInNode

    def __init__(self, registration: Registration) -> None:
        # Older versions of node try ::1 alone for localhost, where no service listens.
        self._node = subprocess.Popen(
            ["node", "--dns-result-order=ipv4first", "client.mjs"], cwd=NPM, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._api = registration.api
        self.metadata = self._run("discover", **asdict(registration))

    def authorization_url(self, scope: str) -> str:
        return str(self._run("authorization_url", scope=scope, resource=self._api, prompt="consent"))

    def redeem(self, redirected_to: str) -> dict[str, Any]:
        return dict(self._run("redeem", redirected_to=redirected_to))

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        return dict(self._run("refresh", refresh_token=refresh_token))

    def status(self, access_token: str) -> int:
        return int(self._run("status", url=f"{self._api}/events", access_token=access_token))

    def claims(self, access_token: str, *, audience: str) -> dict[str, Any]:
        """The claims, after the library has checked signature and claims as an API does. Raises `RaisedInNode`."""
        return dict(self._run("claims", access_token=access_token, audience=audience))

    def close(self) -> None:
        self._node.communicate(timeout=SECONDS)

    def _run(self, name: str, **given: str | None) -> Any:
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps({"name": name, "given": given}) + "\n")
        self._node.stdin.flush()
        answer = json.loads(self._node.stdout.readline() or '{"raised": {"name": "ended", "message": "node has ended: see its stderr"}}')
        if "raised" in answer:
            raise RaisedInNode(**answer["raised"])
        return answer["result"]


Client = Authlib | RequestsOAuthlib | OAuth4WebApi
