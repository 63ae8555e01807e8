"""Tickets that end: traded for new ones with a refresh token, by one request at a time, and what is said when that fails.

RFC 6749 section 6; RFC 9700 section 4.14.2: each refresh token is good once, and a second use ends all.
"""

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as project_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from demo_client import discovery, tickets
from demo_client.exchanges import LIMIT_SECONDS
from demo_client.failures import StillRenewing
from demo_client.flows.refresh_token import refresh
from demo_client.models import DaybookSession, Happening, RecordedMessage
from demo_client.sessions import SessionStore
from tests.demo_client import race
from tests.demo_client.conftest import asked_of_the_token_endpoint, let_tickets_run_out, message_pk, text, where_it_leads, words

EXPIRED = (401, {"title": "Access token expired", "code": "token_expired"})
TYPED = {"event_id": "0" * 20, "what": "Coffee", "day": "2026-11-26", "since": "16:00", "until": "17:00"}


@pytest.fixture
def short(services, alice):
    """Alice's browser, signed in with short tickets: this one has run out."""
    services.grants, services.lifetime = "read offline_access", 30
    alice.sign_in(services, "calendar-short")
    alice.get("/daybook")  # what the sign-in set off ends here
    let_tickets_run_out()
    services.requests.clear()
    return alice


def kept(browser):
    """The ticket in the session's row; an empty one where there is none."""
    session = SessionStore(browser.cookies["daybook_session"].value)
    session.load()
    return session.decode(session.ticket_data) if session.ticket_data else {}


def tickets_shown(services):
    """The access tokens that the Calendar API was shown, in order."""
    return [request["headers"]["Authorization"].removeprefix("Bearer ") for request in services.sent_to("/calendar/v1/events")]


# ---- What is asked for ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("application", "scope"),
    [("calendar-web", "read"), ("calendar-short", "read offline_access"), ("company-calendar", "read")],
)
def test_only_short_tickets_come_with_a_refresh_token(services, alice, application, scope):
    assert alice.begin(application)["scope"] == scope


