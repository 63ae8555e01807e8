"""Creating, changing and deleting an event, each in one transaction."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from rest_framework.exceptions import NotFound, ValidationError

from access_tokens.problems import Problem
from calendar_api.merge_patch import merged
from calendar_api.models import Calendar, Event, Owner
from calendar_api.preconditions import changed_meanwhile, require_unchanged
from calendar_api.serializers import EventSerializer, writable

MOST_EVENTS = 10_000  # an owner
_WRITTEN = (
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
    event = Event.objects.of(owner).living().with_id(event_id).first()
    if event is None:
        raise NotFound("You have no event with this id.")
    return event


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
            _assign(event, values)
            event.save(force_insert=True)
            # Counted by the database while it is written: of two creates that race for the last place one is refused.
            if not Calendar.objects.filter(pk=calendar.pk, event_count__lt=MOST_EVENTS).update(event_count=F("event_count") + 1):
                raise _calendar_full()
    except IntegrityError as error:
        if not Event.objects.of(owner).with_id(values.get("id", "")).exists():
            raise
        raise _id_taken() from error
    return event


def change(owner: Owner, event_id: str, patch: dict[str, Any], *, if_match: str | None) -> Event:
    """The event with a merge patch applied. The merged result is validated as a new event would be.

    Raises `NotFound`, `ValidationError` with every error, `Problem` (412, 428). A patch that changes nothing leaves the version.
    """
    with transaction.atomic():
        event = _locked(owner, event_id)
        require_unchanged(event.etag, if_match)
        _assign(event, _validated(event, patch))
        before = Event.objects.values(*_WRITTEN).get(pk=event.pk)
        after = {name: getattr(event, name) for name in _WRITTEN}
        changed = {name for name in _WRITTEN if before[name] != after[name]}
        if changed:
            _write(event, sequence=event.sequence + bool(changed & _TIMES), **after)
    return event


def delete(owner: Owner, event_id: str, *, if_match: str | None) -> None:
    """Empty the event; only its id stays, so that it is not given to another. Raises `NotFound`, `Problem` (412, 428)."""
    with transaction.atomic():
        event = _locked(owner, event_id)
        require_unchanged(event.etag, if_match)
        empty = Event(status=Event.Status.CANCELLED)
        _write(event, sequence=event.sequence + 1, **{name: getattr(empty, name) for name in _WRITTEN})
        Calendar.objects.filter(pk=event.calendar_id).update(event_count=F("event_count") - 1)


def _locked(owner: Owner, event_id: str) -> Event:
    # A change without If-Match waits here for the one before it and builds on its result instead of undoing it.
    # SQLite has no row locks: there the whole transaction is one (BEGIN IMMEDIATE).
    event = Event.objects.select_for_update().of(owner).living().with_id(event_id).first()
    if event is None:
        raise NotFound("You have no event with this id.")
    return event


def _write(event: Event, **columns: Any) -> None:
    columns |= {"version": event.version + 1, "updated": timezone.now()}
    if not Event.objects.filter(pk=event.pk, version=event.version).update(**columns):
        raise changed_meanwhile()  # the lock should not let it come to this; the version does not rely on the lock
    for name, value in columns.items():
        setattr(event, name, value)


def _validated(event: Event, patch: dict[str, Any]) -> dict[str, Any]:
    result = EventSerializer(data=merged(writable(event), patch))
    # The patch's own names too: an unknown one that is null disappears in the merge.
    refused = result.names_refused(patch)
    if not result.is_valid() or refused:
        raise ValidationError(merged(refused, result.errors))  # errors nest as fields do
    return dict(result.validated_data)


def _assign(event: Event, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(event, "event_id" if name == "id" else name, value)


def _id_taken() -> Problem:
    detail = "An event with this id exists in this calendar, or did. If this was a retry, read it: your first request arrived."
    return Problem(status=409, code="id_taken", title="This id is taken", detail=detail)


def _calendar_full() -> Problem:
    detail = f"A calendar holds at most {MOST_EVENTS:,} events. Delete some first."
    return Problem(status=403, code="calendar_full", title="The calendar is full", detail=detail)
