"""The calendar as a list of days, and months with the whole weeks around them."""

from datetime import UTC, date, datetime

import pytest

from demo_client.day_list import by_day, drawn
from demo_client.events import Event, PlaceName
from demo_client.failures import NoSuchMonth
from demo_client.months import Month
from demo_client.weeks import ZONE, Week
from tests.demo_client.conftest import EVENT, text

WEEK = Week.parse("2026-W48")
TUESDAY = date(2026, 11, 24)


def event(start, end, summary="Something", **more):
    """An event from `23 09:30` to `23 10:30`, days of November 2026 in Berlin."""
    begins, ends = (datetime.strptime(f"2026-11-{written}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE) for written in (start, end))
    return Event(summary, begins, ends, is_all_day=False, **more)


def all_day(first, after_last, summary="All day"):
    start, end = (datetime(2026, 11, day, tzinfo=ZONE) for day in (first, after_last))
    return Event(summary, start, end, is_all_day=True)


def listed(*events, places=None):
    """What stands under each day of the week: (when, summary)."""
    days = by_day(WEEK.days, events, places or {}, today=TUESDAY)
    return [[(entry.when, entry.event.summary) for entry in day.entries] for day in days]


# ---- Days -----------------------------------------------------------------------------------------------------------


def test_an_event_stands_under_its_day_with_its_times():
    assert listed(event("23 09:30", "23 10:30")) == [[("09:30–10:30", "Something")], [], [], [], [], [], []]


def test_what_goes_on_past_midnight_stands_under_both_days():
    assert listed(event("23 22:40", "24 06:50"))[:3] == [[("from 22:40", "Something")], [("until 06:50", "Something")], []]


def test_what_goes_on_for_days_is_there_all_day_in_between():
    assert [day and day[0][0] for day in listed(event("23 22:40", "25 06:50"))[:4]] == ["from 22:40", "all day", "until 06:50", []]


def test_an_event_that_ends_at_midnight_does_not_touch_the_next_day():
    assert listed(event("23 22:00", "24 00:00"))[1] == []


def test_an_all_day_event_stands_under_each_of_its_days():
    assert [len(day) for day in listed(all_day(24, 26))] == [0, 1, 1, 0, 0, 0, 0]


def test_what_has_no_time_on_that_day_stands_first():
    night, early, holiday = event("23 22:00", "24 06:00", "Night"), event("24 05:00", "24 05:30", "Early"), all_day(24, 25, "Holiday")
    assert [summary for _, summary in listed(night, early, holiday)[1]] == ["Night", "Holiday", "Early"]


def test_the_hour_that_comes_twice_does_not_turn_an_event_round():
    begins = datetime(2026, 10, 25, 2, 45, tzinfo=ZONE)
    ends = datetime(2026, 10, 25, 2, 15, tzinfo=ZONE, fold=1)
    watch = Event("Night watch", begins, ends, is_all_day=False)
    days = by_day(Week.parse("2026-W43").days, [watch], {}, today=TUESDAY)
    assert [len(day.entries) for day in days] == [0, 0, 0, 0, 0, 0, 1]


def test_today_is_marked():
    days = by_day(WEEK.days, [], {}, today=TUESDAY)
    assert [day.is_today for day in days] == [False, True, False, False, False, False, False]


# ---- Places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "place", "country"),
    [
        ({"geo": (35.658, 139.7016)}, "Shibuya, Tokyo", "Japan"),
        ({"geo": (35.658, 139.7016), "location": "Room 7"}, "Room 7", ""),
        ({"geo": (-48.8767, -123.3933)}, "-48.8767, -123.3933", ""),
        ({}, "", ""),
    ],
    ids=["named", "own location first", "no name: coordinates", "nowhere"],
)
def test_a_place_is_its_location_else_its_name_else_its_coordinates(more, place, country):
    places = {(35.658, 139.7016): PlaceName("Shibuya, Tokyo", "Japan"), (-48.8767, -123.3933): None}
    there = event("23 09:00", "23 10:00", **more)
    (entry,) = by_day(WEEK.days, [there], places, today=TUESDAY)[0].entries
    assert (entry.place, entry.country) == (place, country)
    assert [(one["place"], one["country"]) for one in drawn([there], places)] == [(place, country)]


@pytest.mark.parametrize(
    ("result", "name", "country"),
    [
        ({"display_name": "Shibuya, Tokyo, Japan", "name": "Shibuya", "city": "Tokyo", "country": "Japan"}, "Shibuya, Tokyo", "Japan"),
        (
            {"display_name": "London, England, United Kingdom", "name": "London", "city": "London", "country": "United Kingdom"},
            "London",
            "United Kingdom",
        ),
        ({"display_name": "Singapore", "name": "Singapore", "city": "Singapore", "country": "Singapore"}, "Singapore", ""),
        ({"display_name": "Antarctica", "country": "Antarctica"}, "Antarctica", ""),
    ],
    ids=lambda value: value.get("display_name") if isinstance(value, dict) else None,
)
def test_a_place_name_has_no_repeats(result, name, country):
    assert PlaceName.from_api(result) == PlaceName(name, country)


# ---- What the drawn calendar is made from ----------------------------------------------------------------------------


def test_the_drawn_calendar_gets_times_with_berlins_offset_and_days_without_a_time():
    timed, whole = drawn([event("23 09:30", "23 10:30"), all_day(24, 26)], {})
    assert (timed["start"], timed["end"], timed["allDay"]) == ("2026-11-23T09:30:00+01:00", "2026-11-23T10:30:00+01:00", False)
    assert (whole["start"], whole["end"], whole["allDay"]) == ("2026-11-24", "2026-11-26", True)


# ---- Months ---------------------------------------------------------------------------------------------------------


def test_a_month_is_read_and_written_as_iso_8601_has_it():
    assert Month.parse("2026-11").first == date(2026, 11, 1)
    assert str(Month.parse("2026-11")) == "2026-11"
    assert Month.parse("2026-11").title == "November 2026"


@pytest.mark.parametrize(
    "written", ["", "2026", "2026-00", "2026-13", "2026-1", "1970-12", "2199-01", "２０２６-11", "2026-11\n", "2026-W48"]
)
def test_what_is_no_month_is_refused(written):
    with pytest.raises(NoSuchMonth):
        Month.parse(written)


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        ("2026-11", date(2026, 10, 26), date(2026, 12, 6)),
        ("2027-02", date(2027, 2, 1), date(2027, 2, 28)),
        ("2026-08", date(2026, 7, 27), date(2026, 9, 6)),
    ],
    ids=["six weeks", "exactly four weeks", "begins on a Saturday"],
)
def test_a_month_has_the_whole_weeks_that_it_touches(month, first, last):
    days = Month.parse(month).days
    assert (days[0], days[-1]) == (first, last)
    assert len(days) % 7 == 0


