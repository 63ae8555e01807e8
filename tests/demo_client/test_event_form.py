"""The form for a new event: what is wrong with each field, what the Calendar API says of it, and that nothing typed is lost."""

import html
import json
import re

import jwt
import pytest
import time_machine
from django.utils import timezone

from demo_client.event_form import EventForm
from tests.demo_client.conftest import DaybookBrowser, asked_by, csrf_value, text, where_it_leads, words

TYPED = {
    "event_id": "0123456789abcdefghijklmnopqrstuv",
    "what": "Coffee with Dora",
    "day": "2026-11-26",
    "since": "16:00",
    "until": "17:00",
    "where": "Friedrichshain",
    "lat": "52.5158",
    "lon": "13.4540",
}


def send(browser, **changes):
    return browser.post("/daybook/new", {**TYPED, **changes})


def field_errors(response):
    """The error at each field that has one, by the field's id; each such field is marked for screen readers too."""
    page = text(response)
    errors = dict(re.findall(r'<span class="field__error" id="([a-z]+)-error">([^<]*)</span>', page))
    marked = re.findall(r'id="([a-z]+)" name="[^>]*aria-invalid="true" aria-describedby="([a-z]+)-error"', page)
    assert {name for name, _ in marked} == {name for _, name in marked} == set(errors)
    return {name: html.unescape(error) for name, error in errors.items()}


def kept(response):
    """What the fields of the form hold."""
    page = text(response)
    return {
        name: html.unescape(value) for name, value in re.findall(r'<input [^>]*name="([a-z_]+)"[^>]*value="([^"]*)"', page) if name in TYPED
    }


def sent(services):
    """The events that the Calendar API was sent."""
    return [json.loads(request["body"]) for request in services.sent_to("/calendar/v1/events", "POST")]


@pytest.fixture
def writer(signed_in, services):
    """Alice's browser, whose ticket says that Daybook may write."""
    services.grants = "read write"
    signed_in.sign_in(services)
    return signed_in


# ---- What goes out --------------------------------------------------------------------------------------------------


def test_a_fresh_form_holds_the_next_full_hour_in_berlin(signed_in):
    fresh = kept(signed_in.get("/daybook/new"))  # it is 10:00 there
    assert {name: fresh[name] for name in ("day", "since", "until")} == {"day": "2026-11-24", "since": "11:00", "until": "12:00"}
    assert (fresh["what"], fresh["lat"]) == ("", "")


@pytest.mark.parametrize(
    ("now", "day", "since"),
    [
        ("2026-11-24T21:30:00Z", "2026-11-25", "09:00"),
        ("2026-11-24T03:30:00Z", "2026-11-24", "09:00"),
        ("2026-11-24T22:59:00Z", "2026-11-25", "09:00"),
    ],
    ids=["late in the evening", "early in the morning", "at midnight"],
)
def test_outside_the_day_it_holds_the_next_morning(now, day, since):
    with time_machine.travel(now):
        held = EventForm.empty(timezone.now())
    assert (held["day"], held["since"], held["until"]) == (day, since, "10:00")


def test_each_fresh_form_has_an_id_of_its_own_that_the_calendar_takes(signed_in):
    ids = {kept(signed_in.get("/daybook/new"))["event_id"] for _ in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch(r"[a-v0-9]{5,64}", event_id) for event_id in ids)


def test_the_event_goes_out_with_the_users_ticket_in_the_calendars_own_form(writer, services):
    assert send(writer).status_code == 303
    (request,) = services.sent_to("/calendar/v1/events", "POST")
    assert request["headers"]["Authorization"].startswith("Bearer eyJ")
    assert sent(services) == [
        {
            "id": TYPED["event_id"],
            "summary": "Coffee with Dora",
            "start": {"dateTime": "2026-11-26T16:00:00", "timeZone": "Europe/Berlin"},
            "end": {"dateTime": "2026-11-26T17:00:00", "timeZone": "Europe/Berlin"},
            "location": "Friedrichshain",
            "geo": {"lat": 52.5158, "lon": 13.454},
        }
    ]


def test_what_was_left_empty_is_not_sent(writer, services):
    send(writer, where="", lat="", lon="")
    assert not {"location", "geo"} & sent(services)[0].keys()


def test_an_added_event_leads_to_its_own_week_which_says_so_once(writer):
    response = send(writer, day="2027-01-02")
    assert (response.status_code, response["Location"]) == (303, "/daybook?week=2026-W53")
    assert "“Coffee with Dora” is in the calendar." in text(writer.get(response["Location"]))
    assert "is in the calendar." not in text(writer.get(response["Location"]))


