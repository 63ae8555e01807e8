"""The exchange on each rejection's page is what the APIs really answer. `CAPTURE=1 pytest` on this file writes them anew."""

import base64
import json
import os
from http.client import responses
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client

from access_tokens.rejections import ALL
from demo_client.rejection_causes import FOLDER, TERSE
from forgeries.catalogue import CATALOGUE
from tests.forgeries.goods import good_for_the_calendar, good_for_the_geocoder

pytestmark = pytest.mark.django_db

NOON = "2026-11-26T12:00:00Z"
CALENDAR, GEOCODER = "/calendar/v1/events", "/geocoding/v1/reverse?lat=35.6586&lon=139.7454"
BY_ID = {forgery.id: forgery for forgery in CATALOGUE}
# The wrong token that stands for each code.
SENT = {
    "malformed_token": "opaque-token",
    "token_too_large": "just-too-large",
    "unsigned_token": "alg-none",
    "forbidden_header": "jku",
    "wrong_type": "typ-jwt",
    "unknown_key": "kid-unknown",
    "wrong_algorithm": "hs256-with-public-key-pem",
    "bad_signature": "changed-sub",
    "token_expired": "expired-a-minute-ago",
    "token_not_yet_valid": "iat-future",
    "wrong_issuer": "iss-slash",
    "wrong_audience": "aud-other",
    "missing_claim": "jti-missing",
    "invalid_claim": "machine-by-gty-alone",
    "id_token_refused": "id-token",
    "insufficient_scope": "scope-other",
    "machine_token_refused": "machine-at-a-users-api",
    "user_token_refused": "user-at-a-machines-api",
    "invalid_token": "expired-a-minute-ago",
}


def sent_with(code, issuer):
    """Path and token of the request that is answered with `code`; no token for `missing_token`."""
    good = good_for_the_geocoder(issuer) if code == "user_token_refused" else good_for_the_calendar(issuer)
    path = GEOCODER if code == "user_token_refused" else CALENDAR
    if code == "missing_token":
        return path, ""
    return path, BY_ID[SENT[code]].make(good) if code in SENT else good.token()


def shown(token):
    """A token as the page shows it: its beginning, and header and claims where they can be read."""
    parts = token.split(".")
    beginning = ".".join(f"{part[:12]}…" if len(part) > 12 else part for part in parts)
    if len(parts) != 3:
        return beginning[:60], []
    beginning = beginning.rpartition(".")[0] + (".…" if parts[2] else ".")
    if len(token) > 8192:
        return beginning, []
    readable = []
    for name, part in zip(("header", "claims"), parts, strict=False):
        value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        readable.append(f"    {name} {json.dumps(value)}")
    return beginning, readable


def as_text(answer):
    """Status, the headers that matter, and the body."""
    kept = ("Content-Type", "WWW-Authenticate", "Retry-After", "Cache-Control")
    lines = [f"HTTP/1.1 {answer.status_code} {responses[answer.status_code]}"]
    lines += [f"{name}: {answer[name]}" for name in kept if name in answer]
    return "\n".join([*lines, "", json.dumps(json.loads(answer.content), indent=2), ""])


def captured(code, issuer, settings):
    """The exchange as text: request, explained answer, terse answer."""
    path, token = sent_with(code, issuer)
    beginning, readable = shown(token)
    headers = {"traceparent": f"00-{'4bf92f3577b34da6a3ce929d0e0e4736'}-00f067aa0ba902b7-01"}
    if code == "invalid_request":
        url, line = f"{path}?access_token={quote(token)}", f"GET {path}?access_token={beginning} HTTP/1.1"
    else:
        url, line = path, f"GET {path} HTTP/1.1"
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
    request = [line, *([f"Authorization: Bearer {beginning}"] if "Authorization" in headers else []), *readable, ""]
    texts = []
    for explain in (code != "invalid_token", False):
        settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "EXPLAIN_REJECTIONS": explain}
        texts.append(as_text(Client().get(url, headers=headers)))
    return "\n".join(request) + "\n" + texts[0] + TERSE + texts[1]


@pytest.mark.parametrize("code", sorted(ALL))
def test_the_page_shows_what_the_api_answers(code, issuer, settings):
    if code == "keys_unavailable":
        ours, *_ = settings.ACCESS_TOKENS["ISSUERS"]
        unreachable = [{**ours, "public_keys": None, "internal_url": "http://localhost:9/"}]
        settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "ISSUERS": unreachable}
    with time_machine.travel(NOON, tick=False):
        text = captured(code, issuer, settings)
    file = FOLDER / f"{code}.txt"
    if os.environ.get("CAPTURE"):
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text
    assert f'"code": "{code}"' in text


def test_there_is_one_for_each_code_and_no_other():
    assert {path.stem for path in FOLDER.glob("*.txt")} == {path.stem for path in FOLDER.glob("*.toml")} == set(ALL)
