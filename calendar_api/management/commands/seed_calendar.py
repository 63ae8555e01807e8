"""`python manage.py seed_calendar`: Alice's and Bob's demo events around today, so that no page is ever empty."""

from argparse import ArgumentParser
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

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


ALICE = [
    *_every_week(Seed(0, 0, "09:30", 60, "Team meeting"), Seed(0, 0, "18:30", 120, "Choir rehearsal", KREUZBERG)),
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
        for subject, seeds in (("usr_123", ALICE), ("usr_456", BOB)):
            seed(subject, seeds)
            if not quiet:
                self.stdout.write(f"{subject}: {len(seeds)} events around today.")


@transaction.atomic
def seed(subject: str, seeds: list[Seed]) -> None:
    """Make the owner's events with seeded ids exactly `seeds`: new ones appear, known ones move, others go."""
    calendar, _ = Calendar.objects.get_or_create(issuer=settings.ISSUER, subject=subject)
    now = timezone.now()
    today = now.astimezone(zone_named(ZONE)).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    known = {event.event_id: event for event in calendar.events.filter(event_id__startswith=PREFIX)}
    for number, one in enumerate(seeds):
        event_id = f"{PREFIX}{number:04}"
        event = known.pop(event_id, None) or Event(calendar=calendar, event_id=event_id, created=now, version=0)
        before = {name: value for name, value in vars(event).items() if name != "_state"}
        start, end = _times(one, monday)
        event.start, event.end, event.status = start, end, Event.Status.CONFIRMED
        event.summary, event.description, event.location = one.summary, one.description, ""
        event.geo = {"lat": one.geo[0], "lon": one.geo[1]} if one.geo else None
        if {name: value for name, value in vars(event).items() if name != "_state"} != before:
            event.version, event.updated = event.version + 1, now
            event.save()
    calendar.events.filter(pk__in=[event.pk for event in known.values()]).delete()
    calendar.event_count = calendar.events.living().count()
    calendar.save(update_fields=["event_count"])


def _times(one: Seed, monday: datetime) -> tuple[Moment, Moment]:
    day = monday + timedelta(weeks=one.week, days=one.day)
    if one.begins is None:
        return AllDay(day.date()), AllDay(day.date() + timedelta(days=1))
    hours, minutes = one.begins.split(":")
    begins = day.replace(hour=int(hours), minute=int(minutes))
    zone = zone_named(one.zone)
    return moment(begins, zone), moment(begins + timedelta(minutes=one.minutes), zone)
