"""GET events: which events are in a window, in which order, and a page at a time."""

import itertools
import random
import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calendar_api.models import Calendar, Event
from calendar_api.times import last_day_begun, midnight
from tests.calendar_api.conftest import errors_of


def test_an_empty_calendar_answers_an_empty_list(alice):
    assert alice.get("events").json() == {"items": [], "timeZone": "UTC"}


def test_touching_the_window_is_not_being_in_it(alice):
    alice.creates_at("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z", summary="ends as it begins")
    alice.creates_at("2026-12-01T09:00:00Z", "2026-12-01T10:00:00.000001Z", summary="reaches in")
    alice.creates_at("2026-12-01T10:15:00Z", "2026-12-01T10:30:00Z", summary="inside")
    alice.creates_at("2026-12-01T08:00:00Z", "2026-12-01T12:00:00Z", summary="around")
    alice.creates_at("2026-12-01T10:59:59.999999Z", "2026-12-01T12:00:00Z", summary="begins inside")
    alice.creates_at("2026-12-01T11:00:00Z", "2026-12-01T12:00:00Z", summary="begins as it ends")
    window = {"timeMin": "2026-12-01T10:00:00Z", "timeMax": "2026-12-01T12:00:00+01:00"}
    assert alice.lists(**window) == ["around", "reaches in", "inside", "begins inside"]


def test_either_bound_may_be_left_out(alice):
    alice.creates_at("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z", summary="a")
    alice.creates_at("2026-12-02T09:00:00Z", "2026-12-02T10:00:00Z", summary="b")
    assert alice.lists(timeMin="2026-12-02T00:00:00Z") == ["b"]
    assert alice.lists(timeMax="2026-12-02T00:00:00Z") == ["a"]
    assert alice.lists() == ["a", "b"]


def test_an_event_of_a_whole_year_is_found_on_its_last_day(alice):
    alice.creates_at("2026-01-01T00:00:00Z", "2027-01-02T00:00:00Z", summary="timed")
    alice.creates_at("2026-01-01", "2027-01-02", summary="all day")
    assert sorted(alice.lists(timeMin="2027-01-01T23:59:00Z", timeMax="2027-01-05T00:00:00Z")) == ["all day", "timed"]


@pytest.mark.parametrize(
    ("zone", "time_min", "time_max", "found"),
    [
        ("UTC", "2026-12-02T00:00:00Z", "2026-12-03T00:00:00Z", True),
        ("UTC", "2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z", False),
        ("UTC", "2026-12-03T00:00:00Z", "2026-12-04T00:00:00Z", False),
        ("UTC", "2026-12-02T23:59:59Z", "2026-12-04T00:00:00Z", True),
        ("Asia/Tokyo", "2026-12-01T15:00:00Z", "2026-12-01T15:00:01Z", True),
        ("Asia/Tokyo", "2026-12-02T15:00:00Z", "2026-12-02T15:00:01Z", False),
        ("America/Lima", "2026-12-03T04:59:59Z", "2026-12-03T05:00:00Z", True),
        ("America/Lima", "2026-12-02T04:59:59Z", "2026-12-02T05:00:00Z", False),
    ],
)
def test_an_all_day_event_lasts_from_midnight_to_midnight_in_the_lists_zone(alice, zone, time_min, time_max, found):
    alice.creates_at("2026-12-02", "2026-12-03", summary="all day")
    assert alice.lists(timeZone=zone, timeMin=time_min, timeMax=time_max) == (["all day"] if found else [])


def test_all_day_and_timed_events_are_in_one_order(alice):
    alice.creates_at("2026-12-01T23:30:00Z", "2026-12-02T00:30:00Z", summary="late")
    alice.creates_at("2026-12-02", "2026-12-03", summary="day")
    alice.creates_at("2026-12-02T01:00:00Z", "2026-12-02T02:00:00Z", summary="early")
    assert alice.lists() == ["late", "day", "early"]
    assert alice.lists(timeZone="Europe/Berlin") == ["day", "late", "early"]
    assert alice.lists(timeZone="America/Lima") == ["late", "early", "day"]
    assert alice.get("events", query={"timeZone": "America/Lima"}).json()["timeZone"] == "America/Lima"


def test_what_starts_at_once_is_ordered_by_id(alice):
    for one in ("ccccc", "aaaaa", "bbbbb"):
        alice.creates_at("2026-12-02T00:00:00Z", "2026-12-02T01:00:00Z", id=one, summary=one)
    alice.creates_at("2026-12-02", "2026-12-03", id="aaaab", summary="aaaab")
    assert alice.lists() == ["aaaaa", "aaaab", "bbbbb", "ccccc"]


