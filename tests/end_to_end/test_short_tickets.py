"""Tickets of 30 seconds, in a browser: one runs out, Daybook gets the next one while nobody is asked, until its access ends."""

import re

import pytest
from playwright.sync_api import expect

from tests.end_to_end.window import WIDTHS, Window

IN_ONE_FORM = pytest.mark.parametrize("platform", ["four-sqlite"], indirect=True)


@pytest.fixture
def window(platform, page):
    """A first visit: nobody has allowed anything yet."""
    platform.forget_consents()
    return Window(platform, page)


def drawer(window):
    return window.page.get_by_role("complementary", name="What just happened")


def watch_a_ticket_run_out(window):
    """From Learn, in two clicks, to the question whether Daybook with short tickets may read."""
    window.open("/learn")
    window.page.get_by_role("link", name="Watch a ticket run out").click()
    window.page.get_by_role("button", name="Alice").click()
    window.heading("Daybook, short tickets wants to:")


@pytest.mark.parametrize("platform", ["four-sqlite", "all-sqlite"], indirect=True)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_ticket_runs_out_and_nobody_is_asked(window, width):
    page = window.page
    page.set_viewport_size({"width": width, "height": 900})
    watch_a_ticket_run_out(window)
    expect(page.get_by_text("keep this access while you are away")).to_be_visible()
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_url("**/daybook")
    expect(page.get_by_text("Ticket (access token) good for")).to_be_visible()
    expect(page.get_by_text("ends soon")).to_be_hidden()
    expect(page.locator("#ticket-life time")).to_have_text(re.compile(r"^00:00:[0-3]\d$"))
    expect(drawer(window)).to_contain_text("may it read the calendar, also while Alice is away? The page is shown: it is the first time.")
    window.looks_right("20")

    window.platform.let_tickets_run_out()
    page.reload()
    says = "Daybook trades its refresh token for a new ticket (access token). Alice has said yes before, so nobody is asked."
    expect(drawer(window)).to_contain_text(says)
    expect(drawer(window)).to_contain_text("Three matter.")
    expect(page.locator("#ticket-life time")).to_have_text(re.compile(r"^00:00:[0-3]\d$"))
    window.looks_right("20")
    drawer(window).get_by_role("link", name="Daybook trades its refresh token").click()
    expect(page.locator(".bytes").first).to_contain_text("refresh_token=***")
    expect(page.locator(".bytes").last).to_contain_text('"refresh_token": "***"')
    expect(page.get_by_text("it is not even recorded")).to_be_visible()
    window.looks_right("A refresh token becomes a new ticket")


@IN_ONE_FORM
@pytest.mark.parametrize("width", WIDTHS)
def test_when_its_access_ends_daybook_says_so_and_asks_to_sign_in_again(window, width):
    page = window.page
    page.set_viewport_size({"width": width, "height": 900})
    watch_a_ticket_run_out(window)
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_url("**/daybook")
    window.platform.forget_consents()
    window.platform.let_tickets_run_out()
    page.reload()
    expect(drawer(window)).to_contain_text("Daybook offers its refresh token. It gets no ticket for it.")
    window.looks_right("There is no new ticket to your calendar")
    page.get_by_role("link", name="Sign in again").click()
    window.heading("Daybook, short tickets wants to:")


@IN_ONE_FORM
def test_the_countdown_ends_with_what_to_do(window):
    page = window.page
    page.clock.install()
    watch_a_ticket_run_out(window)
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_url("**/daybook")
    page.clock.run_for(26_000)
    expect(page.get_by_text("ends soon")).to_be_visible()
    page.clock.run_for(6_000)
    expect(page.locator("#ticket-life")).to_contain_text("The ticket (access token) has run out.")
    expect(page.get_by_role("status").filter(has_text="Reload, and Daybook gets a new one.")).to_be_visible()
    window.looks_right("20")


@IN_ONE_FORM
def test_without_scripts_the_page_says_until_when_the_ticket_is_good(platform, browser):
    context = browser.new_context(java_script_enabled=False)
    window = Window(platform, context.new_page())
    watch = window.page
    window.open("/sign-in?application=calendar-short")
    window.sign_in("alice")
    allow = watch.get_by_role("button", name=re.compile("^Allow"))
    if allow.is_visible():
        allow.click()
    expect(watch.get_by_text("Ticket (access token) good until")).to_be_visible()
    expect(watch.locator("#ticket-life time")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))
    context.close()
