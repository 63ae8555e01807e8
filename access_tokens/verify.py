# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""The four steps of verifying an access token, in order; the first failure rejects it. Step 4 belongs to the view.

Read next: `access_tokens/keys.py`, where trust comes from.
"""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from os.path import commonprefix
from typing import Any, ClassVar

from jwt import PyJWK

from access_tokens import rejections
from access_tokens.keys import KeySource
from access_tokens.rejections import shown

Json = Mapping[str, Any]
MAX_TOKEN_LENGTH, MAX_BRACKETS = 8 * 1024, 500  # more brackets are no claims but an attempt to exhaust a parser's stack
LATEST_TIME = 253_402_300_799  # 9999-12-31T23:59:59Z, the last second that datetime knows
Caller = tuple[str | None, frozenset[str], bool]  # client id, scopes, whether it is a machine


@dataclass(frozen=True)
class Issuer:
    """A trusted authorization server: its exact `iss`, its keys, how its claims name the caller, and what it writes into headers."""

    name: str
    keys: KeySource
    caller: Callable[[Json], Caller]
    algorithms: frozenset[str] = frozenset({"RS256"})
    types: frozenset[str] = frozenset({"at+jwt"})  # in lower case


@dataclass(frozen=True)
class Expectations:
    """What one API expects of a token: its own audience, and one of the issuers it trusts, by their exact `iss`."""

    audience: str
    issuers: Mapping[str, Issuer]
    leeway_seconds: int = 5


@dataclass(frozen=True)
class AccessToken:
    """A token that passed steps 1 to 3, and the `key` that signed it; `client_id` and `jti` may be None where `typ` is JWT."""

    header: Json
    claims: Json
    key: PyJWK
    issuer: str
    subject: str
    jti: str | None
    expires_at: datetime  # in UTC
    client_id: str | None
    scopes: frozenset[str]
    is_machine: bool
    is_authenticated: ClassVar[bool] = True  # what Django and DRF ask a request's user

    @property
    def owner(self) -> tuple[str, str]:
        """(`iss`, `sub`): a subject means something only beside the issuer that named it."""
        return self.issuer, self.subject


def verify(token: str, *, expected: Expectations, passed: Callable[[str], object] = lambda step: None) -> AccessToken:
    """Steps 1 to 3; `passed` is told of each that is done. Raises the `InvalidToken` of the first check to fail; `KeysUnavailable`."""
    header, claims = check_well_formed(token)  # 1  RFC 7519 section 7.2
    issuer = trusted_issuer(claims, expected.issuers)  # the unverified `iss` only selects among the configured ones
    check_type(header, claims, issuer, expected)  # 1  RFC 8725 section 3.11
    passed("well_formed")
    key = check_signature(token, header, issuer)  # 2  RFC 8725 section 3.1: the algorithm is pinned, not read
    passed("signature")
    check_standard_claims(header, claims, expected)  # 3  RFC 9068 section 4
    caller = issuer.caller(claims)  # read here, judged in step 4
    passed("standard_claims")
    expires_at = datetime.fromtimestamp(claims["exp"], UTC)
    return AccessToken(header, claims, key, issuer.name, claims["sub"], claims.get("jti"), expires_at, *caller)


def check_well_formed(token: str) -> tuple[Json, Json]:
    """Step 1: header and claims, unverified. Raises `TokenTooLarge`, `MalformedToken`, `UnsignedToken`, `ForbiddenHeader`."""
    if len(token) > MAX_TOKEN_LENGTH:
        raise rejections.TokenTooLarge(f"{len(token)} characters were sent, at most {MAX_TOKEN_LENGTH} are read")
    if len(parts := token.split(".", 5)) != 3:
        kind = {1: ", an opaque token?", 5: ", an encrypted token (JWE)?"}.get(len(parts), "")
        raise rejections.MalformedToken(f"3 parts are needed, found: {len(parts)}{kind}")
    header, claims, _ = _json_object(parts[0], "header"), _json_object(parts[1], "claims"), _base64url(parts[2], "signature")
    if not isinstance(algorithm := header.get("alg"), str):
        raise rejections.MalformedToken(f"alg is {shown(algorithm)} instead of an algorithm's name", check="alg")
    if algorithm.strip().lower() == "none":
        raise rejections.UnsignedToken(f"alg is {shown(algorithm)}")
    if forbidden := header.keys() & {"crit", "jwk", "jku", "x5u", "x5c"}:
        raise rejections.ForbiddenHeader(f"the header has {', '.join(sorted(forbidden))}")
    return header, claims


def check_type(header: Json, claims: Json, issuer: Issuer, expected: Expectations) -> None:
    """`typ` is one of the issuer's; an ID token is left to `check_no_id_token`, which names it. Raises `WrongType`."""
    kind = header["typ"].lower().removeprefix("application/") if isinstance(header.get("typ"), str) else None
    if kind not in issuer.types and not _id_token_marks(claims, expected):
        raise rejections.WrongType(f"typ is {shown(header.get('typ'))}; this issuer's tokens have {' or '.join(sorted(issuer.types))}")