def test_after_that_the_form_is_fresh(writer):
    send(writer)
    assert kept(writer.get("/daybook/new"))["what"] == ""


@pytest.mark.parametrize("summary", ["<script>x</script>", "“” & ' \" </b>"])
def test_what_was_typed_is_never_markup(writer, summary):
    week = text(writer.get(send(writer, what=summary)["Location"]))
    assert f"“{html.escape(summary)}” is in the calendar." in week


# ---- What is wrong, at its field ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"what": ""}, "what", "Say what it is."),
        ({"what": "   "}, "what", "Say what it is."),
        ({"what": "x" * 1025}, "what", "at most 1024"),
        ({"what": "a\x00b"}, "what", "Null characters"),
        ({"day": ""}, "day", "Say on which day."),
        ({"day": "tomorrow"}, "day", "Write a day as in 2026-11-24."),
        ({"day": "2026-02-30"}, "day", "Write a day as in 2026-11-24."),
        ({"day": "1969-12-31"}, "day", "from 1970 to 2199"),
        ({"day": "2200-01-01"}, "day", "from 1970 to 2199"),
        ({"since": ""}, "since", "Say when it begins."),
        ({"since": "25:00"}, "since", "Write a time as in 16:00."),
        ({"until": ""}, "until", "Say when it ends."),
        ({"until": "late"}, "until", "Write a time as in 17:00."),
        ({"until": "16:00"}, "until", "It ends before it begins."),
        ({"until": "15:59"}, "until", "It ends before it begins."),
        ({"where": "x" * 1025}, "location", "at most 1024"),
        ({"lat": "north"}, "lat", "Write degrees as in 52.5158."),
        ({"lat": "nan"}, "lat", "Write degrees as in 52.5158."),
        ({"lat": "90.1"}, "lat", "At most 90."),
        ({"lat": "-90.1"}, "lat", "At least -90."),
        ({"lon": "1e999"}, "lon", "Write degrees as in 13.4540."),
        ({"lon": "180.1"}, "lon", "At most 180."),
        ({"lon": "-180.1"}, "lon", "At least -180."),
        ({"lat": ""}, "lat", "A place has both"),
        ({"lon": ""}, "lon", "A place has both"),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, dict) else "",
)
def test_what_is_wrong_stands_at_its_field_and_the_calendar_is_not_asked(writer, services, changes, field, says):
    response = send(writer, **changes)
    assert response.status_code == 400
    errors = field_errors(response)
    assert list(errors) == [field]
    assert says in errors[field]
    assert sent(services) == []


def test_everything_that_is_wrong_is_said_at_once(writer):
    assert set(field_errors(send(writer, what="", day="", until="x", lat="y"))) == {"what", "day", "until", "lat"}


def test_what_was_typed_stays_beside_what_is_wrong_with_it(writer):
    typed = {**TYPED, "what": "“Coffee” <b>", "until": "9 o’clock", "where": "  "}
    assert kept(send(writer, **typed)) == typed


@pytest.mark.parametrize("event_id", ["", "?", "ABCDEF", "x" * 65, "zzzzzz", "abcde\n"])
def test_a_form_whose_hidden_id_was_changed_says_so(writer, services, event_id):
    response = send(writer, event_id=event_id)
    assert response.status_code == 400
    assert "Open the form anew." in words(response)
    assert sent(services) == []


# ---- What the Calendar API says of it -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "mine"),
    [
        ("summary", "what"),
        ("start", "day"),
        ("start.dateTime", "day"),
        ("end", "until"),
        ("end.dateTime", "until"),
        ("location", "location"),
        ("geo", "lat"),
        ("geo.lat", "lat"),
        ("geo.lon", "lon"),
    ],
)
def test_what_the_calendar_finds_wrong_stands_at_the_field_that_it_is_about(writer, services, field, mine):
    errors = [{"field": field, "detail": "Not like this.", "code": "invalid"}]
    services.answers["POST /calendar/v1/events"] = (400, {"title": "Bad", "code": "invalid_input", "errors": errors})
    response = send(writer)
    assert response.status_code == 400
    assert field_errors(response) == {mine: "Not like this."}
    assert kept(response) == TYPED


