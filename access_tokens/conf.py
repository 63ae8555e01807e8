# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""`settings.ACCESS_TOKENS`, parsed once into a frozen dataclass; a wrong entry says which it is, its value and the cure.

ACCESS_TOKENS = {
    "ISSUERS": [
        {
            "issuer": "https://tenant.example/",      # exactly as `iss` has it, last slash included
            "internal_url": "http://issuer:9000/",    # where this machine reaches it, if elsewhere
            "jwks_uri": "https://…",                  # only for an issuer without discovery
            "public_keys": callable,                  # only for an issuer in this very process: returns its JWK set
            "symmetric_keys": {"<audience>": "…"},    # HS256 only: a secret of its own for each API
            "algorithms": ["RS256"],
            "types": ["at+jwt"],                      # or JWT, or both
            "scope_claim": "scope",                   # scope, scp, permissions or both (those in scope and permissions)
            "machine_rule": "auth0",                  # auth0, auth0-rfc9068, rfc9068, entra or keycloak:<claim>=<value>
        },
    ],
    "LEEWAY_SECONDS": 5,
    "KEYS_MAX_STALE_HOURS": 24,
    "EXPLAIN_REJECTIONS": False,
    "REJECTION_PAGES": "https://docs.example/rejections/",
}
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.db import DatabaseError

from access_tokens.callers import SCOPE_CLAIMS, caller_profile
from access_tokens.keys import KeySource, published_keys
from access_tokens.rejections import KeysUnavailable
from access_tokens.symmetric_keys import SymmetricKey
from access_tokens.verify import AccessToken, Caller, Expectations, Issuer, Json, verify

ASYMMETRIC = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
SYMMETRIC = frozenset({"HS256"})
LOCAL_KEYS_FRESH_SECONDS = 10


class WrongSetting(ImproperlyConfigured):
    """An entry of `settings.ACCESS_TOKENS` that cannot be used."""

    def __init__(self, name: str, value: object, cure: str) -> None:
        super().__init__(f"ACCESS_TOKENS {name} is {value!r}. Cure: {cure}")


@dataclass(frozen=True)
class TrustedIssuer:
    """One entry of `ISSUERS`: how its tokens look, and where its keys are; `symmetric` by audience, or else `keys` for all."""

    name: str
    algorithms: frozenset[str]
    types: frozenset[str]
    caller: Callable[[Json], Caller]
    keys: KeySource | None
    symmetric: Mapping[str, SymmetricKey]

    def for_audience(self, audience: str | None) -> Issuer | None:
        """What `verify` needs to know; None where this issuer shares no key with the API of that audience."""
        keys = self.keys or self.symmetric.get(audience or "")
        return None if keys is None else Issuer(self.name, keys, self.caller, self.algorithms, self.types)


@dataclass(frozen=True)
class Configuration:
    """All of `settings.ACCESS_TOKENS`."""

    issuers: tuple[TrustedIssuer, ...]
    leeway_seconds: int
    explain_rejections: bool
    rejection_pages: str
    verified_tokens_seconds: int


@lru_cache(maxsize=1)
def configuration() -> Configuration:
    """The settings, parsed at the first call. Raises `WrongSetting`."""
    return parse(getattr(settings, "ACCESS_TOKENS", {}))


@lru_cache(maxsize=64)
def trusted_issuers(audience: str | None = None) -> dict[str, Issuer]:
    """The trusted issuers by their exact `iss`, as the API of `audience` sees them (which matters for symmetric keys alone)."""
    issuers = (issuer.for_audience(audience) for issuer in configuration().issuers)
    return {issuer.name: issuer for issuer in issuers if issuer}


@lru_cache(maxsize=64)
def expectations(audience: str) -> Expectations:
    """What the API of `audience` expects of an access token."""
    return Expectations(audience, trusted_issuers(audience), configuration().leeway_seconds)


@lru_cache(maxsize=1)
def verifier() -> Callable[..., AccessToken]:
    """`verify.verify`, or the same with a memory where `VERIFIED_TOKENS_SECONDS` switches it on."""
    seconds = configuration().verified_tokens_seconds
    if not seconds:
        return verify
    from access_tokens.verified_tokens import VerifiedTokens  # here: the file may be left out

    return VerifiedTokens(seconds).verify


