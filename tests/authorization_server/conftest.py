"""The seeded authorization server and its callers: a browser with a person before it, and an application's back channel."""

import base64
import hashlib
import html
import re
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from access_tokens import conf
from access_tokens.verify import verify
from authorization_server import demo_identities, housekeeping, keys
from authorization_server.models import Application, User

CODE_VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636 appendix B
CODE_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
CALLBACK = "http://localhost:8000/callback"
SPA_CALLBACK = "http://localhost:8000/spa/callback"
COMPANY_CALLBACK = "http://localhost:8000/company/callback"
GEOCODING = "https://api.example.com/geocoding/v1/"

_made_before = {algorithm: [keys.new_private_key(algorithm) for _ in range(3)] for algorithm in ("RS256", "ES256")}


@pytest.fixture(autouse=True)
def quick_secrets(settings, monkeypatch):
    """Passwords hashed quickly and keys made beforehand: neither slowness is what is tested here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    turn = iter(range(10**6))
    monkeypatch.setattr(keys, "new_private_key", lambda algorithm: _made_before[algorithm][next(turn) % 3])


@pytest.fixture(autouse=True)
def _failures_are_counted_from_none():
    cache.clear()


@pytest.fixture
def seeded(db, quick_secrets):
    """The demo's people, APIs, applications, client grants and signing keys."""
    demo_identities.write_all()
    keys.create_missing()
    conf.forget()  # the APIs' cache of keys outlives a test
    housekeeping.once_a_day(on=timezone.now().date())  # done for today: no test's first request does it


class Browser:
    """A person's browser at the authorization server."""

    def __init__(self):
        self.client = Client()

    def get(self, path, **query):
        return self.client.get(path, query)

    def post(self, path, **fields):
        return self.client.post(path, fields)

    def is_signed_in_as(self, username):
        """Sign in without the form, which has its own tests."""
        self.client.force_login(User.objects.get(username=username))
        return self

    def authorize(self, **changes):
        """Daybook's request to read Alice's calendar; a change to None leaves a parameter out."""
        request = {
            "response_type": "code",
            "client_id": "calendar-web",
            "redirect_uri": CALLBACK,
            "audience": "api.calendar",
            "scope": "read",
            "state": "Yb3k9wQ",
            "code_challenge": CODE_CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        return self.get("/authorize", **{name: value for name, value in request.items() if value is not None})

    def document_s_request(self, **changes):
        """The request that the document shows, from Daybook in the browser; a change to None leaves a parameter out."""
        request = {
            "audience": "api.calendar",
            "scope": "read write",
            "response_type": "token",
            "client_id": "calendar-spa",
            "redirect_uri": SPA_CALLBACK,
            "nonce": "n-0S6_WzA2Mj",
            "state": "Yb3k9wQ",
            **changes,
        }
        return self.get("/authorize", **{name: value for name, value in request.items() if value is not None})

    def decide(self, page, decision):
        """Press a button of the consent page."""
        return self.post("/authorize", ticket=ticket_in(page), decision=decision)

    def code(self, **changes):
        """The code that Daybook gets when the signed-in person allows everything."""
        answer = self.authorize(**changes)
        if answer.status_code == 200:
            answer = self.decide(answer, "allow")
        return sent_back(answer)["code"]


class BackChannel:
    """An application's requests to `/oauth/token`."""

    def __init__(self):
        self.client = Client()

    def form(self, authorization=None, query="", **fields):
        headers = {"Authorization": authorization} if authorization else {}
        body = "&".join(f"{name}={quote_plus(value)}" for name, value in fields.items() if value is not None)
        return self.client.post(f"/oauth/token{query}", body, content_type="application/x-www-form-urlencoded", headers=headers)

    def json(self, body):
        return self.client.post("/oauth/token", body, content_type="application/json")

    def redeem(self, code, authorization=None, **changes):
        """Daybook redeems a code; a change to None leaves a parameter out."""
        request = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": CODE_VERIFIER,
            "client_id": "calendar-web",
            "client_secret": "calendar-web-demo-secret",
            **changes,
        }
        return self.form(authorization, **request)

    def refresh(self, refresh_token, authorization=None, **changes):
        """Daybook renews its access token; a change to None leaves a parameter out."""
        request = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": "calendar-web",
            "client_secret": "calendar-web-demo-secret",
            **changes,
        }
        return self.form(authorization, **request)

    def machine_token(self, client_id="geocoding-backend", authorization=None, **changes):
        """Daybook's backend asks for a token for the Geocoding API."""
        request = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": f"{client_id}-demo-secret",
            "audience": GEOCODING,
            **changes,
        }
        return self.form(authorization, **request)


