"""Recurring events as a whole: creating, changing, deleting and listing a series (RFC 5545 section 3.8.5)."""

import itertools
import json

import pytest

from calendar_api import quotas
from calendar_api.models import Calendar, Event, StoredSeries
from tests.calendar_api.conftest import REHEARSAL, assert_problem, errors_of, ids, starts

WEEKLY = ["RRULE:FREQ=WEEKLY"]
GAP = "2026-03-29T02:30:00"  # the clocks of Berlin go from 02:00 to 03:00 that night


def refused(alice, **changes):
    """`{field: code}` of the answer to creating the rehearsal with these changes."""
    return errors_of(alice.post("events", {**REHEARSAL, **changes}))


def berlin(local):
    return {"dateTime": local, "timeZone": "Europe/Berlin"}


# ---- Creating -------------------------------------------------------------------------------------------------------------


def test_a_series_is_answered_with_its_recurrence_in_canonical_form(alice):
    sent = ["exdate:20261026T090000z", "rrule:byday=mo;freq=weekly;interval=1"]
    series = alice.creates_series(*sent)
    assert series["recurrence"] == ["RRULE:FREQ=WEEKLY;BYDAY=MO", "EXDATE;TZID=Europe/Berlin:20261026T100000"]
    assert alice.get(f"events/{series['id']}").json() == series
    assert (series["start"], series["etag"], series["sequence"]) == (berlin("2026-10-19T10:00:00+02:00"), '"v1"', 0)


@pytest.mark.parametrize("nothing", [[], None], ids=repr)
def test_without_lines_an_event_is_a_single_one_and_says_nothing_of_recurrence(alice, nothing):
    event = alice.post("events", {**REHEARSAL, "recurrence": nothing}).json()
    assert event.keys() == alice.creates().keys()
    assert event.keys().isdisjoint({"recurrence", "recurringEventId", "originalStartTime"})
    assert not StoredSeries.objects.exists()


def test_days_recur_without_a_zone(alice):
    series = alice.creates_series("RRULE:FREQ=YEARLY", "EXDATE;VALUE=DATE:20271125", start="2026-11-25", end="2026-11-26")
    assert series["recurrence"] == ["RRULE:FREQ=YEARLY", "EXDATE;VALUE=DATE:20271125"]


@pytest.mark.parametrize(
    ("recurrence", "errors"),
    [
        ("RRULE:FREQ=WEEKLY", {"recurrence": "invalid_type"}),
        ({}, {"recurrence": "invalid_type"}),
        ("", {"recurrence": "invalid_type"}),
        (False, {"recurrence": "invalid_type"}),
        (0, {"recurrence": "invalid_type"}),
        ([None], {"recurrence": "invalid_type"}),
        ([["RRULE:FREQ=WEEKLY"]], {"recurrence": "invalid_type"}),
        ([{"RRULE": "FREQ=WEEKLY"}], {"recurrence": "invalid_type"}),
        ([5e300], {"recurrence": "invalid_type"}),
        (["EXDATE:20261026T090000Z"], {"recurrence": "rrule_missing"}),
        (["RRULE:FREQ=WEEKLY", "RRULE:FREQ=DAILY"], {"recurrence.1": "rrule_repeated"}),
        (["EXDATE:20261026T090000Z", "RRULE:FREQ=HOURLY"], {"recurrence.1": "unsupported_frequency"}),
        (["RRULE:FREQ=WEEKLY;COUNT=0"], {"recurrence.0": "invalid_value"}),
        (["RRULE:FREQ=WEEKLY;UNTIL=20261231"], {"recurrence.0": "until_kind"}),
        (["RRULE:FREQ=WEEKLY;UNTIL=20270230T000000Z"], {"recurrence.0": "invalid_value"}),
        (["RRULE:FREQ=WEEKLY\nRDATE:20261026T090000Z"], {"recurrence.0": "invalid_line"}),
        (["RRULE:FREQ=WEEKLY\x00"], {"recurrence.0": "invalid_line"}),
        (["RRULE:FREQ=WEEKLY;BYDAY=\ud800"], {"recurrence.0": "invalid_line"}),
        (["RRULE:FREQ=WEEKLY", "x" * 60_000], {"recurrence.1": "invalid_line"}),
        (["RRULE:FREQ=WEEKLY", "EXDATE;TZID=../x:20261026T090000"], {"recurrence.1": "unknown_zone"}),
        (["RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"], {"recurrence": "never_matches"}),
        (["RRULE:FREQ=WEEKLY;BYDAY=TU"], {"recurrence": "start_not_first"}),
        (["RRULE:FREQ=WEEKLY;UNTIL=20260101T000000Z"], {"recurrence": "never_matches"}),
    ],
    ids=lambda value: json.dumps(value)[:60],
)
def test_what_is_wrong_with_the_lines_is_named(alice, recurrence, errors):
    assert refused(alice, recurrence=recurrence) == errors
    path = f"events/{alice.creates()['id']}"
    before = alice.get(path).json()
    assert errors_of(alice.patch(path, {"recurrence": recurrence})) == errors
    assert alice.get(path).json() == before


