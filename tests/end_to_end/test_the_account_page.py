"""`/account` in Chromium: what applications may do in one's name, taken back in two clicks, with the keyboard too."""

import re

import pytest
from playwright.sync_api import expect

from tests.end_to_end.window import Window

pytestmark = pytest.mark.parametrize("platform", ["four-sqlite", "all-sqlite"], indirect=True)


@pytest.fixture
def window(platform, page):
    return Window(platform, page)


def at_account(window):
    window.page.goto(f"{window.platform.issuer.rstrip('/')}/account")


def test_what_was_allowed_is_taken_back_and_asked_again(window):
    at_account(window)
    window.sign_in("bob")
    window.looks_right("What applications may do in your name")
    window.open("/sign-in")
    window.allow_if_asked()
    at_account(window)
    card = window.page.get_by_role("region", name=re.compile("^Daybook may"))
    expect(card).to_contain_text("read your scheduled events")
    expect(card).to_contain_text("stays good until it expires, for 24 hours at most")
    window.looks_right("What applications may do in your name")

    card.get_by_role("button", name="Take this back").click()
    expect(window.page.get_by_role("status")).to_contain_text("Daybook has no permission from you for the Calendar API any more.")
    window.looks_right("What applications may do in your name")
    window.open("/sign-in")
    window.heading("Daybook wants to")
    window.allow_if_asked()


def test_with_the_keyboard_alone(window):
    window.open("/sign-in")
    window.sign_in("gina")
    window.allow_if_asked()
    at_account(window)
    window.tab_to("Take this back")
    window.page.keyboard.press("Enter")
    expect(window.page.get_by_role("status")).to_be_visible()
    window.tab_to("Sign out")
    window.page.keyboard.press("Enter")
    window.heading("You are signed in as Gina")
    assert window.complaints == []