@pytest.fixture
def visitor(seeded):
    return Browser()


@pytest.fixture
def alice(seeded):
    return Browser().is_signed_in_as("alice")


@pytest.fixture
def admin(seeded):
    return Browser().is_signed_in_as("admin")


@pytest.fixture
def bob(seeded):
    return Browser().is_signed_in_as("bob")


@pytest.fixture
def back_channel(seeded):
    return BackChannel()


@pytest.fixture
def daybook(seeded):
    return Application.objects.get(client_id="calendar-web")


def ticket_in(page):
    """The ticket in a page's form."""
    found = re.search(r'name="ticket" value="([^"]+)"', page.content.decode())
    assert found, page.content.decode()
    return found[1]


def sent_back(answer):
    """The parameters with which the browser is sent back to the application."""
    assert answer.status_code == 303, answer.content
    return {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query, keep_blank_values=True).items()}


def in_fragment(answer):
    """The parameters that come back behind the `#`, and none in the query."""
    assert answer.status_code == 303, answer.content
    where = urlsplit(answer["Location"])
    assert where.query == ""
    parameters = parse_qs(where.fragment, keep_blank_values=True, strict_parsing=True)
    assert {len(values) for values in parameters.values()} == {1}
    return {name: values[0] for name, values in parameters.items()}


def text_of(page):
    """What a person reads."""
    body = re.sub(r"<svg.*?</svg>", "", page.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def decisions(caplog, *names):
    """What the log says was decided, with the reasons: of these names, or all."""
    recorded = [(record.decision, getattr(record, "reason", "")) for record in caplog.records if hasattr(record, "decision")]
    return [entry for entry in recorded if not names or entry[0] in names]


def api_form(api, **changes):
    """What the dashboard's form of an API sends, with the changes."""
    return {
        "name": api.name,
        "audience": api.audience,
        "resource_url": api.resource_url or "",
        "user_access": api.user_access,
        "machine_access": api.machine_access,
        "access_token_lifetime_seconds": api.access_token_lifetime_seconds,
        "browser_token_lifetime_seconds": api.browser_token_lifetime_seconds,
        "typ": api.typ,
        "signed_with": api.signed_with,
        "scopes-TOTAL_FORMS": "0",
        "scopes-INITIAL_FORMS": "0",
        **changes,
    }


def application_form(**changes):
    """What the dashboard's form of an application sends for a new machine, with the changes; None leaves a field out."""
    form = {
        "client_id": "new-app",
        "name": "New app",
        "authentication_method": "client_secret_basic",
        "allows_client_credentials": "on",
        "requires_pkce": "on",
        "refresh_token_idle_seconds": "1296000",
        "refresh_token_absolute_seconds": "2592000",
        "redirect_uris-TOTAL_FORMS": "1",
        "redirect_uris-INITIAL_FORMS": "0",
        "redirect_uris-0-uri": "",
        **changes,
    }
    return {name: value for name, value in form.items() if value is not None}


def basic(client_id, secret):
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def verified(access_token, audience="api.calendar"):
    """The token as an API sees it that verifies it with the published keys."""
    return verify(access_token, expected=conf.expectations(audience))


def challenge_of(verifier):
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def assert_refused(answer, *, error, status=400):
    """OAuth's JSON, not to be stored, with a text that may stand in a header (RFC 6749 section 5.2)."""
    body = answer.json()
    assert (answer.status_code, body["error"]) == (status, error), body
    assert answer["Cache-Control"] == "no-store"
    assert all(" " <= c <= "~" and c not in '"\\' for c in body["error_description"])
    return body
