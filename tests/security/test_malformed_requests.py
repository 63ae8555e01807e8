"""No endpoint of any service answers 500 to anything in the table of malformed requests, nor leaves a traceback.

Endpoints are taken from the URL configuration, so that a new one is tried without a word here.
"""

import base64
import copy
import io
import json
import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

from access_tokens.authentication import AccessTokenAuthentication
from authorization_server.management_api.scopes import SCOPES
from tests.demo_client.conftest import DaybookBrowser, services  # noqa: F401 - the fixture that plays the services for Daybook
from tests.security.malformed_requests import MALFORMED_REQUESTS, MalformedRequest

pytestmark = pytest.mark.django_db

EVENT = {
    "id": "abcdefghij",
    "summary": "Tea",
    "start": {"dateTime": "2026-12-01T10:00:00Z"},
    "end": {"dateTime": "2026-12-01T11:00:00Z"},
}
# What a path parameter holds in a well-formed request; an event of that id exists.
PATH_VALUES = {"event_id": "abcdefghij", "original_start": "20261201T100000", "code": "token_expired"}

APIS = re.compile(r"/(calendar|calandar|geocoding)/v1/|/api/v2/")
# Where 503 is the documented answer to something else that is not there: keys, data or database.
MAY_BE_UNAVAILABLE = re.compile(r"/readyz$")
# Django's own pages are many and alike: each is sent another part of the table.
DJANGOS_OWN = re.compile(r"/admin/")


@dataclass(frozen=True)
class Endpoint:
    """One route: its path with `{}` where parameters stand, their names, whose it is, and whether it takes access tokens."""

    template: str
    parameters: tuple[str, ...]
    app: str
    takes_access_tokens: bool

    def path(self, value: str | None) -> str:
        """The path with `value`, percent-encoded, for every parameter; without it, with values that are well formed."""
        return self.template.format(*(value or PATH_VALUES.get(parameter, "1") for parameter in self.parameters))


def _endpoints(resolver: URLResolver, prefix: str = "/") -> Iterator[Endpoint]:
    for pattern in resolver.url_patterns:
        route, parameters = _route(pattern)
        if isinstance(pattern, URLResolver):
            yield from _endpoints(pattern, prefix + route)
        else:
            classes = getattr(getattr(pattern.callback, "cls", None), "authentication_classes", ())
            takes_access_tokens = any(issubclass(each, AccessTokenAuthentication) for each in classes)
            yield Endpoint(prefix + route, parameters, pattern.callback.__module__.partition(".")[0], takes_access_tokens)


def _route(pattern: URLPattern | URLResolver) -> tuple[str, tuple[str, ...]]:
    text = str(pattern.pattern)
    if hasattr(pattern.pattern, "_route"):
        names = re.findall(r"<(?:\w+:)?(\w+)>", text)
        return re.sub(r"<[^>]+>", "{}", text.replace("{", "{{").replace("}", "}}")), tuple(names)
    form, names = normalize(text)[0]
    return re.sub(r"%\(\w+\)s", "{}", form), tuple(names)


ENDPOINTS = sorted(set(_endpoints(get_resolver())), key=lambda endpoint: endpoint.template)


def _with(endpoints: list[Endpoint]) -> Any:
    return pytest.mark.parametrize("endpoint", endpoints, ids=lambda endpoint: endpoint.template)


def test_endpoints_of_every_service_are_found():
    found = {endpoint.template for endpoint in ENDPOINTS}
    assert {
        "/calendar/v1/events",
        "/calandar/v1/events/{}",
        "/geocoding/v1/reverse",
        "/healthz",
        "/oauth/token",
        "/authorize",
        "/",
    } <= found


def test_each_malformed_request_has_a_name_of_its_own():
    assert len({request.id for request in MALFORMED_REQUESTS}) == len(MALFORMED_REQUESTS)


@pytest.fixture(scope="module", autouse=True)
def seeded(django_db_setup, django_db_blocker):
    """The demo's rows, written once: what is asked for is really there. Each test's own changes are undone after it."""
    cheap = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])  # hundreds of sign-ins are tried
    with cheap, django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_issuer", quiet=True)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _daybook_reaches_played_services(request):
    if request.node.callspec.params["endpoint"].app == "demo_client" if hasattr(request.node, "callspec") else False:
        request.getfixturevalue("services")


@pytest.fixture
def send(caplog):
    """Send one malformed request and return what is wrong with the answer, or None."""
    caplog.set_level(logging.ERROR)

    def sent(client: Client, endpoint: Endpoint, malformed: MalformedRequest, headers: dict[str, str]) -> str | None:
        cookies = copy.deepcopy(client.cookies)
        with transaction.atomic():
            response = client.generic(
                malformed.method, endpoint.path(malformed.path_value) + malformed.path_end, **_environ(malformed, headers)
            )
            content = response.getvalue()  # of an answer in pieces too
            transaction.set_rollback(True)
        client.cookies = cookies  # a request that signs out must not spare the next ones
        # What Django refuses itself is written without its traceback: tests/project/test_logs.py.
        tracebacks = [record for record in caplog.records if record.exc_info and not record.name.startswith("django.security")]
        caplog.clear()
        if tracebacks:
            return f"{response.status_code}, logged {tracebacks[0].exc_info[1]!r}"
        return _fault(endpoint, malformed, response, content)

    return sent


