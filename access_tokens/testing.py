# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""For your own tests: an issuer that your APIs trust, played in the process. `from access_tokens.testing import token_issuer`.

def test_reading_needs_the_scope(client, token_issuer):
    token = token_issuer.token(aud="api.calendar", scope="read")
    assert client.get("/calendar/v1/events", headers={"Authorization": f"Bearer {token}"}).status_code == 200

Without Django the verifier itself is told to trust it: `Expectations("api.calendar", token_issuer.trusted(your_profile))`.
"""

import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from access_tokens.keys import KeySource
from access_tokens.verify import Caller, Issuer, Json


class PlayedIssuer:
    """An issuer with a key of its own. `token()` is good but for `aud`, which you name; a change to None removes a claim."""

    def __init__(self, issuer: str = "https://issuer.test/") -> None:
        self.issuer, self.kid = issuer, "test-key"

    def public_keys(self) -> dict[str, Any]:
        """Its JWK set: RFC 7517 section 5."""
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(_private_key().public_key(), as_dict=True)
        return {"keys": [{**jwk, "kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def trusted(self, caller: Callable[[Json], Caller]) -> dict[str, Issuer]:
        """What `Expectations.issuers` takes: this issuer alone, with `caller` to read its claims."""
        return {self.issuer: Issuer(self.issuer, KeySource(lambda: (self.public_keys(), 600)), caller)}

    def token(self, headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """A user's access token by RFC 9068, valid for an hour; `scope` is text, as in `scope="read write"`."""
        now = int(time.time())
        good = {"iss": self.issuer, "sub": "user-1", "client_id": "application-1", "jti": "token-1", "iat": now, "exp": now + 3600}
        chosen = {name: value for name, value in {**good, **claims}.items() if value is not None}
        return jwt.encode(chosen, _private_key(), algorithm="RS256", headers={"typ": "at+jwt", "kid": self.kid, **(headers or {})})

    def machine_token(self, client_id: str = "backend-1", headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """The token that an application got for itself."""
        machine = {"sub": f"{client_id}@clients", "client_id": client_id, "gty": "client-credentials"}
        return self.token(headers, **{**machine, **claims})


@pytest.fixture
def token_issuer() -> Iterator[PlayedIssuer]:
    """A played issuer; where Django is set up, the only one that is trusted while the test runs."""
    played = PlayedIssuer()
    try:
        from django.conf import settings  # here: the verifier is tested without Django, too
        from django.test import override_settings
    except ModuleNotFoundError:
        yield played
        return
    if not settings.configured:
        yield played
        return
    trusted = [{"issuer": played.issuer, "public_keys": played.public_keys}]
    with override_settings(ACCESS_TOKENS={**getattr(settings, "ACCESS_TOKENS", {}), "ISSUERS": trusted}):
        yield played


@lru_cache(maxsize=1)
def _private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
