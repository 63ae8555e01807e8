"""Whose keys the APIs of this process check tokens with: the issuer's public ones, or a secret that one API shares with it."""

from collections.abc import Mapping
from typing import Any

from project.environment import BadSetting


def issuer_in_this_process() -> dict[str, Any]:
    """The authorization server's JWK set (RFC 7517 section 5), straight from its database."""
    from authorization_server.keys import public_jwks  # here: models cannot be imported while settings are being read

    return public_jwks()


def check_shared_secrets(*, algorithms: tuple[str, ...], secrets: Mapping[str, str], audience: str | None) -> None:
    """HS256 alone and with a secret, or other algorithms and none. `audience`: of the one API in this process, else None.

    Raises `BadSetting`.
    """
    if "HS256" not in algorithms:
        if secrets:
            raise BadSetting("TOKEN_SYMMETRIC_KEYS", "***", "leave it out, or set TOKEN_ALGORITHMS=HS256: keys are of one kind.")
        return
    if len(algorithms) > 1:
        raise BadSetting("TOKEN_ALGORITHMS", " ".join(algorithms), "write HS256 alone, or leave it out: keys are of one kind.")
    if audience is None:
        cure = "set it for an API's own process alone (SERVICE=calendar_api or geocoding_api): whoever has the secret can make tokens."
        raise BadSetting("TOKEN_ALGORITHMS", "HS256", cure)
    if audience not in secrets:
        cure = f'write {{"{audience}": "<secret>"}}. The dashboard shows the secret once, when it switches the API to HS256.'
        raise BadSetting("TOKEN_SYMMETRIC_KEYS", "***" if secrets else None, cure)
