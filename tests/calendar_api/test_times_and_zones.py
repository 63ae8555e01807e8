"""Dates, times and zones: RFC 3339 read strictly, zones by name, local times that come twice or never."""

import zoneinfo
from importlib import resources

import pytest

from calendar_api.times import ZONES
from tests.calendar_api.conftest import REHEARSAL, errors_of


def moves_to(alice, start, **changes):
    """The answer to creating an event that starts at `start` and ends at the end of 2199."""
    return alice.post("events", {**REHEARSAL, "start": start, "end": changes.get("end", {"dateTime": "2199-12-31T23:59:59Z"})})


def stored(alice, start, end):
    response = alice.post("events", {"start": start, "end": end})
    assert response.status_code == 201, response.content
    return response.json()


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ({"dateTime": "2026-12-01T10:00:00+01:00"}, {"dateTime": "2026-12-01T10:00:00+01:00"}),
        ({"dateTime": "2026-12-01T10:00:00Z"}, {"dateTime": "2026-12-01T10:00:00+00:00"}),
        ({"dateTime": "2026-12-01t10:00:00z"}, {"dateTime": "2026-12-01T10:00:00+00:00"}),
        ({"dateTime": "2026-12-01T10:00:00-00:00"}, {"dateTime": "2026-12-01T10:00:00+00:00"}),
        ({"dateTime": "2026-12-01T10:00:00-09:30"}, {"dateTime": "2026-12-01T10:00:00-09:30"}),
        ({"dateTime": "2026-12-01T10:00:00+23:59"}, {"dateTime": "2026-12-01T10:00:00+23:59"}),
        ({"dateTime": "2026-12-01T10:00:00.1+01:00"}, {"dateTime": "2026-12-01T10:00:00.100000+01:00"}),
        ({"dateTime": "2026-12-01T10:00:00.123456+01:00"}, {"dateTime": "2026-12-01T10:00:00.123456+01:00"}),
        (
            {"dateTime": "2026-12-01T10:00:00", "timeZone": "Europe/Berlin"},
            {"dateTime": "2026-12-01T10:00:00+01:00", "timeZone": "Europe/Berlin"},
        ),
        (
            {"dateTime": "2026-12-01T10:00:00+05:45", "timeZone": "Asia/Kathmandu"},
            {"dateTime": "2026-12-01T10:00:00+05:45", "timeZone": "Asia/Kathmandu"},
        ),
        ({"dateTime": "2026-12-01T10:00:00", "timeZone": "UTC"}, {"dateTime": "2026-12-01T10:00:00+00:00", "timeZone": "UTC"}),
    ],
)
def test_answers_always_carry_the_offset(alice, sent, answered):
    assert stored(alice, sent, {"dateTime": "2026-12-02T12:00:00Z"})["start"] == answered


@pytest.mark.parametrize(
    "text",
    [
        "2026-W49-2T10:00:00Z",
        "20261201T100000Z",
        "2026-335T10:00:00Z",
        "2026-12-01",
        "2026-12-01T10:00Z",
        "2026-12-01T10Z",
        "2026-12-01 10:00:00Z",
        "2026-12-01T10:00:00+0100",
        "2026-12-01T10:00:00+01",
        "2026-12-01T10:00:00+24:00",
        "2026-12-01T10:00:00+01:60",
        "2026-12-01T10:00:00+01:00:30",
        "2026-12-01T10:00:00,5Z",
        "2026-12-01T10:00:00.Z",
        "2026-12-01T24:00:00Z",
        "2026-12-01T10:60:00Z",
        "2026-12-01T10:00:60Z",
        "2016-12-31T23:59:60Z",
        "2026-02-30T10:00:00Z",
        "2026-13-01T10:00:00Z",
        "2026-00-01T10:00:00Z",
        "0000-01-01T00:00:00Z",
        "+2026-12-01T10:00:00Z",
        "2026-12-01T10:00:00Z\n",
        " 2026-12-01T10:00:00Z",
        "٢٠٢٦-12-01T10:00:00Z",
        "2026-12-01T10:00:00Ｚ",
        "2026-12-01T10:00:00 01:00",
        "",
        "\x00",
        "now",
        1764583200,
        20261201,
        True,
        ["2026-12-01T10:00:00Z"],
        {"year": 2026},
    ],
    ids=repr,
)
def test_what_is_no_rfc3339_date_time_is_refused(alice, text):
    assert errors_of(moves_to(alice, {"dateTime": text})) == {"start.dateTime": "invalid_date_time"}


