"""Refusing, going back, two tabs, sessions that end, services that are down: each ends in a page that says what happened and what to do."""

import re

import pytest
from playwright.sync_api import expect

from tests.end_to_end.window import Window

# What goes wrong looks alike in every form of the platform; in one process no single service can be down.
pytestmark = pytest.mark.parametrize("platform", ["four-sqlite"], indirect=True)


@pytest.fixture
def window(platform, page):
    """A first visit: nobody has allowed anything yet."""
    platform.forget_consents()
    return Window(platform, page)


def says(window, heading, *, to_do):
    """The page says what happened, offers one way on, and breaks no rule of looks."""
    window.looks_right(heading)
    expect(
        window.page.locator("main").get_by_role("link", name=to_do).or_(window.page.get_by_role("button", name=to_do)).first
    ).to_be_visible()


def signed_in(window, name="alice"):
    window.open("/sign-in")
    window.sign_in(name)
    window.allow_if_asked()


def typed_an_event(window, what):
    window.page.get_by_role("link", name="Add an event").click()
    window.page.get_by_role("textbox", name="What").fill(what)
    window.page.get_by_role("button", name="Save").click()


# ---- Refusing -------------------------------------------------------------------------------------------------------


def test_who_does_not_allow_reading_learns_that_nothing_was_given_and_can_be_asked_again(window):
    window.open("/sign-in")
    window.sign_in("bob")
    window.page.get_by_role("button", name="Do not allow").click()
    says(window, "Daybook may not read your calendar", to_do="Ask again")
    expect(window.page.get_by_role("complementary")).to_contain_text("Bob does not allow it.")


def test_who_does_not_allow_writing_goes_on_reading_and_finds_what_was_typed(window):
    signed_in(window)
    typed_an_event(window, "Not allowed yet")
    window.page.get_by_role("link", name="Ask for write access").click()
    window.page.get_by_role("button", name="Do not allow").click()
    says(window, "Daybook may go on reading, and no more", to_do="Back to the event")
    window.page.get_by_role("link", name="Back to the event").click()
    expect(window.page.get_by_role("textbox", name="What")).to_have_value("Not allowed yet")
    window.open("/daybook")
    expect(window.page.get_by_text("read only")).to_be_visible()


# ---- Back, and two tabs ---------------------------------------------------------------------------------------------


def test_back_to_the_dialog_and_allowing_again_says_that_nobody_waits(window):
    signed_in(window)
    window.page.go_back()
    window.page.wait_for_load_state()
    allow = window.page.get_by_role("button", name="Allow", exact=True)
    if allow.is_visible():  # the browser kept the page
        allow.click()
    window.looks_right("No application waits for this answer any more")
    expect(window.page.get_by_text("Go back to the application and start there again.")).to_be_visible()


def test_an_answer_that_was_used_already_is_not_used_again(window):
    callbacks: list[str] = []
    window.page.on("request", lambda request: callbacks.append(request.url) if "/callback?" in request.url else None)
    signed_in(window)
    window.page.goto(callbacks[0])
    says(window, "Daybook does not wait for this answer", to_do="Sign in again")
    expect(window.page.get_by_role("link", name="Go on to your calendar")).to_be_visible()


def test_two_tabs_ask_at_once_and_each_gets_its_own_answer(window, context):
    window.open("/sign-in")
    window.sign_in("alice")
    window.heading("Daybook wants to:")
    other = Window(window.platform, context.new_page())
    other.open("/sign-in")
    other.heading("Daybook wants to:")
    for tab in (window, other):
        tab.page.get_by_role("button", name="Allow", exact=True).click()
        tab.page.wait_for_url("**/daybook")
        expect(tab.page.get_by_role("complementary")).to_contain_text(re.compile(r"\d+ messages\."))
        assert tab.complaints == []


# ---- Sessions that end ----------------------------------------------------------------------------------------------


def cookie_gone(window, name):
    cookies = [cookie for cookie in window.page.context.cookies() if name not in cookie["name"]]
    window.page.context.clear_cookies()
    window.page.context.add_cookies(cookies)


def test_a_session_at_daybook_that_has_ended_asks_to_sign_in(window):
    signed_in(window)
    cookie_gone(window, "daybook_session")
    window.page.reload()
    says(window, "Nobody is signed in here", to_do="Sign in")


def test_a_session_at_daybook_that_ends_while_somebody_allows_takes_no_answer(window):
    window.open("/sign-in")
    window.sign_in("alice")
    cookie_gone(window, "daybook_session")
    window.page.get_by_role("button", name="Allow", exact=True).click()
    says(window, "Daybook does not wait for this answer", to_do="Sign in again")


def test_a_session_at_the_authorization_server_that_has_ended_at_the_dialog_gives_nothing(window):
    window.open("/sign-in")
    window.sign_in("alice")
    window.heading("Daybook wants to:")
    cookie_gone(window, "authorization_server_session")
    window.page.get_by_role("button", name="Allow", exact=True).click()
    window.looks_right("No application waits for this answer any more")


def test_a_ticket_that_has_run_out_is_named_as_such(window):
    signed_in(window)
    window.platform.let_tickets_run_out()
    window.open("/daybook")
    says(window, "The ticket to your calendar has run out", to_do="Sign in again")


# ---- Services that are down -----------------------------------------------------------------------------------------


def test_without_the_calendar_api_the_page_says_so_and_what_was_typed_stays(window):
    signed_in(window)
    window.page.get_by_role("link", name="Add an event").click()
    window.page.get_by_role("textbox", name="What").fill("While it is away")
    with window.platform.stopped("calendar_api"):
        window.page.get_by_role("button", name="Save").click()
        says(window, "The Calendar API does not answer", to_do="Try again")
        expect(window.page.get_by_role("complementary")).to_contain_text("Nobody answers.")
        window.open("/daybook")
        says(window, "The Calendar API does not answer", to_do="Try again")
    window.open("/daybook/new")
    expect(window.page.get_by_role("textbox", name="What")).to_have_value("While it is away")


def test_without_the_geocoding_api_events_show_coordinates_and_the_places_page_says_so(window):
    signed_in(window)
    with window.platform.stopped("geocoding_api"):
        window.open("/daybook")
        window.looks_right("20")
        expect(window.page.get_by_text("The Geocoding API does not answer: no place names")).to_be_visible()
        window.open("/places")
        expect(window.page.get_by_role("heading", name="The Geocoding API does not answer").first).to_be_visible()
        window.looks_right("Place names")


def test_without_the_authorization_server_signing_in_and_the_places_page_say_so(window):
    signed_in(window)
    with window.platform.stopped("authorization_server"):
        window.platform.stop("demo_client")  # what it keeps of the issuer would do for a while
        window.platform.start("demo_client")
        window.open("/sign-in")
        says(window, "The authorization server does not answer", to_do="Try again")
        expect(window.page.locator("main")).to_contain_text("ISSUER")
        window.open("/places")
        expect(window.page.get_by_role("heading", name="The authorization server does not answer").first).to_be_visible()
        window.looks_right("Place names")
        window.open("/daybook")  # the ticket is still good, and the Calendar API has its keys
        expect(window.page.get_by_text("Alice’s calendar")).to_be_visible()
