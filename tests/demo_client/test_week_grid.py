"""The week's page as a grid: rows of half-hours, lanes for what happens at the same time."""

from datetime import date, datetime

import pytest

from demo_client.events import Event, PlaceName
from demo_client.week_grid import lay_out
from demo_client.weeks import ZONE, Week

WEEK = Week.parse("2026-W48")
TUESDAY = date(2026, 11, 24)


def event(start, end, summary="Something", **more):
    """An event from `23 09:30` to `23 10:30`, days of November 2026 in Berlin."""
    begins, ends = (datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE) for text in (start, end))
    return Event(summary, begins, ends, is_all_day=False, **more)


def all_day(first, after_last):
    start, end = (datetime(2026, 11, day, tzinfo=ZONE) for day in (first, after_last))
    return Event("All day", start, end, is_all_day=True)


def grid_of(*events, places=None):
    return lay_out(WEEK, events, places or {}, today=TUESDAY)


def placed(grid):
    return [(entry.row, entry.span, entry.lane, entry.lanes) for day in grid.days for entry in day.timed]


def test_an_event_starts_in_the_half_hour_of_its_start_and_covers_that_of_its_end():
    assert placed(grid_of(event("23 09:30", "23 10:30"))) == [(4, 2, 1, 1)]
    assert placed(grid_of(event("23 09:45", "23 10:15"))) == [(4, 2, 1, 1)]


def test_the_shortest_event_has_a_half_hour():
    assert placed(grid_of(event("23 12:15", "23 12:20"))) == [(9, 1, 1, 1)]


def test_the_day_shows_8_to_22_and_widens_for_what_is_outside():
    assert grid_of(event("23 09:30", "23 10:30")).hours[0::13] == ["08:00", "21:00"]
    wide = grid_of(event("23 06:30", "23 07:00"), event("25 21:00", "25 23:30"))
    assert (wide.hours[0], wide.hours[-1]) == ("06:00", "23:00")


def test_events_at_the_same_time_stand_side_by_side():
    grid = grid_of(event("23 10:00", "23 12:00"), event("23 11:00", "23 11:30"), event("23 13:00", "23 14:00"))
    assert placed(grid) == [(5, 4, 1, 2), (7, 1, 2, 2), (11, 2, 1, 1)]


def test_a_lane_is_used_again_as_soon_as_it_is_free():
    grid = grid_of(event("23 09:00", "23 12:00"), event("23 09:00", "23 10:00"), event("23 10:00", "23 11:00"))
    assert [lane for _, _, lane, _ in placed(grid)] == [1, 2, 2]


def test_two_events_within_one_half_hour_do_not_cover_each_other():
    grid = grid_of(event("23 09:00", "23 09:10"), event("23 09:15", "23 09:25"))
    assert [(lane, lanes) for _, _, lane, lanes in placed(grid)] == [(1, 2), (2, 2)]


def test_of_more_than_three_at_once_two_are_drawn_and_the_rest_is_counted():
    grid = grid_of(*(event("23 09:00", "23 10:00", f"Track {n}") for n in range(6)))
    classes = [entry.classes for entry in grid.days[0].timed]
    assert classes[:2] == [f"row-3 for-2 lane-{n}-of-3 event--tall" for n in (1, 2)]
    assert classes[2:] == ["event--beyond"] * 4
    assert [(more.count, more.row, more.span) for more in grid.days[0].beyond] == [(4, 3, 2)]


def test_what_goes_on_from_the_day_before_stands_above_the_hours():
    grid = grid_of(event("23 22:40", "24 06:50"))
    assert [entry.when for entry in grid.days[0].timed] == ["from 22:40"]
    assert [entry.when for entry in grid.days[1].all_day] == ["until 06:50"]
    assert grid.hours[0] == "08:00"


def test_an_event_that_ends_at_midnight_does_not_touch_the_next_day():
    grid = grid_of(event("23 22:00", "24 00:00"))
    assert grid.days[1].all_day == []
    assert placed(grid) == [(29, 4, 1, 1)]


def test_an_all_day_event_stands_on_each_of_its_days():
    grid = grid_of(all_day(24, 26))
    assert [len(day.all_day) for day in grid.days] == [0, 1, 1, 0, 0, 0, 0]


def test_the_hour_that_comes_twice_does_not_turn_an_event_round():
    begins = datetime(2026, 10, 25, 2, 45, tzinfo=ZONE)
    ends = datetime(2026, 10, 25, 2, 15, tzinfo=ZONE, fold=1)
    grid = lay_out(Week.parse("2026-W43"), [Event("Night watch", begins, ends, is_all_day=False)], {}, today=TUESDAY)
    assert placed(grid) == [(2, 1, 1, 1)]


def test_today_is_marked():
    assert [day.is_today for day in grid_of().days] == [False, True, False, False, False, False, False]


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
    (entry,) = grid_of(event("23 09:00", "23 10:00", **more), places=places).days[0].timed
    assert (entry.place, entry.country) == (place, country)


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
