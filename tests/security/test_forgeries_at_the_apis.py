"""Each forgery over HTTP at every real API: refused by the step and with the code it names, explained or terse."""

import base64
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from access_tokens import rejections
from forgeries.catalogue import forgeries_for
from forgeries.check_api.challenges import parse_challenge
from forgeries.forgery import Forgery
from forgeries.good import Good
from tests.forgeries.goods import ANYBODY, good_for_the_calendar, good_for_the_geocoder, good_for_the_management_api

pytestmark = pytest.mark.django_db

# The codes of tokens that were not read as far as their jti.
UNREAD = {"malformed_token", "token_too_large", "unsigned_token", "forbidden_header"}

EVENT = {"summary": "Tea", "start": {"dateTime": "2026-12-01T10:00:00Z"}, "end": {"dateTime": "2026-12-01T11:00:00Z"}}


@dataclass(frozen=True)
class Operation:
    """One operation of a real API: what opens it, how it is called, and what it says of itself."""

    name: str
    good: Callable[[Any], Good]
    method: str
    path: str
    success: int
    realm: str
    metadata: str
    body: Any = None

    def call(self, client: Client, token: str) -> Any:
        """The API's answer to this operation with `token`."""
        headers = {"Authorization": f"Bearer {token}"}
        if self.body is None:
            return client.generic(self.method, self.path, headers=headers)
        return client.generic(self.method, self.path, json.dumps(self.body), "application/json", headers=headers)


def _writing_good(issuer: Any) -> Good:
    return good_for_the_calendar(issuer, scopes_needed=frozenset({"write"}))


_CALENDAR_METADATA = "http://localhost:8000/.well-known/oauth-protected-resource/calendar/v1"
_GEOCODING_METADATA = "http://localhost:8000/.well-known/oauth-protected-resource/geocoding/v1"
READING = Operation("read events", good_for_the_calendar, "GET", "/calendar/v1/events", 200, "calendar", _CALENDAR_METADATA)
WRITING = Operation("write events", _writing_good, "POST", "/calendar/v1/events", 201, "calendar", _CALENDAR_METADATA, EVENT)
PLACES = Operation(
    *("name a place", good_for_the_geocoder, "GET", "/geocoding/v1/reverse?lat=35.6586&lon=139.7454", 200, "geocoding", _GEOCODING_METADATA)
)
_TRACE = "/api/v2/logs?trace_id=0af7651916cd43dd8448eb211c80319c"
_MANAGEMENT_METADATA = "http://localhost:8000/.well-known/oauth-protected-resource/api/v2"
TRAILS = Operation("read a trail", good_for_the_management_api, "GET", _TRACE, 200, "management", _MANAGEMENT_METADATA)
OPERATIONS = (READING, WRITING, PLACES, TRAILS)


def _cases() -> list[Any]:
    """Each forgery at each operation that must refuse it; at the calendar's second operation only what its scope changes."""
    return [
        pytest.param(operation, forgery, id=f"{operation.name}: {forgery.id}")
        for operation in OPERATIONS
        for forgery in forgeries_for(operation.good(ANYBODY))
        if operation is not WRITING or forgery.step == 4
    ]


@pytest.fixture
def terse(settings):
    settings.EXPLAIN_REJECTIONS = False
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "EXPLAIN_REJECTIONS": False}


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_the_good_token_opens_the_api_so_a_forgery_differs_in_one_thing(client, issuer, operation):
    assert operation.call(client, operation.good(issuer).token()).status_code == operation.success


