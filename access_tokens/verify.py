# Four Checks, access_tokens 0.1.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""The four steps of verifying an access token, in order; the first failure rejects it. Step 4 belongs to the view.

Read next: `access_tokens/keys.py`, where trust comes from.
"""

import base64
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from os.path import commonprefix
from typing import Any, ClassVar

import jwt

from access_tokens import rejections
from access_tokens.keys import KeySource
from access_tokens.rejections import shown

MAX_TOKEN_LENGTH, MAX_BRACKETS = 8 * 1024, 500  # more brackets are no claims but an attempt to exhaust a parser's stack
LATEST_TIME = 253_402_300_799  # 9999-12-31T23:59:59Z, the last second that datetime knows
CLIENT_CLAIMS = ("client_id", "azp", "appid")  # RFC 9068; Auth0 and Keycloak; Entra ID
SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 section 3.3
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Issuer:
    """A trusted authorization server and how it writes its tokens. `name` is its exact `iss`; `types` are in lower case.

    `is_machine` is its rule for telling machines from users, None where that cannot be told; `scope_claim` may be `both`.
    """

    name: str
    keys: KeySource
    is_machine: Callable[[Json], bool | None]
    algorithms: frozenset[str] = frozenset({"RS256"})
    types: frozenset[str] = frozenset({"at+jwt"})
    scope_claim: str = "scope"


@dataclass(frozen=True)
class Expectations:
    """What one API expects of a token: its own audience, and one of the issuers it trusts, by their exact `iss`."""

    audience: str
    issuers: Mapping[str, Issuer]
    leeway_seconds: int = 5


@dataclass(frozen=True)
class AccessToken:
    """A token that passed steps 1 to 3; `client_id` and `jti` may be None where `typ` is JWT, `expires_at` is in UTC."""

    header: Json
    claims: Json
    issuer: str
    subject: str
    client_id: str | None
    jti: str | None
    expires_at: datetime
    scopes: frozenset[str]
    is_machine: bool
    is_authenticated: ClassVar[bool] = True  # what Django and DRF ask a request's user

    @property
    def owner(self) -> tuple[str, str]:
        """(`iss`, `sub`): a subject means something only beside the issuer that named it."""
        return self.issuer, self.subject


def verify(token: str, *, expected: Expectations, passed: Callable[[str], object] = lambda step: None) -> AccessToken:
    """Steps 1 to 3 for a token as it stood behind `Bearer `; calls `passed` with each step's name when it is done.

    Raises the `InvalidToken` of the first check that fails, and `KeysUnavailable`.
    """
    header, claims = check_well_formed(token)  # 1  RFC 7519 section 7.2
    issuer = trusted_issuer(claims, expected.issuers)  # the unverified `iss` only selects among the configured ones
    check_type(header, claims, issuer, expected)  # 1  RFC 8725 section 3.11
    passed("well_formed")
    check_signature(token, header, issuer)  # 2  RFC 8725 section 3.1: the algorithm is pinned, not read
    passed("signature")
    check_standard_claims(header, claims, expected)  # 3  RFC 9068 section 4
    scopes, is_machine = scopes_of(claims, issuer.scope_claim), check_caller(claims, issuer)
    passed("standard_claims")
    names = issuer.name, claims["sub"], client_id_of(claims), claims.get("jti")
    return AccessToken(header, claims, *names, datetime.fromtimestamp(claims["exp"], UTC), scopes, is_machine)


def check_well_formed(token: str) -> tuple[Json, Json]:
    """Step 1. Header and claims, both unverified: base64url, JSON objects, to be signed, and bringing no keys along."""
    if len(token) > MAX_TOKEN_LENGTH:
        raise rejections.TokenTooLarge(f"{len(token)} characters were sent, at most {MAX_TOKEN_LENGTH} are read")
    parts = token.split(".", 5)
    if len(parts) != 3:
        kind = {1: ": an opaque token?", 5: ": an encrypted token (JWE)?"}.get(len(parts), "")
        raise rejections.MalformedToken(f"{len(parts)} parts instead of 3{kind}")
    header, claims = _json_object(parts[0], "header"), _json_object(parts[1], "claims")
    _base64url(parts[2], "signature")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str):
        raise rejections.MalformedToken(f"alg is {shown(algorithm)} instead of an algorithm's name", check="alg")
    if algorithm.strip().lower() == "none":
        raise rejections.UnsignedToken(f"alg is {shown(algorithm)}")
    if forbidden := header.keys() & {"crit", "jwk", "jku", "x5u", "x5c"}:
        raise rejections.ForbiddenHeader(f"the header has {', '.join(sorted(forbidden))}")
    return header, claims


def check_type(header: Json, claims: Json, issuer: Issuer, expected: Expectations) -> None:
    """`typ` is that of the issuer's access tokens. An ID token passes here: `check_no_id_token` refuses it by its name."""
    typ = header.get("typ")
    kind = typ.lower().removeprefix("application/") if isinstance(typ, str) else None
    if kind not in issuer.types and not _id_token_marks(claims, expected):
        raise rejections.WrongType(f"typ is {shown(typ)}; this issuer's access tokens have {' or '.join(sorted(issuer.types))}")