def test_the_lines_are_named_together_with_all_else_that_is_wrong(alice):
    wrong = {"recurrence": ["RRULE:FREQ=HOURLY"], "summary": 5, "colour": "red"}
    others: dict[str, str] = {"recurrence.0": "unsupported_frequency", "summary": "invalid", "colour": "unknown_field"}
    assert refused(alice, **wrong) == others
    assert refused(alice, **wrong, end=REHEARSAL["start"]) == {**others, "end": "not_after_start"}
    for start, errors in (
        ({"dateTime": "tomorrow"}, {"start.dateTime": "invalid_date_time"}),
        ({"date": "tomorrow"}, {"start.date": "invalid_date"}),
        ({"dateTime": "2026-11-23T18:30:00+01:00"}, {"start.timeZone": "zone_missing"}),
    ):
        assert refused(alice, **wrong, start=start) == {**others, **errors}
    assert refused(alice, **wrong, start=None) == {"start": "null", "summary": "invalid", "colour": "unknown_field"}


def test_a_time_recurs_in_a_zone(alice):
    for start in ("2026-11-23T18:30:00+01:00", "2026-11-23T17:30:00Z"):
        assert refused(alice, recurrence=WEEKLY, start={"dateTime": start}) == {"start.timeZone": "zone_missing"}
    assert refused(alice, recurrence=WEEKLY, start={"dateTime": "2026-11-23T18:30:00", "timeZone": "Berlin"}) == {
        "start.timeZone": "unknown_zone"
    }


def test_a_series_starts_at_a_whole_second(alice):
    start = berlin("2026-11-23T18:30:00.5")
    assert refused(alice, recurrence=WEEKLY, start=start) == {"start.dateTime": "too_precise"}
    single = alice.creates(start=start)
    assert errors_of(alice.patch(f"events/{single['id']}", {"recurrence": WEEKLY})) == {"start.dateTime": "too_precise"}


def test_a_series_starts_at_the_first_of_two_equal_local_times(alice):
    end = berlin("2026-10-25T06:00:00")
    assert refused(alice, recurrence=WEEKLY, start=berlin("2026-10-25T02:30:00+01:00"), end=end) == {"start.dateTime": "second_of_two"}
    for first in ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00"):
        assert alice.creates(recurrence=WEEKLY, start=berlin(first), end=end)["start"] == berlin("2026-10-25T02:30:00+02:00")


def test_a_repeated_create_with_the_same_id_makes_one_series(alice):
    alice.creates_series(id="series1")
    assert_problem(alice.post("events", {**REHEARSAL, "recurrence": WEEKLY, "id": "series1"}), 409, "id_taken")
    assert (StoredSeries.objects.count(), Calendar.objects.get().series_count) == (1, 1)


# ---- Changing -------------------------------------------------------------------------------------------------------------


def test_a_change_of_a_series_is_seen_in_all_its_instances(alice):
    path = f"events/{alice.creates_series()['id']}"
    alice.patch(path, {"summary": "Concert", "end": {"dateTime": "2026-10-19T12:30:00"}})
    for instance in alice.instances():
        assert (instance["summary"], instance["end"]["dateTime"][11:16]) == ("Concert", "12:30")


@pytest.mark.parametrize("end", ["COUNT=5", "UNTIL=20270101T000000Z", "UNTIL=99991231T235959Z"])
def test_a_patch_that_changes_nothing_leaves_the_version(alice, end):
    series = alice.creates_series(f"RRULE:FREQ=WEEKLY;{end}")
    for patch in ({}, {"summary": "Choir rehearsal"}, {"recurrence": series["recurrence"]}, {"recurrence": [f"rrule:{end};freq=weekly"]}):
        assert alice.patch(f"events/{series['id']}", patch).json() == series


