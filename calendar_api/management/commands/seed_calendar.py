"""`python manage.py seed_calendar`: Alice's and Bob's demo events around today, so that no page is ever empty."""

from argparse import ArgumentParser
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from calendar_api import changes, series
from calendar_api.expansion import Series, read_series
from calendar_api.instance_keys import key_of
from calendar_api.models import Calendar, Event
from calendar_api.times import AllDay, Moment, moment, zone_named

ZONE = "Europe/Berlin"
PREFIX = "fourchecksdemo"  # of the ids of all that is made here; a run moves and removes only these

KREUZBERG, NEUKOELLN, MITTE = (52.4977, 13.4036), (52.4811, 13.4354), (52.5200, 13.4050)
ALTONA, SPEICHERSTADT = (53.5503, 9.9350), (53.5436, 9.9886)
SOUTHWARK, SOHO, GREENWICH = (51.5033, -0.0865), (51.5136, -0.1365), (51.4779, -0.0015)
SHIBUYA, TRASTEVERE, MONTI = (35.6580, 139.7016), (41.8887, 12.4689), (41.8954, 12.4923)
MIRAFLORES, BARRANCO = (-12.1211, -77.0297), (-12.1494, -77.0217)


@dataclass(frozen=True)
class Seed:
    """One event: `week` 0 is this one, `day` 0 its Monday; `begins` local, or None for a whole day."""

    week: int
    day: int
    begins: str | None
    minutes: int
    summary: str
    geo: tuple[float, float] | None = None
    zone: str = ZONE
    description: str = ""


def _every_week(*summaries: Seed) -> list[Seed]:
    return [Seed(week, seed.day, seed.begins, seed.minutes, seed.summary, seed.geo) for week in range(-1, 4) for seed in summaries]


@dataclass(frozen=True)
class WeeklySeed:
    """A weekly series that began with `first`, and what is `otherwise` in which week; None: cancelled."""

    event_id: str
    first: Seed
    otherwise: dict[int, Seed | None]


# For a year, begun half a year ago, so that the clocks have changed since: the rehearsals stay at 18:30.
CHOIR = WeeklySeed(
    f"{PREFIX}choir",
    Seed(-26, 0, "18:30", 120, "Choir rehearsal", KREUZBERG),
    {1: Seed(1, 0, "19:00", 150, "Choir rehearsal with the orchestra", MITTE), 3: None},
)
ALICE = [
    *_every_week(Seed(0, 0, "09:30", 60, "Team meeting")),
    # last week
    Seed(-1, 1, "12:30", 60, "Lunch with Gina", MITTE),
    Seed(-1, 2, "10:00", 120, "Site visit", SPEICHERSTADT),
    Seed(-1, 3, "16:00", 60, "Dentist", NEUKOELLN),
    Seed(-1, 4, "08:30", 60, "Call with Tokyo", SHIBUYA),
    Seed(-1, 5, "14:00", 150, "Museum", MITTE),
    # this week
    Seed(0, 1, "12:30", 90, "Lunch with Bob", NEUKOELLN),
    Seed(0, 2, None, 0, "Bob’s birthday"),
    Seed(0, 2, "10:00", 120, "Site visit", ALTONA),
    Seed(0, 3, "13:00", 90, "Workshop, day 1", SOUTHWARK, "Europe/London"),
    Seed(0, 3, "18:00", 120, "Theatre", SOHO, "Europe/London"),
    Seed(0, 4, "08:30", 90, "Call with Tokyo", SHIBUYA),
    Seed(0, 5, "11:00", 120, "Market, then a walk", TRASTEVERE, "Europe/Rome"),
    # next week
    Seed(1, 1, "09:00", 180, "Workshop, day 2", SOUTHWARK, "Europe/London"),
    Seed(1, 1, "14:00", 90, "Tea at the observatory", GREENWICH, "Europe/London"),
    Seed(1, 2, "12:30", 60, "Lunch with Bob", KREUZBERG),
    Seed(1, 3, "15:00", 60, "Call with Lima", MIRAFLORES),
    Seed(1, 4, "08:30", 90, "Call with Tokyo", SHIBUYA),
    Seed(1, 4, "20:15", 800, "Night train to Rome", MONTI, description="Berlin 20:15\nRome 09:35"),
    Seed(1, 5, "13:00", 120, "Lunch with Chiara", MONTI, "Europe/Rome"),
    Seed(1, 6, "10:30", 90, "Walk along the river", TRASTEVERE, "Europe/Rome"),
    # in two weeks
    Seed(2, 1, "10:00", 120, "Site visit", ALTONA),
    Seed(2, 1, "13:00", 60, "Lunch at the harbour", SPEICHERSTADT),
    Seed(2, 2, "17:30", 90, "Bouldering", KREUZBERG),
    Seed(2, 3, "15:00", 60, "Call with Lima", BARRANCO),
    Seed(2, 4, "08:30", 90, "Call with Tokyo", SHIBUYA),
    Seed(2, 5, "19:30", 150, "Choir concert", MITTE),
    # in three weeks
    Seed(3, 1, "12:30", 90, "Lunch with Bob", NEUKOELLN),
    Seed(3, 2, "11:00", 60, "Review of the year", MITTE),
    Seed(3, 3, "18:00", 120, "Theatre", SOHO, "Europe/London"),
    Seed(3, 4, "08:30", 60, "Call with Tokyo", SHIBUYA),
]
BOB = [
    *_every_week(Seed(0, 3, "17:00", 90, "Football", NEUKOELLN)),
    Seed(0, 1, "12:30", 90, "Lunch with Alice", NEUKOELLN),
    Seed(0, 2, None, 0, "My birthday"),
    Seed(0, 2, "19:00", 240, "Party", KREUZBERG),
    Seed(1, 2, "12:30", 60, "Lunch with Alice", KREUZBERG),
    Seed(3, 1, "12:30", 90, "Lunch with Alice", NEUKOELLN),
]


