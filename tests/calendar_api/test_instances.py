"""The instances of series: in windows and pages, and one by one, changed or cancelled (RFC 5545 sections 3.3.10 and 3.8.4.4)."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calendar_api import quotas
from calendar_api.models import Calendar, Event, StoredSeries
from tests.calendar_api.conftest import assert_problem, errors_of, ids, starts

WINDOW = {"timeMin": "2026-10-01T00:00:00Z", "timeMax": "2026-12-01T00:00:00Z"}
EXPANDED = {**WINDOW, "singleEvents": "true"}


@pytest.fixture
def series(alice):
    """Mondays at ten in Berlin from 19 October 2026 on: across the end of daylight-saving time, without end."""
    return alice.creates_series(id="series1")


@pytest.fixture
def third(alice, series):
    """The path of the third instance."""
    return f"events/{series['id']}/instances/20261102T100000"


# ---- Expanded lists -------------------------------------------------------------------------------------------------------


def test_a_meeting_stays_at_ten_across_the_end_of_daylight_saving_time(alice, series):
    assert starts(alice.instances(time_max="2026-11-03T00:00:00Z")) == [
        "2026-10-19T10:00:00+02:00",
        "2026-10-26T10:00:00+01:00",
        "2026-11-02T10:00:00+01:00",
    ]


def test_an_instance_is_like_its_series_but_for_its_time_and_its_names(alice):
    series = alice.creates_series(id="series1", summary="s", description="d", location="l", geo={"lat": 1, "lon": 2}, status="tentative")
    (instance,) = alice.instances(time_min="2026-10-26T00:00:00Z", time_max="2026-10-27T00:00:00Z")
    start = {"dateTime": "2026-10-26T10:00:00+01:00", "timeZone": "Europe/Berlin"}
    assert instance == {
        **{name: value for name, value in series.items() if name != "recurrence"},
        "id": "series1_20261026T100000",
        "recurringEventId": "series1",
        "originalStartTime": start,
        "start": start,
        "end": {"dateTime": "2026-10-26T11:00:00+01:00", "timeZone": "Europe/Berlin"},
        "etag": '"v1.0"',
    }


def test_an_instance_of_whole_days_has_days_and_a_day_for_its_key(alice):
    alice.creates_series("RRULE:FREQ=MONTHLY", id="series1", start="2026-10-31", end="2026-11-02")
    (_, instance) = alice.instances(time_max="2027-01-01T00:00:00Z")
    assert (instance["id"], instance["originalStartTime"]) == ("series1_20261231", {"date": "2026-12-31"})
    assert (instance["start"], instance["end"]) == ({"date": "2026-12-31"}, {"date": "2027-01-02"})


def test_an_instance_lasts_exactly_as_long_as_the_first_rfc5545_section_3_8_5_3(alice):
    alice.creates_series("RRULE:FREQ=DAILY", start="2026-10-24T22:00:00", end="2026-10-25T06:00:00")
    first, second = alice.instances(time_min="2026-10-24T12:00:00Z", time_max="2026-10-26T12:00:00Z")
    assert (first["end"]["dateTime"], second["end"]["dateTime"]) == ("2026-10-25T06:00:00+01:00", "2026-10-26T07:00:00+01:00")


def test_touching_the_window_is_not_being_in_it(alice, series):
    for time_min, time_max, found in (
        ("2026-10-26T10:00:00Z", "2026-11-02T09:00:00Z", []),
        ("2026-10-26T09:59:59.999999Z", "2026-11-02T09:00:00Z", ["20261026T100000"]),
        ("2026-10-26T10:00:00Z", "2026-11-02T09:00:00.000001Z", ["20261102T100000"]),
        ("2026-10-26T09:30:00Z", "2026-10-26T09:40:00Z", ["20261026T100000"]),
    ):
        for path in ("events", "events/series1/instances"):
            assert ids(alice.instances(path, time_min=time_min, time_max=time_max)) == [f"series1_{key}" for key in found]


def test_a_series_that_began_years_ago_is_in_todays_window(alice):
    alice.creates_series("RRULE:FREQ=WEEKLY", start="1970-01-05T10:00:00", end="1970-01-05T11:00:00")
    alice.creates_series("RRULE:FREQ=WEEKLY;COUNT=1000", start="2010-01-04T12:00:00", end="2010-01-04T13:00:00")
    assert starts(alice.instances(time_min="2026-11-23T00:00:00Z", time_max="2026-11-24T00:00:00Z")) == [
        "2026-11-23T10:00:00+01:00",
        "2026-11-23T12:00:00+01:00",
    ]


def test_an_instance_that_began_long_before_the_window_reaches_into_it(alice):
    alice.creates_series("RRULE:FREQ=YEARLY", start="2020-03-01T00:00:00", end="2021-03-01T00:00:00")
    assert starts(alice.instances(time_min="2026-02-01T00:00:00Z", time_max="2026-02-02T00:00:00Z")) == ["2025-03-01T00:00:00+01:00"]


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [("UTC", "20261201", "20261202"), ("Asia/Tokyo", "20261201", "20261203"), ("America/Lima", "20261130", "20261202")],
)
def test_days_begin_at_midnight_in_the_lists_zone(alice, zone, first, last):
    alice.creates_series("RRULE:FREQ=DAILY", id="series1", start="2026-11-01", end="2026-11-02")
    bounds = {"time_min": "2026-12-01T00:00:00Z", "time_max": "2026-12-02T23:30:00Z", "timeZone": zone}
    for path in ("events", "events/series1/instances"):
        found = ids(alice.instances(path, **bounds))
        assert (found[0], found[-1]) == (f"series1_{first}", f"series1_{last}")


def test_all_is_in_one_order(alice):
    alice.creates_series("RRULE:FREQ=WEEKLY", id="bbbbb", start="2026-10-19T02:00:00", end="2026-10-19T03:00:00")
    alice.creates_series("RRULE:FREQ=WEEKLY", id="aaaaa", start="2026-10-19T02:00:00", end="2026-10-19T03:00:00")
    alice.creates_series("RRULE:FREQ=DAILY", id="dates", start="2026-10-19", end="2026-10-20")
    alice.creates_at("2026-10-19T00:00:00Z", "2026-10-19T00:30:00Z", id="abcde")
    alice.patch("events/bbbbb_20261026T020000", {"start": {"dateTime": "2026-10-19T02:00:00"}, "end": {"dateTime": "2026-10-19T02:30:00"}})
    day = {"time_min": "2026-10-19T00:00:00Z", "time_max": "2026-10-20T00:00:00Z"}
    whole = ["aaaaa_20261019T020000", "abcde", "bbbbb_20261019T020000", "bbbbb_20261026T020000", "dates_20261019"]
    assert ids(alice.instances(**day)) == whole
    assert ids(alice.instances(**day, timeZone="Europe/Berlin")) == ["dates_20261019", *whole[:-1], "dates_20261020"]


def test_pages_have_every_instance_once_and_in_order(alice):
    for n, rule in enumerate(("DAILY", "DAILY;INTERVAL=2", "WEEKLY;BYDAY=MO,TH", "MONTHLY;BYDAY=MO,TH;BYSETPOS=1")):
        alice.creates_series(f"RRULE:FREQ={rule}", start="2026-10-01T10:00:00", end="2026-10-01T11:00:00", id=f"series{n}")
    alice.creates_series("RRULE:FREQ=DAILY", start="2026-10-01", end="2026-10-03", id="dates")
    for day in range(1, 20):
        alice.creates_at(f"2026-10-{day:02}T08:00:00Z", f"2026-10-{day:02}T09:00:00Z")
    alice.patch("events/series0_20261010T100000", {"end": {"dateTime": "2026-10-10T12:00:00"}})
    alice.patch("events/series0_20261011T100000", {"start": {"dateTime": "2026-10-05T10:00:00"}})
    alice.delete("events/series1_20261003T100000")
    window = {**WINDOW, "timeMax": "2026-11-01T00:00:00Z", "timeZone": "Asia/Tokyo"}
    for path, query, count, sizes in (
        ("events", {**window, "singleEvents": "true"}, 31 + 15 + 9 + 1 + 32 + 19, (7, 50, 106, 107)),
        ("events/series0/instances", window, 31, (1, 7, 30, 31)),
    ):
        (whole,) = alice.pages_of_ids(path, **query, maxResults=250)
        assert len(whole) == len(set(whole)) == count
        for size in sizes:
            pages = alice.pages_of_ids(path, **query, maxResults=size)
            assert list(itertools.chain(*pages)) == whole
            assert {len(page) for page in pages[:-1]} <= {size}


def test_pages_are_whole_where_a_zone_skipped_a_day(alice):
    alice.creates_series("RRULE:FREQ=DAILY", id="hours", zone="Pacific/Apia", start="2011-12-28T10:00:00", end="2011-12-28T11:00:00")
    alice.creates_series("RRULE:FREQ=DAILY", id="dates", start="2011-12-28", end="2011-12-29")
    query = {**EXPANDED, "timeMin": "2011-12-28T00:00:00Z", "timeMax": "2012-01-03T00:00:00Z", "timeZone": "Pacific/Apia"}
    items = alice.get("events", query=query).json()["items"]
    assert [one for one in ids(items) if one.startswith("hours")] == [
        f"hours_{day}T100000" for day in ("20111228", "20111229", "20111230", "20111231", "20120101", "20120102", "20120103")
    ]
    assert items[ids(items).index("hours_20111230T100000")]["start"]["dateTime"] == "2011-12-31T10:00:00+14:00"
    for size in (1, 2, 3):
        assert list(itertools.chain(*alice.pages_of_ids("events", **query, maxResults=size))) == ids(items)


def test_what_changes_between_pages_neither_repeats_nor_vanishes(alice, series):
    first = alice.get("events", query={**EXPANDED, "maxResults": 2}).json()
    alice.creates_series(id="earlier", start="2026-10-19T08:00:00", end="2026-10-19T09:00:00")
    alice.patch("events/series1_20261019T100000", {"summary": "Changed"})
    alice.delete("events/series1_20261026T100000")
    alice.delete("events/series1_20261109T100000")
    rest = alice.get("events", query={**EXPANDED, "maxResults": 2, "pageToken": first["nextPageToken"]}).json()
    assert ids(first["items"]) == ["series1_20261019T100000", "series1_20261026T100000"]
    assert ids(rest["items"]) == ["earlier_20261102T080000", "series1_20261102T100000"]


@pytest.mark.parametrize("path", ["events", "events/series1/instances"])
def test_an_instance_that_is_moved_while_a_page_is_read_is_on_it_once(alice, series, path):
    whole = ids(alice.instances(path))
    for number, event_id in enumerate(whole):  # another instance at each query of a page
        queries = itertools.count()

        def move_before(execute, sql, params, many, context, number=number, event_id=event_id, queries=queries):
            if next(queries) == number:
                moved = {"dateTime": f"2026-11-{number + 10}T10:00:00"}, {"dateTime": f"2026-11-{number + 10}T12:00:00"}
                alice.patch(f"events/{event_id}", dict(zip(("start", "end"), moved, strict=True)))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(move_before):
            assert sorted(ids(alice.instances(path))) == whole


def test_expanding_needs_both_bounds_at_most_366_days_apart(alice):
    for given, errors in (
        ({}, {"timeMin": "required", "timeMax": "required"}),
        ({"timeMin": WINDOW["timeMin"]}, {"timeMax": "required"}),
        ({"timeMax": WINDOW["timeMax"]}, {"timeMin": "required"}),
        ({**WINDOW, "timeMax": WINDOW["timeMin"]}, {"timeMax": "empty_window"}),
        ({**WINDOW, "timeMax": "2027-10-02T00:00:00.000001Z"}, {"timeMax": "window_too_long"}),
        ({"timeMin": "x", "timeZone": "y"}, {"timeMin": "invalid_date_time", "timeMax": "required", "timeZone": "unknown_zone"}),
    ):
        assert errors_of(alice.get("events", query={**given, "singleEvents": "true"})) == errors
        assert errors_of(alice.get("events/series1/instances", query=given)) == errors
    assert alice.instances(time_max="2027-10-02T00:00:00Z") == []
    assert alice.lists(timeMin="1970-01-01T00:00:00Z", timeMax="2199-01-01T00:00:00Z") == []


@pytest.mark.parametrize("value", ["True", "1", "yes", "", "true ", "TRUE", "\x00"], ids=repr)
def test_single_events_is_true_or_false(alice, value):
    assert errors_of(alice.get("events", query={**WINDOW, "singleEvents": value})) == {"singleEvents": "invalid"}


def test_a_page_token_is_bound_to_its_list(alice, series):
    alice.creates_series(id="series2")
    lists = [("events", EXPANDED), ("events", WINDOW), ("events/series1/instances", WINDOW), ("events/series2/instances", WINDOW)]
    tokens = [alice.get(path, query={**query, "maxResults": 1}).json()["nextPageToken"] for path, query in lists]
    for (path, query), (n, token) in itertools.product(lists, enumerate(tokens)):
        response = alice.get(path, query={**query, "maxResults": 1, "pageToken": token})
        if lists[n] == (path, query):
            assert response.status_code == 200
        else:
            assert errors_of(response) == {"pageToken": "foreign_page_token"}


# ---- The instances of one series --------------------------------------------------------------------------------------------


def test_a_series_lists_its_own_instances_alone_in_the_form_of_every_list(alice, series):
    alice.creates_series(id="series2")
    alice.creates()
    answer = alice.get("events/series1/instances", query={**WINDOW, "timeZone": "Europe/Berlin", "maxResults": 2}).json()
    assert answer.keys() == {"items", "nextPageToken", "timeZone"}
    assert ids(answer["items"]) == ["series1_20261019T100000", "series1_20261026T100000"]
    assert answer["timeZone"] == "Europe/Berlin"
    assert (
        alice.get("/calandar/v1/events/series1/instances", query=WINDOW).json()
        == alice.get("events/series1/instances", query=WINDOW).json()
    )


def test_other_parameters_are_refused(alice, series):
    query = {**WINDOW, "singleEvents": "true", "orderBy": "startTime", "q": "x"}
    assert errors_of(alice.get("events/series1/instances", query=query)) == dict.fromkeys(["singleEvents", "orderBy", "q"], "unknown_field")


def test_an_event_that_does_not_recur_has_no_instances(alice, bob, series):
    single = alice.creates()
    for caller, event_id, says in (
        (alice, single["id"], "does not recur"),
        (alice, "nosuchevent", "no event with this id"),
        (alice, "series1_20261019T100000", "no event with this id"),
        (bob, "series1", "no event with this id"),
    ):
        assert says in assert_problem(caller.get(f"events/{event_id}/instances", query=WINDOW), 404, "not_found")["detail"]
        for path in (f"events/{event_id}/instances/20261019T100000", f"events/{event_id}_20261019T100000"):
            for method in ("GET", "PATCH", "DELETE"):
                assert says in assert_problem(caller(method, path, {}), 404, "not_found")["detail"]


# ---- One instance -----------------------------------------------------------------------------------------------------------


def test_an_instance_is_found_by_its_original_start_and_by_its_id(alice, alice_reading, series):
    for instance in alice.instances():
        key = instance["id"].partition("_")[2]
        for path in (f"events/{instance['id']}", f"events/series1/instances/{key}", f"/calandar/v1/events/{instance['id']}"):
            response = alice_reading.get(path)
            assert response.json() == instance
            assert response["ETag"] == instance["etag"]
            assert response["Cache-Control"] == "private, no-cache"
            assert alice.get(path, headers={"If-None-Match": instance["etag"]}).status_code == 304
            assert alice.get(path, headers={"If-None-Match": '"v1"'}).status_code == 200


@pytest.mark.parametrize(
    "key",
    [
        "20261103T100000",
        "20261102T100001",
        "20261012T100000",
        "20261102",
        "20261102T1000",
        "20261102T100000Z",
        "20261102t100000",
        "20260230T100000",
        "20261102T250000",
        "00010101T000000",
        "00000101T000000",
        "99991231T235959",
        "22000106T100000",
        "20261102T100000%0A",
        "%00",
        "20261102T10000%00",
        "%ff",
        "%ED%A0%80",
        "%D9%A2%D9%A0261102T100000",
        "2" * 5000,
        "series1",
        "..",
        "_",
        "null",
    ],
    ids=lambda key: key[:20],
)
def test_what_is_no_instance_is_404(alice, series, key):
    for path in (f"events/series1/instances/{key}", f"events/series1_{key}"):
        for method in ("GET", "PATCH", "DELETE"):
            assert_problem(alice(method, path, {"summary": "x"}), 404, "not_found")
    assert Event.objects.count() == 1


def test_a_start_that_the_clocks_skip_is_found_by_its_key_and_shown_later_rfc5545_erratum_4271(alice):
    alice.creates_series("RRULE:FREQ=DAILY", id="series1", start="2026-03-01T02:30:00", end="2026-03-01T03:00:00")
    instance = alice.get("events/series1/instances/20260329T023000").json()
    assert instance["start"] == instance["originalStartTime"] == {"dateTime": "2026-03-29T03:30:00+02:00", "timeZone": "Europe/Berlin"}
    changed = alice.patch("events/series1/instances/20260329T023000", {"summary": "Changed"}).json()
    assert changed == {**instance, "summary": "Changed", "etag": '"v1.1"', "updated": changed["updated"]}
    assert_problem(alice.get("events/series1/instances/20260329T033000"), 404, "not_found")


# ---- Changing one -----------------------------------------------------------------------------------------------------------


def test_a_changed_instance_stands_by_itself(alice, series, third):
    before = alice.get(third).json()
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
    with time_machine.travel(later, tick=False):
        response = alice.patch(third, {"summary": "Concert"})
    assert response.json() == {**before, "summary": "Concert", "etag": '"v1.1"', "updated": f"{later:%Y-%m-%dT%H:%M:%SZ}"}
    assert response["ETag"] == '"v1.1"'
    alice.patch("events/series1", {"summary": "Renamed", "location": "Hall"})
    assert alice.get(third).json() == {**response.json(), "etag": '"v2.1"'}
    others = [one["summary"] for one in alice.instances() if one["id"] != before["id"]]
    assert others == ["Renamed"] * 6


def test_a_moved_instance_is_listed_where_it_is_now(alice, series, third):
    moved = {"start": {"dateTime": "2027-03-02T10:00:00"}, "end": {"dateTime": "2027-03-02T11:00:00"}}
    instance = alice.patch(third, moved).json()
    assert (instance["id"], instance["start"]["dateTime"]) == ("series1_20261102T100000", "2027-03-02T10:00:00+01:00")
    assert instance["originalStartTime"]["dateTime"] == "2026-11-02T10:00:00+01:00"
    for path in ("events", "events/series1/instances"):
        assert instance["id"] not in ids(alice.instances(path))
        there = alice.instances(path, time_min="2027-03-02T00:00:00Z", time_max="2027-03-03T00:00:00Z")
        assert there == [instance]


def test_a_moved_instance_is_listed_also_where_its_series_never_is(alice):
    alice.creates_series("RRULE:FREQ=DAILY;COUNT=2", id="series1")
    alice.patch(
        "events/series1_20261020T100000", {"start": {"dateTime": "2020-01-01T10:00:00"}, "end": {"dateTime": "2020-01-01T11:00:00"}}
    )
    for path in ("events", "events/series1/instances"):
        assert ids(alice.instances(path, time_min="2020-01-01T00:00:00Z", time_max="2020-02-01T00:00:00Z")) == ["series1_20261020T100000"]


def test_an_instance_may_become_a_whole_day(alice, series, third):
    away = {"dateTime": None, "timeZone": None}
    patch = {"start": {**away, "date": "2026-11-03"}, "end": {**away, "date": "2026-11-04"}}
    instance = alice.patch(third, patch).json()
    assert (instance["start"], instance["originalStartTime"]["dateTime"]) == ({"date": "2026-11-03"}, "2026-11-02T10:00:00+01:00")
    assert alice.instances(time_min="2026-11-02T00:00:00Z", time_max="2026-11-05T00:00:00Z") == [instance]


def test_the_result_is_validated_as_an_event_and_recurrence_has_no_place_in_it(alice, series, third):
    before = alice.get(third).json()
    patch = {"recurrence": ["RRULE:FREQ=DAILY"], "summary": "a\nb", "colour": None, "id": "x", "recurringEventId": None}
    response = alice.patch(third, {**patch, "end": {"dateTime": "2026-11-02T09:00:00"}})
    assert errors_of(response) == {
        "recurrence": "recurrence_of_an_instance",
        "summary": "control_character",
        "colour": "unknown_field",
        "id": "read_only",
        "recurringEventId": "read_only",
        "end": "not_after_start",
    }
    assert "series" in response.json()["errors"][0]["detail"]
    assert errors_of(alice.patch(third, {"recurrence": None})) == {"recurrence": "recurrence_of_an_instance"}
    assert errors_of(alice.patch(third, {"originalStartTime": before["originalStartTime"]})) == {"originalStartTime": "read_only"}
    assert errors_of(alice.patch(third, {"status": "cancelled"})) == {"status": "read_only"}
    assert alice.get(third).json() == before
    assert Event.objects.count() == 1


@pytest.mark.parametrize("patch", [{}, {"summary": "Choir rehearsal"}, {"start": {"dateTime": "2026-11-02T10:00:00"}}], ids=str)
def test_a_patch_that_changes_nothing_leaves_the_instance_to_its_series(alice, series, third, patch):
    before = alice.get(third).json()
    assert alice.patch(third, patch).json() == before
    assert Event.objects.count() == 1
    changed = alice.patch(third, {"location": "Hall"}).json()
    assert alice.patch(third, patch).json() == changed


def test_the_sequence_counts_the_instances_own_changes_of_time_and_status_rfc5545_section_3_8_7_4(alice, series, third):
    alice.patch("events/series1", {"status": "tentative"})
    assert alice.patch(third, {"summary": "Another name"}).json()["sequence"] == 1
    assert alice.patch(third, {"end": {"dateTime": "2026-11-02T12:00:00"}}).json()["sequence"] == 2
    assert alice.patch(third, {"status": "confirmed"}).json()["sequence"] == 3
    assert alice.get("events/series1").json()["sequence"] == 1
    moved_at_once = alice.patch("events/series1_20261109T100000", {"end": {"dateTime": "2026-11-09T12:00:00"}}).json()
    assert moved_at_once["sequence"] == 2


def test_an_instance_is_changed_by_its_id_too(alice, series, third):
    changed = alice.patch("events/series1_20261102T100000", {"summary": "Changed"})
    assert alice.get(third).json() == changed.json()
    assert alice.delete("events/series1_20261102T100000").status_code == 204
    assert alice.get(third).status_code == 404


# ---- Cancelling one ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_changed_before", [False, True])
def test_a_cancelled_instance_is_204_and_then_404_everywhere(alice, series, third, is_changed_before):
    if is_changed_before:
        alice.patch(third, {"description": "tooth"})
    response = alice.delete(third)
    assert (response.status_code, response.content) == (204, b"")
    for method in ("GET", "PATCH", "DELETE"):
        assert_problem(alice(method, third, {"summary": "x"}), 404, "not_found")
        assert_problem(alice(method, "events/series1_20261102T100000", {"summary": "x"}), 404, "not_found")
    for path in ("events", "events/series1/instances"):
        assert len(alice.instances(path)) == 6
        assert "series1_20261102T100000" not in ids(alice.instances(path))
    left = Event.objects.values("summary", "description", "start_instant", "status").get(original="20261102T100000")
    assert list(left.values()) == ["", "", None, "cancelled"]


def test_a_change_of_the_series_does_not_bring_a_cancelled_instance_back(alice, series, third):
    alice.delete(third)
    alice.patch("events/series1", {"summary": "Renamed", "recurrence": ["RRULE:FREQ=DAILY"]})
    assert_problem(alice.get(third), 404, "not_found")
    assert "series1_20261102T100000" not in ids(alice.instances())


# ---- Preconditions ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("if_match", ['"v1.0"', '"v9", "v1.0"', "*"])
def test_the_version_meant_is_changed(alice, series, third, if_match):
    assert alice.patch(third, {"summary": "New"}, headers={"If-Match": if_match}).status_code == 200
    assert alice.patch(third, {"summary": "Newer"}, headers={"If-Match": '"v1.1"'}).status_code == 200
    assert alice.delete(third, headers={"If-Match": '"v1.2"'}).status_code == 204


@pytest.mark.parametrize("if_match", ['"v1"', '"v1.1"', 'W/"v1.0"', "v1.0", "", '"v1.0'])
def test_another_version_is_412_and_nothing_changes_rfc9110_section_13_1_1(alice, series, third, if_match):
    assert_problem(alice.patch(third, {"summary": "New"}, headers={"If-Match": if_match}), 412, "precondition_failed")
    assert_problem(alice.delete(third, headers={"If-Match": if_match}), 412, "precondition_failed")
    assert Event.objects.count() == 1


def test_a_change_of_the_series_is_a_new_version_of_every_instance(alice, series, third):
    alice.patch("events/series1", {"summary": "Renamed"})
    assert_problem(alice.patch(third, {"summary": "New"}, headers={"If-Match": '"v1.0"'}), 412, "precondition_failed")
    assert alice.patch(third, {"summary": "New"}, headers={"If-Match": '"v2.0"'}).json()["etag"] == '"v2.1"'


def test_without_the_header_428_where_it_is_mandatory_rfc6585_section_3(alice, series, third, settings):
    settings.REQUIRE_IF_MATCH = True
    assert_problem(alice.patch(third, {"summary": "New"}), 428, "precondition_required")
    assert_problem(alice.delete(third), 428, "precondition_required")
    assert alice.delete(third, headers={"If-Match": "*"}).status_code == 204


# ---- Quota ------------------------------------------------------------------------------------------------------------------


def test_one_changed_instance_too_many_is_403_without_a_challenge(alice, series, third, monkeypatch):
    monkeypatch.setattr(quotas, "MOST_OWN_INSTANCES", 2)
    alice.patch("events/series1_20261019T100000", {"summary": "Changed"})
    alice.delete("events/series1_20261026T100000")
    for response in (alice.patch(third, {"summary": "Changed"}), alice.delete(third)):
        assert_problem(response, 403, "too_many_changed_instances")
        assert "WWW-Authenticate" not in response
    assert alice.patch(third, {}).status_code == 200
    assert alice.patch("events/series1_20261019T100000", {"summary": "Again"}).status_code == 200
    assert alice.delete("events/series1_20261019T100000").status_code == 204
    alice.creates_series(id="series2")
    assert alice.delete("events/series2_20261102T100000").status_code == 204


def test_changed_instances_are_no_events_for_the_quota(alice, series, third, monkeypatch):
    monkeypatch.setattr(quotas, "MOST_EVENTS", 1)
    alice.patch(third, {"summary": "Changed"})
    alice.delete("events/series1_20261026T100000")
    assert Calendar.objects.values_list("event_count", "series_count").get() == (1, 1)


# ---- The first and the last year ----------------------------------------------------------------------------------------------


def test_a_series_lasts_to_the_end_of_the_calendar_and_no_longer(alice):
    alice.creates_series("RRULE:FREQ=DAILY", id="series1", start="1970-01-01T20:00:00", end="1970-01-02T08:00:00")
    alice.creates_series("RRULE:FREQ=DAILY", id="dates", start="1970-01-01", end="1970-01-02")
    alice.creates_series("RRULE:FREQ=DAILY", id="short", zone="Pacific/Kiritimati", start="1970-01-01T20:00:00", end="1970-01-01T21:00:00")
    first = alice.instances(time_min="1970-01-01T00:00:00+23:59", time_max="1970-01-02T00:00:00Z", timeZone="Pacific/Kiritimati")
    assert ids(first) == ["dates_19700101", "series1_19700101T200000"]
    last = {"time_min": "2199-12-29T00:00:00Z", "time_max": "2199-12-31T23:59:59-23:59"}
    found = ids(alice.instances(**last, maxResults=250))
    assert [max(one for one in found if one.startswith(name)) for name in ("series1", "dates", "short")] == [
        "series1_21991230T200000",  # the next one ends in 2200, which nobody can write
        "dates_21991230",
        "short_21991231T200000",
    ]
    assert_problem(alice.get("events/series1/instances/21991231T200000"), 404, "not_found")
    assert alice.patch("events/series1/instances/21991230T200000", {"summary": "Last"}).status_code == 200
    assert alice.lists(timeMin="2199-12-31T23:00:00Z")


def test_a_rule_that_would_go_on_after_the_calendars_end_stops_with_it(alice):
    alice.creates_series("RRULE:FREQ=YEARLY;INTERVAL=400;COUNT=1000", id="series1")
    alice.creates_series("RRULE:FREQ=DAILY;UNTIL=99991231T235959Z", id="series2")
    alice.creates_series("RRULE:FREQ=DAILY;UNTIL=99991231", id="series3", start="2026-12-24", end="2027-12-24")
    assert len(alice.instances()) == 1 + 43
    assert ids(alice.get("events", query={"timeMin": "2199-12-31T00:00:00Z"}).json()["items"]) == ["series2", "series3"]
    assert ids(alice.instances(time_min="2199-01-01T00:00:00Z", time_max="2199-12-31T23:59:59Z", maxResults=1)) == ["series3_21980102"]
    assert ids(alice.instances("events/series2/instances", time_min="2199-12-31T00:00:00Z", time_max="2199-12-31T23:59:59Z")) == [
        "series2_21991231T100000"
    ]


# ---- Cost -------------------------------------------------------------------------------------------------------------------


def copies(of, number, *, start):
    """That many more series like the one with the id `of`, each with one changed instance."""
    event = Event.objects.values().get(event_id=of, original="")
    stored = StoredSeries.objects.values().get(event_id=event["id"])
    events = Event.objects.bulk_create(Event(**{**event, "id": None, "event_id": f"copy{n:05}"}) for n in range(start, start + number))
    StoredSeries.objects.bulk_create(StoredSeries(**{**stored, "event_id": one.pk}) for one in events)
    Event.objects.bulk_create(
        Event(**{**event, "id": None, "kind": "instance", "event_id": one.event_id, "master_id": one.pk, "original": "20261102T100000"})
        for one in events
    )


@pytest.mark.parametrize("path", ["events", "events/series1/instances"])
def test_a_page_costs_the_same_queries_whatever_there_is(alice, series, third, path):
    alice.patch(third, {"summary": "Changed"})
    queries: list[int] = []
    for number in (3, 197):
        copies("series1", number, start=len(queries) * 3)
        with CaptureQueriesContext(connection) as captured:
            assert alice.instances(path, maxResults=200)
        queries.append(len(captured))
    assert queries[0] == queries[1] <= 7


def test_a_list_of_series_costs_three_queries(alice, series, django_assert_num_queries):
    copies("series1", 60, start=0)
    with django_assert_num_queries(3):
        assert len(alice.lists(maxResults=250)) == 61


def test_days_of_every_zone_are_where_midnight_is(alice):
    alice.creates_series("RRULE:FREQ=DAILY", id="dates", start="2026-10-01", end="2026-10-02")
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu"):
        items = alice.instances(time_min="2026-10-10T00:00:00Z", time_max="2026-10-11T00:00:00Z", timeZone=zone)
        assert len(items) == 2
        assert [date.fromisoformat(day) - date(2026, 10, 10) for day in starts(items)] in (
            [timedelta(0), timedelta(1)],
            [timedelta(-1), timedelta(0)],
        )
