"""An issuer that a test plays: its tokens are good, and a test states only what differs."""

import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

_PRIVATE_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class TestIssuer:
    """An issuer that the APIs under test trust. Its tokens are good; a test states only what differs."""

    __test__ = False

    def __init__(self, url: str, calendar_audience: str, geocoding_audience: str) -> None:
        self.url = url
        self.calendar_audience = calendar_audience
        self.geocoding_audience = geocoding_audience
        self.kid = "test-key"
        self.private_key = _PRIVATE_KEY

    def jwks(self) -> dict[str, Any]:
        """The public keys, as its JWKS endpoint would serve them."""
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(self.private_key.public_key(), as_dict=True)
        return {"keys": [{**jwk, "kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def user_claims(self, **changes: Any) -> dict[str, Any]:
        """The claims of Alice's token for the Calendar API; a change to None removes a claim."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": self.calendar_audience,
            "sub": "usr_123",
            "client_id": "calendar-web",
            "azp": "calendar-web",
            "scope": "read write",
            "iat": now,
            "exp": now + 3600,
            "jti": "0f2c2c1e-test",
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def sign(self, claims: dict[str, Any], headers: dict[str, Any] | None = None) -> str:
        """`claims` as a signed JWT, RS256, `typ` at+jwt unless `headers` say otherwise."""
        return jwt.encode(claims, self.private_key, algorithm="RS256", headers={"typ": "at+jwt", "kid": self.kid, **(headers or {})})

    def access_token(self, headers: dict[str, Any] | None = None, **changes: Any) -> str:
        """Alice's good token for the Calendar API, with `changes` to its claims."""
        return self.sign(self.user_claims(**changes), headers)

    def machine_token(self, client_id: str = "geocoding-backend", headers: dict[str, Any] | None = None, **changes: Any) -> str:
        """A machine's good token for the Geocoding API, with `changes` to its claims."""
        machine = {
            "aud": self.geocoding_audience,
            "sub": f"{client_id}@clients",
            "client_id": client_id,
            "azp": client_id,
            "gty": "client-credentials",
            "scope": None,
        }
        return self.sign(self.user_claims(**{**machine, **changes}), headers)
