"""What may never be read in a recording, and what may be shown to whom."""

import pytest
import requests

from demo_client.exchanges import Recorder
from demo_client.failures import AUTHORIZATION_SERVER
from demo_client.masking import header_without_credentials, header_without_secrets, text_without_credentials, text_without_secrets
from demo_client.terminal import plain, printer

SECRET = "geocoding-backend-demo-secret"


@pytest.mark.parametrize(
    "text",
    [
        f'{{"client_id": "x", "client_secret": "{SECRET}"}}',
        f'{{"client_secret":"{SECRET}"}}',
        f"client_id=x&client_secret={SECRET}&code=y",
        f"password={SECRET}",
        f'<input type="hidden" name="csrfmiddlewaretoken" value="{SECRET}">',
        f"<input value='{SECRET}' name='csrfmiddlewaretoken' type='hidden'>",
        f'<input type="password" name="pw" value="{SECRET}">',
        f"https://issuer.example/token?client_secret={SECRET}",
        f"grant_type=refresh_token&refresh_token={SECRET}&client_id=x",
        f'{{"access_token": "x", "refresh_token": "{SECRET}"}}',
    ],
)
def test_secrets_passwords_and_csrf_values_are_gone_from_bodies_and_addresses(text):
    masked = text_without_secrets(text)
    assert SECRET not in masked
    assert "***" in masked


def test_a_known_secret_is_gone_wherever_a_service_quotes_it():
    text = "your password p&ss w/rd! is wrong: p%26ss%20w%2Frd%21 or p%26ss+w%2Frd%21"
    assert text_without_secrets(text, ("p&ss w/rd!",)) == "your password *** is wrong: *** or ***"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Cookie", "a=1; b=2", "a=***; b=***"),
        ("Set-Cookie", "session=abc; Path=/; HttpOnly", "session=***; Path=/; HttpOnly"),
        ("Authorization", "Basic YWJjOmRlZg==", "Basic ***"),
        ("X-CSRFToken", "abc", "***"),
        ("Authorization", "Bearer abc", "Bearer abc"),
        ("Host", "localhost:9000", "localhost:9000"),
    ],
)
def test_headers_lose_cookies_and_client_secrets_when_recorded(name, value, shown):
    assert header_without_secrets(name, value) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "grant_type=authorization_code&code=abcd&code_verifier=efghi",
            "grant_type=authorization_code&code=***(code, 4 characters)&code_verifier=***(code_verifier, 5 characters)",
        ),
        ('{"access_token": "abc", "token_type": "Bearer"}', '{"access_token": "***(access_token, 3 characters)", "token_type": "Bearer"}'),
        (
            "http://localhost:8000/spa/callback#access_token=abc&token_type=Bearer&state=s",
            "http://localhost:8000/spa/callback#access_token=***(access_token, 3 characters)&token_type=Bearer&state=s",
        ),
        (
            "http://localhost:8000/spa/callback#token_type=Bearer&access_token=abc",
            "http://localhost:8000/spa/callback#token_type=Bearer&access_token=***(access_token, 3 characters)",
        ),
        ('{"code": "token_expired"}', '{"code": "token_expired"}'),
        ("response_type=code&code_challenge=abc", "response_type=code&code_challenge=abc"),
    ],
)
def test_tokens_and_codes_leave_their_length_behind_when_they_may_not_be_shown(text, shown):
    assert text_without_credentials(text) == shown


def test_the_code_in_a_redirect_is_a_code_too():
    location = header_without_credentials("Location", "http://localhost:8000/callback?code=abcd&state=s&iss=i")
    assert location == "http://localhost:8000/callback?code=***(code, 4 characters)&state=s&iss=i"
    location = header_without_credentials("Location", "http://localhost:8000/spa/callback#access_token=abcd&state=s")
    assert location == "http://localhost:8000/spa/callback#access_token=***(access_token, 4 characters)&state=s"
    assert header_without_credentials("Authorization", "Bearer abc") == "Bearer ***(access token, 3 characters)"


def test_a_recording_never_holds_a_secret_however_it_is_shown(services):
    recorder = Recorder(known_secrets=(SECRET,))
    services.answers["/oauth/token"] = (200, lambda seen: {"echo": seen["body"], "again": SECRET})
    body = {"client_id": "geocoding-backend", "client_secret": SECRET}
    recorder.send(
        requests.Request("POST", f"{services.url}/oauth/token", json=body, headers={"Cookie": "sessionid=abcdef"}),
        AUTHORIZATION_SERVER,
        meaning="m",
    )
    assert services.sent_to("/oauth/token")[0]["body"].count(SECRET) == 1
    assert SECRET not in repr(recorder.exchanges)
    assert "abcdef" not in repr(recorder.exchanges)


@pytest.mark.parametrize(
    ("explain", "demo", "is_of_a_machine", "is_shown"),
    [
        (True, True, False, True),
        (True, False, False, True),
        (True, True, True, True),
        (True, False, True, False),
        (False, True, False, False),
    ],
)
def test_tokens_are_printed_only_where_rejections_are_explained_and_a_machines_only_in_the_demo(
    services, settings, explain, demo, is_of_a_machine, is_shown
):
    settings.EXPLAIN_REJECTIONS, settings.DEMO_IDENTITIES = explain, demo
    lines: list[str] = []
    recorder = Recorder(when_recorded=printer(lines.append))
    request = requests.Request("GET", f"{services.url}/calendar/v1/events", headers={"Authorization": "Bearer eyJ.secret.token"})
    recorder.send(request, AUTHORIZATION_SERVER, meaning="m", is_of_a_machine=is_of_a_machine)
    assert ("eyJ.secret.token" in "\n".join(lines)) == is_shown


def test_what_a_service_sends_cannot_steer_the_terminal():
    assert plain("a\x1b[2Jb\r\nc") == "a\\x1b[2Jb\nc"
