"""Weeks: ISO 8601's numbers, Berlin's midnights."""

from datetime import UTC, date, datetime, timedelta

import pytest

from demo_client.failures import NoSuchWeek
from demo_client.weeks import Week


def test_a_week_is_read_and_written_as_iso_8601_has_it():
    week = Week.parse("2026-W48")
    assert week.monday == date(2026, 11, 23)
    assert str(week) == "2026-W48"


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-48", "2026-W00", "2026-W54", "2027-W53", "1970-W10", "2199-W01", "2026-W4", "２０２６-W48", "2026-W48\n"]
)
def test_what_is_no_week_is_refused(text):
    with pytest.raises(NoSuchWeek):
        Week.parse(text)


def test_a_year_of_53_weeks_has_a_week_53():
    assert Week.parse("2026-W53").monday == date(2026, 12, 28)


def test_monday_begins_at_berlins_midnight_not_at_utcs():
    assert Week.of(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == Week.parse("2026-W48")
    assert Week.of(datetime(2026, 11, 22, 22, 30, tzinfo=UTC)) == Week.parse("2026-W47")


@pytest.mark.parametrize(("text", "hours"), [("2026-W43", 169), ("2026-W13", 167), ("2026-W48", 168)])
def test_the_weeks_in_which_the_clocks_change_are_an_hour_longer_or_shorter(text, hours):
    week = Week.parse(text)
    assert week.end.astimezone(UTC) - week.start.astimezone(UTC) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("2026-W48", "23–29 November 2026"),
        ("2026-W49", "30 November – 6 December 2026"),
        ("2026-W53", "28 December 2026 – 3 January 2027"),
    ],
)
def test_the_title_repeats_month_and_year_only_where_they_differ(text, title):
    assert Week.parse(text).title == title


def test_earlier_and_later_end_where_the_calendar_does():
    assert str(Week.parse("2026-W53").later) == "2027-W01"
    assert Week.parse("1971-W01").earlier is None
    assert Week.parse("2198-W52").later is None
