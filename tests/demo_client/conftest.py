"""What the tests of Daybook share: the three services it speaks to, played on a port of their own, and a browser of Daybook's."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from demo_client import discovery
from demo_client.flows.client_credentials import TOKENS

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


class PlayedServices:
    """Authorization server, Calendar API and Geocoding API. A test changes one of `answers`: path → (status, body[, headers])."""

    def __init__(self):
        self.requests = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://localhost:{self.server.server_port}"
        self.issuer = f"{self.url}/"
        self.answers = {
            "/.well-known/openid-configuration": (200, self.metadata()),
            "/oauth/token": (200, self.token_answer()),
            "/calendar/v1/events": (200, {"items": [EVENT], "timeZone": "Europe/Berlin"}),
            "/geocoding/v1/reverse": (200, {"results": [{"result": SHIBUYA}]}),
        }

    def metadata(self, **changes):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/oauth/token",
            "authorization_response_iss_parameter_supported": True,
            **changes,
        }

    @staticmethod
    def token_answer(**changes):
        answer = {"access_token": "eyJ.eyJ.c2ln", "token_type": "Bearer", "expires_in": 86400, "scope": "read", **changes}
        return {name: value for name, value in answer.items() if value is not None}

    def sent_to(self, path):
        return [request for request in self.requests if request["path"] == path]

    def _handler(self):
        played = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                seen = {"path": parts.path, "query": parse_qs(parts.query), "headers": dict(self.headers), "body": body}
                played.requests.append(seen)
                chosen = played.answers.get(parts.path, (404, {"detail": "nothing here"}))
                status, answer = chosen[:2]
                headers = {"Content-Type": "application/json", **(chosen[2] if len(chosen) > 2 else {})}
                answer = answer(seen) if callable(answer) else answer
                content = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = answer  # noqa: N815 - the library's names

            def log_message(self, *args):
                """Nothing: the test tells what went wrong."""

        return Handler


@pytest.fixture
def services(settings):
    """The played services, running, and Daybook set to them."""
    played = PlayedServices()
    settings.ISSUER = settings.ISSUER_INTERNAL_URL = played.issuer
    settings.CALENDAR_API_URL = settings.GEOCODING_API_URL = "http://localhost:1"  # for browsers; a call of Daybook's own meets nobody
    settings.CALENDAR_API_INTERNAL_URL = settings.GEOCODING_API_INTERNAL_URL = played.url
    discovery.forget()
    TOKENS.forget_all()
    thread = threading.Thread(target=played.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield played
    played.server.shutdown()
    played.server.server_close()
    discovery.forget()
    TOKENS.forget_all()


class DaybookBrowser(Client):
    """A browser that opens Daybook under its own host name."""

    def __init__(self):
        super().__init__(headers={"host": "localhost:8000"})

    def begin(self):
        """Press the button: what was asked of the authorization server, parameter by parameter."""
        response = self.get("/sign-in")
        assert response.status_code == 302, response.content
        return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}

    def come_back(self, services, state, **changes):
        """The authorization server's answer to the request with `state`; a change to None leaves a parameter out."""
        answer = {"code": "a-code", "state": state, "iss": services.issuer, **changes}
        return self.get("/callback", {name: value for name, value in answer.items() if value is not None})

    def sign_in(self, services):
        response = self.come_back(services, self.begin()["state"])
        assert response.status_code == 302, response.content
        return response


@pytest.fixture
def alice(db):
    """Alice's browser, at Daybook."""
    return DaybookBrowser()


@pytest.fixture
def somebody_else(db):
    """Another person's browser, at Daybook."""
    return DaybookBrowser()