def test_a_step_up_asks_for_what_is_held_and_what_is_missing(services, short):
    challenge = {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="write"'}
    services.answers["POST /calendar/v1/events"] = (403, {"code": "insufficient_scope"}, challenge)
    short.post("/daybook/new", TYPED)
    assert short.begin(at="/daybook/ask-for-more")["scope"] == "offline_access read write"


def test_the_first_arrow_says_that_it_is_for_while_she_is_away_too(services, alice):
    services.grants = "read offline_access"
    services.logged = [{"event": "request.answered", "path": "/authorize", "method": "GET", "status": 200, "user": "usr_123"}]
    alice.sign_in(services, "calendar-short")
    assert "may it read the calendar, also while the user is away?" in words(alice.get("/daybook"))


def test_whoever_may_stay_may_still_only_read(services, short):
    assert "read only" in words(short.get("/daybook"))


# ---- A new ticket ---------------------------------------------------------------------------------------------------


def test_a_ticket_that_has_run_out_is_traded_for_a_new_one_before_the_calendar_is_asked(services, short):
    before = kept(short)
    assert short.get("/daybook").status_code == 200
    (asked,) = services.refreshes()
    assert asked == {
        "grant_type": "refresh_token",
        "refresh_token": before["refresh_token"],
        "client_id": "calendar-short",
        "client_secret": "calendar-short-demo-secret",
    }
    assert tickets_shown(services) == [kept(short)["access_token"]]
    assert kept(short)["access_token"] != before["access_token"]


def test_the_next_time_the_next_refresh_token_is_traded(services, short):
    short.get("/daybook")
    let_tickets_run_out()
    assert short.get("/daybook").status_code == 200
    first, second = services.refreshes()
    assert first["refresh_token"] != second["refresh_token"]
    assert kept(short)["refresh_token"] == services.refresh_token


@pytest.mark.parametrize(("seconds_left", "traded"), [(tickets.EARLY_SECONDS + 1, 0), (tickets.EARLY_SECONDS - 1, 1)])
def test_one_that_would_end_on_its_way_is_traded_too(services, alice, seconds_left, traded):
    services.grants, services.lifetime = "read offline_access", 30
    with time_machine.travel("2026-11-24T09:00:00Z", tick=False) as now:
        alice.sign_in(services, "calendar-short")
        now.shift(30 - seconds_left)
        alice.get("/daybook")
    assert len(services.refreshes()) == traded


def test_adding_an_event_renews_it_too(services, short):
    assert short.post("/daybook/new", TYPED).status_code == 303
    assert len(services.refreshes()) == 1


@pytest.mark.parametrize("path", ["/", "/daybook/new", "/daybook/place-name?lat=1&lon=1", "/learn", "/places"])
def test_a_page_that_shows_the_ticket_to_nobody_does_not(services, short, path):
    assert short.get(path).status_code == 200
    assert services.refreshes() == []


def test_an_answer_without_a_next_refresh_token_leaves_the_old_one_rfc6749_section_6(services, short):
    before = kept(short)["refresh_token"]
    services.answers["/oauth/token"] = (200, services.token_answer(scope=None, expires_in=30))
    short.get("/daybook")
    assert (kept(short)["refresh_token"], kept(short)["scopes"]) == (before, ["offline_access", "read"])


def test_a_page_that_breaks_afterwards_does_not_lose_the_next_one(services, short, monkeypatch):
    monkeypatch.setattr("demo_client.pages.Month.of", None)
    short.raise_request_exception = False
    assert short.get("/daybook").status_code == 500
    assert kept(short)["refresh_token"] == services.refresh_token


def test_a_request_that_ends_later_and_knew_only_the_old_one_does_not_bring_it_back(services, short):
    late = SessionStore(short.cookies["daybook_session"].value)
    late["said"] = "something"  # it has read the whole session
    short.get("/daybook")
    late.save()
    assert kept(short)["refresh_token"] == services.refresh_token


def test_signing_in_again_takes_the_place_of_what_was_held(services, short):
    services.grants = "read"
    short.sign_in(services)
    assert kept(short)["refresh_token"] == ""


@pytest.mark.parametrize("path", ["/sign-out", "/start-over"])
def test_signing_out_forgets_it(services, short, path):
    short.post(path)
    assert DaybookSession.objects.exclude(ticket_data="").count() == 0


# ---- The API's clock -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["token_expired", "invalid_token"])
def test_one_that_the_api_calls_expired_is_traded_and_shown_once_more(services, short, code):
    short.get("/daybook")
    services.requests.clear()
    old = kept(short)["access_token"]
    events = services.answers["/calendar/v1/events"]
    services.answers["/calendar/v1/events"] = lambda seen: (401, {"code": code}) if old in seen["headers"]["Authorization"] else events
    assert short.get("/daybook").status_code == 200
    assert tickets_shown(services) == [old, kept(short)["access_token"]]
    assert len(services.refreshes()) == 1


def test_but_not_a_second_time(services, short):
    services.answers["/calendar/v1/events"] = EXPIRED
    assert "does not accept Daybook’s ticket" in words(short.get("/daybook"))
    assert (len(services.refreshes()), len(tickets_shown(services)), kept(short)) == (2, 2, {})  # one before, and one after


@pytest.mark.parametrize("code", ["bad_signature", "wrong_audience", "unknown_key", "token_missing"])
def test_no_other_reason_is_one_for_a_new_ticket(services, short, code):
    services.answers["/calendar/v1/events"] = (401, {"code": code})
    short.get("/daybook")
    assert (len(services.refreshes()), len(tickets_shown(services)), kept(short)) == (1, 1, {})


def test_without_a_refresh_token_the_api_is_asked_once(services, signed_in):
    services.answers["/calendar/v1/events"] = EXPIRED
    assert "Sign in again" in words(signed_in.get("/daybook"))
    assert (services.refreshes(), len(tickets_shown(services))) == ([], 1)


# ---- One at a time ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def on_a_sqlite_file(tmp_path_factory):
    environment = {**os.environ, "TEST_DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('race') / 'race.sqlite3'}"}
    run = subprocess.run([sys.executable, "-m", race.__name__], env=environment, check=True, stdout=subprocess.PIPE)
    return json.loads(run.stdout)


@pytest.mark.django_db(transaction=True)  # threads see only what was committed
def test_of_pages_at_once_one_asks_and_the_others_use_what_it_gets(request):
    if connection.vendor == "sqlite":
        found = request.getfixturevalue("on_a_sqlite_file")
    else:
        found = race.outcomes(request.getfixturevalue("services"))
    assert found == [[[200] * race.PAGES, 1, True]] * race.ROUNDS


def another_request_asks(*, since=timedelta(0)):
    DaybookSession.objects.update(renewing_until=timezone.now() - since + tickets.LEASE)


def test_while_another_request_asks_a_page_waits_and_then_says_so(services, short, monkeypatch):
    another_request_asks()
    monkeypatch.setattr(tickets, "WAIT_SECONDS", 0)
    monkeypatch.setattr(tickets, "_LOOK_EVERY_SECONDS", 0)
    page = short.get("/daybook")
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert StillRenewing.headline in words(page)
    assert where_it_leads(page, "Try again") == "/daybook"
    assert services.refreshes() == []


def test_what_a_request_does_not_end_that_died_the_next_one_takes_over(services, short):
    another_request_asks(since=tickets.LEASE + timedelta(seconds=1))
    assert short.get("/daybook").status_code == 200
    assert len(services.refreshes()) == 1


def test_whoever_asks_may_take_as_long_as_its_requests():
    assert tickets.LEASE.total_seconds() > 4 * LIMIT_SECONDS


@pytest.mark.parametrize("answer", ["granted", "refused"])
def test_of_two_that_asked_after_all_the_newer_ticket_stays(services, short, monkeypatch, answer):
    """This request's lease had ended before its answer came, and another one was quicker."""
    new = kept(short) | {"access_token": "newer", "expires_at": 9e9}

    def overtaken(refresh_token, **others):
        if answer == "refused":
            services.refresh_token = "another"
        DaybookSession.objects.update(ticket_data=SessionStore().encode(new), renewing_until=None)
        return refresh(refresh_token, **others)

    monkeypatch.setattr("demo_client.tickets.refresh", overtaken)
    assert short.get("/daybook").status_code == 200
    assert (tickets_shown(services), kept(short)["access_token"]) == (["newer"], "newer")


def test_who_signs_out_meanwhile_stays_signed_out(services, short, monkeypatch):
    def signed_out(*arguments, **others):
        DaybookSession.objects.all().delete()
        return refresh(*arguments, **others)

    monkeypatch.setattr("demo_client.tickets.refresh", signed_out)
    assert "Nobody is signed in here" in words(short.get("/daybook"))
    assert (tickets_shown(services), DaybookSession.objects.exclude(ticket_data="").count()) == ([], 0)


# ---- When there is none ----------------------------------------------------------------------------------------------


def test_a_refresh_token_of_no_use_is_forgotten_and_the_page_says_plainly_what_to_do(services, short):
    services.refresh_token = "another"
    page = short.get("/daybook")
    assert page.status_code == 403
    for said in ("There is no new ticket to your calendar", "does not take Daybook’s refresh token any more", "400 invalid_grant"):
        assert said in words(page)
    assert where_it_leads(page, "Sign in again") == "/sign-in?application=calendar-short"
    assert (kept(short), tickets_shown(services)) == ({}, [])
    assert "Nobody is signed in here" in words(short.get("/daybook"))
    assert len(services.refreshes()) == 1


def test_what_was_typed_stays_when_there_is_no_new_ticket(services, short):
    services.refresh_token = "another"
    assert short.post("/daybook/new", TYPED).status_code == 403
    services.grants = "read"
    short.sign_in(services)
    assert 'value="Coffee"' in text(short.get("/daybook/new"))


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        ((503, {"error": "temporarily_unavailable", "error_description": "No key."}, {"Retry-After": "5"}), 502, "No key."),
        ((429, {"error": "slow_down"}), 502, "429 slow_down"),
        ((429, "too many"), 502, "answered 429"),
        ((503, "down"), 502, "answered 503"),
        ((401, {"error": "invalid_client"}), 502, "401 invalid_client"),
        ((200, {"access_token": ""}), 502, "without an access_token"),
    ],
    ids=["503", "429", "429, no JSON", "503, no JSON", "invalid_client", "unreadable"],
)
def test_any_other_failure_keeps_the_refresh_token_and_says_so(services, short, answer, status, says):
    before = kept(short)
    services.answers["/oauth/token"] = answer
    page = short.get("/daybook")
    assert page.status_code == status
    assert says in words(page)
    assert "Daybook keeps its refresh token for the next try." in words(page)
    assert where_it_leads(page, "Try again") == "/daybook"
    assert kept(short) == before
    services.answers["/oauth/token"] = services.granted
    assert short.get("/daybook").status_code == 200  # at once: nobody holds the lock


