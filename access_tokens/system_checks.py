# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""Django system checks for the usual mistakes, each with its cure: `python manage.py check`."""

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured
from django.urls import get_resolver

from access_tokens.conf import parse
from access_tokens.resource_servers import ResourceServer


def check_settings(app_configs: object = None, **options: object) -> list[CheckMessage]:
    """E001: nobody is trusted. E002: a wrong entry. W001: an issuer without its last slash. E003, E004: keys, see below."""
    raw: Mapping[str, Any] = getattr(settings, "ACCESS_TOKENS", {})
    entries = raw.get("ISSUERS")
    if not entries:
        hint = 'Set ACCESS_TOKENS = {"ISSUERS": [{"issuer": "https://…/"}]} in the settings.'
        return [Error("No issuer is trusted, so every access token is refused.", hint=hint, id="access_tokens.E001")]
    readable = [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list | tuple) else []
    messages = [message for entry in readable for message in _check_entry(entry)]
    try:
        parse(raw)
    except ImproperlyConfigured as mistake:
        if not any(isinstance(message, Error) for message in messages):  # else it is said already, and better
            messages.append(Error(str(mistake), id="access_tokens.E002"))
    return messages


def _check_entry(entry: Mapping[str, Any]) -> Iterator[CheckMessage]:
    issuer, secrets, algorithms = entry.get("issuer"), entry.get("symmetric_keys") or {}, entry.get("algorithms", ["RS256"])
    if isinstance(issuer, str) and not issuer.endswith("/") and entry.get("machine_rule", "auth0") == "auth0":
        yield Warning(
            f"The issuer {issuer!r} has no last slash; this kind of issuer writes one into iss, and the comparison is exact.",
            hint=f"If its discovery document says so, write {issuer + '/'!r} (ISSUER, TRUSTED_ISSUERS).",
            id="access_tokens.W001",
        )
    if not isinstance(secrets, Mapping) or not isinstance(algorithms, list | tuple):
        return  # which parse() says
    for audience, secret in secrets.items():
        if len(str(secret).encode()) < 32:
            yield Error(
                f"The HS256 key that {issuer!r} shares with the API {audience!r} is shorter than 32 bytes: it can be guessed offline.",
                hint="Make it of 32 random bytes or more: python -c 'import secrets; print(secrets.token_urlsafe(48))'.",
                id="access_tokens.E003",
            )
    if (secrets or "HS256" in algorithms) and (
        any(name != "HS256" for name in algorithms) or entry.get("public_keys") or entry.get("jwks_uri")
    ):
        yield Error(
            f"Both symmetric and asymmetric keys are configured for {issuer!r}: a public key must never count as a shared secret.",
            hint="Keep either symmetric_keys with HS256 alone, or public keys with their algorithms.",
            id="access_tokens.E004",
        )


def check_cryptography(app_configs: object = None, **options: object) -> list[CheckMessage]:
    """E005: without this package PyJWT can verify no asymmetric signature, and every good token is answered 503."""
    if find_spec("cryptography"):
        return []
    hint = "Run: python -m pip install 'PyJWT[crypto]'"
    return [Error("The package cryptography is not installed: no signature can be checked.", hint=hint, id="access_tokens.E005")]


def check_audiences(app_configs: object = None, **options: object) -> list[CheckMessage]:
    """E006: an API that names no audience, so that it refuses every token. Looks at all classes in use."""
    if getattr(settings, "ROOT_URLCONF", None):
        list(get_resolver().url_patterns)  # imports the views, and with them the classes
    return [
        Error(
            f"{cls.__module__}.{cls.__qualname__} names no audience, so it refuses every access token.",
            hint='Set `audience` to what tokens for this API have in aud, as in audience = "api.calendar".',
            id="access_tokens.E006",
        )
        for cls in _subclasses(ResourceServer)
        if cls.__module__ != "access_tokens.authentication" and (not isinstance(cls.audience, str) or not cls.audience)
    ]


def _subclasses(cls: type[Any]) -> Iterator[type[Any]]:
    for subclass in cls.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)
