"""The dashboard's usual work takes at most four clicks each, the effect is said before, and nothing has to be restarted."""

import pytest
import requests
from playwright.sync_api import expect

from tests.end_to_end.test_the_dashboard import Dashboard

pytestmark = pytest.mark.parametrize("platform", ["four-sqlite", "all-sqlite"], indirect=True)
MOST_CLICKS = 4
_COUNTS_CLICKS = "addEventListener('click', () => localStorage.clicks = 1 + Number(localStorage.clicks || 0), true)"


@pytest.fixture
def dashboard(platform, page):
    """Its start page, with an administrator before it."""
    page.add_init_script(_COUNTS_CLICKS)
    dashboard = Dashboard(platform, page)
    dashboard.opens("")
    dashboard.heading("Dashboard")
    page.evaluate("localStorage.clicks = 0")
    return dashboard


def clicks(dashboard):
    return int(dashboard.page.evaluate("localStorage.clicks"))


def answers(platform, token, at):
    """The status with which an API answers this token."""
    url = {
        "calendar": f"{platform.calendar_api_url}/calendar/v1/events",
        "geocoding": f"{platform.geocoding_api_url}/geocoding/v1/reverse?lat=35.66&lon=139.7",
    }[at]
    return requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=15).status_code


def tokens(platform):
    """A fresh token for each API."""
    alices = platform.manage("token", "--as", "alice", "--scope", "read")
    backends = platform.manage("token", "--client", "geocoding-backend")
    assert (alices.returncode, backends.returncode) == (0, 0), alices.stderr + backends.stderr
    return {"calendar": alices.stdout.strip(), "geocoding": backends.stdout.strip()}


def test_rotating_the_keys_and_both_apis_go_on_answering(dashboard, platform):
    before = tokens(platform)
    assert [answers(platform, token, at) for at, token in before.items()] == [200, 200]
    page = dashboard.page
    page.get_by_role("link", name="Let another key sign").click()
    expect(page.get_by_text("The next key signs from now on")).to_be_visible()
    page.get_by_role("button", name="Rotate now").click()
    expect(page.get_by_text("signs from now on.")).to_be_visible()
    assert clicks(dashboard) <= MOST_CLICKS
    assert [answers(platform, token, at) for at, token in (before | {}).items()] == [200, 200]
    assert [answers(platform, token, at) for at, token in tokens(platform).items()] == [200, 200]
    assert dashboard.complaints == []


def test_revoking_a_key_and_the_next_one_signs(dashboard, platform):
    page = dashboard.page
    page.get_by_role("link", name="signing keys", exact=True).click()
    page.locator("#result_list tr", has_text="current").get_by_role("link").first.click()
    page.get_by_role("link", name="Revoke this key").click()
    expect(page.get_by_text("It signs at present: the next key takes its place at once.")).to_be_visible()
    page.get_by_role("button", name="Revoke it for good").click()
    expect(page.get_by_text("is published no more.")).to_be_visible()
    assert clicks(dashboard) <= MOST_CLICKS
    assert [answers(platform, token, at) for at, token in tokens(platform).items()] == [200, 200]
    assert dashboard.complaints == []


def test_adding_a_scope(dashboard):
    page = dashboard.page
    page.get_by_role("link", name="Change an API").click()
    page.get_by_role("link", name="Places Admin API", exact=True).click()
    expect(page.get_by_text("A new scope is in nobody's consent and in nobody's grant yet")).to_be_visible()
    added = page.locator("#scopes-2")
    added.get_by_label("Name").focus()
    page.keyboard.type("merge:places")
    added.get_by_label("Description").focus()
    page.keyboard.type("Merge places")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert clicks(dashboard) <= MOST_CLICKS
    page.get_by_role("link", name="Places Admin API", exact=True).first.click()
    page.locator("#scopes-2").get_by_label("Delete").check()
    page.get_by_role("button", name="Save", exact=True).click()


@pytest.mark.parametrize(
    ("path", "heading"),
    [("authorization_server/signingkey/rotate/", "Rotate the signing keys"), ("authorization_server/signingkey/", "signing key")],
)
def test_the_pages_of_the_keys(dashboard, path, heading):
    dashboard.opens(path)
    dashboard.looks_right(heading)