def forget() -> None:
    """Parse the settings anew at the next call, with new, empty caches."""
    for parsed in (configuration, trusted_issuers, expectations, verifier):
        parsed.cache_clear()


def _forget_when_tests_change_it(*, setting: str, **_: object) -> None:
    if setting == "ACCESS_TOKENS":
        forget()


setting_changed.connect(_forget_when_tests_change_it)  # the one signal here: Django's own way to tell, as DRF does it


def parse(raw: Mapping[str, Any]) -> Configuration:
    """`settings.ACCESS_TOKENS` as a `Configuration`. Raises `WrongSetting` for the first mistake."""
    known = {"ISSUERS", "LEEWAY_SECONDS", "KEYS_MAX_STALE_HOURS", "EXPLAIN_REJECTIONS", "REJECTION_PAGES", "VERIFIED_TOKENS_SECONDS"}
    for name in raw:
        if name not in known:
            raise WrongSetting(f'["{name}"]', raw[name], f"no such setting; there are {', '.join(sorted(known))}.")
    leeway = _number(raw, "LEEWAY_SECONDS", 5, "CLOCK_LEEWAY")
    max_stale_hours = _number(raw, "KEYS_MAX_STALE_HOURS", 24, "KEYS_MAX_STALE_HOURS")
    remembered = _number(raw, "VERIFIED_TOKENS_SECONDS", 0, "VERIFIED_TOKENS_SECONDS")
    entries = raw.get("ISSUERS") or []
    if not isinstance(entries, list | tuple) or not all(isinstance(entry, Mapping) for entry in entries):
        raise WrongSetting('["ISSUERS"] (ISSUER, TRUSTED_ISSUERS)', entries, 'write a list of dictionaries, each with an "issuer".')
    issuers = tuple(parse_issuer(entry, number, max_stale_hours) for number, entry in enumerate(entries))
    names = [issuer.name for issuer in issuers]
    if twice := [name for name in names if names.count(name) > 1]:
        raise WrongSetting('["ISSUERS"] (ISSUER, TRUSTED_ISSUERS)', twice[0], "name each issuer once.")
    pages = str(raw.get("REJECTION_PAGES", ""))
    return Configuration(issuers, leeway, bool(raw.get("EXPLAIN_REJECTIONS", False)), pages, remembered)


def parse_issuer(entry: Mapping[str, Any], number: int, max_stale_hours: int) -> TrustedIssuer:
    """One entry of `ISSUERS`. Raises `WrongSetting`, which names the environment variable that this project reads it from."""
    wrong = _Wrong(entry, number)
    for name in entry:
        if name not in _VARIABLES:
            raise wrong(name, f"no such member; there are {', '.join(_VARIABLES)}.")
    issuer = entry.get("issuer")
    if not isinstance(issuer, str) or not _is_url(issuer):
        raise wrong("issuer", "write the issuer's URL exactly as its tokens have it in iss, without query and fragment.")
    for name in ("internal_url", "jwks_uri"):
        if entry.get(name) and not _is_url(entry[name]):
            raise wrong(name, "write an http or https URL, or leave it out.")
    algorithms = frozenset(_words(entry, "algorithms", ["RS256"], wrong))
    if not algorithms or not (algorithms <= ASYMMETRIC or algorithms == SYMMETRIC):
        raise wrong("algorithms", f"write HS256 alone, or some of {', '.join(sorted(ASYMMETRIC))}; never both kinds for one issuer.")
    types = frozenset(word.lower() for word in _words(entry, "types", ["at+jwt"], wrong))
    if not types or not types <= {"at+jwt", "jwt"}:
        raise wrong("types", "write at+jwt, JWT, or both.")
    scope_claim = entry.get("scope_claim", "scope")
    if scope_claim not in SCOPE_CLAIMS:
        raise wrong("scope_claim", "write scope, scp, permissions or both.")
    try:
        caller = caller_profile(scope_claim=scope_claim, machine_rule=str(entry.get("machine_rule", "auth0")))
    except ValueError as error:
        raise wrong("machine_rule", f"{error}.") from error
    keys, symmetric = _keys(entry, issuer, algorithms, max_stale_hours, wrong)
    return TrustedIssuer(issuer, algorithms, types, caller, keys, symmetric)