def test_so_does_a_server_that_does_not_answer(services, short, settings):
    before = kept(short)
    services.answers["/.well-known/openid-configuration"] = (200, services.metadata(token_endpoint="http://localhost:1/oauth/token"))
    discovery.forget()
    page = short.get("/daybook")
    assert page.status_code == 503
    for said in (
        "The authorization server does not answer",
        "keeps its refresh token",
        "Daybook offers its refresh token. Nobody answers.",
    ):
        assert said in words(page)
    assert kept(short) == before


# ---- What is seen of it -----------------------------------------------------------------------------------------------

RENEWED = [{"event": "token.issued", "reason": "refresh_token", "scope": "read", "user": "usr_123", "client_id": "calendar-short"}]


def test_it_is_one_of_the_messages_that_matter_with_the_logs_reason(services, short):
    services.logged = RENEWED
    page = short.get("/daybook")
    says = "Daybook trades its refresh token for a new ticket (access token). Alice has said yes before, so nobody is asked."
    assert says in words(page)
    assert "Three matter." in words(page)
    row = RecordedMessage.objects.get(kind="refresh")
    assert (row.matters, row.sender, row.receiver, row.asked) == (True, "application", "authorization_server", "POST /oauth/token")
    opened = words(short.get(f"/messages/{message_pk(page, 'Daybook trades')}"))
    for said in ("A refresh token becomes a new ticket", "token.issued", "Each refresh token is good once", "it is not even recorded"):
        assert said in opened


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("refresh_token_expired", "Its time is over."),
        ("refresh_token_reused", "It was used before"),
        ("refresh_token_revoked", "It was ended before its time."),
        ("unknown_refresh_token", "does not know it, or no longer."),
        ("user_may_not_sign_in", "Alice may not sign in any more."),
    ],
)
def test_why_there_is_none_is_the_logs_to_say(services, short, reason, says):
    services.refresh_token, services.logged = "another", [{"event": "request.refused", "reason": reason}]
    page = words(short.get("/daybook"))
    assert "Daybook offers its refresh token. It gets no ticket for it." in page
    assert says in page


