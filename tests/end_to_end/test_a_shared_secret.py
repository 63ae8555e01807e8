"""The Calendar API is switched to HS256 in the dashboard, in a browser; what its own process then takes and refuses."""

import json
import re

import pytest
import requests
from playwright.sync_api import expect

from tests.end_to_end.window import Window

# One process that is all services shares no secret with itself: it reads the issuer's public keys where they are stored.
pytestmark = pytest.mark.parametrize("platform", ["four-sqlite"], indirect=True)


def alices_token(platform):
    """A new one, as the command prints it."""
    ran = platform.manage("token", "--as", "alice")
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def answer(platform, access_token):
    """The Calendar API's status, and why."""
    headers = {"Authorization": f"Bearer {access_token}"}
    events = requests.get(f"{platform.calendar_api_url}/calendar/v1/events", headers=headers, timeout=15)
    return events.status_code, events.json().get("code", "")


class Dashboard:
    """An administrator at the page of the Calendar API."""

    def __init__(self, platform, page):
        self.window, self.page = Window(platform, page), page
        page.goto(f"{platform.issuer}admin/authorization_server/api/")
        self.window.sign_in("admin")
        page.get_by_role("link", name="Calendar API", exact=True).click()
        self.address = page.url

    def signs_with(self, label):
        """Choose what its tokens are signed with, and save."""
        self.page.goto(self.address)
        self.page.get_by_label("Signed with").select_option(label=label)
        self.page.get_by_role("button", name="Save", exact=True).click()

    def settings_shown(self):
        """The variables that the page tells the administrator to start the API with."""
        expect(self.page.get_by_role("heading", name="Copy it now")).to_be_visible()
        return dict(re.findall(r"(TOKEN_[A-Z_]+)=(HS256|\{[^}]+\})", self.page.get_by_role("main").inner_text()))


@pytest.fixture
def dashboard(platform, page):
    """Afterwards everything is as it was."""
    administrator = Dashboard(platform, page)
    yield administrator
    administrator.signs_with("this server's key: everybody can verify, nobody else can sign")
    platform.stop("calendar_api")
    platform.start("calendar_api")
    assert answer(platform, alices_token(platform)) == (200, "")


def test_the_api_takes_what_it_shares_a_secret_for_once_it_has_it_and_then_nothing_else_rfc8725_section_3_1(platform, dashboard):
    signed_with_the_servers_key = alices_token(platform)
    assert answer(platform, signed_with_the_servers_key) == (200, "")

    dashboard.signs_with("HS256, with a secret that this server and the API share: whoever can verify can sign, too")
    shown = dashboard.settings_shown()
    assert set(shown) == {"TOKEN_ALGORITHMS", "TOKEN_SYMMETRIC_KEYS"}
    (secret,) = json.loads(shown["TOKEN_SYMMETRIC_KEYS"]).values()
    signed_with_the_secret = alices_token(platform)
    assert answer(platform, signed_with_the_secret) == (401, "wrong_algorithm")

    platform.stop("calendar_api")
    platform.start("calendar_api", **shown)
    assert answer(platform, signed_with_the_secret) == (200, "")
    assert answer(platform, signed_with_the_servers_key) == (401, "wrong_algorithm")

    dashboard.page.goto(dashboard.address)
    assert secret not in dashboard.page.content()
    assert secret not in requests.get(f"{platform.issuer}.well-known/jwks.json", timeout=15).text
    assert not any(secret in platform.logs(service) for service in platform.services)
    assert dashboard.window.complaints == []
