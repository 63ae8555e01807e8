"""Daybook's pages: the week, an empty one, and everything that can go wrong around it."""

import json
import re

import jwt
import pytest
import time_machine

from tests.demo_client.conftest import EVENT, SHIBUYA, text, where_it_leads


def test_home_says_the_few_words_and_leads_to_signing_in(alice):
    home = alice.get("/")
    page = text(home)
    assert "<h1>Four Checks</h1>" in page
    assert where_it_leads(home, "Open Alice’s calendar") == "/sign-in"
    assert "about 5 minutes, nothing to sign up for" in page


def test_home_leads_to_the_calendar_while_there_is_a_ticket(signed_in):
    assert where_it_leads(signed_in.get("/"), "Open Alice’s calendar") == "/daybook"


def test_the_week_shows_the_events_with_their_place_names(signed_in):
    page = text(signed_in.get("/daybook"))
    assert "<h1>23–29 November 2026</h1>" in page
    assert "<b>Call with Tokyo</b> <span>08:30–10:00</span>" in page
    assert "Shibuya, Tokyo<i>, Japan</i>" in page
    assert "Places © GeoNames.org, CC BY 4.0; borders: Natural Earth" in page
    assert "read only" in page


def test_the_calendar_is_asked_with_the_users_token_for_berlins_week(signed_in, services):
    signed_in.get("/daybook?week=2026-W43")
    (asked,) = services.sent_to("/calendar/v1/events")
    ticket = asked["headers"]["Authorization"].removeprefix("Bearer ")
    assert jwt.decode(ticket, options={"verify_signature": False})["sub"] == "usr_123"
    assert asked["query"]["timeMin"] == ["2026-10-19T00:00:00+02:00"]
    assert asked["query"]["timeMax"] == ["2026-10-26T00:00:00+01:00"]
    assert asked["query"]["timeZone"] == ["Europe/Berlin"]


def test_all_place_names_are_asked_for_in_one_call_of_the_backend_each_point_once(signed_in, services):
    here, there = {"lat": 35.658, "lon": 139.7016}, {"lat": 52.4977, "lon": 13.4036}
    services.answers["/calendar/v1/events"] = (200, {"items": [{**EVENT, "geo": geo} for geo in (here, there, here, None)]})
    services.answers["/oauth/token"] = (200, services.token_answer(access_token="backends-own", scope=None))
    signed_in.get("/daybook")
    (asked,) = services.sent_to("/geocoding/v1/reverse")
    assert json.loads(asked["body"]) == {"points": [here, there]}
    assert asked["headers"]["Authorization"] == "Bearer backends-own"


def test_all_pages_of_a_full_week_are_fetched(signed_in, services):
    first = {"items": [{**EVENT, "summary": "First"}], "nextPageToken": "more"}
    services.answers["/calendar/v1/events"] = (
        200,
        lambda seen: {"items": [{**EVENT, "summary": "Last"}]} if "pageToken" in seen["query"] else first,
    )
    page = text(signed_in.get("/daybook"))
    assert "First" in page
    assert "Last" in page


def test_what_people_write_into_events_is_never_markup(signed_in, services):
    services.answers["/calendar/v1/events"] = (200, {"items": [{**EVENT, "summary": "<script>x</script>", "location": '"><img src=x>'}]})
    page = text(signed_in.get("/daybook"))
    assert "<script>" not in page
    assert "<img" not in page


HALF_A_PAIR = chr(0xD83D)  # as JSON may escape it: "\\ud83d"


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/calendar/v1/events", (200, {"items": [{**EVENT, "summary": HALF_A_PAIR, "location": "\x00"}]})),
        ("/calendar/v1/events", (403, {"title": HALF_A_PAIR, "code": "\x00"})),
        ("/geocoding/v1/reverse", (200, {"results": [{"result": {**SHIBUYA, "name": HALF_A_PAIR}}]})),
        ("/oauth/token", (403, {"error": HALF_A_PAIR, "error_description": HALF_A_PAIR, "error_uri": HALF_A_PAIR})),
    ],
    ids=["an event", "a refusal", "a place", "no token"],
)
def test_half_a_surrogate_pair_in_what_a_service_says_can_be_shown(signed_in, services, path, answer):
    services.answers[path] = answer
    assert signed_in.get("/daybook").status_code in {200, 403}


def test_a_whole_pair_is_shown_as_the_character_that_it_is(signed_in, services):
    services.answers["/calendar/v1/events"] = (200, {"items": [{**EVENT, "summary": "Cake 🎂 with Dora"}]})  # escaped on the wire
    assert "<b>Cake 🎂 with Dora</b>" in text(signed_in.get("/daybook"))