def test_the_sequence_counts_changes_of_recurrence_time_and_zone_rfc5545_section_3_8_7_4(alice):
    path = f"events/{alice.creates_series()['id']}"
    assert alice.patch(path, {"summary": "Another name"}).json()["sequence"] == 0
    assert alice.patch(path, {"recurrence": ["RRULE:FREQ=DAILY"]}).json()["sequence"] == 1
    assert alice.patch(path, {"start": {"dateTime": "2026-10-19T09:00:00"}}).json()["sequence"] == 2
    assert alice.patch(path, {"start": {"timeZone": "Europe/Rome"}}).json()["sequence"] == 3
    assert alice.patch(path, {"status": "tentative"}).json()["sequence"] == 4


def test_the_lines_are_replaced_as_a_whole_rfc7396(alice):
    path = f"events/{alice.creates_series(*WEEKLY, 'EXDATE:20261026T090000Z')['id']}"
    assert alice.patch(path, {"recurrence": WEEKLY}).json()["recurrence"] == WEEKLY
    assert "2026-10-26T10:00:00+01:00" in starts(alice.instances())


def test_a_single_event_becomes_a_series_and_back(alice):
    event = alice.creates_series()
    path = f"events/{event['id']}"
    alice.patch(f"{path}/instances/20261026T100000", {"summary": "Changed"})
    for nothing in (None, list[str]()):
        single = alice.patch(path, {"recurrence": nothing}).json()
        assert "recurrence" not in single
        assert ids(alice.instances()) == [event["id"]]
        assert_problem(alice.get(f"{path}/instances/20261026T100000"), 404, "not_found")
        assert (Event.objects.count(), StoredSeries.objects.count(), Calendar.objects.get().series_count) == (1, 0, 0)
        series = alice.patch(path, {"recurrence": WEEKLY}).json()
        assert series["recurrence"] == WEEKLY
        assert Calendar.objects.get().series_count == 1
    assert (series["etag"], series["sequence"]) == ('"v5"', 4)
    assert {one["summary"] for one in alice.instances()} == {"Choir rehearsal"}


def test_a_series_of_times_becomes_one_of_days(alice):
    series = alice.creates_series()
    path = f"events/{series['id']}"
    alice.patch(f"{path}/instances/20261026T100000", {"summary": "Changed"})
    day = {"dateTime": None, "timeZone": None}
    changed = alice.patch(path, {"start": {**day, "date": "2026-10-19"}, "end": {**day, "date": "2026-10-20"}}).json()
    assert changed["recurrence"] == WEEKLY
    assert ids(alice.instances())[:2] == [f"{series['id']}_20261019", f"{series['id']}_20261026"]
    assert Event.objects.count() == 1


def test_a_longer_end_is_the_end_of_the_last_instance_too(alice):
    path = f"events/{alice.creates_series('RRULE:FREQ=WEEKLY;COUNT=2', summary='series')['id']}"
    assert alice.lists(timeMin="2026-11-20T00:00:00Z") == []
    alice.patch(path, {"end": {"dateTime": "2026-11-19T10:00:00"}})
    assert alice.lists(timeMin="2026-11-20T00:00:00Z") == ["series"]
    assert starts(alice.instances(time_min="2026-11-20T00:00:00Z")) == ["2026-10-26T10:00:00+01:00"]


def test_a_series_moves_to_a_start_with_an_offset(alice):
    path = f"events/{alice.creates_series()['id']}"
    moved = {"start": {"dateTime": "2026-10-19T08:00:00+02:00"}}
    assert alice.patch(path, moved).json()["start"] == berlin("2026-10-19T08:00:00+02:00")
    assert starts(alice.instances(time_min="2026-11-09T00:00:00Z", time_max="2026-11-10T00:00:00Z")) == ["2026-11-09T08:00:00+01:00"]