def test_more_than_6_fraction_digits_are_refused(alice):
    assert errors_of(moves_to(alice, {"dateTime": "2026-12-01T10:00:00.1234567Z"})) == {"start.dateTime": "too_precise"}


@pytest.mark.parametrize("year", ["0001", "1969", "2200", "9999"])
@pytest.mark.parametrize("rest", ["-01-01T00:00:00+14:00", "-12-31T23:59:59-12:00", "-01-01T00:00:00+23:59"])
def test_years_outside_1970_to_2199_are_refused(alice, year, rest):
    assert errors_of(moves_to(alice, {"dateTime": year + rest})) == {"start.dateTime": "out_of_range"}
    assert errors_of(alice.get("events", query={"timeMin": year + rest})) == {"timeMin": "out_of_range"}
    assert errors_of(moves_to(alice, {"date": f"{year}-12-31"}, end={"date": "2199-12-31"})) == {"start.date": "out_of_range"}


def test_the_first_and_the_last_day_are_taken(alice):
    stored(alice, {"dateTime": "1970-01-01T00:00:00+14:00"}, {"dateTime": "1970-01-01T01:00:00+14:00"})
    stored(alice, {"dateTime": "2199-12-31T00:00:00-12:00"}, {"dateTime": "2199-12-31T23:59:59.999999-12:00"})
    stored(alice, {"date": "1970-01-01"}, {"date": "1970-01-02"})
    stored(alice, {"date": "2199-12-30"}, {"date": "2199-12-31"})
    for zone in ("UTC", "Pacific/Kiritimati", "Etc/GMT+12"):
        assert len(alice.lists(timeZone=zone)) == 4
        assert len(alice.lists(timeZone=zone, timeMin="1970-01-01T00:00:00+14:00", timeMax="2199-12-31T23:59:59-12:00")) == 4


@pytest.mark.parametrize(
    "date", ["2026-2-3", "20261201", "2026-W49-2", "2026-12-01T00:00:00Z", "", "today", 20261201, None, "2026-12-01\n"], ids=repr
)
def test_what_is_no_date_is_refused(alice, date):
    assert errors_of(alice.post("events", {**REHEARSAL, "start": {"date": date}})).keys() >= {"start.date"}


def test_offset_or_zone_must_be_there(alice):
    assert errors_of(moves_to(alice, {"dateTime": "2026-12-01T10:00:00"})) == {"start.dateTime": "offset_missing"}


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2026-12-01T10:00:00+02:00", "Europe/Berlin"),
        ("2026-07-01T10:00:00+01:00", "Europe/Berlin"),
        ("2026-12-01T10:00:00Z", "Europe/Berlin"),
        ("2026-03-29T02:30:00+01:00", "Europe/Berlin"),
        ("2026-03-29T02:30:00+02:00", "Europe/Berlin"),
    ],
    ids=["wrong", "winter's in summer", "UTC", "an hour that does not exist", "the same, after"],
)
def test_an_offset_that_contradicts_the_zone_is_refused(alice, text, zone):
    assert errors_of(moves_to(alice, {"dateTime": text, "timeZone": zone})) == {"start.dateTime": "offset_contradicts_zone"}


