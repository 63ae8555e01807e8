"""Daybook in the browser, as its server sees it: two pages, the same for everybody, that know neither ticket nor code."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.urls import reverse

from demo_client.models import DaybookSession, RecordedMessage, SignIn

PAGES = ["/spa", "/spa/callback"]
MODULES = Path(__file__).resolve().parents[2] / "demo_client" / "static" / "demo_client" / "spa"


def text(response):
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def directive(response, name):
    (values,) = re.findall(rf"{name} ([^;]+)", response["Content-Security-Policy"])
    return set(values.split())


@pytest.mark.parametrize("page", PAGES)
def test_the_page_tells_its_modules_what_they_have_to_know_and_no_secret(alice, page):
    content = text(alice.get(page))
    for fact in (
        'data-issuer="http://localhost:8000/"',
        'data-client-id="calendar-spa"',
        'data-audience="api.calendar"',
        'data-events-url="http://localhost:8000/calendar/v1/events"',
        'data-redirect-uri="http://localhost:8000/spa/callback"',
    ):
        assert fact in content
    assert "secret" not in content


def test_the_code_in_the_address_changes_nothing_of_the_page_and_nothing_is_kept_of_it(alice):
    bare = text(alice.get("/spa/callback"))
    assert text(alice.get("/spa/callback?code=a-code&state=a-state&iss=http://localhost:8000/")) == bare
    assert (DaybookSession.objects.count(), SignIn.objects.count(), RecordedMessage.objects.count()) == (0, 0, 0)


def test_the_log_has_no_part_of_the_address_behind_the_question_mark(alice, caplog):
    with caplog.at_level("DEBUG"):
        alice.get("/spa/callback?code=a-code&state=a-state")
    assert "/spa/callback" in caplog.text
    assert "a-code" not in caplog.text
    assert "a-code" not in repr([record.__dict__ for record in caplog.records if record.name == "four_checks.requests"])


def test_styles_and_icons_are_not_asked_for_with_the_code_rfc9700_section_4_2_4(alice):
    assert alice.get("/spa/callback?code=a-code")["Referrer-Policy"] == "strict-origin"
    assert alice.get("/spa")["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("page", PAGES)
def test_no_copy_of_the_page_is_kept(alice, page):
    assert "no-store" in alice.get(page)["Cache-Control"]


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_may_call_the_issuer_and_the_calendar_api_and_nobody_else(alice, page):
    response = alice.get(page)
    assert directive(response, "connect-src") == {"'self'", "http://localhost:8000"}
    assert directive(response, "script-src") == {"'self'"}
    assert directive(alice.get("/"), "connect-src") == {"'self'"}


@pytest.mark.parametrize("page", PAGES)
def test_without_scripts_a_sentence_says_that_they_are_what_it_is_about(alice, page):
    (said,) = re.findall(r"<noscript>(.*?)</noscript>", text(alice.get(page)), flags=re.DOTALL)
    assert "This page needs JavaScript" in said
    assert 'href="/daybook"' in said


def test_both_ways_are_offered_and_what_speaks_against_the_second(alice):
    page = text(alice.get("/spa"))
    assert "Sign in with a code (PKCE)" in page
    assert "Ask as the document does (response_type=token)" in page
    assert "RFC 9700 section 2.1.2 advises against it" in page
    assert page.count("btn--primary") == 3, "one in each of the three states, of which one is shown"


def test_choosing_daybook_in_the_browser_leads_to_its_page(alice):
    assert alice.get("/sign-in?application=calendar-spa")["Location"] == reverse("demo_client:spa")


@pytest.mark.parametrize("page", PAGES)
def test_only_reading_is_possible(alice, page):
    assert alice.post(page).status_code == 405


class Tags(HTMLParser):
    """The attributes of all elements of a page."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("page", PAGES)
def test_there_is_neither_inline_style_nor_script(alice, page):
    for tag, attributes in Tags(text(alice.get(page))).found:
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        assert tag != "script" or attributes["src"].startswith("/static/")


def test_the_address_is_cleared_before_any_other_module_runs(alice):
    loaded = [attributes["src"] for tag, attributes in Tags(text(alice.get("/spa/callback"))).found if tag == "script"]
    ours = [source for source in loaded if "/spa/" in source]
    assert ours == ["/static/demo_client/spa/answer.js", "/static/demo_client/spa/callback.js"]
    assert "import" not in re.sub(r"/\*.*?\*/", "", (MODULES / "answer.js").read_text(), flags=re.DOTALL)


def test_nothing_from_elsewhere_becomes_markup():
    for module in MODULES.glob("*.js"):
        code = module.read_text()
        for way_in in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "DOMParser"):
            assert way_in not in code, f"{way_in} in {module.name}"