def test_what_was_taken_once_stays_good_while_something_else_changes(alice):
    series = alice.creates_series()
    no_longer_good = ["RRULE:FREQ=WEEKLY;BYDAY=TU"]  # as if an earlier release had taken it
    StoredSeries.objects.update(recurrence=no_longer_good)
    assert alice.patch(f"events/{series['id']}", {"summary": "Changed"}).json()["recurrence"] == no_longer_good
    assert errors_of(alice.patch(f"events/{series['id']}", {"start": {"dateTime": "2026-10-19T08:00:00"}})) == {
        "recurrence": "start_not_first"
    }


def test_changed_instances_that_the_series_no_longer_has_go_and_the_others_stay(alice):
    path = f"events/{alice.creates_series()['id']}"
    alice.patch(f"{path}/instances/20261026T100000", {"summary": "Changed"})
    alice.patch(f"{path}/instances/20261102T100000", {"summary": "Changed too", "start": {"dateTime": "2026-11-02T10:30:00"}})
    alice.delete(f"{path}/instances/20261116T100000")
    alice.patch(path, {"recurrence": ["RRULE:FREQ=WEEKLY;INTERVAL=2"]})
    names = [(one["start"]["dateTime"][5:16], one["summary"]) for one in alice.instances()]
    assert names == [("10-19T10:00", "Choir rehearsal"), ("11-02T10:30", "Changed too"), ("11-30T10:00", "Choir rehearsal")]
    alice.patch(path, {"recurrence": [*WEEKLY, "EXDATE:20261102T090000Z"]})
    assert {one["summary"] for one in alice.instances()} == {"Choir rehearsal"}
    assert Event.objects.filter(kind="instance").values_list("original").get() == ("20261116T100000",)
    alice.patch(path, {"start": {"dateTime": "2026-10-19T09:00:00"}})
    assert not Event.objects.filter(kind="instance").exists()


def test_changed_instances_stay_where_only_the_zone_changes(alice):
    path = f"events/{alice.creates_series()['id']}"
    alice.patch(f"{path}/instances/20261026T100000", {"summary": "Changed"})
    alice.patch(
        path, {"start": {"dateTime": "2026-10-19T10:00:00-05:00", "timeZone": "America/Lima"}, "end": {"dateTime": "2026-10-19T18:00:00"}}
    )
    changed = alice.get(f"{path}/instances/20261026T100000").json()
    assert (changed["summary"], changed["start"]) == ("Changed", berlin("2026-10-26T10:00:00+01:00"))
    assert changed["originalStartTime"] == {"dateTime": "2026-10-26T10:00:00-05:00", "timeZone": "America/Lima"}
    assert len(alice.instances(f"{path}/instances")) == 7


def test_a_first_start_that_the_clocks_skip_moves_alone_rfc5545_erratum_4271(alice):
    series = alice.creates_series("RRULE:FREQ=DAILY", start=GAP, end="2026-03-29T04:00:00")
    window = {"time_min": "2026-03-29T00:00:00Z", "time_max": "2026-03-31T00:00:00Z"}
    assert series["start"] == berlin("2026-03-29T03:30:00+02:00")
    assert ids(alice.instances(**window)) == [f"{series['id']}_20260329T023000", f"{series['id']}_20260330T023000"]
    assert starts(alice.instances(**window)) == ["2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00"]


@pytest.mark.parametrize("of_start", [None, {}, {"dateTime": GAP}, "as it came"], ids=str)
def test_a_patch_that_leaves_a_skipped_start_does_not_move_the_others(alice, of_start):
    series = alice.creates_series("RRULE:FREQ=DAILY", start=GAP, end="2026-03-29T04:00:00")
    start = series["start"] if of_start == "as it came" else of_start
    changed = alice.patch(
        f"events/{series['id']}", {"summary": "Changed", "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"]} | ({"start": start} if start else {})
    )
    assert changed.json()["start"] == series["start"]
    assert starts(alice.instances(time_min="2026-03-29T00:00:00Z", time_max="2026-05-01T00:00:00Z")) == [
        "2026-03-29T03:30:00+02:00",
        "2026-03-30T02:30:00+02:00",
        "2026-03-31T02:30:00+02:00",
    ]


def test_a_patch_may_move_a_skipped_start_to_where_it_was_shown(alice):
    series = alice.creates_series("RRULE:FREQ=DAILY", start=GAP, end="2026-03-29T04:00:00")
    changed = alice.patch(f"events/{series['id']}", {"start": {"dateTime": "2026-03-29T03:30:00"}}).json()
    assert (changed["start"], changed["etag"], changed["sequence"]) == (series["start"], '"v2"', 1)
    assert starts(alice.instances(time_min="2026-03-30T00:00:00Z", time_max="2026-03-31T00:00:00Z")) == ["2026-03-30T03:30:00+02:00"]