def test_what_it_finds_wrong_elsewhere_stands_above_the_form_with_its_name(writer, services):
    errors = [{"field": "colour", "detail": "No such name."}, {"field": "summary", "detail": "Too loud."}]
    services.answers["POST /calendar/v1/events"] = (400, {"code": "invalid_input", "errors": errors})
    response = send(writer)
    assert "The Calendar API did not take it colour: No such name." in words(response)
    assert field_errors(response) == {"what": "Too loud."}


def test_the_form_opened_again_still_says_what_was_wrong(writer, services):
    services.answers["POST /calendar/v1/events"] = (400, {"errors": [{"field": "summary", "detail": "Too loud."}]})
    send(writer)
    again = writer.get("/daybook/new")
    assert field_errors(again) == {"what": "Too loud."}
    assert kept(again) == TYPED


def test_an_event_that_was_added_before_counts_as_added(writer, services):
    services.answers["POST /calendar/v1/events"] = (409, {"code": "id_taken"})
    response = send(writer)
    assert (response.status_code, response["Location"]) == (303, "/daybook?week=2026-W48")


@pytest.mark.parametrize(
    ("answer", "status", "label"),
    [
        ((403, {"code": "calendar_full", "title": "The calendar is full"}), 403, "403 calendar_full"),
        ((429, {"code": "rate_limit_exceeded"}), 403, "429 rate_limit_exceeded"),
        ((413, {"code": "body_too_large"}), 403, "413 body_too_large"),
        ((400, {"code": "malformed_body"}), 403, "400 malformed_body"),
        ((401, {"code": "token_expired"}), 403, "401 token_expired"),
        ((200, {"id": "x"}), 502, "unusable answer"),
        ((201, "not JSON"), 502, "unusable answer"),
        ((500, {"title": "broken"}), 502, "unusable answer"),
        ((503, {"detail": "no keys"}), 503, "no answer"),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, tuple) else "",
)
def test_every_other_answer_is_a_page_that_names_it_and_keeps_what_was_typed(writer, services, answer, status, label):
    services.answers["POST /calendar/v1/events"] = answer
    response = send(writer)
    assert response.status_code == status
    assert label in text(response)
    writer.sign_in(services)
    assert kept(writer.get("/daybook/new")) == TYPED


def test_a_calendar_that_is_down_keeps_what_was_typed_and_leads_back_to_it(writer, settings):
    settings.CALENDAR_API_INTERNAL_URL = "http://localhost:1"
    response = send(writer)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert where_it_leads(response, "Try again") == "/daybook/new"
    assert kept(writer.get("/daybook/new")) == TYPED


# ---- Who may send it ------------------------------------------------------------------------------------------------


def test_a_ticket_that_runs_out_while_she_types_keeps_the_draft(signed_in, services):
    services.answers["/oauth/token"] = (200, services.token_answer(expires_in=30))
    signed_in.sign_in(services)
    with time_machine.travel("2026-11-24T09:01:00Z"):
        response = send(signed_in, until="9 o’clock")
    assert response.status_code == 403
    assert "has run out" in text(response)
    services.answers["/oauth/token"] = services.granted
    signed_in.sign_in(services)
    assert kept(signed_in.get("/daybook/new")) == {**TYPED, "until": "9 o’clock"}
    assert sent(services) == []


def test_a_session_that_ended_while_she_typed_keeps_the_draft(services, alice):
    assert send(alice).status_code == 403
    alice.sign_in(services)
    assert kept(alice.get("/daybook/new")) == TYPED


def test_of_a_draft_only_so_much_is_kept(services, alice):
    send(alice, what="x" * 100_000)
    alice.sign_in(services)
    assert len(kept(alice.get("/daybook/new"))["what"]) == 2000


def test_a_draft_belongs_to_its_browser_and_ends_with_signing_out(writer, services, somebody_else, settings):
    settings.CALENDAR_API_INTERNAL_URL = "http://localhost:1"
    send(writer)
    somebody_else.sign_in(services)
    assert kept(somebody_else.get("/daybook/new"))["what"] == ""
    writer.post("/sign-out")
    writer.sign_in(services)
    assert kept(writer.get("/daybook/new"))["what"] == ""


def test_the_form_needs_its_csrf_value(services, db):
    browser = DaybookBrowser(enforce_csrf_checks=True)
    services.grants = "read write"
    browser.sign_in(services)
    form = browser.get("/daybook/new")
    assert send(browser).status_code == 403
    assert sent(services) == []
    assert browser.post("/daybook/new", {**TYPED, "csrfmiddlewaretoken": csrf_value(form)}).status_code == 303


def test_without_a_ticket_there_is_no_form(alice):
    response = alice.get("/daybook/new")
    assert response.status_code == 403
    assert "Nobody is signed in here" in text(response)