def test_without_the_log_no_reason_is_made_up(services, short):
    services.answers["/api/v2/logs"] = (500, "broken")
    assert short.get("/daybook").status_code == 200
    row = RecordedMessage.objects.get(kind="refresh")
    assert (row.meaning, row.decisions) == ("Daybook trades its refresh token for a new ticket (access token).", [])


def test_the_log_is_asked_for_a_trace_id_that_daybook_drew_itself(services, short):
    of_the_browser = "ab" * 16
    short.get("/daybook", headers={"traceparent": f"00-{of_the_browser}-{'cd' * 8}-01"})
    (asked,) = services.sent_to("/api/v2/logs")
    (request,) = (r for r in services.sent_to("/oauth/token") if "=refresh_token" in r["body"])
    assert asked["query"]["trace_id"] == [request["headers"]["traceparent"].split("-")[1]]
    assert of_the_browser not in str(asked["query"])


def test_neither_refresh_token_is_in_a_page_an_address_a_log_or_a_recorded_message(services, short, caplog):
    secrets = {kept(short)["refresh_token"]}
    with caplog.at_level("DEBUG"):
        page = short.get("/daybook")
        secrets.add(kept(short)["refresh_token"])
        services.refresh_token = "another"
        services.answers["/oauth/token"] = lambda seen: (
            400,
            {"error": "invalid_grant", "error_description": asked_of_the_token_endpoint(seen)["refresh_token"]},
        )
        let_tickets_run_out()
        refused = short.get("/daybook")
    opened = [short.get(f"/messages/{pk}?full=1") for pk in RecordedMessage.objects.values_list("pk", flat=True)]
    recorded = [str([row.request, row.answer, row.meaning, row.decisions]) for row in RecordedMessage.objects.all()]
    seen = [text(page), text(refused), *map(text, opened), *recorded, *(str(vars(record)) for record in caplog.records)]
    assert len(secrets) == 2
    assert not any(secret in shown for secret in secrets for shown in seen)
    assert any("refresh_token=***" in shown for shown in recorded)
    assert any("&quot;refresh_token&quot;: &quot;***&quot;" in text(page) for page in opened)