def _fault(endpoint: Endpoint, malformed: MalformedRequest, response: Any, content: bytes) -> str | None:
    status = response.status_code
    if status >= 500 and not (status == 503 and MAY_BE_UNAVAILABLE.match(endpoint.template)):
        return f"{status} {content[:200]!r}"
    if b"Traceback (most recent" in content:
        return "a traceback in the answer"
    if status >= 400 and APIS.match(endpoint.template) and malformed.method != "HEAD":
        if response.get("Content-Type") != "application/problem+json":
            return f"{status} {response.get('Content-Type')} instead of a problem"
        if not {"type", "title", "status", "code", "trace_id"} <= json.loads(content).keys():
            return f"a problem without its members: {content[:200]!r}"
    return None


def _environ(malformed: MalformedRequest, headers: dict[str, str]) -> dict[str, Any]:
    """The request as a WSGI server would hand it over: repeated headers joined, the body a plain stream."""
    collected: dict[str, list[str]] = defaultdict(list)
    for name, value in malformed.headers:
        collected[f"HTTP_{name.upper().replace('-', '_')}"].append(value)
    environ: dict[str, Any] = {"SERVER_NAME": "localhost", "SERVER_PORT": "8000"}
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    environ |= {name: ",".join(values) for name, values in collected.items()}
    length = str(len(malformed.body)) if malformed.content_length is None else malformed.content_length
    environ |= {"QUERY_STRING": malformed.query, "CONTENT_LENGTH": length, "wsgi.input": io.BytesIO(malformed.body)}
    if malformed.content_type is not None:
        environ["CONTENT_TYPE"] = malformed.content_type
    return environ


def _requests_for(endpoint: Endpoint) -> tuple[MalformedRequest, ...]:
    requests = tuple(request for request in MALFORMED_REQUESTS if request.path_value is None or endpoint.parameters)
    return requests[ENDPOINTS.index(endpoint) % 30 :: 30] if DJANGOS_OWN.match(endpoint.template) else requests


def _try_all(send: Any, client: Client, endpoint: Endpoint, headers: dict[str, str]) -> list[str]:
    faults = ((request, send(client, endpoint, request, headers)) for request in _requests_for(endpoint))
    return [f"{request.id}: {fault}" for request, fault in faults if fault]


def _client() -> Client:
    return Client(raise_request_exception=False)


def _good_token(issuer: Any, endpoint: Endpoint) -> str:
    if endpoint.app == "authorization_server":
        return str(issuer.machine_token("trail-reader", aud=f"{issuer.url}api/v2/", scope=" ".join(SCOPES)))
    return str(issuer.machine_token() if endpoint.app == "geocoding_api" else issuer.access_token())


@_with(ENDPOINTS)
def test_a_malformed_request_by_nobody_is_answered_without_a_fault(send, endpoint):
    assert not _try_all(send, _client(), endpoint, {})


@_with([endpoint for endpoint in ENDPOINTS if endpoint.takes_access_tokens])
def test_a_malformed_request_with_a_good_token_is_answered_without_a_fault(send, issuer, endpoint):
    client, token = _client(), _good_token(issuer, endpoint)
    if "events" in endpoint.template:
        headers = {"Authorization": f"Bearer {issuer.access_token()}"}
        assert client.post("/calendar/v1/events", EVENT, content_type="application/json", headers=headers).status_code == 201
    assert not _try_all(send, client, endpoint, {"Authorization": f"Bearer {token}"})


@_with([endpoint for endpoint in ENDPOINTS if endpoint.template.startswith("/oauth/")])
def test_a_malformed_request_by_a_known_application_is_answered_without_a_fault(send, endpoint):
    credentials = base64.b64encode(b"calendar-web:calendar-web-demo-secret").decode("ascii")
    assert not _try_all(send, _client(), endpoint, {"Authorization": f"Basic {credentials}"})


@_with([e for e in ENDPOINTS if e.app in {"authorization_server", "django"} and not re.match(r"/oauth/|/\.well-known/", e.template)])
def test_a_malformed_request_by_somebody_signed_in_at_the_issuer_is_answered_without_a_fault(send, endpoint):
    client = _client()
    client.force_login(get_user_model().objects.get(username="admin"))
    assert not _try_all(send, client, endpoint, {})
    assert client.get("/admin/").status_code == 200, "still signed in"


@_with([endpoint for endpoint in ENDPOINTS if endpoint.app == "demo_client"])
def test_a_malformed_request_by_somebody_signed_in_at_daybook_is_answered_without_a_fault(send, services, endpoint):  # noqa: F811
    browser = DaybookBrowser()
    browser.raise_request_exception = False
    browser.sign_in(services)
    assert not _try_all(send, browser, endpoint, {})
    assert browser.get("/daybook").status_code == 200, "still signed in"
