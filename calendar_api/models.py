"""A calendar belongs to one (issuer, subject); its events carry what the API shows, and a version for their ETag.

One table holds single events, series (with the time of their first instance) and those instances of a series that were changed
or cancelled. The other instances are not stored: they are worked out from their series (`series.py`).
"""

from __future__ import annotations

import re
import secrets
from datetime import date, datetime
from typing import Any, cast

from django.db import models
from django.db.models import F, Q

from calendar_api.instance_keys import original_of
from calendar_api.times import AllDay, Moment, Timed, instant_of, stored_zone

Owner = tuple[str, str]  # (`iss`, `sub`) of an access token: two issuers may each have a `usr_123`

EVENT_ID = re.compile(r"[a-v0-9]{5,64}")
_ID_LETTERS = "0123456789abcdefghijklmnopqrstuv"  # base32hex (RFC 4648 section 7): 26 letters hold 130 random bits


def new_event_id() -> str:
    """An id that nobody can guess."""
    return "".join(secrets.choice(_ID_LETTERS) for _ in range(26))


class Calendar(models.Model):
    """One person's calendar, made with the first event. The counts are kept so that the quotas cost no counting."""

    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    event_count = models.PositiveIntegerField(default=0)  # single events and series; instances are none
    series_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_calendar_an_owner")]

    def __str__(self) -> str:
        return f"{self.subject} of {self.issuer}"


class EventQuerySet(models.QuerySet["Event"]):
    """Which events."""

    def of(self, owner: Owner) -> EventQuerySet:
        """Those of one owner and of nobody else, deleted ones included."""
        issuer, subject = owner
        # A subquery, not a join: with one calendar known, the index gives the events in order and nothing is sorted.
        return self.filter(calendar=Calendar.objects.filter(issuer=issuer, subject=subject)[:1])

    def living(self) -> EventQuerySet:
        """Those that were not deleted."""
        return self.exclude(status=Event.Status.CANCELLED)

    def with_id(self, event_id: str) -> EventQuerySet:
        """The one with this id, or none. What cannot be an id is not looked for: PostgreSQL takes no NUL, not even to compare."""
        return self.filter(event_id=event_id, original="") if EVENT_ID.fullmatch(event_id) else self.none()


