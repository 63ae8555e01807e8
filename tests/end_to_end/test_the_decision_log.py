"""One sign-in by the real forms, and what the authorization server's own log says of it, in every form of the platform."""

import base64
import hashlib
import secrets
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from demo_client.browser import Browser
from demo_client.exchanges import Recorder


def challenge_of(verifier):
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def sign_in(platform):
    """Somebody signs in and allows what is asked; returns the state, the code's token answer, and every status the browser saw."""

    def signed_in(name):
        state, verifier, callback = secrets.token_urlsafe(16), secrets.token_urlsafe(48), f"{platform.demo_client_url}/callback"
        recorder = Recorder(limit_seconds=15)
        browser = Browser(recorder, stops_at=callback)
        request = {
            "response_type": "code",
            "client_id": "calendar-web",
            "redirect_uri": callback,
            "audience": "https://api.example.com/places-admin/v1/",  # which no other test asks for
            "scope": "correct:places",
            "state": state,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        page = browser.open(f"{platform.issuer}authorize?{urlencode(request)}", meaning="asks")
        (form,) = [form for form in page.forms if "password" in form.fields]
        form.fields.update(username=name, password=f"{name}-demo")
        page = browser.send(page, form, button=form.button("Sign"), meaning="signs in")
        if page.stopped_at is None:
            (form,) = [form for form in page.forms if form.button("Allow")]
            page = browser.send(page, form, button=form.button("Allow"), meaning="allows")
        body = {
            "grant_type": "authorization_code",
            "code": parse_qs(urlsplit(str(page.stopped_at)).query)["code"][0],
            "redirect_uri": callback,
            "code_verifier": verifier,
            "client_id": "calendar-web",
            "client_secret": "calendar-web-demo-secret",
        }
        headers = {"traceparent": f"00-{trace_id_of(state)}-{secrets.token_hex(8)}-01"}
        answer = requests.post(f"{platform.issuer}oauth/token", data=body, headers=headers, timeout=10)
        assert answer.status_code == 200
        return state, recorder

    return signed_in


def trace_id_of(state):
    return hashlib.sha256(state.encode()).hexdigest()[:32]


@pytest.fixture
def logs(platform):
    """The Management API's answer for one trace id, to `trail-reader`."""
    body = {
        "grant_type": "client_credentials",
        "client_id": "trail-reader",
        "client_secret": "trail-reader-demo-secret",
        "audience": f"{platform.issuer}api/v2/",
    }
    token = requests.post(f"{platform.issuer}oauth/token", json=body, timeout=10).json()["access_token"]

    def read(trace_id):
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{platform.issuer}api/v2/logs", params={"trace_id": trace_id}, headers=headers, timeout=10)

    return read


def as_the_log_says(exchange):
    """Method, path and status of a request that the browser made."""
    method, address, _ = exchange.request.first_line.split()
    return method, urlsplit(address).path, exchange.status


def test_the_log_tells_of_a_sign_in_what_the_browser_saw_of_it(platform, sign_in, logs):
    state, recorder = sign_in("bob")
    entries = logs(trace_id_of(state)).json()["entries"]
    answered = [(entry["method"], entry["path"], entry["status"]) for entry in entries if entry["event"] == "request.answered"]
    assert answered == [as_the_log_says(exchange) for exchange in recorder.exchanges]
    assert len(answered) == 5
    decided = [entry["event"] for entry in entries if entry["event"] != "request.answered"]
    assert decided == ["sign_in.shown", "sign_in.succeeded", "consent.shown", "consent.given", "code.issued", "token.issued"]


def test_a_second_sign_in_is_a_trace_of_its_own_and_says_why_no_dialog_was_shown(platform, sign_in, logs):
    sign_in("alice")
    state, _ = sign_in("alice")
    decided = [entry for entry in logs(trace_id_of(state)).json()["entries"] if entry["event"].startswith("consent.")]
    assert [(entry["event"], entry["reason"]) for entry in decided] == [("consent.skipped", "remembered")]
