"""The front channel in the decision log: each request at `/authorize` and `/login` that belongs to a sign-in, after what it decided."""

import hashlib

import pytest
from django.test import Client

from authorization_server.models import LogEntry
from tests.authorization_server.conftest import CALLBACK, CODE_CHALLENGE, Browser, sent_back, ticket_in

STATE = "Yb3k9wQ"
TRACE_ID = hashlib.sha256(STATE.encode()).hexdigest()[:32]
FOREIGN = "0af7651916cd43dd8448eb211c80319c"


def trail(trace_id=TRACE_ID):
    """The trace in few words: `GET /authorize 303`, or a decision with its reason."""
    entries = LogEntry.objects.of_trace(trace_id)
    return [f"{e.method} {e.path} {e.status}" if e.event == "request.answered" else f"{e.event} {e.reason}".strip() for e in entries]


def signs_in(visitor, **changes):
    """Up to the page after signing in as Alice."""
    page = visitor.client.get(visitor.authorize(**changes)["Location"])
    on = visitor.post("/login", account="alice", ticket=ticket_in(page))
    return visitor.client.get(on["Location"])


# ---- Whole, and in order --------------------------------------------------------------------------------------------


def test_a_first_sign_in(visitor, back_channel):
    code = sent_back(visitor.decide(signs_in(visitor), "allow"))["code"]
    back_channel.client.defaults["HTTP_TRACEPARENT"] = f"00-{TRACE_ID}-00f067aa0ba902b7-01"
    back_channel.redeem(code)
    assert trail() == [
        "sign_in.shown not_signed_in",
        "GET /authorize 303",
        "GET /login 200",
        "sign_in.succeeded",
        "POST /login 303",
        "consent.shown first_time",
        "GET /authorize 200",
        "consent.given",
        "code.issued",
        "POST /authorize 303",
        "token.issued authorization_code",
    ]


def test_a_sign_in_with_a_session_and_a_remembered_consent_is_one_request(alice):
    alice.code(state="before")
    alice.authorize()
    assert trail() == ["consent.skipped remembered", "code.issued", "GET /authorize 303"]


def test_a_step_up(alice):
    alice.code(state="before")
    alice.decide(alice.authorize(scope="read write"), "allow")
    assert trail() == ["consent.shown scope_added", "GET /authorize 200", "consent.given", "code.issued", "POST /authorize 303"]


def test_the_document_s_own_request_whose_token_comes_back_through_the_browser(alice):
    alice.decide(alice.document_s_request(state=STATE), "allow")
    assert trail() == ["consent.shown first_time", "GET /authorize 200", "consent.given", "token.issued implicit", "POST /authorize 303"]


def test_a_question_that_must_not_show_a_page(visitor):
    visitor.authorize(prompt="none")
    assert trail() == ["request.refused not_signed_in", "GET /authorize 303"]


def test_a_refusal_by_the_person(alice):
    alice.decide(alice.authorize(), "deny")
    assert trail()[2:] == ["consent.refused", "request.refused access_denied", "POST /authorize 303"]


def test_a_refusal_of_the_request(alice):
    alice.authorize(scope="read delete")
    assert trail() == ["request.refused scope_not_available", "GET /authorize 303"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"client_id": "nobody"}, "unknown_client"), ({"redirect_uri": "https://evil.example/"}, "unknown_redirect_uri")],
)
def test_a_request_that_is_answered_by_a_page_because_its_destination_is_not_certain(visitor, changes, reason):
    assert visitor.authorize(**changes).status_code == 400
    assert trail() == [f"request.refused {reason}", "GET /authorize 400"]


def test_a_wrong_password_and_then_the_right_one(visitor):
    page = visitor.client.get(visitor.authorize()["Location"])
    visitor.post("/login", username="alice", password="wrong", ticket=ticket_in(page))
    visitor.post("/login", username="alice", password="alice-demo", ticket=ticket_in(page))
    assert trail()[3:] == ["sign_in.refused no_such_account_or_password", "POST /login 400", "sign_in.succeeded", "POST /login 303"]


def test_an_answer_that_counts_for_somebody_else(alice):
    page = alice.authorize()
    alice.post("/login", ticket=ticket_in(page), username="bob", password="bob-demo")
    alice.decide(page, "allow")
    assert trail()[2:] == ["sign_in.succeeded", "POST /login 303", "POST /authorize 303"]


def test_a_form_that_is_out_of_date(seeded):
    browser = Browser()
    browser.client = Client(enforce_csrf_checks=True)
    browser.client.force_login(_alice())
    page = browser.authorize()
    assert browser.decide(page, "allow").status_code == 403
    assert trail() == ["consent.shown first_time", "GET /authorize 200", "POST /authorize 403"]


