"""Creating, changing and deleting an event, each in one transaction."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.exceptions import NotFound, ValidationError

from access_tokens.problems import Problem
from calendar_api import quotas, series
from calendar_api.merge_patch import merged
from calendar_api.models import Calendar, Event, Owner
from calendar_api.preconditions import changed_meanwhile, require_unchanged
from calendar_api.serializers import EventSerializer, writable

_WRITTEN = (
    "kind",
    "status",
    "summary",
    "description",
    "location",
    "lat",
    "lon",
    "start_date",
    "end_date",
    "start_instant",
    "end_instant",
    "start_zone",
    "end_zone",
)
_TIMES = frozenset({"status", "start_date", "end_date", "start_instant", "end_instant"})


def find(owner: Owner, event_id: str) -> Event:
    """The owner's event. Raises `NotFound`, alike for an unknown id, a deleted event and somebody else's."""
    return _found(Event.objects.of(owner).living().with_id(event_id).first())


def create(owner: Owner, values: dict[str, Any]) -> Event:
    """A new event of this owner; `values` as `NewEventSerializer` validated them.

    Raises `Problem`: 409 when the id was ever used in this calendar, 403 when the calendar is full. A retry with the same id
    therefore never makes a second event, not even after the first was deleted.
    """
    now = timezone.now()
    try:
        with transaction.atomic():
            calendar, _ = Calendar.objects.get_or_create(issuer=owner[0], subject=owner[1])
            event = Event(calendar=calendar, created=now, updated=now)
            assign(event, values)
            event.save(force_insert=True)
            if values["recurrence"]:
                series.store(event, values["recurrence"])
            quotas.count(calendar.pk, events=1, series=int(bool(values["recurrence"])))
    except IntegrityError as error:
        if not Event.objects.of(owner).with_id(values.get("id", "")).exists():
            raise
        raise _id_taken() from error
    return event


def change(owner: Owner, event_id: str, patch: dict[str, Any], *, if_match: str | None) -> Event:
    """The event with a merge patch applied. The merged result is validated as a new event would be.

    Raises `NotFound`, `ValidationError` with every error, `Problem` (403 for one series too many, 412, 428). A patch that changes
    nothing leaves the version.
    """
    with transaction.atomic():
        event = locked(owner, event_id)
        require_unchanged(event.etag, if_match)
        before = series.series_of(event) if event.is_series else None
        values = validated(EventSerializer(event, data=merged(writable(event), patch)), patch)
        after = values["recurrence"]
        changed = assign(event, values)
        if changed or before != after:
            recurs_otherwise = before != after
            write(event, changed, recurs_otherwise=recurs_otherwise)
            if recurs_otherwise or (after and is_moved(changed)):
                series.store(event, after)
            quotas.count(event.calendar_id, series=bool(after) - bool(before))
    return event


def delete(owner: Owner, event_id: str, *, if_match: str | None) -> None:
    """Empty the event; only its id stays, so that it is not given to another. Raises `NotFound`, `Problem` (412, 428)."""
    with transaction.atomic():
        event = locked(owner, event_id)
        require_unchanged(event.etag, if_match)
        quotas.count(event.calendar_id, events=-1, series=-1 if event.is_series else 0)
        if event.is_series:
            series.store(event, None)
        write(event, empty(event))


def locked(owner: Owner, event_id: str) -> Event:
    """As `find`, for a change: until the end of the transaction nobody else changes the event or an instance of it."""
    # A change without If-Match waits here for the one before it and builds on its result instead of undoing it.
    # SQLite has no row locks: there the whole transaction is one (BEGIN IMMEDIATE).
    return _found(Event.objects.select_for_update().of(owner).living().with_id(event_id).first())


def validated(result: EventSerializer, patch: dict[str, Any]) -> dict[str, Any]:
    """The values of an event that a patch has made. Raises `ValidationError` with every error."""
    # The patch's own names too: an unknown one that is null disappears in the merge.
    refused = result.names_refused(patch)
    if not result.is_valid() or refused:
        raise ValidationError(merged(refused, result.errors))  # errors nest as fields do
    return dict(result.validated_data)


def assign(event: Event, values: dict[str, Any]) -> set[str]:
    """Give `event` these values, without writing it. The columns that are different now."""
    before = {name: getattr(event, name) for name in _WRITTEN}
    for name, value in values.items():
        if name == "recurrence":
            event.kind = Event.Kind.SERIES if value else Event.Kind.SINGLE
        else:
            setattr(event, "event_id" if name == "id" else name, value)
    return {name for name in _WRITTEN if getattr(event, name) != before[name]}


def empty(event: Event) -> set[str]:
    """Take away all that `event` says, without writing it. The columns that are different now."""
    kind = Event.Kind.INSTANCE if event.master_id else Event.Kind.SINGLE
    nothing = Event(kind=kind, status=Event.Status.CANCELLED)
    return assign(event, {name: getattr(nothing, name) for name in _WRITTEN})


def is_moved(columns: set[str]) -> bool:
    """Whether who changes these columns changes when the event is, or whether (RFC 5545 section 3.8.7.4)."""
    return not columns.isdisjoint(_TIMES)


def write(event: Event, columns: set[str], *, recurs_otherwise: bool = False) -> None:
    """Write these columns as the event's next version. Raises `Problem` (412) when it is not at the version it was read at."""
    values = {name: getattr(event, name) for name in columns}
    sequence = event.sequence + (recurs_otherwise or is_moved(columns))
    values |= {"version": event.version + 1, "sequence": sequence, "updated": timezone.now()}
    if not Event.objects.filter(pk=event.pk, version=event.version).update(**values):
        raise changed_meanwhile()  # the lock should not let it come to this; the version does not rely on the lock
    for name, value in values.items():
        setattr(event, name, value)


def _found(event: Event | None) -> Event:
    if event is None:
        raise NotFound("You have no event with this id.")
    return event


def _id_taken() -> Problem:
    detail = "An event with this id exists in this calendar, or did. If this was a retry, read it: your first request arrived."
    return Problem(status=409, code="id_taken", title="This id is taken", detail=detail)
