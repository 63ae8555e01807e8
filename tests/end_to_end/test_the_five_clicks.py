"""The first five clicks of the product, exactly these, and then an event that needs a further permission: with mouse and keyboard."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.end_to_end.processes import ROOT
from tests.end_to_end.window import LOOKS, WIDTHS, Window

SHOTS = ROOT / "docs" / "screenshots"
pytestmark = pytest.mark.parametrize("platform", ["four-sqlite", "all-sqlite"], indirect=True)


@pytest.fixture
def window(platform, page):
    """A first visit: nobody has allowed anything yet."""
    platform.forget_consents()
    return Window(platform, page)


class Shots:
    """Pictures of each page at both widths, light and dark; for the docs where SCREENSHOTS=1 asks for it, else beside the test."""

    def __init__(self, window, folder):
        self.window, self.page = window, window.page
        self.folder = SHOTS if os.environ.get("SCREENSHOTS") == "1" else folder
        self.taken: list[Path] = []

    def take(self, name):
        """Pictures of what is seen without scrolling."""
        before = self.page.viewport_size
        for width, scheme in LOOKS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.emulate_media(color_scheme=scheme)
            self.page.evaluate("window.scrollTo(0, 0)")
            path = self.folder / f"{name}-{width}-{scheme}.png"
            self.page.screenshot(path=path, animations="disabled")
            self.taken.append(path)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(before)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_first_five_clicks(window, width):
    page = window.page
    page.set_viewport_size({"width": width, "height": 900})
    window.open("/")
    window.heading("Four Checks")

    page.get_by_role("link", name="Open Alice’s calendar").click()  # 1
    window.heading("Sign in")
    expect(page.get_by_text("You are now at the authorization server. Daybook never sees this password.")).to_be_visible()
    expect(page.locator("body.is-issuer.ground--elsewhere")).to_be_visible()

    page.get_by_role("button", name="Alice").click()  # 2
    window.heading("Daybook wants to:")
    expect(page.get_by_text("read your scheduled events")).to_be_visible()
    expect(page.get_by_role("button", name="Do not allow")).to_be_visible()

    page.get_by_role("button", name="Allow", exact=True).click()  # 3
    page.wait_for_url("**/daybook")
    expect(page.get_by_text(re.compile("Berlin|London|Rome|Tokyo")).locator("visible=true").first).to_be_visible()
    drawer = page.get_by_role("complementary", name="What just happened")
    expect(drawer).to_contain_text(re.compile(r"\d+ messages\. Five matter\."))
    expect(drawer.get_by_role("listitem")).to_have_count(5)

    drawer.get_by_role("link", name="Daybook shows the ticket.").click()  # 4
    expect(page.get_by_text("GET /calendar/v1/events").first).to_be_visible()
    expect(page.locator(".bytes").first).to_contain_text("Authorization: Bearer eyJ")
    assert page.locator(".checks .check__verdict").all_inner_texts() == ["passed"] * 4
    for compared in ("typ", "alg", "kid", "iss", "aud", "exp", "sub", "scope"):
        expect(page.locator(".compare").get_by_role("rowheader", name=compared, exact=True)).to_be_visible()
    expect(page.locator(".bytes").last).to_contain_text("server-timing")

    page.get_by_role("button", name="Change one letter and send it again").click()  # 5
    window.heading("2 Signature: the letters no longer match the seal.")
    expect(page.get_by_text("Alice’s calendar stayed closed.")).to_be_visible()
    assert page.locator(".checks .check__verdict").all_inner_texts() == ["passed", "failed", "not reached", "not reached"]
    expect(page.locator(".msg--failed.msg--open .status--failed")).to_have_text("401")
    expect(page.locator("mark.changed")).to_have_text(re.compile(r"^[\w-]$"))
    assert window.complaints == []


@pytest.mark.parametrize("width", WIDTHS)
def test_then_an_event_is_refused_asked_for_and_added(window, width):
    page, what = window.page, f"Coffee with Dora at {width}"
    page.set_viewport_size({"width": width, "height": 900})
    window.open("/sign-in")
    page.get_by_role("button", name="Alice").click()
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_url("**/daybook")

    page.get_by_role("link", name="Add an event").click()
    page.get_by_role("textbox", name="What").fill(what)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Daybook may read Alice’s calendar, not change it.")
    assert page.locator(".checks .check__verdict").all_inner_texts() == ["passed", "passed", "passed", "failed"]
    expect(page.locator(".check--failed")).to_contain_text("The ticket is good. It is a ticket for reading.")
    expect(page.get_by_role("textbox", name="What")).to_have_value(what)

    page.get_by_role("link", name="Ask for write access").click()
    window.heading("Daybook now also wants to:")
    new, held = page.locator(".scope:not(.scope--held)"), page.locator(".scope--held")
    expect(new).to_have_count(1)
    expect(new).to_contain_text("create and change events")
    expect(held).to_contain_text("already allowed")

    page.get_by_role("button", name="Allow this too").click()
    page.wait_for_url(re.compile(r"/daybook\?week="))
    expect(page.get_by_role("status").filter(has_text=f"“{what}” is in the calendar.")).to_be_visible()
    expect(page.get_by_text(what, exact=True).locator("visible=true").first).to_be_visible()
    expect(page.get_by_text("reading and writing")).to_be_visible()
    assert window.complaints == []


def test_the_whole_way_with_the_keyboard_alone(window):
    def enter(name):
        window.tab_to(name)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    page = window.page
    window.open("/")
    enter("Open Alice’s calendar")
    enter("Alice")
    window.heading("Daybook wants to:")
    enter("Allow")
    page.wait_for_url("**/daybook")
    enter("Daybook shows the ticket")
    enter("Change one letter and send it again")
    window.heading("2 Signature: the letters no longer match the seal.")
    enter("Now add an event")
    window.tab_to("What")
    page.keyboard.type("By keyboard")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    enter("Ask for write access")
    window.heading("Daybook now also wants to:")
    enter("Allow this too")
    page.wait_for_url(re.compile(r"/daybook\?week="))
    expect(page.get_by_text("“By keyboard” is in the calendar.")).to_be_visible()
    assert window.complaints == []


def test_every_page_of_the_way_looks_right_and_has_its_picture(window, tmp_path):
    page, shots = window.page, Shots(window, tmp_path)
    window.open("/")
    shots.take("1-home")
    window.looks_right("Four Checks")
    page.get_by_role("link", name="Open Alice’s calendar").click()
    shots.take("2-sign-in")
    window.looks_right("Sign in")
    page.get_by_role("button", name="Alice").click()
    shots.take("3-consent")
    window.looks_right("Daybook wants to:")
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_url("**/daybook")
    shots.take("4-daybook")
    window.looks_right("20")
    page.get_by_role("link", name="Daybook shows the ticket.").click()
    shots.take("5-four-checks")
    window.looks_right("The ticket opens the calendar")
    page.get_by_role("button", name="Change one letter and send it again").click()
    shots.take("6-one-letter-changed")
    window.looks_right("2 Signature")
    page.get_by_role("link", name="Now add an event").click()
    window.looks_right("Add an event")
    page.get_by_role("textbox", name="What").fill("Coffee with Dora")
    page.get_by_role("textbox", name="Where").fill("Friedrichshain, Berlin, Germany")
    page.get_by_label("Latitude").fill("52.5158")
    page.get_by_label("Longitude").fill("13.4540")
    page.get_by_role("button", name="Save").click()
    shots.take("7-refused")
    window.looks_right("Add an event")
    page.get_by_role("link", name="Ask for write access").click()
    shots.take("8-ask-for-more")
    window.looks_right("Daybook now also wants to:")
    page.get_by_role("button", name="Allow this too").click()
    page.wait_for_url(re.compile(r"/daybook\?week="))
    shots.take("9-added")
    window.looks_right("20")
    page.get_by_role("link", name=re.compile("Show all")).click()
    window.looks_right("What just happened")
    assert all(path.stat().st_size > 5_000 for path in shots.taken)
    assert {path.name for path in shots.taken} == {path.name for path in SHOTS.glob("[1-9]-*.png")}, "Cure: make screenshots"


@pytest.mark.parametrize("path", ["/daybook?month=2026-11", "/daybook?week=2198-W40", "/places", "/learn/verifier"])
def test_other_pages_of_a_person_who_is_signed_in_look_right(window, path):
    window.open("/sign-in")
    window.sign_in("alice")
    window.allow_if_asked()
    window.open(path)
    window.looks_right("")