def trusted_issuer(claims: Json, issuers: Mapping[str, Issuer]) -> Issuer:
    """The configured issuer whose name equals `iss` exactly. Raises `WrongIssuer`; nothing is fetched for a stranger."""
    if (name := claim(claims, "iss", str)) in issuers:
        return issuers[name]
    nearest = max(issuers, key=lambda known: len(commonprefix([known, name])), default="")
    at = len(commonprefix([nearest, name]))
    differ = f"{shown(name[at:])} instead of {shown(nearest[at:])} from character {at + 1} on"
    raise rejections.WrongIssuer(f"iss is {shown(name)}, trusted is {shown(nearest)}: {differ}")


def check_signature(token: str, header: Json, issuer: Issuer) -> PyJWK:
    """Step 2: the key that made the signature. Raises `WrongAlgorithm`, `UnknownKey`, `BadSignature`, `KeysUnavailable`."""
    if (algorithm := header["alg"]) not in issuer.algorithms:  # before any key is touched: no public key as HMAC secret
        raise rejections.WrongAlgorithm(f"alg is {shown(algorithm)}; this issuer signs with {' or '.join(sorted(issuer.algorithms))}")
    if (key := issuer.keys.find(header.get("kid"))) is None:
        raise rejections.UnknownKey(f"kid is {shown(header.get('kid'))}, which is none of the issuer's keys")
    if algorithm != key.algorithm_name:
        raise rejections.WrongAlgorithm(f"alg is {shown(algorithm)}; the key is for {key.algorithm_name}")
    signed, _, signature = token.rpartition(".")
    if not key.Algorithm.verify(signed.encode(), key.key, _base64url(signature, "signature")):
        raise rejections.BadSignature("the issuer's key did not make this signature over this header and these claims")
    return key


def check_standard_claims(header: Json, claims: Json, expected: Expectations) -> None:
    """Step 3, but for `iss` (`trusted_issuer`): a missing claim is as bad as a wrong one. Raises the `InvalidToken` of the first."""
    for check in STANDARD_CLAIMS:
        check(header, claims, expected)


def check_no_id_token(header: Json, claims: Json, expected: Expectations) -> None:
    """An ID token tells an application who signed in; it opens no API (RFC 9068 section 5). Raises `IdTokenRefused`."""
    if marks := _id_token_marks(claims, expected):
        raise rejections.IdTokenRefused(f"{marks} as in an ID token; aud is {shown(claims.get('aud'))}")


def check_exp(header: Json, claims: Json, expected: Expectations) -> None:
    """`exp`, in seconds, is past by less than the leeway. RFC 7519 section 4.1.4. Raises `TokenExpired`."""
    exp, now = claim(claims, "exp", int), int(time.time())
    if now >= exp + expected.leeway_seconds:
        raise rejections.TokenExpired(f"exp was {now - exp} s ago {_clocks(exp, now, expected)}")


