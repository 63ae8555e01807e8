"""What is kept of what Daybook does: every message of a session with both its sides, and never a secret."""

import json
from urllib.parse import parse_qs, urlencode

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test.utils import CaptureQueriesContext

from demo_client.happenings import LONGEST_BODY
from demo_client.models import DaybookSession, Happening, RecordedMessage, SignIn
from demo_client.sessions import SessionStore
from tests.demo_client.conftest import EVENT, LOGGED, DaybookBrowser, csrf_value, message_pk, text

TYPED = {"what": "Coffee", "day": "2026-11-26", "since": "16:00", "until": "17:00", "where": "", "lat": "", "lon": ""}
SECRETS = [name for name in dir(configured) if name.endswith("_CLIENT_SECRET")]


def whole_way(browser, services, settings):
    """A sign-in, a refused event, the step-up, the event, a place, a changed letter, the other story, each with its CSRF value.

    Returns the values that passed Daybook and must not be kept: CSRF values and session keys.
    """
    services.logged = LOGGED
    passing = []

    def send(path, page, **fields):
        passing.append(csrf_value(page))
        return browser.post(path, {"csrfmiddlewaretoken": passing[-1], **fields})

    def remember_the_cookies():
        passing.extend(cookie.value for cookie in browser.cookies.values() if cookie.value)

    browser.sign_in(services)
    remember_the_cookies()
    week = browser.get("/daybook")
    refusal = {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="write"'}
    services.answers["POST /calendar/v1/events"], added = (
        (403, {"code": "insufficient_scope"}, refusal),
        services.answers["POST /calendar/v1/events"],
    )
    form = browser.get("/daybook/new")
    assert send("/daybook/new", form, **TYPED, event_id="0" * 20).status_code == 403
    services.answers["POST /calendar/v1/events"], services.grants = added, "read write"
    state = browser.begin(at="/daybook/ask-for-more")["state"]
    assert browser.come_back(services, state, code="another-code").status_code == 302
    assert browser.get("/daybook/place-name?lat=52.5&lon=13.4").status_code
    opened = browser.get(f"/messages/{message_pk(week, 'Daybook shows the ticket')}")
    assert send(f"/messages/{message_pk(week, 'Daybook shows the ticket')}/change-a-letter", opened).status_code == 303
    assert browser.get("/places").status_code == 200
    remember_the_cookies()
    return passing


def in_the_tables(*models):
    """Every value of every row of these tables as the database has it, as one text."""
    with connection.cursor() as cursor:
        rows = []
        for model in models:
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")  # noqa: S608 - our own name
            rows += cursor.fetchall()
    return repr(rows)


def in_the_database():
    """Every value of every table, as one text; what sessions hold is decoded."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - what the database itself calls its tables
            rows += cursor.fetchall()
    return repr(rows) + repr([SessionStore().decode(row.session_data) for row in DaybookSession.objects.all()])


def tokens_and_codes(services):
    """The tickets, codes and code verifiers that went over the wire: a user's, and machines'."""
    users: set[str] = {"a-code", "another-code"}
    machines: set[str] = set()
    for offered in services.codes_offered():
        users.add(offered["code_verifier"])
    for request in services.requests:
        token = request["headers"].get("Authorization", "").removeprefix("Bearer ")
        if token:
            (machines if request["path"] in {"/geocoding/v1/reverse", "/api/v2/logs"} else users).add(token)
    return users, machines


# ---- What is kept ---------------------------------------------------------------------------------------------------


def test_every_request_that_daybook_makes_is_kept_as_it_went_over_the_wire_with_its_answer(signed_in, services):
    signed_in.get("/daybook")
    traces = set(Happening.objects.values_list("trace_id", flat=True))
    sent = [request for request in services.requests if request["headers"].get("traceparent", "---").split("-")[1] in traces]
    kept = list(RecordedMessage.objects.filter(sender="application"))
    assert [f"{request['method']} {request['target']} HTTP/1.1" for request in sent] == [row.request["first_line"] for row in kept]
    assert [request["path"] for request in sent] == [
        "/.well-known/openid-configuration",
        "/oauth/token",
        "/calendar/v1/events",
        "/oauth/token",
        "/geocoding/v1/reverse",
    ]
    for request, row in zip(sent, kept, strict=True):
        assert dict(row.request["headers"]) == {name: value for name, value in request["headers"].items() if name != "Connection"}
    events, names = kept[2], kept[4]
    assert events.answer["first_line"] == "HTTP/1.1 200 OK"
    assert json.loads(events.answer["body"])["items"] == [EVENT]
    assert json.loads(names.request["body"]) == {"points": [EVENT["geo"]]}
    assert (events.sender, events.receiver, events.status, events.asked) == ("application", "calendar_api", 200, "GET /calendar/v1/events")


def test_a_secret_leaves_its_place_in_the_message_and_nothing_else_is_taken_out(signed_in, services):
    offered = next(request for request in services.sent_to("/oauth/token") if "code=" in request["body"])
    (row,) = RecordedMessage.objects.filter(kind="code-for-token")
    secret = parse_qs(offered["body"])["client_secret"][0]
    assert row.request["body"] == offered["body"].replace(secret, "***")


def test_the_browsers_own_requests_are_kept_with_what_was_answered(signed_in):
    signed_in.get("/daybook")
    begins, comes_back, opens = RecordedMessage.objects.filter(sender="browser")
    assert (begins.asked, begins.status) == ("GET /sign-in", 302)
    assert dict(begins.answer["headers"])["Location"].endswith("code_challenge_method=S256")
    assert (comes_back.asked, comes_back.status) == ("GET /callback", 302)
    assert "code=a-code&state=" in comes_back.request["first_line"]
    assert (opens.asked, opens.status, opens.answer["body"]) == ("GET /daybook", 200, "(the page that you saw)")


def test_a_service_that_does_not_answer_is_kept_without_an_answer(signed_in, settings):
    settings.CALENDAR_API_INTERNAL_URL = "http://localhost:1"
    signed_in.get("/daybook")
    (row,) = RecordedMessage.objects.filter(kind="events")
    assert (row.status, row.answer) == (None, {})
    assert row.request["first_line"].startswith("GET /calendar/v1/events?")


def test_a_body_of_any_length_is_kept_to_its_limit_and_says_so(signed_in, services):
    services.answers["/calendar/v1/events"] = (200, {"items": [], "more": "x" * LONGEST_BODY})
    signed_in.get("/daybook")
    (row,) = RecordedMessage.objects.filter(kind="events")
    kept, note = row.answer["body"].split("\n")
    assert (len(kept), note) == (LONGEST_BODY, "(25 more characters are not kept)")


@pytest.mark.parametrize("body", ["{\x00}", '{"items": [], "x": "\ud83d"}', "\ud83d\x00"], ids=["NUL", "half a surrogate", "both"])
def test_characters_that_no_database_takes_do_not_break_the_page(signed_in, services, body):
    services.answers["/calendar/v1/events"] = (200, body)
    assert signed_in.get("/daybook").status_code in {200, 502}
    (row,) = RecordedMessage.objects.filter(kind="events")
    assert "\ufffd" in row.answer["body"]


def test_an_address_with_such_characters_does_not_break_the_callback(services, alice):
    alice.begin()
    state = alice.begin()["state"]
    assert alice.get(f"/callback?code=%00%ED%A0%BD&state={state}&iss={services.issuer}&x=%00").status_code in {302, 502}


@pytest.mark.parametrize("kind", ["sign-in", "callback", "week", "event", "places"])
def test_the_messages_of_one_request_are_one_insert(services, alice, kind):
    services.logged, services.grants = LOGGED, "read write"
    state = alice.begin()["state"] if kind != "sign-in" else ""
    requests = {
        "sign-in": lambda: alice.get("/sign-in"),
        "callback": lambda: alice.come_back(services, state),
        "week": lambda: alice.get("/daybook"),
        "event": lambda: alice.post("/daybook/new", {**TYPED, "event_id": "0" * 20}),
        "places": lambda: alice.get("/places"),
    }
    if kind in {"week", "event"}:
        alice.come_back(services, state)
    with CaptureQueriesContext(connection) as queries:
        requests[kind]()
    inserts = [query["sql"] for query in queries if query["sql"].startswith('INSERT INTO "demo_client_recordedmessage"')]
    assert len(inserts) == 1
    assert RecordedMessage.objects.count() > 1


@pytest.mark.parametrize(
    "path",
    ["/", "/learn", "/learn/verifier", "/learn/rejections/token_expired", "/daybook", "/daybook/new", "/daybook?week=x", "/callback"]
    + ["/callback?code=a&state=b", "/messages/1", "/happenings/1", "/daybook/ask-for-more", "/daybook/place-name?lat=1&lon=1"],
)
def test_nothing_is_kept_of_a_visitor_who_only_looks_around(services, alice, path):
    alice.get(path)
    assert [model.objects.count() for model in (Happening, RecordedMessage, DaybookSession, SignIn)] == [0, 0, 0, 0]


def test_the_pages_about_what_just_happened_are_no_part_of_it(signed_in):
    pk = message_pk(signed_in.get("/daybook"), "Daybook shows the ticket")
    before = RecordedMessage.objects.count()
    assert signed_in.get(f"/messages/{pk}").status_code == 200
    assert signed_in.get(f"/happenings/{Happening.objects.get().pk}").status_code == 200
    assert signed_in.get("/learn").status_code == 200
    assert RecordedMessage.objects.count() == before


# ---- What is never kept ---------------------------------------------------------------------------------------------


def test_neither_secret_password_cookie_nor_csrf_value_ever_stands_in_the_database(services, db, settings):
    browser = DaybookBrowser(enforce_csrf_checks=True)
    passing = whole_way(browser, services, settings)
    everything, recorded = in_the_database(), in_the_tables(Happening, RecordedMessage)
    assert (len(SECRETS), len(passing)) == (6, 5)
    for secret in [getattr(configured, name) for name in SECRETS]:
        assert secret
        assert secret not in everything
    for value in passing:
        assert value not in recorded
    assert "alice-demo" not in everything
    assert configured.SECRET_KEY not in everything
    assert "client_secret=***" in recorded  # it was looked at, and taken out


def test_a_service_that_repeats_a_secret_leaves_it_nowhere(services, alice, settings):
    repeating = settings.CALENDAR_WEB_CLIENT_SECRET
    services.answers["/oauth/token"] = (
        400,
        {"error": "invalid_grant", "error_description": f"not with {repeating}"},
        {"X-Echo": repeating},
    )
    alice.come_back(services, alice.begin()["state"])
    assert repeating not in in_the_database()


def test_a_password_that_somebody_types_into_an_address_is_not_kept(services, alice):
    alice.get(f"/sign-in?{urlencode({'password': 'hunter22', 'client_secret': 'hunter23'})}")
    assert RecordedMessage.objects.exists()
    assert "hunter2" not in in_the_database()


def test_where_rejections_are_not_explained_no_ticket_and_no_code_is_kept_with_the_messages(services, db, settings):
    settings.EXPLAIN_REJECTIONS = False
    browser = DaybookBrowser()
    services.logged = LOGGED
    browser.sign_in(services)
    assert browser.get("/daybook").status_code == 200
    assert browser.get("/places").status_code == 200
    users, machines = tokens_and_codes(services)
    recorded = in_the_tables(Happening, RecordedMessage)
    assert len(users) >= 4
    assert machines
    assert [secret for secret in users | machines if secret in recorded] == []
    assert "access token, " in recorded  # each leaves its length


@pytest.mark.parametrize(("demo", "is_kept"), [(True, True), (False, False)])
def test_a_machines_ticket_is_kept_in_the_demo_only_and_a_persons_own_with_explanations(services, alice, settings, demo, is_kept):
    settings.DEMO_IDENTITIES = demo
    alice.sign_in(services)
    alice.get("/daybook")
    (backends,) = {request["headers"]["Authorization"].split()[1] for request in services.sent_to("/geocoding/v1/reverse")}
    (own,) = {request["headers"]["Authorization"].split()[1] for request in services.sent_to("/calendar/v1/events")}
    recorded = in_the_tables(Happening, RecordedMessage)
    assert own in recorded
    assert (backends in recorded) is is_kept


def test_the_ticket_of_the_trail_reader_is_never_kept(services, alice):
    services.logged = LOGGED
    alice.sign_in(services)
    (asked,) = services.sent_to("/api/v2/logs")
    assert asked["headers"]["Authorization"].split()[1] not in in_the_database()


def test_what_happened_to_a_person_is_not_logged_with_it(signed_in, services, caplog):
    with caplog.at_level("DEBUG"):
        signed_in.get("/daybook")
    users, machines = tokens_and_codes(services)
    assert not any(secret in str(vars(record)) for record in caplog.records for secret in users | machines)
    assert text(signed_in.get("/daybook"))
