"""The browser with nobody in front of it: forms as a browser sends them, and where it stops."""

from urllib.parse import parse_qsl

import pytest

from demo_client.browser import Browser
from demo_client.exchanges import Recorder
from demo_client.failures import UnusableAnswer, WrongPassword
from demo_client.flows.sign_in_as import token_as

SIGN_IN = """<!doctype html><title>Sign in &amp; go on</title>
<form method="post" action="/login">
  <input type="hidden" name="next" value="a&amp;b"><button name="account" value="alice">Alice</button>
</form>
<form method="post">
  <input type="hidden" name="csrfmiddlewaretoken" value="c1"><label>Name <input name="username"></label>
  <input name="pw" type="password"><input type="checkbox" name="keep"><input type="checkbox" name="news" checked value="1">
  <button>Sign in</button>
</form>"""
CONSENT = """<title>Allow?</title><script>"<form>"</script>
<form method="post" action="decide?x=1"><input type="hidden" name="ticket" value="t">
  <button name="decision" value="deny">Do not allow</button> <button name="decision" value="allow"> Allow\n this too</button>
</form>"""
HTML = {"Content-Type": "text/html; charset=utf-8"}
STOP = "http://localhost:8000/callback"


@pytest.fixture
def visitor(services):
    return Browser(Recorder(), stops_at=STOP)


def opened(services, visitor, html):
    services.answers["/login"] = (200, html, HTML)
    return visitor.open(f"{services.url}/login?next=x", meaning="m")


def test_forms_are_read_with_fields_values_and_buttons(services, visitor):
    page = opened(services, visitor, SIGN_IN)
    cards, typed = page.forms
    assert page.title == "Sign in & go on"
    assert (cards.action, cards.fields, cards.buttons[0].words) == ("/login", {"next": "a&b"}, "Alice")
    assert typed.field_of_kind("password") == "pw"
    assert typed.fields == {"csrfmiddlewaretoken": "c1", "username": "", "pw": "", "news": "1"}


def test_a_form_goes_out_with_the_button_that_was_pressed_and_with_where_it_comes_from(services, visitor):
    page = opened(services, visitor, CONSENT)
    (form,) = page.forms
    services.answers["/decide"] = (200, "", HTML)
    visitor.send(page, form, button=form.button("Allow"), meaning="m")
    sent = services.requests[-1]
    assert parse_qsl(sent["body"]) == [("ticket", "t"), ("decision", "allow")]
    assert (sent["path"], sent["query"]) == ("/decide", {"x": ["1"]})
    assert sent["headers"]["Origin"] == services.url
    assert sent["headers"]["Referer"] == f"{services.url}/login?next=x"


def test_the_redirect_to_the_application_is_not_followed(services, visitor):
    services.answers["/authorize"] = (303, "", {"Location": f"{STOP}?code=c&state=s"})
    assert visitor.open(f"{services.url}/authorize", meaning="m").stopped_at == f"{STOP}?code=c&state=s"


@pytest.mark.parametrize("target", ["/callback?code=c", "/callback/more?code=c", "/?then=http://localhost:8000/callback"])
def test_only_exactly_that_address_is_the_applications(services, visitor, target):
    services.answers["/authorize"] = (303, "", {"Location": f"{services.url}{target}"})
    assert visitor.open(f"{services.url}/authorize", meaning="m").stopped_at is None


def test_redirects_that_go_round_end(services, visitor):
    services.answers["/authorize"] = (302, "", {"Location": "/authorize"})
    with pytest.raises(UnusableAnswer, match="redirects more than 10 times"):
        visitor.open(f"{services.url}/authorize", meaning="m")


def test_cookies_are_kept_for_the_next_request(services, visitor):
    services.answers["/authorize"] = (303, "", {"Location": "/login", "Set-Cookie": "issuer_session=abc; Path=/; HttpOnly"})
    services.answers["/login"] = (200, "", HTML)
    visitor.open(f"{services.url}/authorize", meaning="m")
    assert services.sent_to("/login")[0]["headers"]["Cookie"] == "issuer_session=abc"


def test_a_sign_in_form_that_comes_back_means_a_wrong_password(services):
    services.answers["/authorize"] = (200, SIGN_IN, HTML)
    with pytest.raises(WrongPassword, match="--password"):
        token_as("alice", "wrong", scope="read", recorder=Recorder())


def test_a_page_that_is_neither_sign_in_nor_consent_is_quoted(services):
    services.answers["/authorize"] = (400, "<title>Unknown application</title><p>Nobody knows <b>calendar-web</b>.", HTML)
    with pytest.raises(UnusableAnswer, match=r"answered 400 .* “Unknown application”: Nobody knows calendar-web"):
        token_as("alice", None, scope="read", recorder=Recorder())
