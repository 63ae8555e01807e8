"""What the tests of Daybook share: the three services it speaks to, played on a port of their own, and a browser of Daybook's."""

import html
import json
import re
import secrets
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client

from demo_client import discovery
from demo_client.flows.client_credentials import TOKENS
from demo_client.models import DaybookSession
from demo_client.sessions import SessionStore
from tests.issuer import TestIssuer

NOW = "2026-11-24T09:00:00Z"
EVENT = {
    "id": "a0001",
    "status": "confirmed",
    "summary": "Call with Tokyo",
    "location": "",
    "geo": {"lat": 35.658, "lon": 139.7016},
    "start": {"dateTime": "2026-11-27T08:30:00+01:00", "timeZone": "Europe/Berlin"},
    "end": {"dateTime": "2026-11-27T10:00:00+01:00", "timeZone": "Europe/Berlin"},
}
SHIBUYA = {"display_name": "Shibuya, Tokyo, Japan", "name": "Shibuya", "city": "Tokyo", "country": "Japan"}
# What the authorization server's log has of a first sign-in, as `GET /api/v2/logs` answers it.
LOGGED = [
    {"event": "request.answered", "method": "GET", "path": "/authorize", "status": 303, "duration_ms": 4.1},
    {"event": "request.answered", "method": "GET", "path": "/login", "status": 200, "duration_ms": 6.0},
    {"event": "sign_in.succeeded", "user": "usr_123"},
    {"event": "request.answered", "method": "POST", "path": "/login", "status": 303, "duration_ms": 42.6},
    {"event": "consent.shown", "reason": "first_time", "user": "usr_123", "scope": "read", "client_id": "calendar-web"},
    {"event": "request.answered", "method": "GET", "path": "/authorize", "status": 200, "duration_ms": 8.0},
    {"event": "consent.given", "user": "usr_123", "scope": "read", "client_id": "calendar-web"},
    {"event": "code.issued", "user": "usr_123", "scope": "read", "client_id": "calendar-web"},
    {"event": "request.answered", "method": "POST", "path": "/authorize", "status": 303, "duration_ms": 9.2},
]


class PlayedServices:
    """Authorization server, Calendar API and Geocoding API, whose tokens are real.

    A test changes one of `answers`: path, or method and path → (status, body[, headers]). Body and whole answer may be functions
    of the request. `grants` are the scopes of the next code, `logged` what the log has of any trace. `lifetime` is that of people's
    tickets, in seconds; `refresh_token` is the one that is good, as each is once.
    """

    def __init__(self, calendar_audience, geocoding_audience):
        self.requests = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://localhost:{self.server.server_port}"
        self.issuer = f"{self.url}/"
        self.signer = TestIssuer(self.issuer, calendar_audience, geocoding_audience)
        self.grants = "read"
        self.logged: list[dict[str, object]] = []
        self.lifetime = 86400
        self.refresh_token = ""
        self.answers = {
            "/.well-known/openid-configuration": (200, self.metadata()),
            "/.well-known/jwks.json": (200, self.signer.jwks()),
            "/oauth/token": self.granted,
            "/api/v2/logs": (200, lambda seen: {"trace_id": seen["query"]["trace_id"][0], "entries": self.logged}),
            "/calendar/v1/events": (200, {"items": [EVENT], "timeZone": "Europe/Berlin"}),
            "POST /calendar/v1/events": (201, lambda seen: json.loads(seen["body"])),
            "/geocoding/v1/reverse": (200, lambda seen: {"results": [{"result": SHIBUYA}]} if seen["body"] else {"result": SHIBUYA}),
        }

    def metadata(self, **changes):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/oauth/token",
            "jwks_uri": f"{self.url}/.well-known/jwks.json",
            "authorization_response_iss_parameter_supported": True,
            **changes,
        }

    @staticmethod
    def token_answer(**changes):
        """A token answer whose ticket is no token at all, unless a test brings its own."""
        answer = {"access_token": "eyJ.eyJ.c2ln", "token_type": "Bearer", "expires_in": 86400, "scope": "read", **changes}
        return {name: value for name, value in answer.items() if value is not None}

    def granted(self, seen):
        """The token endpoint: a token for a code, one for each machine, and none for the machine that nobody has approved."""
        asked = asked_of_the_token_endpoint(seen)
        client_id = asked["client_id"]
        if client_id == "unapproved-backend":
            error_uri = f"{self.url}/access-requests/new"
            return 403, {"error": "access_denied", "error_description": "No client grant.", "error_uri": error_uri}
        if asked["grant_type"] == "client_credentials":
            token = self.signer.machine_token(client_id, aud=asked["audience"])
            return 200, self.token_answer(access_token=token, scope=None)
        if asked["grant_type"] == "refresh_token" and asked["refresh_token"] != self.refresh_token:
            return 400, {"error": "invalid_grant", "error_description": "The refresh token is unknown, used, expired or revoked."}
        scope = self.grants.replace(" offline_access", "")
        claims = {"scope": scope, "client_id": client_id, "azp": client_id, "exp": int(time.time()) + self.lifetime}
        self.refresh_token = f"refresh-{secrets.token_urlsafe(16)}" if "offline_access" in self.grants else ""
        return 200, self.token_answer(
            access_token=self.signer.access_token(**claims, jti=secrets.token_hex(8)),
            scope=self.grants,
            expires_in=self.lifetime,
            refresh_token=self.refresh_token or None,
        )

    def sent_to(self, path, method=None):
        return [request for request in self.requests if request["path"] == path and method in {None, request["method"]}]

    def codes_offered(self):
        """What was sent to the token endpoint for a code."""
        return self._asked_for_a_token("authorization_code")

    def refreshes(self):
        """What was sent to the token endpoint with a refresh token."""
        return self._asked_for_a_token("refresh_token")

    def _asked_for_a_token(self, grant_type):
        asked = [asked_of_the_token_endpoint(request) for request in self.sent_to("/oauth/token")]
        return [parameters for parameters in asked if parameters["grant_type"] == grant_type]

    def _handler(self):
        played = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                query = parse_qs(parts.query, keep_blank_values=True)
                seen = {
                    "method": self.command,
                    "path": parts.path,
                    "target": self.path,
                    "query": query,
                    "headers": dict(self.headers),
                    "body": body,
                }
                played.requests.append(seen)
                default = played.answers.get(parts.path, (404, {"detail": "nothing here"}))
                chosen: Any = played.answers.get(f"{self.command} {parts.path}", default)
                chosen = chosen(seen) if callable(chosen) else chosen
                status, answer = chosen[:2]
                headers = {"Content-Type": "application/json", **(chosen[2] if len(chosen) > 2 else {})}
                answer = answer(seen) if callable(answer) else answer
                content = answer.encode("utf-8", "surrogatepass") if isinstance(answer, str) else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = answer  # noqa: N815 - the library's names

            def log_message(self, *args):
                """Nothing: the test tells what went wrong."""

        return Handler