def test_pages_have_every_event_once_and_in_order(alice):
    draw = random.Random(3)  # noqa: S311 - the same calendar every time
    for number in range(40):
        day = date(2026, 12, draw.randint(1, 4))
        if number % 3:
            hour = draw.choice([0, 0, 5, 23])
            alice.creates_at(f"{day}T{hour:02}:00:00Z", f"{day}T{hour:02}:30:00Z", summary=str(number))
        else:
            alice.creates_at(str(day), str(day + timedelta(days=1)), summary=str(number))
    for zone in ("UTC", "Asia/Tokyo", "America/Lima"):
        whole = alice.lists(timeZone=zone)
        assert len(whole) == 40
        for size in (1, 7, 39, 40):
            pages = alice.all_pages(timeZone=zone, maxResults=size)
            assert list(itertools.chain(*pages)) == whole
            assert [len(page) for page in pages[:-1]] == [size] * (len(pages) - 1)


def test_the_last_page_has_no_token(alice):
    for _ in range(2):
        alice.creates()
    assert "nextPageToken" not in alice.get("events", query={"maxResults": 2}).json()
    assert alice.all_pages(maxResults=1) == [["Choir rehearsal"]] * 2


def test_events_added_between_pages_neither_repeat_nor_vanish(alice):
    for hour in range(1, 7):
        alice.creates_at(f"2026-12-01T0{hour}:00:00Z", f"2026-12-01T0{hour}:30:00Z", summary=str(hour))
    first = alice.get("events", query={"maxResults": 3}).json()
    alice.creates_at("2026-12-01T00:00:00Z", "2026-12-01T00:30:00Z", summary="before")
    alice.creates_at("2026-12-01T04:15:00Z", "2026-12-01T04:45:00Z", summary="behind")
    alice.delete(f"events/{first['items'][2]['id']}")
    assert alice.lists(maxResults=3, pageToken=first["nextPageToken"]) == ["4", "behind", "5"]


def test_50_events_a_page_unless_asked_otherwise_and_250_at_most(alice):
    alice.creates()
    one = Event.objects.values().get()
    Event.objects.bulk_create(Event(**{**one, "id": None, "event_id": f"copy{n:04}"}) for n in range(259))
    assert len(alice.lists()) == 50
    assert [len(page) for page in alice.all_pages(maxResults=250)] == [250, 10]


@pytest.mark.parametrize("value", ["0", "251", "-1", "+5", "5.0", " 5", "5 ", "1_0", "٥", "", "five", "9" * 5000], ids=lambda v: v[:9])
def test_max_results_is_a_whole_number_from_1_to_250(alice, value):
    assert errors_of(alice.get("events", query={"maxResults": value})) == {"maxResults": "invalid"}


def test_order_by_takes_start_time_only(alice):
    assert alice.lists(orderBy="startTime") == []
    for value in ("updated", "starttime", "startTime\n", ""):
        assert errors_of(alice.get("events", query={"orderBy": value})) == {"orderBy": "invalid_choice"}


@pytest.mark.parametrize("bound", ["timeMin", "timeMax"])
def test_a_bound_needs_its_offset(alice, bound):
    assert errors_of(alice.get("events", query={bound: "2026-12-01T00:00:00"})) == {bound: "offset_missing"}
    assert errors_of(alice.get("events", query={bound: "2026-12-01"})) == {bound: "invalid_date_time"}


@pytest.mark.parametrize("offset", ["+23:59", "-23:59"])
def test_a_bound_may_have_any_offset(alice, offset):
    alice.creates_at("2026-12-01T00:00:00Z", "2026-12-01T01:00:00Z", summary="a")
    assert alice.lists(timeMin=f"2026-11-29T00:00:00{offset}", timeMax=f"2026-12-03T00:00:00{offset}") == ["a"]
    assert alice.lists(timeMin=f"1970-01-01T00:00:00{offset}", timeMax=f"2199-12-31T23:59:59{offset}") == ["a"]


def test_a_plus_that_became_a_blank_is_explained(alice):
    response = alice.get("/calendar/v1/events?timeMin=2026-12-01T00:00:00+01:00")
    assert errors_of(response) == {"timeMin": "invalid_date_time"}
    assert "%2B" in response.json()["errors"][0]["detail"]


@pytest.mark.parametrize("latest", ["2026-12-01T00:00:00Z", "2026-12-01T00:30:00+01:00", "2026-11-01T00:00:00Z"])
def test_an_empty_window_is_refused(alice, latest):
    assert errors_of(alice.get("events", query={"timeMin": "2026-12-01T00:00:00Z", "timeMax": latest})) == {"timeMax": "empty_window"}


def test_unknown_and_repeated_parameters_are_refused_all_at_once(alice):
    response = alice.get(
        "/calendar/v1/events?timeMin=2026-12-01T00:00:00Z&timeMin=2026-12-02T00:00:00Z&showDeleted=true&q=choir&maxResults=0"
    )
    assert errors_of(response) == {"timeMin": "repeated", "showDeleted": "unknown_field", "q": "unknown_field", "maxResults": "invalid"}


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE", "POST"])
def test_other_endpoints_take_no_parameters(alice, method):
    path = "events" if method == "POST" else f"events/{alice.creates()['id']}"
    response = alice(method, path, {}, query={"sendUpdates": "all"})
    assert errors_of(response) == {"sendUpdates": "unknown_field"}


# ---- Page tokens --------------------------------------------------------------------------------------------------------


@pytest.fixture
def token(alice):
    alice.creates()
    alice.creates()
    return alice.get("events", query=QUERY).json()["nextPageToken"]