def test_there_is_neither_inline_style_nor_script(signed_in):
    page = text(signed_in.get("/daybook"))
    assert "style=" not in page
    scripts = re.findall(r"<script\b([^>]*)>", page)
    assert scripts
    assert all(" src=" in attributes or 'type="application/json"' in attributes for attributes in scripts)


def test_an_empty_week_says_why_it_is_empty(signed_in, services):
    services.answers["/calendar/v1/events"] = (200, {"items": []})
    page = text(signed_in.get("/daybook?week=2026-W49"))
    assert "Nothing planned this week" in page
    assert "Back to this week" in page
    assert services.sent_to("/geocoding/v1/reverse") == []


def test_weeks_lead_to_their_neighbours(signed_in):
    page = text(signed_in.get("/daybook?week=2026-W53"))
    assert "?week=2026-W52" in page
    assert "?week=2027-W01" in page


@pytest.mark.parametrize("week", ["2026-W99", "", "now", "2026-W48'--", "9999-W01", "\x00"])
def test_a_week_that_does_not_exist_is_a_page_with_status_400_and_nothing_is_asked(signed_in, services, week):
    response = signed_in.get("/daybook", {"week": week})
    assert response.status_code == 400
    assert "There is no such week" in text(response)
    assert services.sent_to("/calendar/v1/events") == []


def test_without_a_ticket_the_page_offers_to_sign_in(alice):
    response = alice.get("/daybook")
    assert response.status_code == 403
    assert "Nobody is signed in here" in text(response)
    assert 'href="/sign-in"' in text(response)


def test_a_ticket_that_has_run_out_is_not_tried(signed_in, services):
    with time_machine.travel("2026-11-24T20:00:00Z"):  # the session still lives; tickets do for a day
        assert signed_in.get("/daybook").status_code == 200
    services.requests.clear()
    services.answers["/oauth/token"] = (200, services.token_answer(expires_in=30))
    signed_in.sign_in(services)
    with time_machine.travel("2026-11-24T09:01:00Z"):
        response = signed_in.get("/daybook")
    assert response.status_code == 403
    assert "has run out" in text(response)
    assert services.sent_to("/calendar/v1/events") == []


def test_a_ticket_that_the_calendar_refuses_is_explained_and_dropped(signed_in, services):
    services.answers["/calendar/v1/events"] = (
        401,
        {
            "type": "http://localhost:8000/learn/rejections/unknown_key",
            "title": "Signed with a key the issuer does not publish",
            "code": "unknown_key",
            "cure": "Ask the authorization server for a new access token.",
        },
    )
    page = text(signed_in.get("/daybook"))
    for words in (
        "401 unknown_key",
        "Signed with a key",
        "Ask the authorization server",
        "/learn/rejections/unknown_key",
        'href="/sign-in"',
    ):
        assert words in page
    assert "Nobody is signed in here" in text(signed_in.get("/daybook"))


