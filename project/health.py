"""`/healthz`: the process answers. `/readyz`: what it needs is there (database, keys, data), each part by name."""

from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from project.service import serves


def alive(request: HttpRequest) -> JsonResponse:
    """200 while the process can answer at all."""
    return JsonResponse({"status": "ok", "service": settings.SERVICE})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when every part is `ok`, else 503; a part that is not says what is wrong."""
    parts = {name: check() for name, check in _checks().items()}
    is_ready = all(answer == "ok" for answer in parts.values())
    return JsonResponse(
        {"status": "ok" if is_ready else "not ready", "service": settings.SERVICE, "parts": parts}, status=200 if is_ready else 503
    )


def _checks() -> dict[str, Callable[[], str]]:
    checks: dict[str, Callable[[], str]] = {}
    if settings.DATABASE_URL:  # not DATABASES: Django itself puts an entry there once it has looked
        checks["database"] = _database
    if serves(settings.SERVICE, "authorization_server"):
        checks["signing_keys"] = _signing_keys
    if serves(settings.SERVICE, "calendar_api") or serves(settings.SERVICE, "geocoding_api"):
        checks["issuer_keys"] = _issuer_keys
    if serves(settings.SERVICE, "geocoding_api"):
        checks["places"] = _places
    return checks


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return f"no answer: {type(error).__name__}"
    return "migrations are missing: run `python manage.py migrate`" if pending else "ok"


def _signing_keys() -> str:
    from authorization_server.keys import public_jwks  # here and below: only where that service runs

    try:
        return "ok" if public_jwks()["keys"] else "no signing key"
    except DatabaseError as error:
        return f"no answer: {type(error).__name__}"


def _issuer_keys() -> str:
    from access_tokens.conf import trusted_issuers
    from access_tokens.rejections import KeysUnavailable

    try:
        trusted_issuers(settings.OWN_AUDIENCE)[settings.ISSUER].keys.load()
    except KeysUnavailable as error:
        return f"no keys of {settings.ISSUER}: {error.detail}"
    return "ok"


def _places() -> str:
    from geocoding_api.places import DataMissing, places

    try:
        places()
    except DataMissing as error:
        return str(error)
    return "ok"
