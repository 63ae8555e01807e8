"""Minting: the one place where an access token is put together and signed."""

import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import jwt
from django.conf import settings

from authorization_server import keys
from authorization_server.models import Api, ApiScope, Application, User
from authorization_server.offline_access import OFFLINE_ACCESS


@dataclass(frozen=True)
class MintedToken:
    """A signed access token with what the answer to the application says about it."""

    access_token: str
    expires_in: int
    scope: str
    jti: str

    def answer(self, *, refresh_token: str = "") -> dict[str, Any]:
        """The members of a token response (RFC 6749 section 5.1); `scope` whenever any was granted."""
        members = {"access_token": self.access_token, "token_type": "Bearer", "expires_in": self.expires_in}
        scope = f"{self.scope} {OFFLINE_ACCESS.name}".strip() if refresh_token else self.scope
        return members | ({"refresh_token": refresh_token} if refresh_token else {}) | ({"scope": scope} if scope else {})


def lifetime_seconds(application: Application, api: Api, *, through_browser: bool = False) -> int:
    """How long a token is good: the application's own lifetime, else the API's, which is shorter for tokens that go through the browser."""
    of_the_api = api.browser_token_lifetime_seconds if through_browser else api.access_token_lifetime_seconds
    return application.access_token_lifetime_seconds or of_the_api


def lifetime_in_words(application: Application, api: Api) -> str:
    """The same for people, in its largest whole unit: "24 hours", "30 seconds"."""
    seconds = lifetime_seconds(application, api)
    for unit, length in (("days", 172800), ("hours", 7200), ("minutes", 120)):
        if seconds >= length:
            return f"{seconds // (length // 2)} {unit}"
    return f"{seconds} seconds"


def mint(
    *, application: Application, api: Api, scopes: Iterable[ApiScope | str], user: User | None = None, through_browser: bool = False
) -> MintedToken:
    """A token for `api` with exactly `scopes`, for `user`, or for the application itself when there is none.

        {"alg": "RS256", "kid": "…", "typ": "at+jwt"}
        {"iss": "…", "sub": "usr_123", "aud": "api.calendar", "iat": …, "exp": …, "jti": "…", "client_id": "…", "azp": "…", "scope": "read"}

    `typ`, and the key or secret that signs, are the API's too. Raises `keys.NoUsableKey`.
    """
    signer = keys.signer_for(api)
    lifetime = lifetime_seconds(application, api, through_browser=through_browser)
    now = int(time.time())
    scope = " ".join(scope if isinstance(scope, str) else scope.name for scope in scopes)
    claims: dict[str, Any] = {
        "iss": settings.ISSUER,
        "sub": user.sub if user else application.machine_subject,
        "aud": api.audience,
        "iat": now,
        "exp": now + lifetime,
        "jti": str(uuid.uuid4()),
        "client_id": application.client_id,
        "azp": application.client_id,
    }
    if scope:
        claims["scope"] = scope
    if user is None:
        claims["gty"] = "client-credentials"
    header = {"typ": str(api.typ)} | ({"kid": signer.kid} if signer.kid else {})
    access_token = jwt.encode(claims, signer.key, algorithm=signer.algorithm, headers=header)
    return MintedToken(access_token, expires_in=lifetime, scope=scope, jti=claims["jti"])