class Command(BaseCommand):
    """Bring the demo events to the weeks around today. What people made themselves stays as it is."""

    help = "Create or move the demo events of Alice and Bob around today (only with DEMO_IDENTITIES)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--quiet`: say nothing when all went well."""
        parser.add_argument("--quiet", action="store_true", help="say nothing when all went well")

    def handle(self, *args: Any, quiet: bool, **options: Any) -> None:
        """Seed both calendars. Raises `CommandError` without DEMO_IDENTITIES."""
        if not settings.DEMO_IDENTITIES:
            raise CommandError("These are events of demo people, and DEMO_IDENTITIES is off. Cure: set DEMO_IDENTITIES=1, for a demo only.")
        demo: tuple[tuple[str, list[Seed], list[WeeklySeed]], ...] = (("usr_123", ALICE, [CHOIR]), ("usr_456", BOB, []))
        for subject, seeds, weekly in demo:
            seed(subject, seeds, weekly)
            if not quiet:
                self.stdout.write(f"{subject}: {len(seeds)} events around today, {len(weekly)} weekly series.")


@transaction.atomic
def seed(subject: str, seeds: list[Seed], weekly: list[WeeklySeed]) -> None:
    """Make the owner's events with seeded ids exactly these: new ones appear, known ones move, others go."""
    calendar, _ = Calendar.objects.get_or_create(issuer=settings.ISSUER, subject=subject)
    now = timezone.now()
    today = now.astimezone(zone_named(ZONE)).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    known = {event.full_id: event for event in calendar.events.filter(event_id__startswith=PREFIX)}

    def event(event_id: str, key: str = "", **of_series: Any) -> Event:
        new = Event(calendar=calendar, event_id=event_id, original=key, created=now, version=0, **of_series)
        return known.pop(new.full_id, new)

    for number, one in enumerate(seeds):
        _put(event(f"{PREFIX}{number:04}"), one, monday, now, recurrence=None)
    for every_week in weekly:
        first, event_id = every_week.first, every_week.event_id
        rule = read_series(["RRULE:FREQ=WEEKLY;COUNT=53"], start=_local(first, monday), zone=zone_named(first.zone))
        master = _put(event(event_id), first, monday, now, recurrence=rule)
        for week, instead in every_week.otherwise.items():
            key = key_of(_local(replace(first, week=week), monday))
            _put(event(event_id, key, kind=Event.Kind.INSTANCE, master=master), instead, monday, now)
    calendar.events.filter(pk__in=[gone.pk for gone in known.values()]).delete()
    living = calendar.events.living().exclude(kind=Event.Kind.INSTANCE)
    calendar.event_count, calendar.series_count = living.count(), living.filter(kind=Event.Kind.SERIES).count()
    calendar.save(update_fields=["event_count", "series_count"])


def _put(event: Event, one: Seed | None, monday: datetime, now: datetime, **recurrence: Series | None) -> Event:
    """Let `event` be as `one` says (None: cancelled), as its next version if that changes it."""
    if one is None:
        changed = changes.empty(event)
    else:
        start, end = _times(one, monday)
        geo = {"lat": one.geo[0], "lon": one.geo[1]} if one.geo else None
        text = {"summary": one.summary, "description": one.description, "location": ""}
        changed = changes.assign(event, {"status": Event.Status.CONFIRMED, **text, "geo": geo, "start": start, "end": end, **recurrence})
    if changed:
        event.version, event.updated = event.version + 1, now
        event.save()
    if changed and (event.is_series or "kind" in changed):
        series.store(event, recurrence["recurrence"])
    return event


def _local(one: Seed, monday: datetime) -> datetime:
    hours, minutes = (one.begins or "00:00").split(":")
    return monday + timedelta(weeks=one.week, days=one.day, hours=int(hours), minutes=int(minutes))


def _times(one: Seed, monday: datetime) -> tuple[Moment, Moment]:
    begins = _local(one, monday)
    if one.begins is None:
        return AllDay(begins.date()), AllDay(begins.date() + timedelta(days=1))
    zone = zone_named(one.zone)
    return moment(begins, zone), moment(begins + timedelta(minutes=one.minutes), zone)
