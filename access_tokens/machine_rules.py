# Four Checks, access_tokens 0.1.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""Machine or user: how each kind of issuer says on whose behalf a token was given out.

Read next: `access_tokens/conf.py`, which picks the rule for each trusted issuer.
"""

from collections.abc import Callable, Mapping
from typing import Any

from access_tokens.verify import client_id_of

MachineRule = Callable[[Mapping[str, Any]], bool | None]


def machine_rule(name: str) -> MachineRule:
    """The rule called `auth0`, `rfc9068`, `entra` or `keycloak:<claim>=<value>`. Raises ValueError for any other name.

    A rule takes the claims and answers True for a machine, False for a user, None where it cannot tell: that token is refused.
    """
    if name in _RULES:
        return _RULES[name]
    kind, _, configured = name.partition(":")
    claim, equals, value = configured.partition("=")
    if kind != "keycloak" or not claim or not equals or not value:
        raise ValueError("write auth0, rfc9068, entra or keycloak:<claim>=<value>")
    return lambda claims: claims.get(claim) == value if isinstance(claims.get(claim, ""), str) else None


def auth0(claims: Mapping[str, Any]) -> bool | None:
    """Ours and Auth0's: `gty` is client-credentials *and* `sub` is `<client_id>@clients`; a user's token has neither."""
    subject = claims.get("sub")
    signs = {claims.get("gty") == "client-credentials", subject == f"{client_id_of(claims)}@clients", str(subject).endswith("@clients")}
    return signs.pop() if len(signs) == 1 else None


def rfc9068(claims: Mapping[str, Any]) -> bool | None:
    """`sub` is the client itself. RFC 9068 section 2.2."""
    client_id = client_id_of(claims)
    return claims.get("sub") == client_id if client_id else None


def entra(claims: Mapping[str, Any]) -> bool | None:
    """`idtyp` is app. Where the issuer does not write it, only a token that a user delegated has `scp`."""
    kind = claims.get("idtyp", "user" if "scp" in claims else None)
    return {"app": True, "user": False}.get(kind) if isinstance(kind, str) else None


_RULES: Mapping[str, MachineRule] = {"auth0": auth0, "rfc9068": rfc9068, "entra": entra}