def test_the_merged_result_is_what_is_validated(alice):
    series = alice.creates_series("RRULE:FREQ=WEEKLY;BYDAY=MO")
    path = f"events/{series['id']}"
    assert errors_of(alice.patch(path, {"start": {"dateTime": "2026-10-20T10:00:00"}, "end": {"dateTime": "2026-10-20T11:00:00"}})) == {
        "recurrence": "start_not_first"
    }
    assert errors_of(alice.patch(path, {"start": {"timeZone": None}})) == {"start.timeZone": "zone_missing"}
    day = {"dateTime": None, "timeZone": None}
    until = {"recurrence": ["RRULE:FREQ=WEEKLY;UNTIL=20270101T000000Z"]}
    alice.patch(path, until)
    assert errors_of(alice.patch(path, {"start": {**day, "date": "2026-10-19"}, "end": {**day, "date": "2026-10-20"}})) == {
        "recurrence.0": "until_kind"
    }


# ---- Deleting -------------------------------------------------------------------------------------------------------------


def test_a_deleted_series_is_gone_with_all_its_instances_and_its_id_stays_taken(alice):
    alice.creates_series(id="series1", summary="Dentist")
    alice.patch("events/series1/instances/20261026T100000", {"description": "tooth"})
    alice.delete("events/series1/instances/20261102T100000")
    assert alice.delete("events/series1").status_code == 204
    for path in ("events/series1", "events/series1/instances/20261026T100000", "events/series1_20261109T100000"):
        assert_problem(alice.get(path), 404, "not_found")
    assert alice.instances() == []
    left = Event.objects.values("kind", "status", "summary", "description", "start_instant", "original").get()
    assert list(left.values()) == ["single", "cancelled", "", "", None, ""]
    assert not StoredSeries.objects.exists()
    assert Calendar.objects.values_list("event_count", "series_count").get() == (0, 0)
    assert_problem(alice.post("events", {**REHEARSAL, "id": "series1"}), 409, "id_taken")


# ---- Lists of series ------------------------------------------------------------------------------------------------------


def test_a_series_is_one_item_at_its_first_start_and_its_instances_are_none(alice):
    series = alice.creates_series(summary="series")
    alice.patch(f"events/{series['id']}/instances/20261026T100000", {"summary": "changed"})
    alice.creates_at("2026-10-19T07:59:00Z", "2026-10-19T09:00:00Z", summary="before")
    alice.creates_at("2026-10-19T08:01:00Z", "2026-10-19T09:00:00Z", summary="behind")
    for query in ({}, {"singleEvents": "false"}):
        assert alice.lists(**query) == ["before", "series", "behind"]
    assert alice.get("events", query={"maxResults": 2}).json()["items"][1] == alice.get(f"events/{series['id']}").json()


@pytest.mark.parametrize(
    ("lines", "time_min", "time_max", "found"),
    [
        (["RRULE:FREQ=WEEKLY"], "2150-01-01T00:00:00Z", None, True),
        (["RRULE:FREQ=WEEKLY"], None, "2026-10-19T08:00:00Z", False),
        (["RRULE:FREQ=WEEKLY"], None, "2026-10-19T08:00:01Z", True),
        (["RRULE:FREQ=YEARLY"], "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z", True),
        (["RRULE:FREQ=WEEKLY;COUNT=3"], "2026-11-02T09:59:59Z", None, True),
        (["RRULE:FREQ=WEEKLY;COUNT=3"], "2026-11-02T10:00:00Z", None, False),
        (["RRULE:FREQ=WEEKLY;UNTIL=20261102T090000Z"], "2026-11-02T09:30:00Z", None, True),
        (["RRULE:FREQ=WEEKLY;UNTIL=20261102T090000Z"], "2026-12-01T00:00:00Z", None, False),
        (["RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE:20261026T090000Z"], "2026-10-26T09:30:00Z", None, True),
    ],
)
def test_a_series_is_in_the_windows_that_its_time_from_first_to_last_is_in(alice, lines, time_min, time_max, found):
    alice.creates_series(*lines, summary="series")
    bounds = {name: value for name, value in (("timeMin", time_min), ("timeMax", time_max)) if value}
    assert alice.lists(**bounds) == (["series"] if found else [])


