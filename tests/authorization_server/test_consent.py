"""Consent: asked once, asked again only for what is new, remembered per person, application and API; a token carries what was asked."""

import re

import pytest

from authorization_server.models import Api, ApiScope, Application, Consent, User
from tests.authorization_server.conftest import CALLBACK, Browser, decisions, sent_back, text_of, ticket_in, verified

# ---- The dialog -----------------------------------------------------------------------------------------------------


def test_the_dialog_names_application_api_wish_and_where_the_answer_goes(alice):
    text = text_of(alice.authorize())
    assert "Daybook wants to:" in text
    assert "read your scheduled events" in text
    assert "Calendar API" in text
    assert "localhost:8000" in text
    assert "create and change events" not in text


def test_the_fold_explains_each_parameter_where_explaining_is_on(alice, settings):
    text = text_of(alice.authorize())
    assert "Why this page, and what was asked" in text
    assert CALLBACK in text
    assert "E9Melhoa2Ow…stw-cM (S256)" in text
    settings.EXPLAIN_REJECTIONS = False
    assert "Why this page" not in text_of(alice.authorize())


def test_the_step_up_names_what_is_new_apart_from_what_is_held(alice):
    alice.code(scope="read")
    page = alice.authorize(scope="read write")
    text = text_of(page)
    assert "Daybook now also wants to:" in text
    assert text.index("create and change events") < text.index("read your scheduled events")
    assert "create and change events new" in text
    assert "read your scheduled events already allowed" in text
    assert "Daybook can go on reading" in text
    assert "reason scope_added" in text


def test_an_api_without_scopes_is_asked_about_once(alice):
    page = alice.authorize(audience="https://api.example.com/geocoding/v1/", scope=None)
    assert "Daybook wants to speak to the Geocoding API in your name" in text_of(page)
    assert "code" in sent_back(alice.decide(page, "allow"))
    assert "code" in sent_back(alice.authorize(audience="https://api.example.com/geocoding/v1/", scope=None))


def test_names_from_the_database_are_escaped(alice, daybook):
    Application.objects.filter(pk=daybook.pk).update(name="<script>alert(1)</script>")
    page = alice.authorize(state="<script>alert(2)</script>").content.decode()
    assert "<script>" not in page


# ---- Remembered -----------------------------------------------------------------------------------------------------


def test_what_was_allowed_is_not_asked_again(alice):
    alice.decide(alice.authorize(scope="read write"), "allow")
    for scope in ("read", "write", "read write"):
        assert "code" in sent_back(alice.authorize(scope=scope))


def test_it_is_remembered_across_sessions(alice, seeded):
    alice.code()
    assert "code" in sent_back(Browser().is_signed_in_as("alice").authorize())


def test_the_document_says_so_the_dialog_appears_again_when_more_is_asked(alice):
    alice.code(scope="read")
    assert alice.authorize(scope="read write").status_code == 200


@pytest.mark.parametrize("other", ["person", "application", "api"])
def test_consent_is_per_person_application_and_api(alice, bob, other):
    alice.code(scope="read")
    if other == "person":
        answer = bob.authorize()
    elif other == "application":
        answer = alice.authorize(client_id="calendar-short")
    else:
        other_api = Api.objects.create(name="Other", audience="other")
        ApiScope.objects.create(api=other_api, name="read", description="Read it")
        answer = alice.authorize(audience="other")
    assert answer.status_code == 200


def test_a_token_carries_exactly_what_this_request_asked_for_never_what_is_remembered(alice, back_channel):
    alice.code(scope="read write")
    body = back_channel.redeem(alice.code(scope="read")).json()
    assert body["scope"] == "read"
    assert verified(body["access_token"]).scopes == {"read"}


def test_allowing_twice_from_two_tabs_is_one_consent(alice):
    first, second = alice.authorize(), alice.authorize()
    assert "code" in sent_back(alice.decide(first, "allow"))
    assert "code" in sent_back(alice.decide(second, "allow"))
    assert Consent.objects.count() == 1
    assert Consent.objects.get().allowed.count() == 1


# ---- Refused --------------------------------------------------------------------------------------------------------


def test_refusal_is_access_denied_and_nothing_is_remembered_rfc6749_section_4_1_2_1(alice):
    parameters = sent_back(alice.decide(alice.authorize(), "deny"))
    assert (parameters["error"], parameters["state"], parameters["iss"]) == ("access_denied", "Yb3k9wQ", "http://localhost:8000/")
    assert not Consent.objects.exists()
    assert alice.authorize().status_code == 200


def test_refusing_more_leaves_what_was_allowed(alice):
    alice.code(scope="read")
    alice.decide(alice.authorize(scope="read write"), "deny")
    assert "code" in sent_back(alice.authorize(scope="read"))


def test_only_allow_allows(alice):
    assert sent_back(alice.decide(alice.authorize(), "ALLOW"))["error"] == "access_denied"
    assert sent_back(alice.decide(alice.authorize(), ""))["error"] == "access_denied"


