"""`prompt` (OpenID Connect Core section 3.1.2.1): which pages a request insists on, and which it will not have."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from authorization_server.models import Consent
from tests.authorization_server.conftest import COMPANY_CALLBACK, decisions, in_fragment, sent_back, text_of, ticket_in


def sign_in(browser, page, name="alice"):
    """Sign in on this page, and return where it leads."""
    answer = browser.post("/login", ticket=ticket_in(page), username=name, password=f"{name}-demo")
    assert answer.status_code == 303
    return answer["Location"]


def sign_in_page(browser, answer):
    """The sign-in page that this answer leads to."""
    assert answer["Location"].startswith("/login?ticket="), answer["Location"]
    return browser.client.get(answer["Location"])


# ---- none: never a page ---------------------------------------------------------------------------------------------


def test_none_without_anybody_signed_in_is_login_required_oidc_core_section_3_1_2_6(visitor):
    parameters = sent_back(visitor.authorize(prompt="none"))
    assert (parameters["error"], parameters["state"], parameters["iss"]) == ("login_required", "Yb3k9wQ", "http://localhost:8000/")


def test_none_without_consent_is_consent_required_oidc_core_section_3_1_2_6(alice):
    assert sent_back(alice.authorize(prompt="none"))["error"] == "consent_required"
    assert not Consent.objects.exists()


def test_none_when_a_scope_is_new_is_consent_required(alice):
    alice.code(scope="read")
    assert sent_back(alice.authorize(scope="read write", prompt="none"))["error"] == "consent_required"


def test_none_answers_at_once_where_no_page_is_needed(alice):
    alice.code()
    assert "code" in sent_back(alice.authorize(prompt="none"))


def test_none_answers_at_once_where_an_administrator_has_answered(alice):
    answer = alice.authorize(client_id="company-calendar", redirect_uri=COMPANY_CALLBACK, prompt="none")
    assert "code" in sent_back(answer)


def test_none_for_a_token_answers_in_the_fragment(alice):
    assert in_fragment(alice.document_s_request(prompt="none"))["error"] == "consent_required"


def test_none_leaves_no_request_waiting(alice, visitor):
    for browser in (alice, visitor):
        browser.authorize(prompt="none")
        assert "pending_authorization_requests" not in browser.client.session


@pytest.mark.parametrize("prompt", ["none login", "none consent", "login none consent"])
def test_none_stands_alone_oidc_core_section_3_1_2_1(alice, prompt):
    alice.code()
    assert sent_back(alice.authorize(prompt=prompt))["error"] == "invalid_request"


@pytest.mark.parametrize("prompt", ["create", "select_account", "NONE", "Login", "login,consent", "login\tconsent", 'x"\\'])
def test_an_unknown_value_is_an_invalid_request(alice, prompt):
    alice.code()
    parameters = sent_back(alice.authorize(prompt=prompt))
    assert parameters["error"] == "invalid_request"
    assert "control characters" in parameters["error_description"] or "To be had: none, login, consent" in parameters["error_description"]


@pytest.mark.parametrize("prompt", ["", " ", None])
def test_an_empty_value_counts_as_left_out(alice, prompt):
    alice.code()
    assert "code" in sent_back(alice.authorize(prompt=prompt))


# ---- login: who it is, asked once for each request ------------------------------------------------------------------


def test_login_asks_who_it_is_even_when_somebody_is_signed_in(alice):
    alice.code()
    page = sign_in_page(alice, alice.authorize(prompt="login"))
    assert "Alice is signed in here at the moment, and Daybook wants to know for sure who it is" in text_of(page)
    assert "although Alice is signed in ( prompt=login )" in text_of(page)
    assert "code" in sent_back(alice.client.get(sign_in(alice, page)))


def test_login_is_asked_once_for_a_request_and_not_again_after_the_consent_page(alice):
    page = sign_in_page(alice, alice.authorize(prompt="login"))
    on = sign_in(alice, page)
    for _ in range(2):  # a reload of the consent page is still the same request
        dialog = alice.client.get(on)
        assert "Daybook wants to:" in text_of(dialog)
    assert "code" in sent_back(alice.decide(dialog, "allow"))


def test_login_is_asked_for_each_request_anew(alice):
    alice.code()
    for _ in range(2):
        page = sign_in_page(alice, alice.authorize(prompt="login"))
        assert "code" in sent_back(alice.client.get(sign_in(alice, page)))


def test_login_when_nobody_is_signed_in_is_asked_once(visitor):
    page = sign_in_page(visitor, visitor.authorize(prompt="login"))
    assert "Nobody is signed in" in text_of(page)
    assert "Daybook wants to:" in text_of(visitor.client.get(sign_in(visitor, page)))


def test_going_on_without_signing_in_leads_back_to_the_sign_in_page(alice):
    alice.code()
    to_login = alice.authorize(prompt="login")["Location"]
    again = alice.client.get(to_login.replace("/login", "/authorize"))
    assert again["Location"] == to_login


def test_signing_in_elsewhere_meanwhile_does_not_count_for_this_request(alice):
    alice.code()
    to_login = alice.authorize(prompt="login")["Location"]
    alice.post("/login", username="alice", password="alice-demo")
    assert alice.client.get(to_login.replace("/login", "/authorize"))["Location"] == to_login


def test_a_failed_sign_in_does_not_count(alice):
    alice.code()
    page = sign_in_page(alice, alice.authorize(prompt="login"))
    assert alice.post("/login", ticket=ticket_in(page), username="alice", password="wrong").status_code == 400
    assert alice.client.get(f"/authorize?ticket={ticket_in(page)}")["Location"].startswith("/login?ticket=")


def test_it_counts_for_the_person_who_signed_in_for_it_alone(alice):
    alice.code()
    page = sign_in_page(alice, alice.authorize(prompt="login"))
    on = sign_in(alice, page, "bob")
    assert "Bob" in text_of(alice.client.get(on))
    alice.post("/login", username="alice", password="alice-demo")  # in another tab
    assert alice.client.get(on)["Location"].startswith("/login?ticket=")


def test_the_answer_on_an_open_consent_page_still_counts_after_login(alice):
    page = sign_in_page(alice, alice.authorize(prompt="login"))
    dialog = alice.client.get(sign_in(alice, page))
    assert sent_back(alice.decide(dialog, "deny"))["error"] == "access_denied"


# ---- consent: the dialog, whatever was allowed ----------------------------------------------------------------------


def test_consent_shows_the_dialog_although_everything_is_allowed(alice):
    alice.code(scope="read write")
    page = alice.authorize(scope="read write", prompt="consent")
    text = text_of(page)
    assert "Daybook wants to:" in text
    assert "now also" not in text
    assert "read your scheduled events already allowed" in text
    assert "create and change events already allowed" in text
    assert "Nothing is new, but Daybook wants you to be asked all the same" in text
    assert "reason prompt_consent" in text
    assert "code" in sent_back(alice.decide(page, "allow"))


def test_consent_leaves_what_is_allowed_when_it_is_refused(alice):
    alice.code()
    page = alice.authorize(prompt="consent")
    assert "what is allowed already stays so" in text_of(page)
    assert sent_back(alice.decide(page, "deny"))["error"] == "access_denied"
    assert "code" in sent_back(alice.authorize())


def test_consent_tells_new_from_held_as_ever(alice):
    alice.code(scope="read")
    text = text_of(alice.authorize(scope="read write", prompt="consent"))
    assert "Daybook now also wants to:" in text
    assert "create and change events new" in text
    assert "read your scheduled events already allowed" in text
    assert "reason scope_added" in text


def test_consent_the_first_time_is_the_dialog_of_the_first_time(alice):
    assert "reason first_time" in text_of(alice.authorize(prompt="consent"))


def test_consent_asks_the_employees_too(alice):
    page = alice.authorize(client_id="company-calendar", redirect_uri=COMPANY_CALLBACK, scope="read write", prompt="consent")
    text = text_of(page)
    assert "Daybook for Work wants to:" in text
    assert "read your scheduled events already allowed" in text
    assert "An administrator allowed read , write in your name" in text
    assert "code" in sent_back(alice.decide(page, "allow"))


def test_login_and_consent_ask_both_in_this_order(alice):
    alice.code()
    page = sign_in_page(alice, alice.authorize(prompt="consent login"))
    dialog = alice.client.get(sign_in(alice, page))
    assert "read your scheduled events already allowed" in text_of(dialog)
    assert "code" in sent_back(alice.decide(dialog, "allow"))


# ---- The log --------------------------------------------------------------------------------------------------------


def test_the_log_says_why_each_page_was_shown(alice, visitor, caplog):
    caplog.set_level("INFO")
    visitor.authorize()
    alice.code()
    page = sign_in_page(alice, alice.authorize(prompt="login consent"))
    alice.client.get(sign_in(alice, page))
    assert decisions(caplog, "sign_in.shown", "consent.shown") == [
        ("sign_in.shown", "not_signed_in"),
        ("consent.shown", "first_time"),
        ("sign_in.shown", "prompt_login"),
        ("consent.shown", "prompt_consent"),
    ]


def test_the_log_says_which_page_was_wanted_and_not_shown(alice, visitor, caplog):
    caplog.set_level("INFO")
    visitor.authorize(prompt="none")
    alice.authorize(prompt="none")
    assert decisions(caplog) == [("request.refused", "not_signed_in"), ("request.refused", "consent_required")]


# ---- max_age --------------------------------------------------------------------------------------------------------


def signed_in(visitor, **request):
    """Sign in through the form for this request, and go on."""
    page = visitor.client.get(visitor.authorize(**request)["Location"])
    return visitor.client.get(visitor.post("/login", ticket=ticket_in(page), username="alice", password="alice-demo")["Location"])


def test_max_age_lets_a_sign_in_pass_that_is_young_enough_oidc_core_section_3_1_2_1(visitor):
    visitor.decide(signed_in(visitor), "allow")
    with time_machine.travel(timezone.now() + timedelta(seconds=290), tick=False):
        assert "code" in sent_back(visitor.authorize(max_age="300"))


def test_max_age_asks_for_a_new_sign_in_when_the_last_is_older(visitor, caplog):
    caplog.set_level("INFO")
    visitor.decide(signed_in(visitor), "allow")
    with time_machine.travel(timezone.now() + timedelta(seconds=302), tick=False):
        answer = visitor.authorize(max_age="300")
        assert answer["Location"].startswith("/login?ticket=")
        page = text_of(visitor.client.get(answer["Location"]))
        assert "It wants a sign-in that is at most 300 seconds old, and the last one here is older" in page
        assert decisions(caplog, "sign_in.shown")[-1] == ("sign_in.shown", "max_age")
        assert "code" in sent_back(signed_in(visitor, max_age="300"))


def test_max_age_0_asks_once_for_each_request(visitor):
    for _ in range(2):
        page = signed_in(visitor, max_age="0")
        answer = visitor.decide(page, "allow") if page.status_code == 200 else page
        assert "code" in sent_back(answer)


def test_a_failed_sign_in_makes_no_sign_in_younger(visitor):
    visitor.decide(signed_in(visitor), "allow")
    with time_machine.travel(timezone.now() + timedelta(seconds=302), tick=False):
        where = visitor.authorize(max_age="300")["Location"]
        visitor.post("/login", ticket=ticket_in(visitor.client.get(where)), username="alice", password="wrong")
        assert visitor.authorize(max_age="300")["Location"].startswith("/login?ticket=")


def test_max_age_with_prompt_none_is_login_required(visitor):
    visitor.decide(signed_in(visitor), "allow")
    with time_machine.travel(timezone.now() + timedelta(seconds=302), tick=False):
        assert sent_back(visitor.authorize(max_age="300", prompt="none"))["error"] == "login_required"
    assert "code" in sent_back(visitor.authorize(max_age="300", prompt="none"))


@pytest.mark.parametrize("value", ["-1", "1.5", "x", "1e3", "١", "9999999999", " 1", "+1"])
def test_max_age_is_a_number_of_seconds(alice, value):
    parameters = sent_back(alice.authorize(max_age=value))
    assert (parameters["error"], parameters["state"]) == ("invalid_request", "Yb3k9wQ")
    assert "max_age" in parameters["error_description"]


def test_an_empty_max_age_counts_as_left_out(visitor):
    visitor.decide(signed_in(visitor), "allow")
    assert "code" in sent_back(visitor.authorize(max_age=""))


# ---- login_hint -----------------------------------------------------------------------------------------------------


def hinted(visitor, hint):
    """The user name that stands in the form when the application sends this hint."""
    page = visitor.client.get(visitor.authorize(login_hint=hint)["Location"]).content.decode()
    (typed,) = re.findall(r'name="username"[^>]* value="([^"]*)"', page)
    return html.unescape(typed)


def test_login_hint_fills_in_the_user_name_oidc_core_section_3_1_2_1(visitor):
    assert hinted(visitor, "alice") == "alice"


def test_login_hint_tells_nobody_whether_there_is_such_an_account(visitor):
    assert hinted(visitor, "nobody-here") == "nobody-here"


@pytest.mark.parametrize("hint", ['"><script>alert(1)</script>', "x" * 500, "é", "'"])
def test_login_hint_is_text_and_nothing_else(visitor, hint):
    assert hinted(visitor, hint) == hint[:150]


def test_login_hint_signs_nobody_in_and_out(alice):
    alice.code()
    assert "code" in sent_back(alice.authorize(login_hint="bob"))


def test_what_was_typed_wins_over_the_hint(visitor):
    page = visitor.client.get(visitor.authorize(login_hint="alice")["Location"])
    again = visitor.post("/login", ticket=ticket_in(page), username="bob", password="wrong").content.decode()
    assert re.search(r'name="username"[^>]* value="bob"', again)


def test_the_fold_explains_both(visitor):
    page = text_of(visitor.client.get(visitor.authorize(login_hint="alice", max_age="300")["Location"]))
    assert "Whom Daybook expects. It fills in the user name, and proves nothing." in page
    assert "Daybook wants a sign-in that is at most this many seconds old" in page
