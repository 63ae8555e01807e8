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

TOKEN_TYPE = "at+jwt"  # noqa: S105  RFC 9068 section 2.1: the header's typ, no secret


@dataclass(frozen=True)
class MintedToken:
    """A signed access token with what the answer to the application says about it."""

    access_token: str
    expires_in: int
    scope: str
    jti: str

    def answer(self) -> dict[str, Any]:
        """The members of a token response (RFC 6749 section 5.1); `scope` whenever any was granted."""
        members = {"access_token": self.access_token, "token_type": "Bearer", "expires_in": self.expires_in}
        return members | ({"scope": self.scope} if self.scope else {})


def mint(
    *, application: Application, api: Api, scopes: Iterable[ApiScope | str], user: User | None = None, through_browser: bool = False
) -> MintedToken:
    """A token for `api` with exactly `scopes`, for `user`, or for the application itself when there is none.

        {"alg": "RS256", "kid": "…", "typ": "at+jwt"}
        {"iss": "…", "sub": "usr_123", "aud": "api.calendar", "iat": …, "exp": …, "jti": "…", "client_id": "…", "azp": "…", "scope": "read"}

    Its lifetime is the application's where that has one, else the API's, which has a shorter one for tokens that go through the browser.
    Raises `keys.NoUsableKey`.
    """
    signer = keys.current_signer()
    of_the_api = api.browser_token_lifetime_seconds if through_browser else api.access_token_lifetime_seconds
    lifetime_seconds = application.access_token_lifetime_seconds or of_the_api
    now = int(time.time())
    scope = " ".join(scope if isinstance(scope, str) else scope.name for scope in scopes)
    claims: dict[str, Any] = {
        "iss": settings.ISSUER,
        "sub": user.sub if user else application.machine_subject,
        "aud": api.audience,
        "iat": now,
        "exp": now + lifetime_seconds,
        "jti": str(uuid.uuid4()),
        "client_id": application.client_id,
        "azp": application.client_id,
    }
    if scope:
        claims["scope"] = scope
    if user is None:
        claims["gty"] = "client-credentials"
    header = {"kid": signer.kid, "typ": TOKEN_TYPE}
    access_token = jwt.encode(claims, signer.private_key, algorithm=signer.algorithm, headers=header)
    return MintedToken(access_token, expires_in=lifetime_seconds, scope=scope, jti=claims["jti"])
