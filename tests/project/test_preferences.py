"""`POST /preferences`: how pages look to one person, kept in cookies that say nothing else."""

import pytest
from django.test import Client

PAGE = "/learn?x=1"
REFERER = f"http://localhost:8000{PAGE}"


@pytest.fixture
def browser(db):
    """A browser under Daybook's host name."""
    return Client(headers={"host": "localhost:8000", "referer": REFERER})


def choose(browser, **choice):
    return browser.post("/preferences", choice)


def page(browser):
    return browser.get("/learn").content.decode()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_holds_on_every_page_until_the_systems_is_chosen_again(browser, theme):
    choose(browser, theme=theme)
    assert f'data-theme="{theme}"' in page(browser)
    assert f'value="{theme}" aria-pressed="true"' in page(browser)
    assert f'data-theme="{theme}"' in browser.get("/login").content.decode()  # the authorization server's page, too
    choose(browser, theme="system")
    assert "data-theme" not in page(browser)


def test_presenter_mode_enlarges_until_it_is_switched_off(browser):
    choose(browser, presenter="on")
    assert " data-presenter>" in page(browser)
    choose(browser, presenter="off")
    assert " data-presenter>" not in page(browser)


def test_a_drawer_that_was_closed_stays_closed(browser, settings):
    settings.ISSUER = settings.ISSUER_INTERNAL_URL = "http://localhost:1/"  # nobody answers there: that is what happened
    assert browser.get("/places").content.count(b'<details id="drawer" open>') == 1
    choose(browser, drawer="closed")
    assert b'<details id="drawer">' in browser.get("/places").content
    choose(browser, drawer="open")
    assert b'<details id="drawer" open>' in browser.get("/places").content


def test_it_leads_back_to_the_page_that_it_came_from(browser):
    response = choose(browser, theme="dark")
    assert (response.status_code, response["Location"]) == (303, PAGE)


@pytest.mark.parametrize(
    "referer", ["https://elsewhere.example/learn", "//elsewhere.example/", "javascript:alert(1)", "http://localhost:8001/x", ""]
)
def test_it_leads_nowhere_else(browser, referer):
    response = browser.post("/preferences", {"theme": "dark"}, headers={"referer": referer})
    assert response["Location"] == "/"


@pytest.mark.parametrize(
    "choice", [{"theme": "pink"}, {"theme": '"><script>'}, {"presenter": "yes"}, {"drawer": "ajar"}, {"other": "x"}, {}]
)
def test_what_is_no_choice_changes_nothing(browser, choice):
    response = choose(browser, **choice)
    assert response.status_code == 303
    assert not any(name.startswith("four_checks_") for name in response.cookies)


def test_a_cookie_with_something_else_is_not_believed(browser):
    browser.cookies["four_checks_theme"] = '"><script>'
    assert "<script>" not in page(browser)
    assert "data-theme" not in page(browser)


def test_the_cookies_are_for_servers_alone_and_carry_the_prefix_on_https(browser, settings):
    settings.SESSION_COOKIE_SECURE = True
    cookie = choose(browser, theme="dark").cookies["__Host-four_checks_theme"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, True, "Lax", "/", "")


def test_another_sites_form_changes_nothing(settings):
    foreign = Client(headers={"host": "localhost:8000"}, enforce_csrf_checks=True)
    assert foreign.post("/preferences", {"theme": "dark"}).status_code == 403


def test_only_a_form_may_change_them(browser):
    assert browser.get("/preferences?theme=dark").status_code == 405