def test_a_month_begins_and_ends_at_berlins_midnights():
    month = Month.parse("2026-10")  # the clocks change on the 25th
    assert month.start == datetime(2026, 9, 27, 22, tzinfo=UTC)
    assert month.end == datetime(2026, 11, 1, 23, tzinfo=UTC)


def test_the_month_is_berlins_and_not_utcs():
    assert str(Month.of(datetime(2026, 11, 30, 23, 30, tzinfo=UTC))) == "2026-12"


def test_every_month_has_its_neighbours_but_the_calendars_first_and_last():
    walked, month = [], Month.parse("1971-01")
    assert month.earlier is None
    while month.later:
        assert month.later.earlier == month
        month = month.later
        walked.append(str(month))
    assert walked[-1] == "2198-12"
    assert len(set(walked)) == (2198 - 1971 + 1) * 12 - 1


def test_the_month_asks_for_its_whole_weeks_and_shows_the_days_that_have_something(signed_in, services):
    page = text(signed_in.get("/daybook?month=2026-11"))
    (asked,) = services.sent_to("/calendar/v1/events")
    assert asked["query"]["timeMin"] == ["2026-10-26T00:00:00+01:00"]
    assert asked["query"]["timeMax"] == ["2026-12-07T00:00:00+01:00"]
    assert "<h1>November 2026</h1>" in page
    assert page.count('class="day__name"') == 1
    assert 'href="?month=2026-10"' in page
    assert 'href="?month=2026-12"' in page
    assert 'href="?week=2026-W48"' in page


def test_from_another_month_the_switch_leads_to_its_first_week(signed_in):
    assert 'href="?week=2027-W05"' in text(signed_in.get("/daybook?month=2027-02"))


@pytest.mark.parametrize("month", ["2026-13", "", "now", "2026-11'--", "9999-01", "\x00"])
def test_a_month_that_does_not_exist_is_a_page_with_status_400_and_nothing_is_asked(signed_in, services, month):
    response = signed_in.get("/daybook", {"month": month})
    assert response.status_code == 400
    assert "There is no such month" in text(response)
    assert services.sent_to("/calendar/v1/events") == []


def test_the_page_has_the_events_for_the_drawn_calendar_and_lists_them_for_everybody_else(signed_in, services):
    services.answers["/calendar/v1/events"] = (200, {"items": [{**EVENT, "summary": "</script><b>x"}]})
    page = text(signed_in.get("/daybook"))
    assert '<script id="calendar-events" type="application/json">' in page
    assert "</script><b>x" not in page
    assert "<b>&lt;/script&gt;&lt;b&gt;x</b>" in page