@pytest.mark.parametrize(("zone", "found"), [("UTC", False), ("America/Lima", True)])
def test_the_days_of_a_series_end_at_midnight_in_the_lists_zone(alice, zone, found):
    alice.creates_series("RRULE:FREQ=DAILY;COUNT=3", start="2026-12-01", end="2026-12-02", summary="series")
    assert alice.lists(timeZone=zone, timeMin="2026-12-04T00:00:00Z") == (["series"] if found else [])


def test_pages_have_series_and_single_events_once_and_in_order(alice):
    for hour in range(8, 20):
        start, end = f"2026-10-19T{hour:02}:00:00", f"2026-10-19T{hour:02}:30:00"
        if hour % 3:
            alice.creates_series("RRULE:FREQ=WEEKLY", start=start, end=end, summary=str(hour))
        else:
            alice.creates(start=berlin(start), end=berlin(end), summary=str(hour))
    alice.creates_series("RRULE:FREQ=DAILY", start="2026-10-19", end="2026-10-20", summary="days")
    whole = ["days", *map(str, range(8, 20))]
    for size in (1, 4, 12, 13):
        assert list(itertools.chain(*alice.all_pages(maxResults=size, timeZone="Europe/Berlin"))) == whole
    late = {"timeMin": "2027-06-01T00:00:00Z", "maxResults": 2}
    assert list(itertools.chain(*alice.all_pages(**late))) == ["days", *(str(hour) for hour in range(8, 20) if hour % 3)]


def test_a_series_whose_instances_are_all_taken_out_is_still_there_to_be_changed(alice):
    series = alice.creates_series("RRULE:FREQ=WEEKLY;COUNT=1", "EXDATE:20261019T080000Z", summary="empty")
    assert alice.lists() == ["empty"]
    assert alice.instances() == alice.instances(f"events/{series['id']}/instances") == []
    alice.patch(f"events/{series['id']}", {"recurrence": WEEKLY})
    assert len(alice.instances()) == 7


# ---- Quota ----------------------------------------------------------------------------------------------------------------


def test_one_series_too_many_is_403_without_a_challenge(alice, bob, monkeypatch):
    monkeypatch.setattr(quotas, "MOST_SERIES", 1)
    first, single = alice.creates_series(), alice.creates()
    for response in (
        alice.post("events", {**REHEARSAL, "recurrence": WEEKLY, "id": "series2"}),
        alice.patch(f"events/{single['id']}", {"recurrence": WEEKLY}),
    ):
        assert_problem(response, 403, "too_many_series")
        assert "WWW-Authenticate" not in response
    assert alice.get(f"events/{single['id']}").json() == single
    assert Calendar.objects.values_list("event_count", "series_count").get() == (2, 1)
    bob.creates_series()
    alice.patch(f"events/{first['id']}", {"recurrence": None})
    assert alice.patch(f"events/{single['id']}", {"recurrence": WEEKLY}).status_code == 200
    alice.delete(f"events/{single['id']}")
    alice.creates_series(id="series2")


def test_a_series_counts_as_an_event_too(alice, monkeypatch):
    monkeypatch.setattr(quotas, "MOST_EVENTS", 1)
    alice.creates_series()
    assert_problem(alice.post("events", {**REHEARSAL, "recurrence": WEEKLY}), 403, "calendar_full")


def test_the_quotas_are_500_series_an_owner_and_250_changed_instances_a_series():
    assert (quotas.MOST_SERIES, quotas.MOST_OWN_INSTANCES) == (500, 250)


def test_a_zone_that_left_the_zone_database_does_not_take_its_series_along(alice):
    series = alice.creates_series(*WEEKLY, "EXDATE;TZID=Europe/Berlin:20261026T100000")
    Event.objects.update(start_zone="Europe/Gone")
    assert starts(alice.instances(time_max="2026-11-03T00:00:00Z")) == ["2026-10-19T10:00:00+00:00", "2026-11-02T10:00:00+00:00"]
    assert alice.get(f"events/{series['id']}/instances/20261102T100000").status_code == 200
    assert errors_of(alice.patch(f"events/{series['id']}", {"summary": "x"})) == {"start.timeZone": "unknown_zone"}
