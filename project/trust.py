"""Where this project's own issuer runs in the same process as an API, its public keys are read here, not over HTTP."""

from typing import Any


def issuer_in_this_process() -> dict[str, Any]:
    """The authorization server's JWK set (RFC 7517 section 5), straight from its database."""
    from authorization_server.keys import public_jwks  # here: models cannot be imported while settings are being read

    return public_jwks()
