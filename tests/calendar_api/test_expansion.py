"""Which instances a series has: RFC 5545 section 3.3.10 with its table, the examples of section 3.8.5.3, and clocks that change."""

import calendar
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice, pairwise
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_api.expansion import read_series, stored_series
from calendar_api.recurrence import WEEKDAYS, BadRecurrence
from calendar_api.times import instant_of

MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}
NINE = datetime(1997, 9, 2, 9).time()
WORKDAYS = "MO,TU,WE,TH,FR"


def timed(rule, start, zone="Europe/Berlin", *exdates):
    """The series of `rule` that starts at the local time `start`."""
    return read_series([f"RRULE:{rule}", *exdates], start=datetime.fromisoformat(start), zone=ZoneInfo(zone))


def all_day(rule, start, *exdates):
    """The all-day series of `rule`."""
    return read_series([f"RRULE:{rule}", *exdates], start=date.fromisoformat(start), zone=None)


def days(text):
    """`1997 Sep 2 9 Oct 7 1998 Jan 5` as dates."""
    found, year, month = [], 0, 0
    for word in text.split():
        if word in MONTHS:
            month = MONTHS[word]
        elif len(word) == 4:
            year = int(word)
        else:
            found.append(date(year, month, int(word)))
    return found


def daily(first, last):
    """Every date from `first` to `last`."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def instants(series, **window):
    """When the instances start in UTC."""
    return [f"{instant_of(start, series.zone):%Y-%m-%dT%H:%MZ}" for start in series.starts(**window)]


JANUARIES = [day for year in (1998, 1999, 2000) for day in daily(date(year, 1, 1), date(year, 1, 31))]
EVERY_OTHER_TUESDAY_MONTH = days("1997 Sep 2 9 16 23 30 Nov 4 11 18 25 1998 Jan 6 13 20 27 Mar 3 10 17 24 31")
SUMMER_THURSDAYS = days(
    "1997 Jun 5 12 19 26 Jul 3 10 17 24 31 Aug 7 14 21 28"
    " 1998 Jun 4 11 18 25 Jul 2 9 16 23 30 Aug 6 13 20 27 1999 Jun 3 10 17 24 Jul 1 8 15 22 29 Aug 5 12 19 26"
)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;COUNT=10", days("1997 Sep 2 3 4 5 6 7 8 9 10 11")),
        ("FREQ=DAILY;UNTIL=19971224T000000Z", daily(date(1997, 9, 2), date(1997, 12, 23))),
        ("FREQ=DAILY;INTERVAL=2", days("1997 Sep 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 Oct 2 4")),
        ("FREQ=DAILY;INTERVAL=10;COUNT=5", days("1997 Sep 2 12 22 Oct 2 12")),
        ("FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA", JANUARIES),
        ("FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", JANUARIES),
        ("FREQ=WEEKLY;COUNT=10", days("1997 Sep 2 9 16 23 30 Oct 7 14 21 28 Nov 4")),
        ("FREQ=WEEKLY;UNTIL=19971224T000000Z", days("1997 Sep 2 9 16 23 30 Oct 7 14 21 28 Nov 4 11 18 25 Dec 2 9 16 23")),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", days("1997 Sep 2 16 30 Oct 14 28 Nov 11 25 Dec 9 23 1998 Jan 6 20 Feb 3 17")),
        ("FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH", days("1997 Sep 2 4 9 11 16 18 23 25 30 Oct 2")),
        ("FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", days("1997 Sep 2 4 9 11 16 18 23 25 30 Oct 2")),
        (
            "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
            days("1997 Sep 1 3 5 15 17 19 29 Oct 1 3 13 15 17 27 29 31 Nov 10 12 14 24 26 28 Dec 8 10 12 22"),
        ),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", days("1997 Sep 2 4 16 18 30 Oct 2 14 16")),
        ("FREQ=MONTHLY;COUNT=10;BYDAY=1FR", days("1997 Sep 5 Oct 3 Nov 7 Dec 5 1998 Jan 2 Feb 6 Mar 6 Apr 3 May 1 Jun 5")),
        ("FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", days("1997 Sep 5 Oct 3 Nov 7 Dec 5")),
        ("FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", days("1997 Sep 7 28 Nov 2 30 1998 Jan 4 25 Mar 1 29 May 3 31")),
        ("FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", days("1997 Sep 22 Oct 20 Nov 17 Dec 22 1998 Jan 19 Feb 16")),
        ("FREQ=MONTHLY;BYMONTHDAY=-3", days("1997 Sep 28 Oct 29 Nov 28 Dec 29 1998 Jan 29 Feb 26")),
        ("FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15", days("1997 Sep 2 15 Oct 2 15 Nov 2 15 Dec 2 15 1998 Jan 2 15")),
        ("FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1", days("1997 Sep 30 Oct 1 31 Nov 1 30 Dec 1 31 1998 Jan 1 31 Feb 1")),
        (
            "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
            days("1997 Sep 10 11 12 13 14 15 1999 Mar 10 11 12 13"),
        ),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", EVERY_OTHER_TUESDAY_MONTH),
        ("FREQ=YEARLY;COUNT=10;BYMONTH=6,7", [date(year, month, 10) for year in range(1997, 2002) for month in (6, 7)]),
        (
            "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
            days("1997 Mar 10 1999 Jan 10 Feb 10 Mar 10 2001 Jan 10 Feb 10 Mar 10 2003 Jan 10 Feb 10 Mar 10"),
        ),
        (
            "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
            days("1997 Jan 1 Apr 10 Jul 19 2000 Jan 1 Apr 9 Jul 18 2003 Jan 1 Apr 10 Jul 19 2006 Jan 1"),
        ),
        ("FREQ=YEARLY;BYDAY=20MO", days("1997 May 19 1998 May 18 1999 May 17")),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", days("1997 May 12 1998 May 11 1999 May 17")),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=TH", days("1997 Mar 13 20 27 1998 Mar 5 12 19 26 1999 Mar 4 11 18 25")),
        ("FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8", SUMMER_THURSDAYS),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", days("1998 Feb 13 Mar 13 Nov 13 1999 Aug 13 2000 Oct 13")),
        (
            "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
            days("1997 Sep 13 Oct 11 Nov 8 Dec 13 1998 Jan 10 Feb 7 Mar 7 Apr 11 May 9 Jun 13"),
        ),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", days("1996 Nov 5 2000 Nov 7 2004 Nov 2")),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", days("1997 Sep 4 Oct 7 Nov 6")),
        (f"FREQ=MONTHLY;BYDAY={WORKDAYS};BYSETPOS=-2", days("1997 Sep 29 Oct 30 Nov 27 Dec 30 1998 Jan 29 Feb 26 Mar 30")),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", days("1997 Aug 5 10 19 24")),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", days("1997 Aug 5 17 19 31")),
        ("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", days("2007 Jan 15 30 Feb 15 Mar 15 30")),
    ],
)
def test_the_examples_of_rfc5545_section_3_8_5_3(rule, expected):
    series = timed(rule, f"{expected[0]}T09:00", "America/New_York")
    ends = "COUNT" in rule or "UNTIL" in rule
    found = list(islice(series.starts(), None if ends else len(expected)))
    assert found == [datetime.combine(day, NINE) for day in expected]


# What the examples leave open


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        ("FREQ=MONTHLY;COUNT=5", "2026-01-31", "2026 Jan 31 Mar 31 May 31 Jul 31 Aug 31"),
        ("FREQ=YEARLY;COUNT=4", "2096-02-29", "2096 Feb 29 2104 Feb 29 2108 Feb 29 2112 Feb 29"),
        ("FREQ=YEARLY;INTERVAL=3;COUNT=3", "2024-02-29", "2024 Feb 29 2036 Feb 29 2048 Feb 29"),
        ("FREQ=MONTHLY;BYMONTHDAY=-31;COUNT=3", "2026-01-01", "2026 Jan 1 Mar 1 May 1"),
        ("FREQ=YEARLY;BYYEARDAY=366,-366;COUNT=4", "2024-01-01", "2024 Jan 1 Dec 31 2028 Jan 1 Dec 31"),
        ("FREQ=MONTHLY;BYDAY=5FR;COUNT=4", "2026-01-30", "2026 Jan 30 May 29 Jul 31 Oct 30"),
        ("FREQ=YEARLY;BYDAY=53TH;COUNT=2", "2026-12-31", "2026 Dec 31 2032 Dec 30"),
    ],
)
def test_a_date_that_does_not_exist_is_left_out_and_not_counted_rfc5545_section_3_3_10(rule, start, expected):
    assert list(all_day(rule, start).starts()) == days(expected)


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        ("FREQ=WEEKLY;COUNT=3", "2026-12-02", "2026 Dec 2 9 16"),
        ("FREQ=WEEKLY;BYMONTH=1;COUNT=3", "2026-01-21", "2026 Jan 21 28 2027 Jan 6"),
        ("FREQ=MONTHLY;BYMONTH=3,5;COUNT=3", "2026-03-31", "2026 Mar 31 May 31 2027 Mar 31"),
        ("FREQ=YEARLY;BYMONTH=4,5;COUNT=3", "2026-05-31", "2026 May 31 2027 May 31 2028 May 31"),
        ("FREQ=YEARLY;BYWEEKNO=20;COUNT=3", "2026-05-13", "2026 May 13 2027 May 19 2028 May 17"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=-1;COUNT=3", "2026-02-28", "2026 Feb 28 2027 Feb 28 2028 Feb 29"),
    ],
)
def test_what_the_rule_does_not_say_is_taken_from_the_start_rfc5545_section_3_3_10(rule, start, expected):
    assert list(all_day(rule, start).starts()) == days(expected)


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        # The week of the start has Monday to Friday too: its second day is over, its last is not.
        (f"FREQ=WEEKLY;BYDAY={WORKDAYS};BYSETPOS=2,-1;COUNT=3", "2026-12-04", "2026 Dec 4 8 11"),
        ("FREQ=WEEKLY;BYDAY=SU,TU;WKST=SU;BYSETPOS=2;COUNT=2", "2026-12-01", "2026 Dec 1 8"),
        ("FREQ=WEEKLY;BYDAY=MO,SA,SU;BYMONTH=1;BYSETPOS=1;COUNT=3", "2022-01-01", "2022 Jan 1 3 10"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,10,20;BYSETPOS=2,3;COUNT=3", "2026-12-20", "2026 Dec 20 2027 Jan 10 20"),
        ("FREQ=YEARLY;BYMONTH=1,6,12;BYMONTHDAY=1;BYSETPOS=2,3;COUNT=3", "2026-12-01", "2026 Dec 1 2027 Jun 1 Dec 1"),
        ("FREQ=DAILY;BYDAY=MO,TU;BYSETPOS=1,-1,2;COUNT=3", "2026-12-01", "2026 Dec 1 7 8"),
        # Week 1 of 2026 begins on 29 December 2025: Thursday is its fourth day, Wednesday its third.
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=WE,TH,FR;BYSETPOS=2,3;COUNT=3", "2026-01-02", "2026 Jan 2 2027 Jan 7 8"),
    ],
)
def test_bysetpos_counts_in_the_whole_period_of_the_start_rfc5545_section_3_3_10(rule, start, expected):
    assert list(all_day(rule, start).starts()) == days(expected)


@pytest.mark.parametrize(
    ("rule", "start", "only"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,SU;BYSETPOS=2", "2026-01-04", "2026-12-06"),
        ("FREQ=WEEKLY;BYDAY=MO,SU;BYSETPOS=-2", "2026-01-05", "2026-12-07"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,31;BYSETPOS=2", "2026-01-31", "2026-12-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,31;BYSETPOS=-2", "2026-01-01", "2026-12-01"),
        ("FREQ=YEARLY;BYYEARDAY=1,366;BYSETPOS=2", "2024-12-31", "2028-12-31"),
        ("FREQ=YEARLY;BYYEARDAY=1,366;BYSETPOS=-2", "2024-01-01", "2028-01-01"),
        # The year of weeks from 29 December 2031 to 2 January 2033
        ("FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO,SU;BYSETPOS=4", "2027-01-03", "2033-01-02"),
        ("FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO,SU;BYSETPOS=-4", "2025-12-29", "2031-12-29"),
    ],
)
def test_bysetpos_counts_in_the_whole_period_also_of_a_window_of_one_day(rule, start, only):
    day = date.fromisoformat(only)
    assert list(all_day(rule, start).starts(earliest=day, latest=day + timedelta(days=1))) == [day]


def test_weekdays_with_and_without_an_ordinal_add_up_rfc5545_section_3_3_10():
    series = all_day("FREQ=MONTHLY;BYDAY=1TU,SU", "2026-12-01")
    assert list(islice(series.starts(), 12)) == days("2026 Dec 1 6 13 20 27 2027 Jan 3 5 10 17 24 31 Feb 2")
    series = all_day("FREQ=YEARLY;BYDAY=1TU,SU;BYMONTH=12;COUNT=6", "2026-12-01")
    assert list(series.starts()) == days("2026 Dec 1 6 13 20 27 2027 Dec 5")
    series = all_day("FREQ=YEARLY;BYDAY=1TU,SU;COUNT=3", "2028-12-31")  # the year's 53rd Sunday
    assert list(series.starts()) == days("2028 Dec 31 2029 Jan 2 7")


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        # A week belongs to the year of its fourth day, whole: INTERVAL=2 neither cuts week 1 nor takes it twice in 2029.
        (
            "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO,SU;COUNT=6",
            "2025-12-29",
            "2025 Dec 29 2026 Jan 4 2028 Jan 3 9 2029 Dec 31 2030 Jan 6",
        ),
        ("FREQ=YEARLY;BYWEEKNO=53;COUNT=3", "2020-12-31", "2020 Dec 31 2026 Dec 31 2032 Dec 30"),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=FR;COUNT=2", "2021-01-01", "2021 Jan 1 2027 Jan 1"),
        ("FREQ=YEARLY;BYWEEKNO=-53;BYDAY=MO;COUNT=2", "2025-12-29", "2025 Dec 29 2031 Dec 29"),
        ("FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU;COUNT=3", "2027-01-03", "2027 Jan 3 2028 Jan 2 Dec 31"),
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=SU;WKST=SU;COUNT=3", "2026-01-04", "2026 Jan 4 2027 Jan 3 2028 Jan 2"),
    ],
)
def test_weeks_are_those_with_four_days_in_the_year_or_more_rfc5545_section_3_3_10(rule, start, expected):
    assert list(all_day(rule, start).starts()) == days(expected)


# Ends


def test_until_is_an_instant_and_itself_still_in_rfc5545_section_3_3_10():
    mondays_at_ten = ["2026-10-19T08:00Z", "2026-10-26T09:00Z"]  # the clocks change between them
    assert instants(timed("FREQ=WEEKLY;UNTIL=20261026T090000Z", "2026-10-19T10:00")) == mondays_at_ten
    assert instants(timed("FREQ=WEEKLY;UNTIL=20261026T085959Z", "2026-10-19T10:00")) == mondays_at_ten[:1]
    skipped = "2026-03-28T02:30", ["2026-03-28T01:30Z", "2026-03-29T01:30Z"]
    assert instants(timed("FREQ=DAILY;UNTIL=20260329T013000Z", skipped[0])) == skipped[1]
    assert instants(timed("FREQ=DAILY;UNTIL=20260329T012959Z", skipped[0])) == skipped[1][:1]
    # 02:10 for the second time is later than 02:30 for the first.
    assert instants(timed("FREQ=DAILY;UNTIL=20261025T011000Z", "2026-10-24T02:30")) == ["2026-10-24T00:30Z", "2026-10-25T00:30Z"]


def test_until_of_an_all_day_series_is_its_last_possible_day_rfc5545_section_3_3_10():
    assert list(all_day("FREQ=DAILY;INTERVAL=2;UNTIL=20261205", "2026-12-01").starts()) == days("2026 Dec 1 3 5")
    assert list(all_day("FREQ=DAILY;INTERVAL=2;UNTIL=20261204", "2026-12-01").starts()) == days("2026 Dec 1 3")


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        ("FREQ=WEEKLY;COUNT=1", "2026-12-01T10:00"),
        ("FREQ=WEEKLY;COUNT=3", "2026-12-15T10:00"),
        ("FREQ=DAILY;COUNT=1000", "2029-08-26T10:00"),
        ("FREQ=YEARLY;COUNT=1000", "2199-12-01T10:00"),
    ],
)
def test_last_is_the_last_start_of_a_counted_series(rule, last):
    series = timed(rule, "2026-12-01T10:00")
    assert series.last == datetime.fromisoformat(last) == list(series.starts())[-1]


@pytest.mark.parametrize(
    ("zone", "start", "until"),
    [
        ("Europe/Berlin", "2026-12-01T10:00", "20270104T090000Z"),
        ("Europe/Berlin", "2026-10-24T02:30", "20261025T011000Z"),
        ("Pacific/Apia", "2026-12-01T00:00", "20261231T235959Z"),
        ("Pacific/Pago_Pago", "2026-12-01T23:59", "20261231T235959Z"),
    ],
)
def test_last_is_no_earlier_than_the_last_start_of_a_series_with_until(zone, start, until):
    series = timed(f"FREQ=DAILY;UNTIL={until}", start, zone)
    endless = timed("FREQ=DAILY", start, zone)
    last_instant = datetime.strptime(until, "%Y%m%dT%H%M%S%z")
    assert list(series.starts()) == [one for one in islice(endless.starts(), 60) if instant_of(one, endless.zone) <= last_instant]
    assert series.last >= list(series.starts())[-1]
    assert all_day("FREQ=DAILY;UNTIL=20261205", "2026-12-01").last == date(2026, 12, 5)


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY", "FREQ=WEEKLY;UNTIL=99991231T235959Z", "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=2"])
def test_a_series_without_an_end_goes_on_to_the_last_year_that_the_calendar_has(rule):
    series = timed(rule, "2199-12-17T10:00")
    assert series.last is None
    assert [f"{start:%d %H:%M}" for start in series.starts()] == ["17 10:00", "24 10:00", "31 10:00"]


# Clocks that change: local time first, then the instant


@pytest.mark.parametrize(
    ("zone", "rule", "start", "expected"),
    [
        ("Europe/Berlin", "FREQ=WEEKLY;COUNT=2", "2026-03-23T10:00", ["2026-03-23T09:00Z", "2026-03-30T08:00Z"]),
        ("Europe/Berlin", "FREQ=WEEKLY;COUNT=2", "2026-10-19T10:00", ["2026-10-19T08:00Z", "2026-10-26T09:00Z"]),
        # 02:30 is skipped and becomes 03:30, on this day alone; of the two in autumn it is the first.
        ("Europe/Berlin", "FREQ=DAILY;COUNT=3", "2026-03-28T02:30", ["2026-03-28T01:30Z", "2026-03-29T01:30Z", "2026-03-30T00:30Z"]),
        ("Europe/Berlin", "FREQ=DAILY;COUNT=3", "2026-10-24T02:30", ["2026-10-24T00:30Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z"]),
        ("Europe/Berlin", "FREQ=DAILY;COUNT=2", "2026-03-29T02:30", ["2026-03-29T01:30Z", "2026-03-30T00:30Z"]),
        # Half an hour: 02:15 becomes 02:45, 01:45 comes twice.
        ("Australia/Lord_Howe", "FREQ=DAILY;COUNT=3", "2026-10-03T02:15", ["2026-10-02T15:45Z", "2026-10-03T15:45Z", "2026-10-04T15:15Z"]),
        ("Australia/Lord_Howe", "FREQ=DAILY;COUNT=3", "2026-04-04T01:45", ["2026-04-03T14:45Z", "2026-04-04T14:45Z", "2026-04-05T15:15Z"]),
        # Midnight itself is skipped.
        ("America/Sao_Paulo", "FREQ=DAILY;COUNT=3", "2018-11-03T00:00", ["2018-11-03T03:00Z", "2018-11-04T03:00Z", "2018-11-05T02:00Z"]),
        ("Africa/Cairo", "FREQ=DAILY;COUNT=3", "2023-04-27T00:00", ["2023-04-26T22:00Z", "2023-04-27T22:00Z", "2023-04-28T21:00Z"]),
        ("Asia/Beirut", "FREQ=DAILY;COUNT=3", "2026-03-28T00:00", ["2026-03-27T22:00Z", "2026-03-28T22:00Z", "2026-03-29T21:00Z"]),
        # The hour before midnight comes twice.
        ("Africa/Cairo", "FREQ=DAILY;COUNT=3", "2023-10-25T23:30", ["2023-10-25T20:30Z", "2023-10-26T20:30Z", "2023-10-27T21:30Z"]),
        # Samoa had no 30 December 2011: what was to start then starts with the next day's.
        ("Pacific/Apia", "FREQ=DAILY;COUNT=4", "2011-12-29T10:00", ["2011-12-29T20:00Z", *2 * ["2011-12-30T20:00Z"], "2011-12-31T20:00Z"]),
        # Summer time that the zone database tells as the standard, and a clock that goes back for a month of fasting.
        ("Europe/Dublin", "FREQ=WEEKLY;COUNT=2", "2026-10-19T10:00", ["2026-10-19T09:00Z", "2026-10-26T10:00Z"]),
        ("Africa/Casablanca", "FREQ=WEEKLY;COUNT=2", "2025-02-17T10:00", ["2025-02-17T09:00Z", "2025-02-24T10:00Z"]),
        ("Africa/Casablanca", "FREQ=WEEKLY;COUNT=2", "2025-03-31T10:00", ["2025-03-31T10:00Z", "2025-04-07T09:00Z"]),
    ],
)
def test_an_instance_keeps_its_local_time_when_the_clocks_change_rfc5545_erratum_4271(zone, rule, start, expected):
    assert instants(timed(rule, start, zone)) == expected


def test_an_original_start_is_the_local_time_of_the_rule_also_where_the_clocks_skip_it():
    series = timed("FREQ=DAILY;COUNT=3", "2026-03-28T02:30")
    assert [f"{start:%d %H:%M}" for start in series.starts()] == ["28 02:30", "29 02:30", "30 02:30"]
    assert series.has(datetime(2026, 3, 29, 2, 30))
    assert not series.has(datetime(2026, 3, 29, 3, 30))


# EXDATE


def test_an_instance_that_exdate_names_is_left_out_and_yet_counted_rfc5545_section_3_8_5_1():
    exdates = ["EXDATE;TZID=Europe/Berlin:20261208T100000", "EXDATE:20261222T090000Z", "EXDATE;TZID=America/New_York:20270105T040000"]
    series = timed("FREQ=WEEKLY;COUNT=7", "2026-12-01T10:00", "Europe/Berlin", *exdates)
    assert [start.date() for start in series.starts()] == days("2026 Dec 1 15 29 2027 Jan 12")
    assert not series.has(datetime(2026, 12, 8, 10))
    series = all_day("FREQ=DAILY;COUNT=4", "2026-12-01", "EXDATE;VALUE=DATE:20261202,20261203")
    assert list(series.starts()) == days("2026 Dec 1 4")


def test_the_start_itself_and_every_instance_may_be_left_out():
    series = timed("FREQ=DAILY;COUNT=2", "2026-12-01T10:00", "Europe/Berlin", "EXDATE:20261201T090000Z")
    assert list(series.starts()) == [datetime(2026, 12, 2, 10)]
    series = all_day("FREQ=DAILY;COUNT=2", "2026-12-01", "EXDATE;VALUE=DATE:20261201,20261202")
    assert (list(series.starts()), series.last) == ([], date(2026, 12, 2))


@pytest.mark.parametrize("exdate", ["EXDATE:20261208T100000Z", "EXDATE;TZID=Europe/Berlin:20261208T100001"])
def test_another_instant_of_the_same_day_hits_nothing(exdate):
    assert len(list(timed("FREQ=WEEKLY;COUNT=3", "2026-12-01T10:00", "Europe/Berlin", exdate).starts())) == 3


@pytest.mark.parametrize(
    "exdate", ["EXDATE;TZID=Europe/Berlin:20260329T023000", "EXDATE;TZID=Europe/Berlin:20260329T033000", "EXDATE:20260329T013000Z"]
)
def test_an_instance_that_the_clocks_moved_is_hit_by_all_names_of_its_instant(exdate):
    series = timed("FREQ=DAILY;COUNT=3", "2026-03-28T02:30", "Europe/Berlin", exdate)
    assert [start.day for start in series.starts()] == [28, 30]


def test_the_second_of_a_repeated_hour_hits_nothing_for_the_instance_is_in_the_first():
    first, second = "EXDATE:20261025T003000Z", "EXDATE:20261025T013000Z"
    assert len(list(timed("FREQ=DAILY;COUNT=3", "2026-10-24T02:30", "Europe/Berlin", second).starts())) == 3
    assert len(list(timed("FREQ=DAILY;COUNT=3", "2026-10-24T02:30", "Europe/Berlin", first).starts())) == 2


# The start


@pytest.mark.parametrize(
    ("rule", "start", "first"),
    [
        ("FREQ=WEEKLY;BYDAY=WE", "2026-12-01T10:00", "2026-12-02T10:00:00"),
        ("FREQ=MONTHLY;BYDAY=1TU,3TU", "2026-12-02T10:00", "2026-12-15T10:00:00"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=3", "2026-12-01T10:00", "2028-02-29T10:00:00"),
        (f"FREQ=MONTHLY;BYDAY={WORKDAYS};BYSETPOS=-1", "2026-12-01T10:00", "2026-12-31T10:00:00"),
    ],
)
def test_the_start_must_be_the_first_instance(rule, start, first):
    with pytest.raises(BadRecurrence, match=first) as refused:
        timed(rule, start)
    assert refused.value.code == "start_not_first"
    assert next(timed(rule, first).starts()) == datetime.fromisoformat(first)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2,4;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=6;BYYEARDAY=1",
        "FREQ=YEARLY;BYWEEKNO=10;BYMONTH=12;BYDAY=MO",
        "FREQ=DAILY;BYDAY=MO;BYSETPOS=2",
        "FREQ=DAILY;INTERVAL=7;BYDAY=WE",
        "FREQ=DAILY;UNTIL=20261201T085959Z",
    ],
)
def test_a_rule_that_gives_no_day_is_refused(rule):
    with pytest.raises(BadRecurrence) as refused:
        timed(rule, "2026-12-01T10:00")
    assert refused.value.code == "never_matches"


def test_a_series_starts_at_a_whole_second_and_in_the_first_of_a_repeated_hour():
    start, rule = datetime(2026, 10, 25, 2, 30), ["RRULE:FREQ=DAILY"]
    for wrong, code in ((start.replace(microsecond=1), "start_too_precise"), (start.replace(fold=1), "start_repeated")):
        with pytest.raises(BadRecurrence) as refused:
            read_series(rule, start=wrong, zone=ZoneInfo("Europe/Berlin"))
        assert refused.value.code == code
    assert read_series(rule, start=start, zone=ZoneInfo("Europe/Berlin")).start == start


# Windows


def test_a_window_takes_what_starts_at_its_beginning_and_not_at_its_end():
    series = timed("FREQ=DAILY", "2026-12-01T10:00")
    tenth, twelfth = datetime(2026, 12, 10, 10), datetime(2026, 12, 12, 10)
    assert list(series.starts(earliest=tenth, latest=twelfth)) == [tenth, datetime(2026, 12, 11, 10)]
    second = timedelta(seconds=1)
    assert list(series.starts(earliest=tenth + second, latest=twelfth + second)) == [datetime(2026, 12, 11, 10), twelfth]
    assert list(series.starts(earliest=twelfth, latest=tenth)) == []
    assert list(series.starts(latest=series.start)) == []
    assert list(series.starts(earliest=datetime(1, 1, 1), latest=series.start + second)) == [series.start]
    assert list(series.starts(earliest=datetime.max)) == []
    assert len(list(islice(series.starts(latest=datetime.max), 500))) == 500


@pytest.mark.parametrize("original", [datetime(2026, 12, 8, 10), datetime(2027, 12, 7, 10), datetime(2199, 12, 31, 10)])
def test_a_series_has_its_instances(original):
    assert timed("FREQ=WEEKLY", "2026-12-01T10:00").has(original)


@pytest.mark.parametrize(
    "original",
    [
        datetime(2026, 11, 24, 10),
        datetime(2026, 12, 7, 10),
        datetime(2026, 12, 8, 10, 0, 1),
        datetime(2026, 12, 8),
        date(2026, 12, 8),
        datetime(2200, 1, 7, 10),
        datetime(9999, 12, 31, 23, 59, 59),
        datetime(1, 1, 1),
    ],
)
def test_a_series_has_no_other(original):
    assert not timed("FREQ=WEEKLY", "2026-12-01T10:00").has(original)


def test_an_all_day_series_has_days_only():
    series = all_day("FREQ=WEEKLY", "2026-12-01")
    assert series.has(date(2026, 12, 8))
    assert not series.has(datetime(2026, 12, 8))


# Cost


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        ("FREQ=DAILY", "1970-01-01"),
        ("FREQ=WEEKLY;BYDAY=TH", "1970-01-01"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", "1988-02-29"),
        ("FREQ=DAILY;INTERVAL=365;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", "1988-02-29"),
        ("FREQ=YEARLY;INTERVAL=400;BYWEEKNO=53;BYDAY=FR", "2016-01-01"),
        ("FREQ=WEEKLY;INTERVAL=399;BYMONTH=2;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=7", "1970-02-08"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=32", "1970-01-01"),
    ],
)
def test_a_window_costs_no_walk_from_the_start_nor_to_a_distant_instance(rule, start):
    series = stored_series([f"RRULE:{rule}"], start=date.fromisoformat(start), zone=None, last=None)
    before = process_time()
    for _ in range(20):
        list(series.starts(earliest=date(2033, 1, 1), latest=date(2034, 1, 1)))
    assert (process_time() - before) / 20 < 0.02  # a millisecond, and room for a slow machine


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;COUNT=1000",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU;COUNT=1000",
        "FREQ=YEARLY;BYYEARDAY=60;BYMONTHDAY=29;BYDAY=MO,1MO,2MO,3MO,4MO,5MO,6MO,7MO,8MO,9MO;BYSETPOS=1,2,3;COUNT=1000",
        f"FREQ=YEARLY;BYWEEKNO={','.join(map(str, range(1, 53)))};BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366;COUNT=1000",
    ],
)
def test_reading_a_rule_walks_no_further_than_the_last_year_of_the_calendar(rule):
    before = process_time()
    with suppress(BadRecurrence):
        all_day(rule, "1988-02-29")
    assert process_time() - before < 0.5


# Days by hand: RFC 5545's table once more, a day at a time, with nothing of the code under test


def week_one(year, wkst):
    """The first day of the first week that has four days of `year` or more: that of 4 January."""
    day = date(year, 1, 4)
    while day.weekday() != wkst:
        day -= timedelta(days=1)
    return day


def periods(parts, start):
    """Every period of FREQ from that of `start` on, as its days."""
    freq, wkst = parts["FREQ"], WEEKDAYS.index(parts.get("WKST", "MO"))
    if freq == "DAILY":
        for number in range(100_000):
            yield [start + timedelta(days=number)]
    elif freq == "WEEKLY":
        first = start
        while first.weekday() != wkst:
            first -= timedelta(days=1)
        for number in range(100_000):
            yield daily(first + timedelta(days=7 * number), first + timedelta(days=7 * number + 6))
    elif freq == "MONTHLY":
        for number in range(start.year * 12 + start.month - 1, 100_000):
            year, month = number // 12, number % 12 + 1
            yield daily(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
    elif "BYWEEKNO" in parts:
        year = next(year for year in (start.year + 1, start.year, start.year - 1) if week_one(year, wkst) <= start)
        for one in range(year, 9000):
            yield daily(week_one(one, wkst), week_one(one + 1, wkst) - timedelta(days=1))
    else:
        for year in range(start.year, 9000):
            yield daily(date(year, 1, 1), date(year, 12, 31))


@cache
def places(year, wkst):
    """Where each day of the year stands in its month, its year and its week's year: counted from the front and from the end."""
    found: dict[date, dict[str, set[object]]] = {}
    whole_year = daily(date(year, 1, 1), date(year, 12, 31))
    months = {month: [day for day in whole_year if day.month == month] for month in range(1, 13)}
    alike_in_year = {weekday: [day for day in whole_year if day.weekday() == weekday] for weekday in range(7)}
    first_weeks = [week_one(one, wkst) for one in (year - 1, year, year + 1, year + 2)]
    for day in whole_year:
        month, name = months[day.month], WEEKDAYS[day.weekday()]
        alike_in_month = [one for one in month if one.weekday() == day.weekday()]
        begin, end = next((begin, end) for begin, end in pairwise(first_weeks) if begin <= day < end)
        found[day] = {
            "BYMONTH": {day.month},
            "BYWEEKNO": {(day - begin).days // 7 + 1, (day - begin).days // 7 - (end - begin).days // 7},
            "BYYEARDAY": {(day - whole_year[0]).days + 1, -(whole_year[-1] - day).days - 1},
            "BYMONTHDAY": {day.day, day.day - len(month) - 1},
        }
        for part, alike in (("BYDAY in the month", alike_in_month), ("BYDAY in the year", alike_in_year[day.weekday()])):
            found[day][part] = {name, f"{alike.index(day) + 1}{name}", f"{alike.index(day) - len(alike)}{name}"}
    return found


def fits(day, parts, start):
    """Whether the BY parts, and what the start stands in for, leave this day."""
    freq, standing = parts["FREQ"], places(day.year, WEEKDAYS.index(parts.get("WKST", "MO")))[day]
    for name in ("BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY"):
        if name in parts and standing[name].isdisjoint(int(value) for value in parts[name].split(",")):
            return False
    if "BYDAY" in parts:
        within = "month" if freq == "MONTHLY" or "BYMONTH" in parts else "year"
        return not standing[f"BYDAY in the {within}"].isdisjoint(parts["BYDAY"].split(","))
    if "BYMONTHDAY" in parts or "BYYEARDAY" in parts or freq == "DAILY":
        return True
    if freq == "WEEKLY" or "BYWEEKNO" in parts:
        return day.weekday() == start.weekday()
    return day.day == start.day and (freq == "MONTHLY" or "BYMONTH" in parts or day.month == start.month)


def by_hand(parts, start, first, last):
    """The days of the rule from `first` to `last`."""
    positions = [int(value) for value in parts["BYSETPOS"].split(",")] if "BYSETPOS" in parts else None
    found: list[date] = []
    for number, period in enumerate(periods(parts, start)):
        if period[0] > last:
            return [day for day in found if max(start, first) <= day <= last]
        if number % int(parts.get("INTERVAL", 1)) == 0 and period[-1] >= first:
            left = [day for day in period if fits(day, parts, start)]
            chosen = left if positions is None else [day for place, day in enumerate(left) if {place + 1, place - len(left)} & {*positions}]
            found += chosen
    return found


def some(values, most=9):
    """A part's values, as text."""
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True).map(lambda found: ",".join(map(str, found)))