@pytest.mark.parametrize("text", ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"])
def test_the_offset_says_which_of_two_equal_local_times_is_meant(alice, text):
    event = stored(alice, {"dateTime": text, "timeZone": "Europe/Berlin"}, {"dateTime": "2026-10-25T12:00:00Z"})
    assert event["start"]["dateTime"] == text


@pytest.mark.parametrize(
    ("local", "zone", "answered"),
    [
        ("2026-10-25T02:30:00", "Europe/Berlin", "2026-10-25T02:30:00+02:00"),
        ("2026-03-29T02:30:00", "Europe/Berlin", "2026-03-29T03:30:00+02:00"),
        ("2026-10-04T02:15:00", "Australia/Lord_Howe", "2026-10-04T02:45:00+11:00"),
        ("2026-04-24T00:10:00", "Africa/Cairo", "2026-04-24T01:10:00+03:00"),
    ],
    ids=["repeated: the first", "missing: forward by the gap", "a gap of half an hour", "a gap at midnight"],
)
def test_local_times_that_come_twice_or_never_rfc5545_erratum_4271(alice, local, zone, answered):
    event = stored(alice, {"dateTime": local, "timeZone": zone}, {"dateTime": f"{local[:8]}30T12:00:00Z"})
    assert event["start"] == {"dateTime": answered, "timeZone": zone}


BAD_ZONES = [
    "Factory",
    "localtime",
    "posixrules",
    "Europe",
    "Europe/",
    "europe/berlin",
    "EUROPE/BERLIN",
    "Europe/Berlin ",
    "../x",
    "../../etc/passwd",
    "/etc/passwd",
    "a" * 10_000,
    "\x00",
    "Europe/Berlin\x00",
    "\ud800",
    "",
    ".",
    "right/Europe/Berlin",
    "posix/UTC",
    "tzdata.zi",
    "zone.tab",
    "+01:00",
    "CET-1CEST",
]


@pytest.mark.parametrize("zone", [*BAD_ZONES, 1, [], True, {}], ids=lambda zone: repr(zone)[:20])
def test_a_zone_is_an_iana_name_exactly(alice, zone):
    assert errors_of(moves_to(alice, {"dateTime": "2026-12-01T10:00:00", "timeZone": zone})) == {"start.timeZone": "unknown_zone"}


@pytest.mark.parametrize("zone", [zone for zone in BAD_ZONES if zone != "\ud800"], ids=lambda zone: repr(zone)[:20])
def test_the_lists_zone_is_an_iana_name_exactly(alice, zone):
    assert errors_of(alice.get("events", query={"timeZone": zone})) == {"timeZone": "unknown_zone"}


def test_an_offset_with_seconds_cannot_be_written_so_it_is_refused(alice):
    start = {"dateTime": "1971-06-01T12:00:00", "timeZone": "Africa/Monrovia"}
    assert errors_of(alice.post("events", {"start": start, "end": {"dateTime": "1971-06-01T18:00:00Z"}})) == {
        "start.dateTime": "offset_not_writable"
    }


def test_start_and_end_may_be_in_different_zones(alice):
    flight = stored(
        alice,
        {"dateTime": "2026-12-01T13:00:00", "timeZone": "Europe/Berlin"},
        {"dateTime": "2026-12-02T09:00:00", "timeZone": "Asia/Tokyo"},
    )
    assert (flight["start"]["dateTime"], flight["end"]["dateTime"]) == ("2026-12-01T13:00:00+01:00", "2026-12-02T09:00:00+09:00")


@pytest.mark.parametrize(
    ("start", "end", "errors"),
    [
        ({"dateTime": "2026-12-01T10:00:00Z"}, {"dateTime": "2026-12-01T10:00:00Z"}, {"end": "not_after_start"}),
        ({"dateTime": "2026-12-01T10:00:00Z"}, {"dateTime": "2026-12-01T10:30:00+01:00"}, {"end": "not_after_start"}),
        ({"date": "2026-12-01"}, {"date": "2026-12-01"}, {"end": "not_after_start"}),
        ({"date": "2026-12-02"}, {"date": "2026-12-01"}, {"end": "not_after_start"}),
        ({"dateTime": "2026-12-01T10:00:00Z"}, {"date": "2026-12-02"}, {"end": "two_kinds"}),
        ({"date": "2026-12-01"}, {"dateTime": "2026-12-02T10:00:00Z"}, {"end": "two_kinds"}),
        ({"date": "2026-01-01"}, {"date": "2027-01-03"}, {"end": "too_long"}),
        ({"dateTime": "2026-01-01T00:00:00Z"}, {"dateTime": "2027-01-02T00:00:00.000001Z"}, {"end": "too_long"}),
        ({"date": "2026-12-01", "dateTime": "2026-12-01T10:00:00Z"}, {"date": "2026-12-02"}, {"start.date": "two_kinds"}),
        ({"date": "2026-12-01", "timeZone": "UTC"}, {"date": "2026-12-02"}, {"start.timeZone": "two_kinds"}),
        ({"timeZone": "UTC"}, {"date": "2026-12-02"}, {"start.dateTime": "required"}),
        ({}, {"date": "2026-12-02"}, {"start.dateTime": "required"}),
    ],
)
def test_start_and_end_are_of_one_kind_in_order_and_at_most_366_days_apart(alice, start, end, errors):
    assert errors_of(alice.post("events", {"start": start, "end": end})) == errors


def test_366_days_are_taken(alice):
    stored(alice, {"date": "2026-01-01"}, {"date": "2027-01-02"})
    stored(alice, {"dateTime": "2026-01-01T00:00:00Z"}, {"dateTime": "2027-01-02T00:00:00Z"})


def test_time_zones_are_those_of_the_locked_package_whatever_the_machine_has():
    locked = set((resources.files("tzdata") / "zones").read_text().split())
    assert locked - {"Factory"} == ZONES
    assert zoneinfo.TZPATH == ()
