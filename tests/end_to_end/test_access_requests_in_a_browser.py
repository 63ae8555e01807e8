"""Dora asks, Gina decides, and the same request for a token succeeds: three people in browsers of their own, and a backend."""

import json
import re
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

import pytest
import requests
from playwright.sync_api import expect

from tests.end_to_end.window import Window

pytestmark = pytest.mark.parametrize("platform", ["four-sqlite", "all-sqlite"], indirect=True)
GEOCODING = "https://api.example.com/geocoding/v1/"
PLACES = "https://api.example.com/places-admin/v1/"
MOST_CLICKS = 4
_COUNTS_CLICKS = "addEventListener('click', () => localStorage.clicks = 1 + Number(localStorage.clicks || 0), true)"


class Person(Window):
    """Somebody at the authorization server, signing in with her card where it asks who she is."""

    def __init__(self, platform, page, name):
        super().__init__(platform, page)
        self.name = name
        page.add_init_script(_COUNTS_CLICKS)

    def opens(self, path):
        self.page.goto(f"{self.platform.issuer}{path}")
        if "/login" in self.page.url:
            self.page.get_by_role("button", name=self.name).click()
            self.page.wait_for_url(lambda url: "/login" not in url)

    def asks_gina(self, purpose, *scopes):
        for scope in scopes:
            self.page.get_by_role("checkbox", name=scope).check()
        self.page.get_by_label("What New backend needs").fill(purpose)
        self.page.get_by_role("button", name="Ask Gina").click()
        self.heading("New backend waits for permission")

    def clicks(self):
        """How often she has clicked since she came, signing in included; the date was typed."""
        return int(self.page.evaluate("localStorage.clicks"))


@pytest.fixture(autouse=True)
def _nothing_asked(platform):
    platform.forget_access_requests()
    yield
    platform.forget_access_requests()


@pytest.fixture
def dora(platform, page):
    return Person(platform, page, "Dora")


@pytest.fixture
def gina(platform, new_context):
    return Person(platform, new_context().new_page(), "Gina")


@pytest.fixture
def alice(platform, new_context):
    return Person(platform, new_context().new_page(), "Alice")


def backends_request(platform, audience=GEOCODING):
    """What New backend sends, each time the same."""
    body = {
        "grant_type": "client_credentials",
        "client_id": "unapproved-backend",
        "client_secret": "unapproved-backend-demo-secret",
        "audience": audience,
    }
    return requests.post(f"{platform.issuer}oauth/token", json=body, timeout=15)


def claims_of(access_token):
    body = access_token.split(".")[1]
    return json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def test_dora_s_backend_is_refused_she_asks_gina_approves_until_a_date_and_it_gets_tokens_until_then(platform, dora, gina, alice):
    refused = backends_request(platform)
    assert (refused.status_code, refused.json()["error"]) == (403, "access_denied")

    dora.page.goto(refused.json()["error_uri"])
    dora.looks_right("New backend has no permission for the Geocoding API")
    dora.page.get_by_role("link", name="Sign in to ask for it").click()
    dora.page.get_by_role("button", name="Dora").click()
    expect(dora.page.get_by_text("Then Gina decides")).to_be_visible()
    dora.looks_right("New backend has no permission for the Geocoding API")
    dora.asks_gina("To name the places of a calendar.")
    dora.looks_right("New backend waits for permission for the Geocoding API")
    where = dora.page.url
    dora.opens("access-requests")
    dora.looks_right("Access requests")

    gina.opens("access-requests")
    gina.looks_right("Access requests")
    queue = gina.page.get_by_role("region", name="Waiting for your decision")
    expect(queue.get_by_role("listitem")).to_have_count(1)
    expect(gina.page.get_by_role("region", name="What you asked for")).to_contain_text("Nothing.")
    queue.get_by_role("link", name="New backend asks for the Geocoding API").click()
    gina.looks_right("New backend asks for the Geocoding API")
    expect(gina.page.get_by_text("To name the places of a calendar.")).to_be_visible()
    expect(gina.page.get_by_text("New backend then gets tokens for the Geocoding API")).to_be_visible()
    end = datetime.now(UTC) + timedelta(days=7)
    gina.page.get_by_label("Ends at (UTC)").fill(f"{end:%Y-%m-%dT%H:%M}")
    gina.page.get_by_role("button", name="Approve").click()
    expect(gina.page.get_by_text("Your decision stands: approved.")).to_be_visible()
    gina.looks_right("New backend was approved for the Geocoding API")
    assert gina.clicks() == 3, "her card, the request, and Approve"
    assert gina.clicks() <= MOST_CLICKS

    alice.page.goto(where)
    alice.sign_in("alice")
    alice.page.wait_for_url(where)
    alice.heading("There is nothing at this address")
    assert "Dora" not in alice.page.content()

    dora.page.goto(where)
    expect(dora.page.get_by_text(f"until {end.day} {end:%B %Y, %H:%M} UTC")).to_be_visible()
    expect(dora.page.get_by_text("now succeeds")).to_be_visible()
    granted = backends_request(platform)
    assert granted.status_code == 200
    token = {"Authorization": f"Bearer {granted.json()['access_token']}"}
    reverse = f"{platform.geocoding_api_url}/geocoding/v1/reverse?lat=35.6586&lon=139.7454"
    assert requests.get(reverse, headers=token, timeout=15).status_code == 200

    platform.let_client_grants_end()
    assert backends_request(platform).status_code == 403
    assert requests.get(reverse, headers=token, timeout=15).status_code == 200  # what is out already stays good until it expires
    dora.page.reload()
    dora.looks_right("The permission of New backend for the Geocoding API has ended")
    dora.page.get_by_role("link", name="ask again").click()
    expect(dora.page.get_by_role("button", name="Ask Gina")).to_be_visible()
    assert dora.complaints + gina.complaints + alice.complaints == []