def test_a_ticket_without_the_scope_is_explained(signed_in, services):
    services.answers["/calendar/v1/events"] = (403, {"title": "A permission (scope) is missing", "code": "insufficient_scope"})
    response = signed_in.get("/daybook")
    assert response.status_code == 403
    assert "403 insufficient_scope" in text(response)


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        ((500, "<h1>oops</h1>"), 502, "answered 500"),
        ((500, {"detail": "broken"}), 502, "broken"),
        ((503, {"title": "Keys", "detail": "The issuer does not answer."}), 503, "The issuer does not answer"),
        ((429, {"title": "Too many", "code": "throttled"}), 403, "429 throttled"),
        ((200, "not json"), 502, "without the JSON object"),
        ((200, "[]"), 502, "without the JSON object"),
        ((200, {"things": []}), 502, "cannot be read"),
        ((200, {"items": ["x"]}), 502, "cannot be read"),
        ((200, {"items": 7}), 502, "cannot be read"),
        ((200, {"items": [{**EVENT, "start": {"dateTime": "soon"}}]}), 502, "cannot be read"),
        ((200, {"items": [{**EVENT, "start": {"dateTime": "2026-11-27T08:30:00"}}]}), 502, "cannot be read"),
        ((200, {"items": [{**EVENT, "geo": {"lat": "x"}}]}), 502, "cannot be read"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_calendar_that_answers_something_else_is_a_page_that_names_it(signed_in, services, answer, status, says):
    services.answers["/calendar/v1/events"] = answer
    response = signed_in.get("/daybook")
    assert response.status_code == status
    assert says in text(response)
    assert "Calendar API" in text(response)


def test_a_calendar_that_is_down_is_a_page_with_its_address_and_setting(signed_in, settings):
    settings.CALENDAR_API_INTERNAL_URL = "http://localhost:1"
    response = signed_in.get("/daybook")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    for words in (
        "The Calendar API does not answer",
        "http://localhost:1/calendar/v1/events",
        "CALENDAR_API_URL",
        "Try again",
        "make demo",
    ):
        assert words in text(response)


def test_a_geocoder_that_is_down_leaves_the_events_with_coordinates_and_a_note(signed_in, settings):
    settings.GEOCODING_API_INTERNAL_URL = "http://localhost:1"
    response = signed_in.get("/daybook")
    assert response.status_code == 200
    for words in ("Call with Tokyo", "35.6580, 139.7016", "http://localhost:1/geocoding/v1/reverse", "GEOCODING_API_URL"):
        assert words in text(response)


@pytest.mark.parametrize(
    "answer",
    [
        (500, "x"),
        (403, {"code": "user_token_refused"}),
        (401, {}),
        (200, {"results": []}),
        (200, {"results": [{}]}),
        (200, {"results": [{"result": 7}]}),
    ],
    ids=str,
)
def test_a_geocoder_that_answers_something_else_leaves_the_events_readable(signed_in, services, answer):
    services.answers["/geocoding/v1/reverse"] = answer
    response = signed_in.get("/daybook")
    assert response.status_code == 200
    assert "35.6580, 139.7016" in text(response)
    assert "Geocoding API" in text(response)


def test_a_backend_without_a_client_grant_leaves_the_events_readable_and_says_what_to_ask_for(signed_in, services):
    refusal = {"error": "access_denied", "error_description": "No client grant.", "error_uri": "http://issuer/access-requests/new"}
    services.answers["/oauth/token"] = (403, refusal)
    page = text(signed_in.get("/daybook"))
    assert "35.6580, 139.7016" in page
    assert "http://issuer/access-requests/new" in page


def test_no_place_at_sea_is_shown_as_coordinates_without_a_note(signed_in, services):
    services.answers["/geocoding/v1/reverse"] = (200, {"results": [{"result": None, "reason": "no_place_within_range"}]})
    page = text(signed_in.get("/daybook"))
    assert "35.6580, 139.7016" in page
    assert "note--failed" not in page


def test_a_failure_is_logged_under_the_pages_trace_id_without_a_token(signed_in, settings, caplog):
    settings.CALENDAR_API_INTERNAL_URL = "http://localhost:1"
    with caplog.at_level("INFO", logger="four_checks.daybook"):
        page = text(signed_in.get("/daybook"))
    (record,) = [record for record in caplog.records if record.name == "four_checks.daybook"]
    assert (record.levelname, record.failure) == ("WARNING", "NoAnswer")
    assert record.trace_id in page
    assert "eyJ" not in str(vars(record))


def test_an_authorization_server_that_is_down_is_a_page_with_its_address_and_setting(alice, settings, services):
    settings.ISSUER = settings.ISSUER_INTERNAL_URL = "http://localhost:1/"
    response = alice.get("/sign-in")
    assert response.status_code == 503
    for words in ("The authorization server does not answer", "http://localhost:1/.well-known/openid-configuration", "ISSUER"):
        assert words in text(response)


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/callback?code=a&state=b", "/daybook?week=2026-W48", "/learn", "/learn/rejections/token_expired"]
)
def test_another_host_name_is_sent_to_daybooks_own(alice, path):
    response = alice.get(path, headers={"host": "127.0.0.1:8000"})
    assert (response.status_code, response["Location"]) == (302, f"http://localhost:8000{path}")


@pytest.mark.parametrize("port", ["80", "99999", "1" * 60])
def test_another_port_is_another_host_whatever_its_digits(alice, port):
    response = alice.get("/", headers={"host": f"localhost:{port}"})
    assert (response.status_code, response["Location"]) == (302, "http://localhost:8000/")


def test_a_form_sent_to_another_host_name_ends_at_home(alice):
    response = alice.post("/sign-out", headers={"host": "127.0.0.1:8000"})
    assert (response.status_code, response["Location"]) == (303, "http://localhost:8000/")


def test_only_daybooks_own_pages_are_sent_to_its_host_name(alice):
    assert alice.get("/healthz", headers={"host": "127.0.0.1:8000"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/sign-in", "/callback", "/daybook", "/learn", "/learn/rejections/token_expired"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_other_methods_are_405(alice, path, method):
    assert getattr(alice, method)(path).status_code == 405