def signed(*values):
    """The numbers, counted from the front and from the end."""
    return [*values, *(-value for value in values)]


@st.composite
def rules(draw):
    """The parts of a rule that is admitted, without its end."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"FREQ": freq, "INTERVAL": draw(st.sampled_from(["1", "1", "1", "2", "3", "5", "13"])), "WKST": draw(st.sampled_from(WEEKDAYS))}
    values = {"BYMONTH": range(1, 13), "BYDAY": WEEKDAYS}
    if freq != "WEEKLY":
        values["BYMONTHDAY"] = signed(*range(1, 32))
    if freq == "YEARLY":
        values["BYYEARDAY"] = signed(1, 2, 31, 59, 60, 61, 100, 182, 300, 360, 363, 364, 365, 366)
        values["BYWEEKNO"] = signed(1, 2, 9, 20, 26, 51, 52, 53)
    wanted = draw(st.sets(st.sampled_from(sorted(values)), max_size=3))
    if freq in {"MONTHLY", "YEARLY"} and "BYWEEKNO" not in wanted:
        ordinals = signed(1, 2, 4, 5) if freq == "MONTHLY" or "BYMONTH" in wanted else signed(1, 20, 52, 53)
        values["BYDAY"] = [*WEEKDAYS, *(f"{ordinal}{name}" for ordinal in ordinals for name in WEEKDAYS)]
    parts |= {name: draw(some(values[name])) for name in sorted(wanted)}
    if wanted and draw(st.booleans()):
        parts["BYSETPOS"] = draw(some(signed(1, 2, 3, 5, 12, 30, 100, 366), 3))
    return parts


DAYS = st.dates(date(1999, 12, 20), date(2005, 1, 10)) | st.dates(date(2096, 12, 20), date(2101, 1, 10))


@settings(max_examples=40, deadline=None)
@given(parts=rules(), start=DAYS, later=st.sampled_from([0, 0, 1, 40, 360, 400, 5000]), length=st.sampled_from([0, 1, 31, 366, 800]))
def test_a_window_has_the_days_that_rfc5545s_table_leaves(parts, start, later, length):
    rule = ";".join(f"{name}={value}" for name, value in parts.items())
    first = start + timedelta(days=later)
    latest = first + timedelta(days=length)
    expected = by_hand(parts, start, first, latest - timedelta(days=1))
    series = stored_series([f"RRULE:{rule}"], start=start, zone=None, last=None)
    assert list(series.starts(earliest=first, latest=latest)) == expected
    # The start has to be among them, and then COUNT ends the series with one of them.
    try:
        read = all_day(f"{rule};COUNT=7", str(start))
    except BadRecurrence:
        assert later or not length or start not in expected
    else:
        assert start in by_hand(parts, start, start, start)
        assert list(read.starts(earliest=first, latest=latest)) == [day for day in expected if day <= read.last]
        assert later or len(expected) < 7 or read.last == expected[6]
