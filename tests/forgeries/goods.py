"""What the good tokens of the three APIs are made of, with the key of the issuer that the test plays."""

import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from forgeries.good import Good
from tests.issuer import TestIssuer

# An issuer for what is decided before a test runs: which forgeries apply to which API.
ANYBODY = TestIssuer("http://localhost:8000/", "api.calendar", "https://api.example.com/geocoding/v1/")
FOREIGN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def good_for_the_calendar(issuer: Any, *, scopes_needed: frozenset[str] = frozenset({"read"})) -> Good:
    """Alice's token for the Calendar API, with both of its scopes, and an operation that needs `scopes_needed`."""
    return Good(
        claims=issuer.user_claims(),
        private_key=issuer.private_key,
        kid=issuer.kid,
        foreign_key=FOREIGN_KEY,
        audience=issuer.calendar_audience,
        other_audience=issuer.geocoding_audience,
        caller="user",
        now=int(time.time()),
        scopes_needed=scopes_needed,
    )


def good_for_the_geocoder(issuer: Any) -> Good:
    """The Daybook backend's token for the Geocoding API, which has no scopes."""
    return _good_for_machines(issuer, "geocoding-backend", audience=issuer.geocoding_audience)


def good_for_the_management_api(issuer: Any) -> Good:
    """The token with which `trail-reader` reads one trace of the authorization server's log."""
    return _good_for_machines(issuer, "trail-reader", audience=f"{issuer.url}api/v2/", scope="read:trails")


def _good_for_machines(issuer: Any, client_id: str, *, audience: str, scope: str | None = None) -> Good:
    machine = {"sub": f"{client_id}@clients", "client_id": client_id, "azp": client_id, "gty": "client-credentials", "scope": scope}
    return Good(
        claims=issuer.user_claims(aud=audience, **machine),
        private_key=issuer.private_key,
        kid=issuer.kid,
        foreign_key=FOREIGN_KEY,
        audience=audience,
        other_audience=issuer.calendar_audience,
        caller="machine",
        now=int(time.time()),
        scopes_needed=frozenset(scope.split() if scope else ()),
    )