class Event(models.Model):
    """One event, either timed (instants) or all-day (dates), or what is left of a deleted one: its id, so that it stays taken.

    A changed instance of a series stands by itself: its row is a full copy. It shares `event_id` with its series and adds `original`.
    """

    class Status(models.TextChoices):
        CONFIRMED = "confirmed"
        TENTATIVE = "tentative"
        CANCELLED = "cancelled"  # deleted

    class Kind(models.TextChoices):
        SINGLE = "single"
        SERIES = "series"
        INSTANCE = "instance"  # of a series, changed or cancelled

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.SINGLE)
    event_id = models.CharField(max_length=64, default=new_event_id)
    original = models.CharField(max_length=15, blank=True)  # of an instance: its key
    master = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="own_instances")  # of an instance: its series
    status = models.CharField(max_length=9, choices=Status, default=Status.CONFIRMED)
    summary = models.CharField(max_length=1024, blank=True)
    description = models.TextField(blank=True)
    location = models.CharField(max_length=1024, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    start_instant = models.DateTimeField(null=True)
    end_instant = models.DateTimeField(null=True)
    start_zone = models.CharField(max_length=64, blank=True)
    end_zone = models.CharField(max_length=64, blank=True)
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    sequence = models.PositiveIntegerField(default=0)
    created = models.DateTimeField()
    updated = models.DateTimeField()

    objects = EventQuerySet.as_manager()

    class Meta:
        # The calendar has no index to itself: PostgreSQL would take that one, and sort the whole calendar for each page.
        # The kind stands here, and not only in the series' own table: with a join the database would sort as well.
        indexes = [
            models.Index(fields=["calendar", "kind", "start_instant", "event_id", "original"], name="timed_events_in_order"),
            models.Index(fields=["calendar", "kind", "start_date", "event_id", "original"], name="all_day_events_in_order"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "event_id", "original"], name="an_id_is_used_once"),
            models.CheckConstraint(
                name="an_instance_has_a_series_and_a_key",
                condition=Q(Q(kind="instance", master__isnull=False), ~Q(original=""))
                | Q(kind__in=["single", "series"], master=None, original=""),
            ),
            models.CheckConstraint(
                name="timed_or_all_day_or_deleted",
                condition=Q(start_instant__lt=F("end_instant"), start_date=None, end_date=None)
                | Q(start_date__lt=F("end_date"), start_instant=None, end_instant=None)
                | Q(status="cancelled", start_instant=None, end_instant=None, start_date=None, end_date=None),
            ),
            models.CheckConstraint(
                name="a_place_has_both_coordinates", condition=Q(lat=None, lon=None) | Q(lat__isnull=False, lon__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.summary or self.full_id} ({self.calendar})"

    @property
    def full_id(self) -> str:
        """The id in answers and addresses: of an instance its series' id and its key."""
        return f"{self.event_id}_{self.original}" if self.original else self.event_id

    @property
    def is_series(self) -> bool:
        """Whether it recurs. An instance of it does not."""
        return self.kind == Event.Kind.SERIES

    @property
    def etag(self) -> str:
        """The strong validator of this version (RFC 9110 section 8.8.3), quotes included. An instance's changes with its series too."""
        return f'"v{self.master.version}.{self.version}"' if self.master else f'"v{self.version}"'

    @property
    def recurrence(self) -> list[str] | None:
        """The lines that say when a series recurs (RFC 5545 section 3.8.5); None for what is no series."""
        return self.stored_series.recurrence if self.is_series else None

    @property
    def recurring_event_id(self) -> str | None:
        """Of an instance: the id of its series."""
        return self.event_id if self.original else None

    @property
    def original_start(self) -> Moment | None:
        """Of an instance: when it was to begin, before anybody moved it (RFC 5545 section 3.8.4.4)."""
        if self.master is None:
            return None
        original = original_of(self.original)
        if isinstance(original, datetime):
            return Timed(instant_of(original, stored_zone(self.master.start_zone)), self.master.start_zone)
        return AllDay(cast(date, original))

    @property
    def start(self) -> Moment:
        """When it begins."""
        return _moment(self.start_instant, self.start_zone, self.start_date)

    @start.setter
    def start(self, moment: Moment) -> None:
        self.start_instant, self.start_zone, self.start_date = _columns(moment)

    @property
    def end(self) -> Moment:
        """When it ends; of an all-day event the day after the last."""
        return _moment(self.end_instant, self.end_zone, self.end_date)

    @end.setter
    def end(self, moment: Moment) -> None:
        self.end_instant, self.end_zone, self.end_date = _columns(moment)

    @property
    def geo(self) -> dict[str, float] | None:
        """WGS 84 degrees, RFC 5545 section 3.8.1.6."""
        return None if self.lat is None or self.lon is None else {"lat": self.lat, "lon": self.lon}

    @geo.setter
    def geo(self, place: dict[str, float] | None) -> None:
        self.lat, self.lon = (place["lat"], place["lon"]) if place else (None, None)


class StoredSeries(models.Model):
    """When a series recurs. What else there is to say of it, and the time of its first instance, is in its row of `Event`."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="stored_series")
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="series")
    recurrence = models.JSONField()  # lines, in canonical form
    # Keys. The start is the local one: where the clocks skip it, the first instance starts later, and all others do not.
    local_start = models.CharField(max_length=15)
    local_last = models.CharField(max_length=15, blank=True)  # start of the last instance, or later; empty: endless
    # The days between which it is to be looked for, in any zone; compared widely in SQL and exactly afterwards.
    first_day = models.DateField()
    last_day = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.event}: {', '.join(self.recurrence)}"


def _moment(instant: datetime | None, zone: str, day: Any) -> Moment:
    return AllDay(day) if instant is None else Timed(instant, zone)


def _columns(moment: Moment) -> tuple[datetime | None, str, Any]:
    return (None, "", moment.day) if isinstance(moment, AllDay) else (moment.instant, moment.zone, None)