def check_nbf_and_iat(header: Json, claims: Json, expected: Expectations) -> None:
    """Issued and valid from no later than now, by the leeway; `nbf` may be left out. RFC 7519 section 4.1.5. Raises `TokenNotYetValid`."""
    for name in ("nbf", "iat") if "nbf" in claims else ("iat",):
        if (since := claim(claims, name, int)) > (now := int(time.time())) + expected.leeway_seconds:
            raise rejections.TokenNotYetValid(f"{name} is {since - now} s ahead {_clocks(since, now, expected)}", check=name)


def check_aud(header: Json, claims: Json, expected: Expectations) -> None:
    """`aud`, text or a list of texts, has this API's. RFC 7519 section 4.1.3. Raises `InvalidClaim`, `WrongAudience`."""
    audiences = [audience] if isinstance(audience := claim(claims, "aud"), str) else audience
    if not isinstance(audiences, list) or not all(isinstance(member, str) for member in audiences):
        raise rejections.InvalidClaim(f"aud is {shown(audience)} instead of text or a list of texts", check="aud")
    if not expected.audience or expected.audience not in audiences:
        raise rejections.WrongAudience(f"aud is {shown(audience)}; this API is {shown(expected.audience)}")


def check_names(header: Json, claims: Json, expected: Expectations) -> None:
    """`sub`, with `at+jwt` also `client_id` and `jti`, are there (RFC 9068 section 2.2) and usable; raises what `claim` raises."""
    needed = {"sub", "client_id", "jti"} if str(header.get("typ")).lower().endswith("at+jwt") else {"sub"}
    for name in ("sub", "client_id", "jti"):
        if name in needed or name in claims:
            claim(claims, name, str)


def check_cnf(header: Json, claims: Json, expected: Expectations) -> None:
    """Not bound to a key (RFC 7800): without the proof, which nobody checks here, a thief would pass. Raises `InvalidClaim`."""
    if "cnf" in claims:
        raise rejections.InvalidClaim("cnf binds the token to its owner's key, whose proof is not checked here", check="cnf")


STANDARD_CLAIMS = (check_no_id_token, check_exp, check_nbf_and_iat, check_aud, check_names, check_cnf)


def _id_token_marks(claims: Json, expected: Expectations) -> str:
    client_id = claims.get("client_id", claims.get("azp"))
    names_the_client = client_id not in (None, expected.audience) and claims.get("aud") in (client_id, [client_id])
    return ", ".join([name for name in ("nonce", "at_hash", "c_hash") if name in claims] + ["aud"] * names_the_client)


def claim(claims: Json, name: str, kind: type = object) -> Any:
    """The claim `name`; if `kind` is str, text fit to store and show, if int, a time in s. Raises `MissingClaim`, `InvalidClaim`."""
    if name not in claims:
        raise rejections.MissingClaim(f"{name} is missing", check=name)
    value = claims[name]
    if kind is str and not (isinstance(value, str) and 0 < len(value) <= 255 and value.isprintable()):  # no NUL, no lone surrogate
        raise rejections.InvalidClaim(f"{name} is {shown(value)} instead of 1 to 255 printable characters", check=name)
    if kind is int and not (type(value) is int and 0 <= value <= LATEST_TIME):  # to Python, true is an int
        raise rejections.InvalidClaim(f"{name} is {shown(value)} instead of whole seconds since 1970-01-01 UTC", check=name)
    return value


def _clocks(seconds: int, now: int, expected: Expectations) -> str:
    written, read = (datetime.fromtimestamp(moment, UTC).isoformat() for moment in (seconds, now))
    return f"({written}; now {read}, leeway {expected.leeway_seconds} s)"


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


_JSON = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=int)  # int("NaN") is a ValueError
