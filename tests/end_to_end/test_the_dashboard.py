"""The dashboard in a browser, as an administrator who never saw it meets it: what she adds there takes effect at once."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.end_to_end.visitor import Administrator, Visitor
from tests.end_to_end.window import Window

GEOCODING_AUDIENCE = "https://api.example.com/geocoding/v1/"


@pytest.fixture
def window(platform, page):
    """A first visit: nobody has allowed anything yet."""
    platform.forget_consents()
    return Window(platform, page)


class Dashboard(Window):
    """Whoever administers the authorization server."""

    no_faults = Window.no_faults | {"label-title-only"}  # Django's search field has a picture as its label

    def opens(self, path):
        self.page.goto(f"{self.platform.issuer}admin/{path}")
        if "/login" in self.page.url:
            self.sign_in("admin")
            self.page.wait_for_url(re.compile("/admin/"))


def let_daybook_forget_its_tickets(platform):
    """Daybook keeps a backend's ticket for the day that it is good, whatever becomes of the grant: its process starts anew."""
    daybook = "all" if platform.is_one_process else "demo_client"
    platform.stop(daybook)
    platform.start(daybook)


@pytest.fixture
def dashboard(platform, page):
    return Dashboard(platform, page)


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
        new_backend = page.locator("section", has_text="New backend").filter(has=page.get_by_role("heading", name="Allowed: 7"))
        expect(new_backend).to_contain_text("Allowed: 7 coordinates became names")
        expect(new_backend.get_by_role("cell", name="Shibuya, Tokyo, Japan")).to_be_visible()
        assert window.complaints == []
    finally:
        Administrator(platform).takes_back(grant)
        let_daybook_forget_its_tickets(platform)
    window.open("/places")
    expect(page.get_by_role("heading", name="Refused: it got no ticket at all")).to_be_visible()
    assert window.complaints == []


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
        page.context.clear_cookies()
        window.open("/sign-in")
        page.get_by_role("button", name="Bob").click()
        window.heading("Daybook wants to")  # he is in no group
        assert window.complaints == []
    finally:
        Administrator(platform).takes_back(added)


@pytest.mark.parametrize("platform", ["all-sqlite"], indirect=True)
def test_a_scope_that_is_added_there_can_be_asked_for_at_once_and_is_new_to_whoever_consented_before(dashboard, platform):
    platform.forget_consents()
    alice = Visitor(platform, stops_at=f"{platform.demo_client_url}/spa/callback")

    def ask(scope):
        return alice.ask(
            "alice",
            audience="api.calendar",
            client_id="calendar-spa",
            redirect_uri=f"{platform.demo_client_url}/spa/callback",
            response_type="token",
            scope=scope,
        )

    def error(page):
        return parse_qs(urlsplit(page.stopped_at).fragment).get("error")

    assert error(alice.press(ask("read"), "Allow")) is None
    assert error(ask("read share")) == ["invalid_scope"]

    page = dashboard.page
    dashboard.opens("authorization_server/api/")
    page.get_by_role("link", name="Calendar API", exact=True).click()
    expect(page.get_by_text("A new scope is in nobody's consent and in nobody's grant yet")).to_be_visible()
    added = page.locator("#scopes-2")
    added.get_by_label("Name").fill("share")
    added.get_by_label("Description").fill("Share your calendar with others")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    try:
        asked = ask("read share").text
        assert re.search(r"share your calendar with others\s+new", asked), asked
        assert re.search(r"read your scheduled events\s+already allowed", asked), asked
    finally:
        page.get_by_role("link", name="Calendar API", exact=True).first.click()
        page.locator("#scopes-2").get_by_label("Delete").check()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert error(ask("read share")) == ["invalid_scope"]
    assert error(ask("read")) is None
    assert dashboard.complaints == []


@pytest.mark.parametrize("platform", ["all-sqlite"], indirect=True)
def test_the_missing_client_grant_is_added_with_the_keyboard_alone(dashboard, platform):
    page, keyboard = dashboard.page, dashboard.page.keyboard
    page.goto(f"{platform.issuer}access-requests/new?client_id=unapproved-backend&audience={GEOCODING_AUDIENCE}")
    dashboard.tab_to("Open the form (administrators)")
    keyboard.press("Enter")
    page.wait_for_url(re.compile("/login"))
    dashboard.sign_in_by_keyboard("admin")
    page.wait_for_url(re.compile("/admin/"))
    expect(page.get_by_text("Saving is the administrator's yes")).to_be_visible()
    dashboard.tab_to("_save")
    keyboard.press("Enter")
    expect(page.get_by_text("was added successfully")).to_be_visible()
    grant = page.locator("#result_list").get_by_role("link", name="unapproved-backend").first.get_attribute("href")
    try:
        assert platform.manage("run_flow", "client-credentials", "--brief", "--client", "unapproved-backend").returncode == 0
        assert dashboard.complaints == []
    finally:
        Administrator(platform).takes_back(grant)


@pytest.mark.parametrize("platform", ["all-sqlite"], indirect=True)
def test_a_form_that_is_not_complete_keeps_what_was_chosen_and_says_what_is_missing(dashboard):
    page = dashboard.page
    dashboard.opens("")
    page.get_by_role("link", name="Say yes for the people of a group").click()
    page.get_by_role("combobox", name="Application").select_option(label="Daybook (calendar-web)")
    page.get_by_role("combobox", name="API").select_option(label="Calendar API")
    page.get_by_role("checkbox", name="read: Read your scheduled events").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Choose a group, or tick that it is for everybody")).to_be_visible()
    expect(page.get_by_role("checkbox", name="read: Read your scheduled events")).to_be_checked()
    expect(page.get_by_text("import:places")).to_have_count(0)  # the API is known now, and so are its scopes
    assert dashboard.complaints == []


@pytest.mark.parametrize("platform", ["all-sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("", "Dashboard"),
        ("authorization_server/api/", "Select API to change"),
        ("authorization_server/api/1/change/", "Change API"),
        ("authorization_server/application/add/", "Add application"),
        ("authorization_server/clientgrant/", "Select client grant to change"),
        ("authorization_server/clientgrant/add/", "Add client grant"),
        ("authorization_server/clientgrant/1/delete/", "Delete"),
        ("authorization_server/preconfiguredconsent/add/", "Add pre-configured consent"),
        ("authorization_server/logentry/", "Select log entry to view"),
    ],
)
def test_its_pages(dashboard, path, heading):
    dashboard.opens(path)
    dashboard.looks_right(heading)
