"""The fold on the sign-in and consent pages: the request as it arrived, each parameter with its meaning, and why the page is shown."""

import html
import re

import pytest

from tests.authorization_server.conftest import CALLBACK, COMPANY_CALLBACK, SPA_CALLBACK, text_of

IN_PLAIN_WORDS = {
    "client_id": ("calendar-web", "Who asks: the application “Daybook”."),
    "redirect_uri": (CALLBACK, "Where the answer goes. Registered for Daybook, compared letter by letter."),
    "audience": ("api.calendar", "Which API the ticket is for: the Calendar API, no other."),
    "scope": ("read", "What Daybook wants to do there."),
    "response_type": ("code", "Answer with a code, not with the ticket itself."),
    "code_challenge": ("E9Melhoa2Ow…stw-cM (S256)", "A lock that only Daybook can open later (PKCE)."),
    "state": ("Yb3k9wQ", "Daybook’s bookmark: it must come back unchanged."),
}


def explained_on(page):
    """What the page's fold says of each parameter, in its order."""
    rows = re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd><dd>(.*?)</dd></div>", page.content.decode())
    return {name: (html.unescape(value), html.unescape(meaning)) for name, value, meaning in rows}


def sign_in_page(browser, answer):
    """The sign-in page that this answer leads to."""
    assert answer["Location"].startswith("/login?ticket="), answer["Location"]
    return browser.client.get(answer["Location"])


# ---- What was asked -------------------------------------------------------------------------------------------------


def test_the_consent_page_explains_every_parameter_as_it_arrived(alice):
    explained = explained_on(alice.authorize())
    assert explained == IN_PLAIN_WORDS
    assert list(explained) == list(IN_PLAIN_WORDS)


def test_the_sign_in_page_explains_the_same(visitor):
    page = sign_in_page(visitor, visitor.authorize())
    assert "Why this page, and what was asked" in text_of(page)
    assert explained_on(page) == IN_PLAIN_WORDS


def test_the_document_s_request_is_explained_too(alice, visitor):
    for page in (alice.document_s_request(), sign_in_page(visitor, visitor.document_s_request())):
        explained = explained_on(page)
        assert explained["response_type"] == ("token", "Answer with the ticket itself, in the part of the address behind #.")
        assert explained["redirect_uri"][0] == SPA_CALLBACK
        assert explained["scope"][0] == "read write"
        assert explained["nonce"] == ("n-0S6_WzA2Mj", "A mark of this one request, for an ID token. None is asked for, so nobody reads it.")
        assert "code_challenge" not in explained


@pytest.mark.parametrize(
    ("prompt", "meaning"),
    [
        ("login", "Ask who it is, even when somebody is signed in."),
        ("consent", "Ask for permission, even when nothing is new."),
        ("login consent", "Ask who it is, even when somebody is signed in. Ask for permission, even when nothing is new."),
    ],
)
def test_prompt_is_explained_oidc_core_section_3_1_2_1(visitor, prompt, meaning):
    assert explained_on(sign_in_page(visitor, visitor.authorize(prompt=prompt)))["prompt"] == (prompt, meaning)


def test_a_parameter_that_nothing_reads_is_shown_as_such_after_the_others(alice):
    explained = explained_on(alice.authorize(ui_locales="de", display="a<b" * 20))
    assert list(explained)[-2:] == ["ui_locales", "display"]
    assert explained["ui_locales"] == ("de", "Nothing here reads it.")
    assert explained["display"] == ("a<ba<ba<ba<…a<ba<b", "Nothing here reads it.")


@pytest.mark.parametrize("changes", [{"code_challenge": "x"}, {"code_challenge_method": "S256"}, {"response_mode": "fragment"}])
def test_what_means_nothing_beside_a_token_is_no_fault_of_the_server(alice, changes):
    page = alice.document_s_request(**changes)
    assert page.status_code == 200
    assert set(changes) <= set(explained_on(page))


def test_what_was_sent_is_escaped(visitor):
    page = sign_in_page(visitor, visitor.authorize(state="<script>1</script>", **{"<u>": "<i>"})).content.decode()
    assert "&lt;script&gt;" in page
    assert not any(tag in page for tag in ("<script>1", "<u>", "<i>"))


def test_without_a_request_there_is_nothing_to_explain(visitor, daybook):
    to_login = visitor.authorize()
    daybook.redirect_uris.all().delete()  # a registration may change while somebody signs in
    for page in (sign_in_page(visitor, to_login), visitor.get("/login")):
        assert page.status_code == 200
        assert "<details" not in page.content.decode()


def test_without_explaining_there_are_no_parameters_and_no_names_of_reasons(alice, visitor, settings):
    settings.EXPLAIN_REJECTIONS = False
    to_sign_in = sign_in_page(visitor, visitor.authorize())
    for page in (alice.authorize(), to_sign_in):
        assert explained_on(page) == {}
        assert "reason" not in text_of(page)
    assert "Why am I here? Daybook asked for a ticket to the Calendar API" in text_of(to_sign_in)


# ---- Why the page is shown ------------------------------------------------------------------------------------------


def test_the_sign_in_page_says_that_nobody_is_signed_in(visitor):
    text = text_of(sign_in_page(visitor, visitor.authorize()))
    assert "Nobody is signed in at the authorization server in this browser, so it asks who you are first" in text
    assert "(decision sign_in.shown , reason not_signed_in )" in text


def test_the_sign_in_page_says_that_the_application_wants_it_so(alice):
    text = text_of(sign_in_page(alice, alice.authorize(prompt="login")))
    assert "It wants you to sign in for this one request, although Alice is signed in ( prompt=login )" in text
    assert "(decision sign_in.shown , reason prompt_login )" in text


def test_the_sign_in_page_says_that_somebody_else_wants_to_sign_in(alice):
    (not_you,) = re.findall(r'href="(/login\?ticket=[^"]+)"', alice.authorize().content.decode())
    text = text_of(alice.client.get(not_you))
    assert "This page was opened to sign in as somebody else." in text
    assert "decision sign_in.shown" not in text


def test_the_consent_page_says_that_it_is_the_first_time(alice):
    text = text_of(alice.authorize())
    assert "Alice has not allowed Daybook anything at the Calendar API so far (decision consent.shown , reason first_time )" in text


def test_the_consent_page_says_what_is_new_and_since_when_the_rest_is_allowed(alice):
    alice.code(scope="read")
    text = text_of(alice.authorize(scope="read write"))
    assert re.search(r"You allowed read on \d{1,2} [A-Z][a-z]+ at \d\d:\d\d UTC\.", text)
    assert "write is new, so this page asks again and asks for that alone (decision consent.shown , reason scope_added )" in text


def test_the_consent_page_says_that_the_application_wants_it_although_nothing_is_new(alice):
    alice.code(scope="read")
    page = alice.authorize(prompt="consent")
    assert "Nothing is new, but Daybook wants you to be asked all the same ( prompt=consent )" in text_of(page)
    assert explained_on(page)["prompt"] == ("consent", "Ask for permission, even when nothing is new.")


def test_the_consent_page_says_what_an_administrator_allowed(alice):
    page = alice.authorize(client_id="company-calendar", redirect_uri=COMPANY_CALLBACK, scope="read write", prompt="consent")
    assert "An administrator allowed read , write in your name (pre-configured consent)." in text_of(page)
