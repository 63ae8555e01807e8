"""The APIs and Daybook with npm oidc-provider as their issuer: real processes, told by docs/providers/oidc-provider.md alone."""

import hashlib
import json
import shutil
import subprocess
from base64 import urlsafe_b64encode
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from launcher.addresses import SERVICES
from tests.end_to_end.processes import Platform, free_ports
from tests.end_to_end.visitor import Visitor
from tests.npm_packages import what_is_missing
from tests.providers.pages import environment_of
from tests.requirements_of_tests import missing

NPM = Path(__file__).parent / "npm"
PAGE = environment_of("oidc-provider")
pytestmark = pytest.mark.processes


class WithoutItsIssuer(Platform):
    """Daybook and the two APIs; what the page says is all that they are told of the issuer."""

    seeds = False

    def __init__(self, folder, issuer):
        super().__init__("four-sqlite", folder)
        self.services = [service for service in SERVICES if service != "authorization_server"]
        self.issuer = issuer

    def environment(self, service):
        own = super().environment(service)
        for name in ("DEMO_IDENTITIES", "CORS_ALLOWED_ORIGINS"):
            del own[name]
        return {**own, **PAGE, "ISSUER": self.issuer}


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    """The platform with a foreign issuer, ready."""
    if reason := what_is_missing(NPM):
        missing(reason)
    (port,) = free_ports(1)
    platform = WithoutItsIssuer(tmp_path_factory.mktemp("foreign"), PAGE["ISSUER"].replace("3000", str(port)))
    told = {
        "issuer": platform.issuer,
        "port": port,
        "calendar": PAGE["CALENDAR_AUDIENCE"],
        "geocoding": PAGE["GEOCODING_AUDIENCE"],
        "daybook": {
            "client_id": PAGE["CALENDAR_WEB_CLIENT_ID"],
            "client_secret": PAGE["CALENDAR_WEB_CLIENT_SECRET"],
            "redirect_uri": f"{platform.demo_client_url}/callback",
        },
        "backend": {"client_id": PAGE["GEOCODING_BACKEND_CLIENT_ID"], "client_secret": PAGE["GEOCODING_BACKEND_CLIENT_SECRET"]},
    }
    node = [str(shutil.which("node")), "issuer.mjs", json.dumps(told)]
    issuer = subprocess.Popen(node, cwd=NPM, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert issuer.stdout
        while "ready" not in (line := issuer.stdout.readline()):
            assert line, "the issuer ended"
        platform.set_up()
        yield platform
    finally:
        platform.stop_everything()
        issuer.kill()
        issuer.communicate()


def allows(visitor, page):
    """Sign in as Zoe at oidc-provider's own pages, and say yes to each of its questions: the page that comes then."""
    page = visitor.press(page, "Sign-in", login="zoe", password="anything")
    while button := next((button for form in page.forms for button in [form.button("Continue")] if button), None):
        form = next(form for form in page.forms if form.button("Continue"))
        page = visitor.browser.send(page, form, button=button, meaning="Continue")
    return page


def machine_token(foreign, resource):
    """The backend's own token for `resource`."""
    body = {
        "grant_type": "client_credentials",
        "client_id": PAGE["GEOCODING_BACKEND_CLIENT_ID"],
        "client_secret": PAGE["GEOCODING_BACKEND_CLIENT_SECRET"],
        "resource": resource,
    }
    answer = requests.post(f"{foreign.issuer}/token", data=body, timeout=15)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def calendar(foreign, token):
    """What the Calendar API says to this token."""
    url = f"{foreign.calendar_api_url}/calendar/v1/events"
    return requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=15)


def test_a_person_signs_in_there_and_sees_her_calendar_at_daybook(foreign):
    visitor = Visitor(foreign)
    page = allows(visitor, visitor.open("/sign-in"))
    assert page.url.startswith(f"{foreign.demo_client_url}/daybook"), page.url
    assert page.status == 200
    assert "what just happened" in page.text.lower()
    assert visitor.open("/daybook").status == 200
    assert visitor.open("/places").status == 200


def test_a_machine_gets_a_token_there_and_a_place_name_here(foreign):
    done = foreign.manage("run_flow", "client-credentials", "--brief", "--client", PAGE["GEOCODING_BACKEND_CLIENT_ID"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Minato City, Tokyo, Japan" in done.stdout


def test_a_token_for_another_resource_is_for_another_api(foreign):
    answer = calendar(foreign, machine_token(foreign, PAGE["GEOCODING_AUDIENCE"]))
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_audience")


def test_a_machine_is_no_user(foreign):
    answer = calendar(foreign, machine_token(foreign, PAGE["CALENDAR_AUDIENCE"]))
    assert (answer.status_code, answer.json()["code"]) == (403, "machine_token_refused")


def test_its_id_token_is_named_as_one(foreign):
    redirect_uri = f"{foreign.demo_client_url}/callback"
    visitor = Visitor(foreign, stops_at=redirect_uri)
    verifier = "v" * 43
    asked = {
        "client_id": PAGE["CALENDAR_WEB_CLIENT_ID"],
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": "openid read",
        "resource": PAGE["CALENDAR_AUDIENCE"],
        "state": "s",
        "nonce": "n",
        "code_challenge": urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    page = allows(visitor, visitor.browser.open(f"{foreign.issuer}/auth?{urlencode(asked)}", meaning="asks"))
    (code,) = parse_qs(urlsplit(page.stopped_at).query)["code"]
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
        "client_id": PAGE["CALENDAR_WEB_CLIENT_ID"],
        "client_secret": PAGE["CALENDAR_WEB_CLIENT_SECRET"],
    }
    granted = requests.post(f"{foreign.issuer}/token", data=body, timeout=15).json()
    refused = calendar(foreign, granted["id_token"])
    assert (refused.status_code, refused.json()["code"]) == (401, "id_token_refused")
    assert calendar(foreign, granted["access_token"]).status_code == 200