# ---- Nothing can be changed on the way ------------------------------------------------------------------------------


def test_the_form_holds_a_ticket_and_nothing_of_the_request(alice):
    page = alice.authorize().content.decode()
    form = page[page.index('action="/authorize"') : page.index("</form>", page.index('action="/authorize"'))]
    assert set(re.findall(r'name="(\w+)"', form)) == {"csrfmiddlewaretoken", "ticket", "decision"}


def test_fields_added_to_the_form_change_nothing(alice, back_channel):
    page = alice.authorize(scope="read")
    answer = alice.post(
        "/authorize", ticket=ticket_in(page), decision="allow", scope="read write", redirect_uri="http://evil.example/", client_id="x"
    )
    assert answer["Location"].startswith(f"{CALLBACK}?")
    assert back_channel.redeem(sent_back(answer)["code"]).json()["scope"] == "read"


def test_several_tabs_do_not_mix(alice):
    read = alice.authorize(scope="read", state="one")
    write = alice.authorize(scope="write", state="two")
    assert sent_back(alice.decide(read, "allow"))["state"] == "one"
    assert sent_back(alice.decide(write, "deny"))["state"] == "two"


def test_a_ticket_is_good_once(alice):
    page = alice.authorize()
    alice.decide(page, "allow")
    again = alice.decide(page, "allow")
    assert again.status_code == 400
    assert "No application waits for this answer any more" in text_of(again)


@pytest.mark.parametrize("ticket", ["", "made-up", "x" * 5000, "\x00"])
def test_an_unknown_ticket_is_a_page_never_a_redirect(alice, ticket):
    assert alice.post("/authorize", ticket=ticket, decision="allow").status_code == 400


def test_a_ticket_of_another_session_is_worth_nothing(alice, bob):
    assert bob.decide(alice.authorize(), "allow").status_code == 400
    assert not Consent.objects.exists()


def test_the_answer_counts_for_the_person_who_saw_the_page(alice):
    page = alice.authorize()
    alice.post("/login", ticket=ticket_in(page), username="bob", password="bob-demo")
    answer = alice.decide(page, "allow")
    assert answer["Location"].startswith("/authorize?ticket=")
    assert not Consent.objects.exists()


def test_an_expired_session_ends_in_a_page_that_says_what_to_do(alice):
    page = alice.authorize()
    alice.client.session.flush()
    answer = alice.decide(page, "allow")
    assert answer.status_code == 400
    assert "Go back to the application" in text_of(answer)


def test_csrf_is_checked_on_the_consent_form(seeded):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="alice"))
    assert client.post("/authorize", {"ticket": "x", "decision": "allow"}).status_code == 403


def test_what_was_registered_is_looked_up_again_when_the_answer_comes(alice, daybook):
    page = alice.authorize()
    daybook.redirect_uris.all().delete()
    assert alice.decide(page, "allow").status_code == 400


# ---- The page's own protection --------------------------------------------------------------------------------------


def directive(page, name):
    return dict(part.strip().split(" ", 1) for part in page["Content-Security-Policy"].split(";"))[name]


def test_form_action_allows_the_origin_of_the_validated_redirect_uri_and_no_other(alice, daybook):
    daybook.redirect_uris.create(uri="https://app.example:8443/cb?x=1")
    assert directive(alice.authorize(), "form-action") == "'self' http://localhost:8000"
    assert directive(alice.authorize(redirect_uri="https://app.example:8443/cb?x=1"), "form-action") == "'self' https://app.example:8443"
    assert directive(alice.get("/login"), "form-action") == "'self'"


def test_the_page_is_neither_stored_nor_framed(alice):
    page = alice.authorize()
    assert "no-store" in page["Cache-Control"]
    assert directive(page, "frame-ancestors") == "'none'"
    assert page["Referrer-Policy"] == "same-origin"


# ---- The log --------------------------------------------------------------------------------------------------------


def test_the_log_says_why_the_dialog_was_shown_or_skipped(alice, caplog):
    caplog.set_level("INFO")
    alice.code(scope="read")
    alice.code(scope="read")
    alice.code(scope="read write")
    assert decisions(caplog, "consent.shown", "consent.skipped", "consent.given") == [
        ("consent.shown", "first_time"),
        ("consent.given", ""),
        ("consent.skipped", "remembered"),
        ("consent.shown", "scope_added"),
        ("consent.given", ""),
    ]


def test_the_front_channel_s_trace_id_is_made_of_the_state_which_itself_is_not_logged(alice, caplog):
    import hashlib

    caplog.set_level("INFO")
    alice.code(state="a-very-recognisable-state")
    decisions = [record for record in caplog.records if hasattr(record, "decision")]
    assert {record.trace_id for record in decisions} == {hashlib.sha256(b"a-very-recognisable-state").hexdigest()[:32]}
    assert not any("a-very-recognisable-state" in str(vars(record)) for record in decisions)