_VARIABLES = {
    "issuer": "ISSUER",
    "internal_url": "ISSUER_INTERNAL_URL",
    "jwks_uri": "JWKS_URI",
    "public_keys": "",
    "symmetric_keys": "TOKEN_SYMMETRIC_KEYS",
    "algorithms": "TOKEN_ALGORITHMS",
    "types": "TOKEN_TYPES",
    "scope_claim": "SCOPE_CLAIM",
    "machine_rule": "MACHINE_RULE",
}


class _Wrong:
    def __init__(self, entry: Mapping[str, Any], number: int) -> None:
        self.entry, self.number = entry, number

    def __call__(self, name: str, cure: str) -> WrongSetting:
        variable = _VARIABLES.get(name, "") if self.number == 0 else "TRUSTED_ISSUERS"
        value = "***" if name == "symmetric_keys" else self.entry.get(name)
        return WrongSetting(f'["ISSUERS"][{self.number}]["{name}"]{f" ({variable})" if variable else ""}', value, cure)


def _keys(
    entry: Mapping[str, Any], issuer: str, algorithms: frozenset[str], max_stale_hours: int, wrong: _Wrong
) -> tuple[KeySource | None, Mapping[str, SymmetricKey]]:
    secrets = entry.get("symmetric_keys") or {}
    if not isinstance(secrets, Mapping):
        raise wrong("symmetric_keys", "write a dictionary from audience to secret.")
    if bool(secrets) != (algorithms == SYMMETRIC) or (secrets and (entry.get("public_keys") or entry.get("jwks_uri"))):
        raise wrong("symmetric_keys", "give them with HS256 alone, and then no jwks_uri and no public_keys: never both kinds of keys.")
    if secrets:
        try:
            return None, {str(audience): SymmetricKey(secret) for audience, secret in secrets.items()}
        except (ValueError, AttributeError) as error:
            raise wrong(
                "symmetric_keys", "make each at least 32 random bytes (RFC 7518 section 3.2), a secret of its own for each audience."
            ) from error
    if read := entry.get("public_keys"):
        if not callable(read):
            raise wrong("public_keys", "give a function that returns the JWK set, or leave it out.")
        return KeySource(_reading(read), max_stale_hours=max_stale_hours, unknown_kid_seconds=0, retry_seconds=0), {}
    internal_url, jwks_uri = str(entry.get("internal_url") or ""), str(entry.get("jwks_uri") or "")
    return published_keys(issuer, internal_url=internal_url, jwks_uri=jwks_uri, max_stale_hours=max_stale_hours), {}


def _reading(read: Callable[[], object]) -> Callable[[], tuple[object, float]]:
    def read_here() -> tuple[object, float]:
        try:
            return read(), LOCAL_KEYS_FRESH_SECONDS
        except DatabaseError as error:
            raise KeysUnavailable(f"the issuer in this process cannot read its keys: {type(error).__name__}") from error

    return read_here


def _words(entry: Mapping[str, Any], name: str, default: list[str], wrong: _Wrong) -> list[str]:
    words = entry.get(name, default)
    if not isinstance(words, list | tuple | frozenset | set) or not all(isinstance(word, str) for word in words):
        raise wrong(name, "write a list of texts.")
    return list(words)


def _number(raw: Mapping[str, Any], name: str, default: int, variable: str) -> int:
    value = raw.get(name, default)
    if type(value) is not int or value < 0:
        raise WrongSetting(f'["{name}"] ({variable})', value, "write a whole number, 0 or more.")
    return value


def _is_url(value: object) -> bool:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        return False
    return bool(parts and parts.scheme in {"http", "https"} and parts.hostname and not {"?", "#"} & set(str(value)))