def test_of_two_permissions_gina_approves_one_and_the_token_carries_that_one(platform, dora, gina):
    assert backends_request(platform, PLACES).status_code == 403
    dora.opens(f"access-requests/new?client_id=unapproved-backend&audience={PLACES}")
    dora.page.get_by_role("link", name="Sign in to ask for it").click()
    dora.page.get_by_role("button", name="Dora").click()
    dora.page.get_by_role("button", name="Ask Gina").click()  # the browser itself asks for the purpose
    dora.page.get_by_label("What New backend needs").fill("To import the gazetteer.")
    dora.page.get_by_role("button", name="Ask Gina").click()
    expect(dora.page.get_by_role("alert")).to_contain_text("Nothing was asked yet.")
    expect(dora.page.get_by_text("Tick what the application needs.")).to_be_visible()
    dora.looks_right("New backend has no permission for the Places Admin API")
    expect(dora.page.get_by_label("What New backend needs")).to_have_value("To import the gazetteer.")
    dora.asks_gina("To import the gazetteer.", "Correct names of places", "Import places")

    gina.opens("access-requests")
    gina.page.get_by_role("link", name="New backend asks for the Places Admin API").click()
    gina.looks_right("New backend asks for the Places Admin API")
    gina.page.get_by_role("checkbox", name="Correct names of places").uncheck()
    gina.page.get_by_role("button", name="Approve").click()
    gina.looks_right("New backend was approved for the Places Admin API")
    assert gina.clicks() <= MOST_CLICKS, "from signing in to the yes"

    token = backends_request(platform, PLACES).json()["access_token"]
    assert claims_of(token)["scope"] == "import:places"
    dora.page.reload()
    dora.looks_right("New backend was approved for the Places Admin API")
    assert dora.complaints + gina.complaints == []


def test_asking_and_denying_with_the_keyboard_alone(platform, dora, gina):
    dora.page.goto(f"{platform.issuer}access-requests/new?client_id=unapproved-backend&audience={GEOCODING}")
    dora.tab_to("Sign in to ask for it")
    dora.page.keyboard.press("Enter")
    dora.page.wait_for_url(re.compile("/login"))
    dora.sign_in_by_keyboard("dora")
    dora.page.wait_for_url(re.compile("/access-requests/new"))
    dora.tab_to("What New backend needs")
    dora.page.keyboard.type("To name places.")
    dora.tab_to("Ask Gina")
    dora.page.keyboard.press("Enter")
    dora.heading("New backend waits for permission")

    gina.page.goto(f"{platform.issuer}account")
    gina.sign_in_by_keyboard("gina")
    gina.page.wait_for_url(re.compile("/account"))
    gina.tab_to("Access requests: 1 waits for your decision")
    gina.page.keyboard.press("Enter")
    gina.page.wait_for_url(re.compile("/access-requests$"))
    gina.tab_to("New backend asks for the Geocoding API")
    gina.page.keyboard.press("Enter")
    gina.heading("New backend asks for the Geocoding API")
    gina.tab_to("Reason")
    gina.page.keyboard.type("Use the test API first.")
    gina.page.keyboard.press("Tab")
    expect(gina.page.get_by_role("button", name="Deny")).to_be_focused()
    gina.page.keyboard.press("Enter")
    gina.looks_right("New backend was denied the Geocoding API")

    dora.page.reload()
    expect(dora.page.get_by_text("Use the test API first.")).to_be_visible()
    dora.looks_right("New backend was denied the Geocoding API")
    assert backends_request(platform).status_code == 403
    assert dora.complaints + gina.complaints == []