QUERY = {"maxResults": "1", "timeMin": "2026-11-01T00:00:00Z", "timeMax": "2026-12-01T00:00:00Z", "timeZone": "UTC"}


def test_a_page_token_goes_on_where_the_page_ended(alice, token):
    assert len(alice.lists(**QUERY, pageToken=token)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"timeMin": "2026-11-02T00:00:00Z"},
        {"timeMax": "2026-12-02T00:00:00Z"},
        {"timeZone": "Europe/Berlin"},
        {"orderBy": "startTime"},
        {"maxResults": "2"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_page_token_is_bound_to_its_parameters(alice, token, change):
    assert errors_of(alice.get("events", query={**QUERY, **change, "pageToken": token})) == {"pageToken": "foreign_page_token"}


def test_a_page_token_of_another_owner_or_of_our_own_making_is_refused(alice, bob, token):
    from django.core.signing import Signer

    for caller, one in (
        (bob, token),
        (alice, token[:-1]),
        (alice, "x" + token),
        (alice, Signer().sign_object(["2026-11-23T17:30:00+00:00", "aaaaa"])),
        (alice, ":"),
        (alice, ""),
        (alice, "é\x00"),
    ):
        assert errors_of(caller.get("events", query={**QUERY, "pageToken": one})).keys() == {"pageToken"}


# ---- Cost ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 120])
def test_a_list_costs_three_queries(alice, count, django_assert_num_queries):
    alice.creates()
    one = Event.objects.values().get()
    Event.objects.bulk_create(Event(**{**one, "id": None, "event_id": f"copy{n:04}"}) for n in range(count))
    with django_assert_num_queries(3):
        alice.get("events", query={"timeMin": "2026-11-01T00:00:00Z", "timeMax": "2026-12-01T00:00:00Z"})


@pytest.fixture
def many_days(alice):
    """Alice has days and ten others have times, all mixed up: what a database knows of the whole table is not true of her."""
    moments = ("2026-01-01", "2026-01-02"), ("2026-01-01T09:00:00Z", "2026-01-01T10:00:00Z")
    rows: list[dict[str, Any]] = [dict(Event.objects.values().get(event_id=alice.creates_at(*both)["id"])) for both in moments]
    day, time = rows
    others = [Calendar.objects.create(issuer="https://other.example/", subject=str(n)) for n in range(10)]
    copies = []
    for n in range(6000):
        row = {**time, "calendar_id": others[n % 10].pk} if n % 11 else day
        moved = {name: row[name] + timedelta(days=n * 7919 % 360) for name in TIMES if row[name]}
        copies.append(Event(**{**row, **moved, "id": None, "event_id": f"copy{n:04}"}))
    Event.objects.bulk_create(copies)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return alice


TIMES = ("start_instant", "end_instant", "start_date", "end_date")


@pytest.mark.parametrize("pages", [1, 2])
@pytest.mark.parametrize("query", [{}, {"timeMin": "2026-01-01T00:00:00Z", "timeMax": "2027-01-01T00:00:00Z"}], ids=["all", "a year"])
def test_no_page_is_made_by_sorting_a_calendar(many_days, query, pages):
    query = {**query, "maxResults": "5"}
    for _ in range(pages):
        with CaptureQueriesContext(connection) as queries:
            answer = many_days.get("events", query=query).json()
        query["pageToken"] = answer["nextPageToken"]
    walks = [each["sql"] for each in queries if "ORDER BY" in each["sql"]]
    assert len(walks) == 2
    for sql in walks:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql}")
            plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
        assert "in_order" in plan, plan
        assert not re.search(r"Sort|B-TREE", plan), plan


# ---- Midnights ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "zone", ["Pacific/Apia", "Africa/Cairo", "America/Sao_Paulo", "Asia/Beirut", "America/Havana", "Europe/Berlin", "UTC"]
)
def test_a_later_day_begins_later_in_every_zone(zone):
    there = ZoneInfo(zone)
    days = [date(2009, 1, 1) + timedelta(days=n) for n in range(366 * 4)]
    begins = [midnight(day, there) for day in days]
    assert all(earlier < later for earlier, later in itertools.pairwise(begins))
    for day, instant in zip(days, begins, strict=True):
        assert last_day_begun(instant, there) == day
        assert last_day_begun(instant - timedelta(microseconds=1), there) == day - timedelta(days=1)


def test_pages_are_whole_where_a_zone_skipped_a_day(alice):
    for day in (29, 30, 31):
        for letter in "ab":
            name = f"{letter}{day}{letter}{day}"
            alice.creates_at(f"2011-12-{day}", str(datetime(2011, 12, day).date() + timedelta(days=1)), id=name, summary=name)
    whole = alice.lists(timeZone="Pacific/Apia")
    assert sorted(whole) == sorted(["a29a29", "b29b29", "a30a30", "b30b30", "a31a31", "b31b31"])
    for size in (1, 2, 3):
        assert list(itertools.chain(*alice.all_pages(timeZone="Pacific/Apia", maxResults=size))) == whole
