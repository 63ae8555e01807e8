"""The dashboard in a browser, as an administrator who never saw it meets it: what she adds there takes effect at once."""

import pytest
from playwright.sync_api import expect

from tests.end_to_end.visitor import Administrator
from tests.end_to_end.window import Window

GEOCODING_AUDIENCE = "https://api.example.com/geocoding/v1/"


@pytest.fixture
def window(platform, page):
    """A first visit: nobody has allowed anything yet."""
    platform.forget_consents()
    return Window(platform, page)


@pytest.mark.parametrize("platform", ["four-sqlite", "all-sqlite"], indirect=True)
def test_an_administrator_adds_the_missing_client_grant_and_the_refused_backend_then_succeeds(window, platform):
    page = window.page
    window.open("/places")
    expect(page.get_by_role("heading", name="Refused: it got no ticket at all")).to_be_visible()
    page.get_by_role("link", name="Ask for permission").click()
    window.looks_right("New backend has no permission for the Geocoding API")
    page.get_by_role("link", name="Open the form (administrators)").click()
    window.sign_in("admin")
    expect(page.get_by_role("combobox", name="Application")).to_have_value(page.url.partition("application=")[2].partition("&")[0])
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    grant = page.locator("#result_list").get_by_role("link", name="unapproved-backend").first.get_attribute("href")
    try:
        window.open("/places")
        expect(page.get_by_role("heading", name="Allowed: 7 coordinates became names")).to_have_count(2)
        assert window.complaints == []
    finally:
        Administrator(platform).takes_back(grant)


@pytest.mark.parametrize("platform", ["four-sqlite"], indirect=True)
def test_a_consent_that_is_configured_there_ends_the_question_for_its_group(window, platform):
    page = window.page
    page.goto(f"{platform.issuer}admin/authorization_server/preconfiguredconsent/add/")
    window.sign_in("admin")
    page.get_by_role("combobox", name="Application").select_option(label="Daybook (calendar-web)")
    page.get_by_role("combobox", name="API").select_option(label="Calendar API")
    page.get_by_role("checkbox", name="read: Read your scheduled events").check()
    page.get_by_role("combobox", name="Group").select_option(label="employees")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    added = page.locator("#result_list").get_by_role("link", name="calendar-web").first.get_attribute("href")
    try:
        page.context.clear_cookies()
        window.open("/sign-in")
        page.get_by_role("button", name="Alice").click()
        page.wait_for_url("**/daybook")  # nobody asked
        expect(page.get_by_role("complementary")).to_contain_text("An administrator has said yes for Alice")
        assert window.complaints == []
    finally:
        Administrator(platform).takes_back(added)
