# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""Who calls, with what permissions: client, scopes, and machine or user, read from the claims by each issuer's profile.

Read next: `access_tokens/permissions.py`, which asks these questions for a view.
"""

import re
from collections.abc import Callable, Mapping, Set
from functools import partial

from access_tokens import rejections
from access_tokens.rejections import shown
from access_tokens.verify import Caller, Json, claim

MachineRule = Callable[[Json], bool | None]
SCOPE_CLAIMS = ("scope", "scp", "permissions", "both")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 section 3.3


def caller_profile(*, scope_claim: str, machine_rule: str) -> Callable[[Json], Caller]:
    """What `Issuer.caller` needs: a function from claims to client, scopes and whether a machine calls.

    `machine_rule` is `auth0`, `auth0-rfc9068`, `rfc9068`, `entra` or `keycloak:<claim>=<value>`. Raises ValueError for another.
    The function raises `InvalidClaim` where scopes cannot be read, or machine and user cannot be told apart.
    """
    rule = _rule(machine_rule)

    def caller(claims: Json) -> Caller:
        return client_id_of(claims), scopes_of(claims, scope_claim), is_machine(claims, rule)

    return caller


def client_id_of(claims: Json) -> str | None:
    """The application that the token was issued to: `client_id` (RFC 9068), `azp` (Auth0, Keycloak) or `appid` (Entra ID)."""
    return next((claim(claims, name, str) for name in ("client_id", "azp", "appid") if name in claims), None)


def scopes_of(claims: Json, scope_claim: str) -> frozenset[str]:
    """The scopes of the one configured claim, blank-separated text or a list; `both`: those in `scope` and in `permissions`.

    No scopes where it is missing or empty. Raises `InvalidClaim` for anything else (RFC 6749 section 3.3).
    """
    if scope_claim == "both":
        return scopes_of(claims, "scope") & scopes_of(claims, "permissions")
    value = claims.get(scope_claim, [])
    scopes = value.split(" ") if isinstance(value, str) and value else [] if value == "" else value
    if not isinstance(scopes, list) or not all(isinstance(scope, str) and _SCOPE.fullmatch(scope) for scope in scopes):
        raise rejections.InvalidClaim(f"{scope_claim} is {shown(value)} instead of scopes", check=scope_claim)
    return frozenset(scopes)


def is_machine(claims: Json, rule: MachineRule) -> bool:
    """Whether a machine calls on its own behalf. Raises `InvalidClaim` where the rule cannot tell."""
    if (answer := rule(claims)) is None:
        raise rejections.InvalidClaim("whether a machine or a user calls cannot be told by this issuer's rule", check="sub")
    return answer


def check_is_user(*, is_machine: bool) -> None:
    """Step 4 at an API for users. Raises `MachineTokenRefused`."""
    if is_machine:
        raise rejections.MachineTokenRefused("an application got this token for itself; no user stands behind it")


def check_is_machine(*, is_machine: bool) -> None:
    """Step 4 at an API for machines. Raises `UserTokenRefused`."""
    if not is_machine:
        raise rejections.UserTokenRefused("an application got this token for a user who signed in; only machines are served")


def check_scopes(scopes: frozenset[str], *, needed: frozenset[str]) -> None:
    """Step 4 for one operation: each scope, whole and in its own spelling. Raises `InsufficientScope`."""
    if missing := needed - scopes:
        has = " ".join(sorted(scopes)) or "none"
        raise rejections.InsufficientScope(f"missing {shown(' '.join(sorted(missing)))}, the token has {shown(has)}", needed=needed)


def needed_scopes(by_method: Mapping[str, Set[str]], method: str) -> frozenset[str] | None:
    """The scopes that an operation's HTTP method needs; None where it is not named. HEAD needs what GET needs."""
    needed = by_method.get("GET" if method == "HEAD" and method not in by_method else method)
    return None if needed is None else frozenset(needed)


def auth0(claims: Json) -> bool | None:
    """Ours and Auth0's: `gty` is client-credentials *and* `sub` is `<client_id>@clients`; a user's token has neither."""
    subject, client_id = claims.get("sub"), client_id_of(claims)
    is_its_own_subject = client_id is not None and subject == f"{client_id}@clients"
    signs = {claims.get("gty") == "client-credentials", is_its_own_subject, str(subject).endswith("@clients")}
    return signs.pop() if len(signs) == 1 else None


def auth0_rfc9068(claims: Json) -> bool | None:
    """Auth0's RFC 9068 profile, which has no `gty`: `sub` alone says `<client_id>@clients`."""
    client_id, subject = client_id_of(claims), str(claims.get("sub"))
    if client_id is None or (subject.endswith("@clients") and subject != f"{client_id}@clients"):
        return None
    return subject == f"{client_id}@clients"


def rfc9068(claims: Json) -> bool | None:
    """`sub` is the client itself (RFC 9068 section 2.2); one that ends as Auth0's machines do belongs under another rule."""
    client_id, subject = client_id_of(claims), str(claims.get("sub"))
    return None if client_id is None or subject.endswith("@clients") else subject == client_id


def entra(claims: Json) -> bool | None:
    """Entra ID: `idtyp` is app. Where the issuer does not write it, only a token that a user delegated has `scp`."""
    kind = claims.get("idtyp", "user" if "scp" in claims else None)
    return {"app": True, "user": False}.get(kind) if isinstance(kind, str) else None


def keycloak(claims: Json, *, member: str, value: str) -> bool | None:
    """Keycloak: the configured claim, which a mapper writes into machines' tokens alone. A service account without it is undecidable.

    The *claim* `typ` tells its kinds of tokens apart, whose headers all say JWT. Raises `InvalidClaim` for an ID or a refresh token.
    """
    if claims.get("typ", "Bearer") != "Bearer":
        raise rejections.InvalidClaim(f"the claim typ is {shown(claims['typ'])}; Keycloak's access tokens have 'Bearer'", check="typ")
    if not isinstance(claims.get(member, ""), str):
        return None
    is_machine = claims.get(member) == value
    is_service_account = str(claims.get("preferred_username")).startswith("service-account-")
    return None if is_service_account and not is_machine else is_machine


def _rule(name: str) -> MachineRule:
    if name in _RULES:
        return _RULES[name]
    kind, _, configured = name.partition(":")
    member, _, value = configured.partition("=")
    if kind != "keycloak" or not member or not value:
        raise ValueError(f"write {', '.join(_RULES)} or keycloak:<claim>=<value>")
    return partial(keycloak, member=member, value=value)


_RULES: dict[str, MachineRule] = {"auth0": auth0, "auth0-rfc9068": auth0_rfc9068, "rfc9068": rfc9068, "entra": entra}