def test_a_fault_of_the_server(visitor, monkeypatch):
    visitor.client.raise_request_exception = False
    page = visitor.client.get(visitor.authorize()["Location"])
    monkeypatch.setattr("django.contrib.auth.login", _breaks)
    visitor.post("/login", account="alice", ticket=ticket_in(page))
    assert trail() == ["sign_in.shown not_signed_in", "GET /authorize 303", "GET /login 200", "POST /login 500"]


def test_two_tabs_are_two_traces(visitor):
    visitor.authorize(state="one")
    visitor.client.get(visitor.authorize(state="two")["Location"])
    one, two = (hashlib.sha256(state).hexdigest()[:32] for state in (b"one", b"two"))
    assert trail(one) == ["sign_in.shown not_signed_in", "GET /authorize 303"]
    assert trail(two) == ["sign_in.shown not_signed_in", "GET /authorize 303", "GET /login 200"]


def test_an_entry_says_when_and_how_long(alice):
    alice.authorize()
    answered = LogEntry.objects.get(event="request.answered")
    assert 0 < (answered.duration_ms or 0) < 60_000
    assert answered.path == "/authorize"  # without its query


# ---- What belongs to no trace ---------------------------------------------------------------------------------------


def test_a_traceparent_makes_no_request_an_entry_of_a_trace(seeded):
    browser = Browser()
    browser.client = Client(headers={"traceparent": f"00-{FOREIGN}-00f067aa0ba902b7-01"})
    browser.authorize(state=None)
    browser.get("/login")
    browser.authorize()
    assert trail(FOREIGN) == ["sign_in.shown not_signed_in"]  # a decision without a state has the trace id of its request
    assert trail() == ["sign_in.shown not_signed_in", "GET /authorize 303"]


@pytest.mark.parametrize("path", ["/login", "/logout", "/admin/", "/access-requests/new"])
def test_a_state_means_something_at_authorize_alone(alice, path):
    alice.get(path, state=STATE)
    assert not LogEntry.objects.exists()


def test_the_ticket_of_another_session_leads_to_no_trace(alice, visitor):
    ticket = visitor.authorize()["Location"].partition("=")[2]
    alice.get("/login", ticket=ticket)
    alice.post("/authorize", ticket=ticket, decision="allow")
    assert trail() == ["sign_in.shown not_signed_in", "GET /authorize 303"]


def test_a_request_that_brings_a_state_and_a_ticket_counts_by_its_state_as_it_is_answered(alice):
    ticket = ticket_in(alice.authorize(state="waiting"))
    alice.authorize(ticket=ticket)
    assert trail() == ["consent.shown first_time", "GET /authorize 200"]


def test_other_methods_and_the_back_channel_are_no_front_channel(visitor, back_channel):
    to_login = visitor.authorize()["Location"]
    for method in ("PUT", "DELETE", "HEAD", "OPTIONS"):
        visitor.client.generic(method, f"/authorize?state={STATE}")
        visitor.client.generic(method, to_login)
    back_channel.form(query=f"?state={STATE}", grant_type="x")
    assert trail() == ["sign_in.shown not_signed_in", "GET /authorize 303"]


@pytest.mark.parametrize("query", ["state=%ff", f"state={STATE}&x=%ff", f"state={STATE}&x={'y' * 9000}", "ticket=%00", "ticket=%ff"])
def test_what_cannot_be_read_leads_to_no_trace(visitor, query):
    assert visitor.client.get(f"/authorize?{query}").status_code == 400
    assert not LogEntry.objects.filter(event="request.answered").exists()


@pytest.mark.parametrize("path", ["/login", "/authorize"])
def test_a_form_that_cannot_be_read_leads_to_no_trace(alice, path):
    body = "&".join(f"p{number}=1" for number in range(2000))
    assert alice.client.post(path, body, content_type="application/x-www-form-urlencoded").status_code == 400
    assert not LogEntry.objects.exists()


def test_a_repeated_state_counts_as_it_is_answered(alice):
    known = f"response_type=code&client_id=calendar-web&redirect_uri={CALLBACK}&audience=api.calendar&code_challenge={CODE_CHALLENGE}"
    alice.client.get(f"/authorize?{known}&code_challenge_method=S256&state={STATE}&state=other")
    assert trail() == ["request.refused repeated_parameter", "GET /authorize 303"]


# ---- The structured log ---------------------------------------------------------------------------------------------


def test_the_line_of_the_request_has_the_same_trace_id(alice, caplog):
    caplog.set_level("INFO")
    alice.decide(alice.authorize(), "allow")
    lines = [record for record in caplog.records if record.name == "four_checks.requests"]
    assert [line.__dict__["trace_id"] for line in lines] == [TRACE_ID, TRACE_ID]


def _alice():
    from authorization_server.models import User

    return User.objects.get(username="alice")


def _breaks(*args):
    raise RuntimeError("a fault")
