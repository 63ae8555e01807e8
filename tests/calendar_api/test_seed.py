"""`seed_calendar`: the demo's week always looks the same, and what people made themselves stays."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command

from calendar_api.models import Calendar, Event
from tests.calendar_api.conftest import Caller

BERLIN = ZoneInfo("Europe/Berlin")
# Tuesday of a week in winter; a Sunday night in Berlin that is still Sunday in UTC; the weeks around both clock changes; New Year.
TODAYS = [
    "2026-11-24T09:00:00Z",
    "2026-11-29T22:30:00Z",
    "2026-03-25T12:00:00Z",
    "2026-10-21T12:00:00Z",
    "2026-12-31T12:00:00Z",
    "2028-02-28T23:30:00Z",
]


def monday_of(today):
    now = datetime.fromisoformat(today).astimezone(BERLIN)
    return datetime.fromordinal(now.toordinal() - now.weekday()).replace(tzinfo=BERLIN)


def week_of(caller, today):
    """`(weekday, local start, local end, summary)` of each event of that week, as Daybook shows it in Berlin."""
    monday = monday_of(today)
    sunday_night = datetime.fromordinal(monday.toordinal() + 7).replace(tzinfo=BERLIN)
    query = {"timeMin": monday.isoformat(), "timeMax": sunday_night.isoformat(), "timeZone": "Europe/Berlin", "singleEvents": "true"}
    rows = []
    for event in caller.get("events", query=query).json()["items"]:
        if "date" in event["start"]:
            rows.append((datetime.fromisoformat(event["start"]["date"]).weekday(), "", "", event["summary"]))
        else:
            start, end = (datetime.fromisoformat(event[side]["dateTime"]).astimezone(BERLIN) for side in ("start", "end"))
            rows.append((start.weekday(), f"{start:%H:%M}", f"{end:%H:%M}", event["summary"]))
    return rows


@pytest.mark.parametrize("today", TODAYS)
def test_this_week_always_looks_like_this(db, issuer, today):
    with time_machine.travel(today, tick=False):
        call_command("seed_calendar", quiet=True)
        assert week_of(Caller(issuer.access_token()), today) == [
            (0, "09:30", "10:30", "Team meeting"),
            (0, "18:30", "20:30", "Choir rehearsal"),
            (1, "12:30", "14:00", "Lunch with Bob"),
            (2, "", "", "Bob’s birthday"),
            (2, "10:00", "12:00", "Site visit"),
            (3, "14:00", "15:30", "Workshop, day 1"),
            (3, "19:00", "21:00", "Theatre"),
            (4, "08:30", "10:00", "Call with Tokyo"),
            (5, "11:00", "13:00", "Market, then a walk"),
        ]


@pytest.mark.parametrize("today", TODAYS)
def test_some_forty_events_around_today_with_coordinates_and_no_place_names(db, today):
    with time_machine.travel(today, tick=False):
        call_command("seed_calendar", quiet=True)
    events = Event.objects.filter(calendar__subject="usr_123", kind="single")
    assert events.count() == 35
    assert sum(event.lat is not None for event in events) > 25
    assert {event.location for event in events} == {""}
    assert sum(event.start_date is not None for event in events) == 1
    timed = [(e.start_instant.astimezone(BERLIN), e.end_instant.astimezone(BERLIN)) for e in events if e.start_instant and e.end_instant]
    assert sum(start.date() != end.date() for start, end in timed) == 1
    weeks = {(start - monday_of(today)).days // 7 for start, _ in timed}
    assert sorted(weeks) == [-1, 0, 1, 2, 3]


@pytest.mark.parametrize("today", TODAYS)
def test_the_rehearsals_are_one_series_across_a_clock_change_with_one_changed_and_one_cancelled(db, issuer, today):
    with time_machine.travel(today, tick=False):
        call_command("seed_calendar", quiet=True)
        alice, monday = Caller(issuer.access_token()), monday_of(today)
        window = {"timeMin": (monday - timedelta(weeks=27)).isoformat(), "timeMax": (monday + timedelta(weeks=5)).isoformat()}
        (series,) = [event for event in alice.get("events", query={"maxResults": 250}).json()["items"] if "recurrence" in event]
        instances = alice.get(f"events/{series['id']}/instances", query=window).json()["items"]
    assert series["recurrence"] == ["RRULE:FREQ=WEEKLY;COUNT=53"]
    starts = [datetime.fromisoformat(instance["start"]["dateTime"]) for instance in instances]
    weeks = {(start.replace(tzinfo=None) - monday.replace(tzinfo=None)).days // 7: f"{start:%H:%M}" for start in starts}
    assert weeks == {week: "18:30" for week in range(-26, 5) if week != 3} | {1: "19:00"}
    assert len({start.utcoffset() for start in starts}) == 2
    assert len({instance["summary"] for instance in instances}) == 2


def test_a_run_makes_the_series_again_whatever_was_done_to_it(db, issuer):
    call_command("seed_calendar", quiet=True)
    alice = Caller(issuer.access_token())
    (series,) = Event.objects.filter(kind="series")
    (cancelled,) = series.own_instances.filter(status="cancelled")
    at = f"events/{series.event_id}"
    changed = series.own_instances.exclude(pk=cancelled.pk).get()
    expected = alice.get(f"{at}_{changed.original}").json()

    assert alice.delete(f"{at}_{changed.original}").status_code == 204
    call_command("seed_calendar", quiet=True)
    again = alice.get(f"{at}_{changed.original}").json()
    assert (again["summary"], again["start"]) == (expected["summary"], expected["start"])

    for undone in (lambda: alice.patch(at, {"recurrence": None}), lambda: alice.delete(at)):
        assert undone().status_code < 300
        call_command("seed_calendar", quiet=True)
        assert alice.get(at).json()["recurrence"] == ["RRULE:FREQ=WEEKLY;COUNT=53"]
        assert alice.get(f"{at}_{changed.original}").json()["summary"] == expected["summary"]
        assert alice.get(f"{at}_{cancelled.original}").status_code == 404
        assert Calendar.objects.get(subject="usr_123").series_count == 1


def test_a_single_demo_event_that_was_made_a_series_is_single_again(db, issuer):
    call_command("seed_calendar", quiet=True)
    alice = Caller(issuer.access_token())
    lunch = Event.objects.filter(summary="Lunch with Bob")[0].event_id
    assert alice.patch(f"events/{lunch}", {"recurrence": ["RRULE:FREQ=DAILY"]}).status_code == 200
    call_command("seed_calendar", quiet=True)
    assert "recurrence" not in alice.get(f"events/{lunch}").json()
    assert Calendar.objects.get(subject="usr_123").series_count == 1


def test_bob_has_his_own(db, issuer):
    call_command("seed_calendar", quiet=True)
    assert "Lunch with Alice" in Caller(issuer.access_token(sub="usr_456")).lists()
    assert set(Calendar.objects.values_list("issuer", "subject")) == {(issuer.url, "usr_123"), (issuer.url, "usr_456")}


def test_a_second_run_changes_nothing(db):
    with time_machine.travel(TODAYS[0], tick=False):
        call_command("seed_calendar", quiet=True)
    before = list(Event.objects.order_by("pk").values())
    with time_machine.travel("2026-11-24T20:00:00Z", tick=False):
        call_command("seed_calendar", quiet=True)
    assert list(Event.objects.order_by("pk").values()) == before
    assert [calendar.event_count for calendar in Calendar.objects.order_by("subject")] == [36, 10]


def test_another_days_run_moves_the_seeded_events_and_leaves_peoples_own(db, issuer):
    with time_machine.travel(TODAYS[0], tick=False):
        call_command("seed_calendar", quiet=True)
        own = Caller(issuer.access_token()).creates(id="mine01", summary="My own")
    with time_machine.travel("2027-02-03T09:00:00Z", tick=False):
        call_command("seed_calendar", quiet=True)
        alice = Caller(issuer.access_token())
        assert len(week_of(alice, "2027-02-03T09:00:00Z")) == 9
        assert alice.get("events/mine01").json() == own
    assert (
        Calendar.objects.get(subject="usr_123").event_count
        == Event.objects.filter(calendar__subject="usr_123").living().exclude(kind="instance").count()
        == 37
    )


def test_a_run_brings_back_what_was_deleted_or_changed(db, issuer):
    call_command("seed_calendar", quiet=True)
    alice = Caller(issuer.access_token())
    first, second = alice.get("events", query={"maxResults": 2}).json()["items"]
    alice.delete(f"events/{first['id']}")
    alice.patch(f"events/{second['id']}", {"summary": "Changed", "location": "Somewhere"})
    call_command("seed_calendar", quiet=True)
    assert alice.get(f"events/{first['id']}").json()["summary"] == first["summary"]
    again = alice.get(f"events/{second['id']}").json()
    assert (again["summary"], again["location"]) == (second["summary"], "")
    assert again["etag"] not in {second["etag"], '"v2"'}
    assert Calendar.objects.get(subject="usr_123").event_count == 36


def test_demo_events_are_for_demo_people_only(db, settings):
    settings.DEMO_IDENTITIES = False
    with pytest.raises(CommandError, match="DEMO_IDENTITIES=1"):
        call_command("seed_calendar")
    assert not Event.objects.exists()


def test_it_says_what_it_did_unless_told_to_be_quiet(db, capsys):
    call_command("seed_calendar")
    assert "35 events around today, 1 weekly series" in capsys.readouterr().out
    call_command("seed_calendar", quiet=True)
    assert capsys.readouterr().out == ""