# ---- Step-up: the ticket says read, and the event needs write --------------------------------------------------------

NEEDS_WRITE = (
    403,
    {"code": "insufficient_scope", "title": "A permission (scope) is missing"},
    {"WWW-Authenticate": 'Bearer realm="calendar", error="insufficient_scope", scope="write"'},
)


@pytest.fixture
def refused(signed_in, services):
    """Alice's browser, whose event was refused because the ticket says read."""
    added = services.answers["POST /calendar/v1/events"]
    services.answers["POST /calendar/v1/events"] = NEEDS_WRITE
    signed_in.refusal = send(signed_in)
    services.answers["POST /calendar/v1/events"] = added
    services.requests.clear()
    return signed_in


def test_a_missing_scope_keeps_what_was_typed_shows_the_checks_and_offers_to_ask(refused):
    page = text(refused.refusal)
    assert refused.refusal.status_code == 403
    assert kept(refused.refusal) == TYPED
    assert "Daybook may read Alice’s calendar, not change it." in page
    assert where_it_leads(refused.refusal, "Ask for write access") == "/daybook/ask-for-more"
    assert re.findall(r"check check--(\w+)", page) == ["passed", "passed", "passed", "failed"]
    assert "The ticket is good. It is a ticket for reading." in page


def test_the_form_opened_again_still_offers_to_ask(refused):
    again = refused.get("/daybook/new")
    assert kept(again) == TYPED
    assert "Ask for write access" in text(again)


@pytest.mark.parametrize(
    "challenge",
    [
        None,
        "Bearer",
        'Bearer error="insufficient_scope"',
        'Bearer error="invalid_token", scope="write"',
        'Basic error="insufficient_scope", scope="write"',
    ],
)
def test_a_403_that_asks_for_no_scope_does_not_offer_to_ask_rfc6750_section_3_1(signed_in, services, challenge):
    headers = {"WWW-Authenticate": challenge} if challenge else {}
    services.answers["POST /calendar/v1/events"] = (403, {"code": "forbidden"}, headers)
    response = send(signed_in)
    assert response.status_code == 403
    assert "ask-for-more" not in text(response)
    assert kept(signed_in.get("/daybook/new")) == TYPED


def test_asking_asks_for_what_is_held_and_what_is_missing_with_the_same_application(refused):
    asked = asked_by(refused.get("/daybook/ask-for-more"))
    assert asked["scope"] == "read write"
    assert (asked["client_id"], asked["redirect_uri"]) == ("calendar-web", "http://localhost:8000/callback")
    assert "prompt" not in asked


@pytest.mark.parametrize("application", ["calendar-short", "company-calendar"])
def test_each_application_asks_for_itself(alice, services, application):
    with time_machine.travel("2026-11-24T09:00:00Z"):
        alice.sign_in(services, application)
        services.answers["POST /calendar/v1/events"] = NEEDS_WRITE
        send(alice)
        assert asked_by(alice.get("/daybook/ask-for-more"))["client_id"] == application


def test_without_anything_missing_there_is_nothing_to_ask_for(signed_in):
    response = signed_in.get("/daybook/ask-for-more")
    assert (response.status_code, response["Location"]) == (302, "/daybook/new")


def test_the_callback_adds_the_event_with_the_new_ticket_and_leads_to_its_week(refused, services):
    services.grants = "read write"
    response = refused.come_back(services, refused.begin(at="/daybook/ask-for-more")["state"])
    assert (response.status_code, response["Location"]) == (302, "/daybook?week=2026-W48")
    (request,) = services.sent_to("/calendar/v1/events", "POST")
    assert [event["id"] for event in sent(services)] == [TYPED["event_id"]]
    page = text(refused.get(response["Location"]))
    assert "“Coffee with Dora” is in the calendar." in page
    assert "reading and writing" in page
    ticket = request["headers"]["Authorization"].removeprefix("Bearer ")
    assert jwt.decode(ticket, options={"verify_signature": False})["scope"] == "read write"


def test_a_no_returns_to_the_form_with_everything_kept_and_the_old_ticket_still_good(refused, services):
    response = refused.come_back(services, refused.begin(at="/daybook/ask-for-more")["state"], code=None, error="access_denied")
    assert response.status_code == 403
    assert "Daybook may go on reading, and no more" in text(response)
    assert where_it_leads(response, "Back to the event") == "/daybook/new"
    assert kept(refused.get("/daybook/new")) == TYPED
    assert refused.get("/daybook").status_code == 200
    assert sent(services) == []