def test_a_refusal_that_quotes_it_does_not_bring_it_onto_the_page(services, short):
    services.answers["/oauth/token"] = lambda seen: (400, {"error": "invalid_request", "error_description": f"Unknown: {seen['body']}"})
    page = short.get("/daybook")
    assert "Unknown: grant_type=refresh_token" in words(page)
    assert kept(short)["refresh_token"] not in text(page)


def test_the_sign_ins_own_answer_has_it_masked_too(services, alice):
    services.grants = "read offline_access"
    alice.sign_in(services, "calendar-short")
    row = RecordedMessage.objects.get(kind="code-for-token")
    assert '"refresh_token": "***"' in row.answer["body"]
    assert services.refresh_token not in str(row.answer)
    assert "it is not even recorded" in words(alice.get(f"/messages/{row.pk}"))


def test_the_calendar_says_how_long_a_short_ticket_is_good_and_no_other(services, alice, somebody_else):
    services.lifetime = 30
    with time_machine.travel("2026-11-24T09:00:00Z", tick=False):
        somebody_else.sign_in(services)
        other = text(somebody_else.get("/daybook"))
        services.grants = "read offline_access"
        alice.sign_in(services, "calendar-short")
        page = text(alice.get("/daybook"))
    assert '<time datetime="2026-11-24T10:00:30+01:00">10:00:30</time>' in page
    assert 'data-seconds="30"' in page
    assert "ticket-life" not in other


def test_short_tickets_are_found_on_learn_and_in_the_calendar_with_what_to_watch(services, short, alice):
    learn = alice.get("/learn")
    assert where_it_leads(learn, "Watch a ticket run out") == f"/sign-in?application={project_settings.CALENDAR_SHORT_CLIENT_ID}"
    assert "wait 30 seconds, reload, and look at what just happened" in words(learn)
    assert "Wait that long, reload, and look at what just happened." in words(short.get("/daybook"))


def test_the_others_pages_ask_the_database_no_more_than_before(services, signed_in):
    signed_in.get("/daybook")
    with CaptureQueriesContext(connection) as queries:
        signed_in.get("/daybook")
    assert [query["sql"] for query in queries if "ticket_data" in query["sql"] and not query["sql"].startswith("SELECT")] == []
    assert len([query["sql"] for query in queries if "daybooksession" in query["sql"]]) == 1
    assert Happening.objects.count() > 1