def trusted_issuer(claims: Json, issuers: Mapping[str, Issuer]) -> Issuer:
    """The configured issuer whose name equals `iss` exactly. Raises `WrongIssuer`; nothing is fetched for a stranger."""
    if (name := _text(claims, "iss")) in issuers:
        return issuers[name]
    nearest = max(issuers, key=lambda known: len(commonprefix([known, name])), default="")
    at = len(commonprefix([nearest, name]))
    detail = f"iss is {shown(name)}, trusted is {shown(nearest)}; from character {at + 1} on"
    raise rejections.WrongIssuer(f"{detail} {shown(name[at:])} instead of {shown(nearest[at:])}")


def check_signature(token: str, header: Json, issuer: Issuer) -> None:
    """Step 2. The issuer's key that `kid` names signed these very bytes, with an algorithm pinned for issuer and key.

    Raises `WrongAlgorithm`, `UnknownKey`, `BadSignature`, `KeysUnavailable`.
    """
    algorithm, kid = header["alg"], header.get("kid")
    if algorithm not in issuer.algorithms:  # before any key is touched: a public key never serves as an HMAC secret
        raise rejections.WrongAlgorithm(f"alg is {shown(algorithm)}; this issuer signs with {' or '.join(sorted(issuer.algorithms))}")
    key = issuer.keys.find(kid)
    if key is None:
        raise rejections.UnknownKey(f"kid is {shown(kid)}, which is none of the issuer's keys")
    if algorithm not in key.algorithms:
        raise rejections.WrongAlgorithm(f"alg is {shown(algorithm)}; the key is for {' or '.join(sorted(key.algorithms))}")
    signed, _, signature = token.rpartition(".")
    if not jwt.get_algorithm_by_name(algorithm).verify(signed.encode(), key.material, _base64url(signature, "signature")):
        raise rejections.BadSignature("the issuer's key did not make this signature over this header and these claims")


def check_standard_claims(header: Json, claims: Json, expected: Expectations) -> None:
    """Step 3. Each claim in turn, a missing one as bad as a wrong one; `iss` was compared by `trusted_issuer`."""
    for check in STANDARD_CLAIMS:
        check(header, claims, expected)


def check_no_id_token(header: Json, claims: Json, expected: Expectations) -> None:
    """An ID token tells an application who signed in; it opens no API."""
    if marks := _id_token_marks(claims, expected):
        raise rejections.IdTokenRefused(f"{marks} as in an ID token; aud is {shown(claims.get('aud'))}")


def check_exp(header: Json, claims: Json, expected: Expectations) -> None:
    """Not expired by more than the leeway."""
    exp, now = _seconds(claims, "exp"), int(time.time())
    if now >= exp + expected.leeway_seconds:
        raise rejections.TokenExpired(f"exp was {now - exp} s ago ({_utc(exp)}; now {_utc(now)}, leeway {expected.leeway_seconds} s)")


def check_nbf_and_iat(header: Json, claims: Json, expected: Expectations) -> None:
    """Neither issued nor valid only from a time in the future; `nbf` may be left out."""
    now = int(time.time())
    for name in ("nbf", "iat") if "nbf" in claims else ("iat",):
        if (value := _seconds(claims, name)) > now + expected.leeway_seconds:
            detail = f"{name} is {value - now} s ahead ({_utc(value)}; now {_utc(now)}, leeway {expected.leeway_seconds} s)"
            raise rejections.TokenNotYetValid(detail, check=name)