@pytest.mark.parametrize(("operation", "forgery"), _cases())
def test_a_forgery_is_refused_and_explained(client, issuer, settings, operation: Operation, forgery: Forgery):
    good = operation.good(issuer)
    token = forgery.make(good)
    response = operation.call(client, token)

    rejection = rejections.ALL[forgery.code]
    status = 403 if forgery.step == 4 else 401
    body = _problem(response, status)
    assert (body["step"], body["code"]) == (forgery.step, forgery.code), body["detail"]
    assert body["type"] == f"{settings.DEMO_CLIENT_URL}/learn/rejections/{forgery.code}"
    assert (body["title"], body["cure"]) == (rejection.title, rejection.cure)
    assert body["check"]
    assert "Server-Timing" not in response or "desc" not in response["Server-Timing"]

    challenge = _challenge(response, operation)
    assert challenge.pop("error_description")
    assert challenge == _expected_challenge(operation, forgery, good)
    assert not _long_quotations(token, response)


@pytest.mark.parametrize(("operation", "forgery"), _cases())
def test_a_forgery_is_refused_in_few_words_where_rejections_are_not_explained(
    client, issuer, settings, terse, log, operation: Operation, forgery: Forgery
):
    good = operation.good(issuer)
    token = forgery.make(good)
    response = operation.call(client, token)

    status, code = (403, forgery.code) if forgery.step == 4 else (401, "invalid_token")
    body = _problem(response, status)
    assert body.keys() == {"type", "title", "status", "code", "trace_id"}
    assert (body["code"], body["title"]) == (code, rejections.ALL[code].title)
    assert body["type"] == f"{settings.DEMO_CLIENT_URL}/learn/rejections/{code}"
    assert "Server-Timing" not in response
    assert _challenge(response, operation) == _expected_challenge(operation, forgery, good)

    [record] = [record for record in log.records if record.name.startswith("access_tokens") and hasattr(record, "code")]
    assert vars(record)["code"] == forgery.code
    assert vars(record)["trace_id"] == body["trace_id"]
    assert vars(record).get("jti") == (None if forgery.code in UNREAD else _jti(token))
    assert not _token_text(token, log.records)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_an_explaining_api_logs_no_token_either(client, issuer, log, operation):
    good = operation.good(issuer)
    for token in (good.token(), good.token(key=good.foreign_key), "v2-Zm91ci1jaGVja3Mtb3BhcXVlLXRva2VuLTAwMQ"):
        operation.call(client, token)
        assert not _token_text(token, log.records)


def _problem(response: Any, status: int) -> dict[str, Any]:
    """The problem+json body (RFC 9457), with `status` in it and in the status line."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert body["status"] == status
    assert len(body["trace_id"]) == 32
    return dict(body)


def _challenge(response: Any, operation: Operation) -> dict[str, str]:
    """The parameters of the one Bearer challenge, without those that say where we are."""
    scheme, parameters = parse_challenge(response["WWW-Authenticate"])
    assert scheme == "Bearer"
    assert parameters.pop("realm") == operation.realm
    assert parameters.pop("resource_metadata") == operation.metadata
    return parameters


def _expected_challenge(operation: Operation, forgery: Forgery, good: Good) -> dict[str, str]:
    if forgery.step != 4:
        return {"error": "invalid_token"}
    if forgery.code != "insufficient_scope":
        return {"error": "insufficient_scope"}  # without scope: no scope would help
    return {"error": "insufficient_scope", "scope": " ".join(sorted(good.scopes_needed))}


def _jti(token: str) -> str | None:
    """The number of a token whose claims can be read; None where they have none, or none that is text."""
    part = token.split(".")[1]
    jti = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))).get("jti")
    return jti if isinstance(jti, str) else None


def _long_quotations(token: str, response: Any) -> list[str]:
    """Parts of the token of which body or headers quote more than 80 characters."""
    answer = response.content.decode() + "".join(f"{name}: {value}\n" for name, value in response.items())
    return [part for part in token.split(".") if len(part) > 80 and part[:81] in answer]


def _token_text(token: str, records: list[logging.LogRecord]) -> list[str]:
    """Parts of the token that some log record contains, in its message or its fields."""
    logged = "\n".join(f"{record.getMessage()} {vars(record)!r}" for record in records)
    return [part for part in token.split(".") if len(part) > 20 and part[:40] in logged]