def test_who_allows_less_than_was_asked_meets_the_same_question_again(refused, services):
    services.answers["POST /calendar/v1/events"] = NEEDS_WRITE
    response = refused.come_back(services, refused.begin(at="/daybook/ask-for-more")["state"])
    assert response["Location"] == "/daybook/new"
    again = refused.get("/daybook/new")
    assert "Ask for write access" in text(again)
    assert kept(again) == TYPED


def test_what_the_calendar_finds_wrong_after_the_yes_stands_at_its_field(refused, services):
    services.grants = "read write"
    services.answers["POST /calendar/v1/events"] = (400, {"errors": [{"field": "end", "detail": "Too long."}]})
    response = refused.come_back(services, refused.begin(at="/daybook/ask-for-more")["state"])
    assert response["Location"] == "/daybook/new"
    assert field_errors(refused.get("/daybook/new")) == {"until": "Too long."}


@pytest.mark.parametrize(
    ("answer", "status"),
    [((403, {"code": "calendar_full"}), 403), ((503, {"detail": "no keys"}), 503), ((500, "x"), 502)],
    ids=["full", "503", "broken"],
)
def test_what_goes_wrong_after_the_yes_is_a_page_that_leads_back_to_the_event(refused, services, answer, status):
    services.grants, services.answers["POST /calendar/v1/events"] = "read write", answer
    response = refused.come_back(services, refused.begin(at="/daybook/ask-for-more")["state"])
    assert response.status_code == status
    assert where_it_leads(response, "Back to the event") == "/daybook/new"
    assert kept(refused.get("/daybook/new")) == TYPED
    assert "reading and writing" in text(refused.get("/daybook"))


def test_a_calendar_that_is_down_after_the_yes_leaves_the_person_signed_in_with_her_draft(refused, services, settings):
    services.grants, settings.CALENDAR_API_INTERNAL_URL = "read write", "http://localhost:1"
    response = refused.come_back(services, refused.begin(at="/daybook/ask-for-more")["state"])
    assert response.status_code == 503
    settings.CALENDAR_API_INTERNAL_URL = services.url
    assert kept(refused.get("/daybook/new")) == TYPED
    assert "reading and writing" in text(refused.get("/daybook"))


def test_the_same_callback_twice_adds_one_event(refused, services):
    services.grants = "read write"
    state = refused.begin(at="/daybook/ask-for-more")["state"]
    assert refused.come_back(services, state).status_code == 302
    assert refused.come_back(services, state).status_code == 400
    assert len(sent(services)) == 1


def test_an_ordinary_sign_in_adds_no_event_that_waits(refused, services):
    services.grants = "read write"
    assert refused.sign_in(services)["Location"] == "/daybook"
    assert sent(services) == []
    assert kept(refused.get("/daybook/new")) == TYPED


# ---- The place on the map -------------------------------------------------------------------------------------------


def test_the_map_gets_the_name_of_a_place_with_the_backends_own_ticket(signed_in, services):
    services.answers["/geocoding/v1/reverse"] = (200, {"result": {"display_name": "Shibuya, Tokyo, Japan"}})
    assert signed_in.get("/daybook/place-name?lat=35.658&lon=139.7016").json() == {"name": "Shibuya, Tokyo, Japan"}
    (asked,) = services.sent_to("/geocoding/v1/reverse")
    assert (asked["method"], asked["query"]) == ("GET", {"lat": ["35.658"], "lon": ["139.7016"]})


def test_no_place_at_sea_has_no_name_and_says_why(signed_in, services):
    services.answers["/geocoding/v1/reverse"] = (200, {"result": None})
    assert signed_in.get("/daybook/place-name?lat=0&lon=0").json() == {"name": None, "reason": "No place within range: open sea."}


@pytest.mark.parametrize("answer", [(503, {"detail": "no data"}), (500, "x"), (200, {"x": 1}), (400, {"code": "invalid_input"})], ids=str)
def test_a_geocoder_that_has_no_name_to_give_says_why(signed_in, services, answer):
    services.answers["/geocoding/v1/reverse"] = answer
    response = signed_in.get("/daybook/place-name?lat=x&lon=")
    assert response.status_code >= 400
    assert "Geocoding API" in response.json()["detail"]


def test_names_are_for_who_is_signed_in(services, alice):
    response = alice.get("/daybook/place-name?lat=1&lon=1")
    assert response.status_code == 403
    assert services.requests == []