def check_aud(header: Json, claims: Json, expected: Expectations) -> None:
    """The token is for this API, maybe among others."""
    audience = _present(claims, "aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or not all(isinstance(member, str) for member in audiences):
        raise rejections.InvalidClaim(f"aud is {shown(audience)} instead of text or a list of texts", check="aud")
    if not expected.audience or expected.audience not in audiences:
        raise rejections.WrongAudience(f"aud is {shown(audience)}; this API is {shown(expected.audience)}")


def check_names(header: Json, claims: Json, expected: Expectations) -> None:
    """`sub`, with `at+jwt` also `client_id` and `jti`, are there; where there, they can be stored and shown."""
    needed = {"sub", "client_id", "jti"} if str(header.get("typ")).lower().endswith("at+jwt") else {"sub"}
    for name in ("sub", "jti", *CLIENT_CLAIMS):
        if name in needed or name in claims:
            _text(claims, name)


def check_cnf(header: Json, claims: Json, expected: Expectations) -> None:
    """Not bound to a key (RFC 7800): without that proof, which is not checked here, a thief would pass."""
    if "cnf" in claims:
        raise rejections.InvalidClaim("cnf binds the token to its owner's key, whose proof is not checked here", check="cnf")


STANDARD_CLAIMS = (check_no_id_token, check_exp, check_nbf_and_iat, check_aud, check_names, check_cnf)


def check_caller(claims: Json, issuer: Issuer) -> bool:
    """Whether a machine calls on its own behalf. Who cannot be told apart is refused."""
    if (is_machine := issuer.is_machine(claims)) is None:
        raise rejections.InvalidClaim("whether a machine or a user calls cannot be told by this issuer's rule", check="sub")
    return is_machine


def scopes_of(claims: Json, scope_claim: str) -> frozenset[str]:
    """The scopes of the one configured claim, blank-separated text or a list; `both`: those in `scope` and in `permissions`."""
    if scope_claim == "both":
        return scopes_of(claims, "scope") & scopes_of(claims, "permissions")
    value = claims.get(scope_claim, [])
    scopes = value.split(" ") if isinstance(value, str) and value else value or []
    if not isinstance(scopes, list) or not all(isinstance(scope, str) and SCOPE.fullmatch(scope) for scope in scopes):
        raise rejections.InvalidClaim(f"{scope_claim} is {shown(value)} instead of scopes", check=scope_claim)
    return frozenset(scopes)


def client_id_of(claims: Json) -> str | None:
    """The application that the token was issued to."""
    return next((claims[name] for name in CLIENT_CLAIMS if name in claims), None)


def _id_token_marks(claims: Json, expected: Expectations) -> str:
    is_for_the_client = bool(c := client_id_of(claims)) and c != expected.audience and claims.get("aud") in (c, [c])
    return ", ".join([name for name in ("nonce", "at_hash", "c_hash") if name in claims] + ["aud"] * is_for_the_client)


def _present(claims: Json, name: str) -> Any:
    if name not in claims:
        raise rejections.MissingClaim(f"{name} is missing", check=name)
    return claims[name]


def _text(claims: Json, name: str) -> str:
    value = _present(claims, name)
    if not isinstance(value, str) or not 0 < len(value) <= 255 or not value.isprintable():  # no NUL, no lone surrogates
        raise rejections.InvalidClaim(f"{name} is {shown(value)} instead of 1 to 255 printable characters", check=name)
    return value


def _seconds(claims: Json, name: str) -> int:
    value = _present(claims, name)
    if type(value) is not int or not 0 <= value <= LATEST_TIME:  # to Python, true is an int
        raise rejections.InvalidClaim(f"{name} is {shown(value)} instead of whole seconds since 1970-01-01 UTC", check=name)
    return value


def _utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _base64url(part: str, name: str) -> bytes:
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as error:
        raise rejections.MalformedToken(f"the {name} is not base64url: {error}") from error
    if base64.urlsafe_b64encode(decoded).rstrip(b"=") != part.encode():  # one token has one spelling: RFC 4648 section 3.5
        raise rejections.MalformedToken(f"the {name} is not base64url: padding, foreign letters or stray bits")
    return decoded


def _json_object(part: str, name: str) -> Json:
    try:
        text = _base64url(part, name).decode()
        value = _JSON.decode(text) if text.count("[") + text.count("{") <= MAX_BRACKETS else None
    except (ValueError, RecursionError) as error:
        raise rejections.MalformedToken(f"the {name} cannot be read as JSON: {error}") from error
    if not isinstance(value, dict):
        raise rejections.MalformedToken(f"the {name} is no JSON object, or nested too deep")
    return value


def _without_duplicates(members: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(value := dict(members)) != len(members):  # parsers disagree on which of two counts
        raise ValueError("an object has two members of one name")
    return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


_JSON = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_refuse)