def asked_of_the_token_endpoint(seen):
    """The parameters of a token request, written as a form or as JSON."""
    if "json" in seen["headers"]["Content-Type"]:
        return json.loads(seen["body"])
    return {name: values[0] for name, values in parse_qs(seen["body"]).items()}


@contextmanager
def playing(settings):
    """The played services, running, and Daybook set to them; their issuer is the one that is trusted."""
    played = PlayedServices(settings.CALENDAR_AUDIENCE, settings.GEOCODING_AUDIENCE)
    settings.ISSUER = settings.ISSUER_INTERNAL_URL = played.issuer
    settings.CALENDAR_API_URL = settings.GEOCODING_API_URL = "http://localhost:1"  # for browsers; a call of Daybook's own meets nobody
    settings.CALENDAR_API_INTERNAL_URL = settings.GEOCODING_API_INTERNAL_URL = played.url
    ours, *others = settings.ACCESS_TOKENS["ISSUERS"]
    ours = {**ours, "issuer": played.issuer, "internal_url": played.issuer, "public_keys": None}
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "ISSUERS": [ours, *others]}
    discovery.forget()
    TOKENS.forget_all()
    thread = threading.Thread(target=played.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield played
    played.server.shutdown()
    played.server.server_close()
    discovery.forget()
    TOKENS.forget_all()


@pytest.fixture
def services(settings):
    """The played services, and Daybook set to them."""
    with playing(settings) as played:
        yield played


def let_tickets_run_out():
    """Put the end of every ticket that Daybook holds into the past."""
    for row in DaybookSession.objects.exclude(ticket_data=""):
        session = SessionStore(row.session_key)
        ticket_data = session.encode({**session.decode(row.ticket_data), "expires_at": time.time() - 1})
        DaybookSession.objects.filter(pk=row.pk).update(ticket_data=ticket_data)


class DaybookBrowser(Client):
    """A browser that opens Daybook under its own host name."""

    def __init__(self, **options):
        super().__init__(headers={"host": "localhost:8000"}, **options)

    def begin(self, application=None, *, at="/sign-in"):
        """Press the button: what was asked of the authorization server, parameter by parameter."""
        return asked_by(self.get(at, {"application": application} if application else {}))

    def come_back(self, services, state, *, to="/callback", **changes):
        """The authorization server's answer to the request with `state`; a change to None leaves a parameter out."""
        answer = {"code": "a-code", "state": state, "iss": services.issuer, **changes}
        return self.get(to, {name: value for name, value in answer.items() if value is not None})

    def sign_in(self, services, application=None):
        asked = self.begin(application)
        response = self.come_back(services, asked["state"], to=urlsplit(asked["redirect_uri"]).path)
        assert response.status_code == 302, response.content
        return response


def asked_by(response):
    """What a redirection to the authorization server asks for, parameter by parameter."""
    assert response.status_code == 302, response.content
    assert urlsplit(response["Location"]).path == "/authorize"
    return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}


@pytest.fixture
def alice(db):
    """Alice's browser, at Daybook."""
    return DaybookBrowser()


@pytest.fixture
def somebody_else(db):
    """Another person's browser, at Daybook."""
    return DaybookBrowser()


@pytest.fixture
def signed_in(services, alice):
    """Alice's browser, signed in at Daybook, in the week of the event."""
    with time_machine.travel(NOW, tick=True):
        alice.sign_in(services)
        yield alice


def where_it_leads(page, link):
    """The address of the link with these words."""
    found = re.search(rf'<a [^>]*href="([^"]*)"[^>]*>{re.escape(html.escape(link, quote=False))}<', text(page))
    assert found, f"{link} is no link of: {words(page)}"
    return html.unescape(found[1])


def csrf_value(page):
    """The CSRF value in the forms of a page."""
    (value,) = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', text(page)))
    return value


def message_pk(page, words):
    """The number in the address of the first message in the page's lists whose sentence has these words."""
    listed = re.findall(r'href="/messages/(\d+)"(?:(?!</li>).)*?msg__say">([^<]*)', text(page), flags=re.DOTALL)
    return next(int(pk) for pk, say in listed if words in html.unescape(say))


def text(response):
    """A page as it was sent."""
    return response.content.decode()


def words(response):
    """A page as a person reads it: no tags, no doubled spaces."""
    without_tags = re.sub(r"<[^>]+>", " ", text(response))
    return " ".join(html.unescape(without_tags).split())
