"""Every page in Chromium: axe finds nothing, nothing scrolls sideways, nothing breaks the security policy, nothing leaves the machine."""

import pytest
from playwright.sync_api import expect

from tests.end_to_end.window import Window

# The forms differ in where the services run, not in the pages: two of them are enough.
pytestmark = pytest.mark.parametrize("platform", ["four-sqlite", "all-sqlite"], indirect=True)


@pytest.fixture
def window(platform, page):
    return Window(platform, page)


def test_from_home_to_the_week_and_out_again(window):
    window.open("/")
    window.looks_right("Four Checks")
    window.page.get_by_role("link", name="Open Alice’s calendar").click()
    window.looks_right("Sign in")
    window.sign_in("alice")
    window.allow_if_asked()
    expect(window.page.get_by_text("Choir rehearsal").or_(window.page.get_by_text("Team meeting")).first).to_be_visible()
    window.looks_right("20")
    window.page.get_by_role("link", name="Month", exact=True).click()
    window.looks_right("20")
    window.open("/daybook?week=2198-W40")
    expect(window.page.get_by_role("heading", name="Nothing planned this week")).to_be_visible()
    window.looks_right("2198")
    window.page.get_by_role("button", name="Sign out").click()
    window.page.wait_for_url(f"{window.url}/")
    window.open("/daybook")
    window.looks_right("Nobody is signed in here")


def test_somebody_who_does_not_allow_it_comes_back_to_a_page_that_says_so(window):
    window.open("/sign-in")
    window.sign_in("dora")
    window.looks_right("Daybook wants to")
    window.page.get_by_role("button", name="Do not allow").click()
    window.looks_right("Daybook may not read your calendar")
    expect(window.page.get_by_role("link", name="Ask again")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/learn", "Every reason to refuse"),
        ("/learn/rejections/token_expired", "expired"),
        ("/learn/rejections/invalid_token", "not valid"),
        ("/callback?state=x&code=y", "Daybook does not wait for this answer"),
        ("/daybook?week=2026-W99", "There is no such week"),
        ("/nowhere", "There is nothing at this address"),
    ],
)
def test_other_pages(window, path, heading):
    window.open(path)
    window.looks_right(heading)


def test_the_way_to_the_week_with_the_keyboard_alone(window):
    window.open("/")
    window.tab_to("Open Alice’s calendar")
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/login*")
    window.sign_in_by_keyboard("gina")
    window.page.wait_for_url("**/authorize*")
    window.tab_to("Allow")
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/daybook")
    window.tab_to("Sign out")
    window.page.keyboard.press("Enter")
    window.page.wait_for_url(f"{window.url}/")


def test_two_tabs_sign_in_at_once(window, context):
    window.open("/sign-in")
    other = context.new_page()
    other.goto(f"{window.url}/sign-in")
    window.sign_in("alice")
    window.allow_if_asked()
    other.reload()  # the sign-in has changed the CSRF value of the form that stood there
    window.page = other
    window.sign_in("alice")
    window.allow_if_asked()
    expect(other.get_by_role("button", name="Sign out")).to_be_visible()


def test_the_back_button_after_signing_in_ends_in_a_page_that_goes_on(window):
    window.open("/sign-in")
    window.sign_in("alice")
    window.allow_if_asked()
    window.page.go_back()
    assert "something here is broken" not in window.page.content().lower()


def test_a_drawer_that_is_closed_stays_closed_on_the_next_page(window):
    window.open("/places")
    drawer = window.page.locator("#drawer")
    expect(drawer).to_have_attribute("open", "")
    with window.page.expect_response("**/preferences"):
        drawer.locator("summary").click()
    window.open("/places")
    expect(drawer).not_to_have_attribute("open", "")
    assert window.complaints == []
