"""How much a calendar holds. A quota's 403 says nothing of tokens, and so carries no challenge."""

from django.db.models import F, QuerySet

from access_tokens.problems import Problem
from calendar_api.models import Calendar, Event

MOST_EVENTS = 10_000  # an owner: single events and series
MOST_SERIES = 500  # an owner
MOST_OWN_INSTANCES = 250  # a series: changed and cancelled ones


def count(calendar_id: int, *, events: int = 0, series: int = 0) -> None:
    """Add to what the calendar holds, or take away (negative). To be called in the transaction that does so.

    Raises `Problem` (403) when it is full of either. Counted by the database while it is written: of two writers that race for the
    last place one is refused.
    """
    calendar = Calendar.objects.filter(pk=calendar_id)
    if events and not _has_room(calendar, "event_count", events, MOST_EVENTS):
        detail = f"A calendar holds at most {MOST_EVENTS:,} events. Delete some first."
        raise Problem(status=403, code="calendar_full", title="The calendar is full", detail=detail)
    if series and not _has_room(calendar, "series_count", series, MOST_SERIES):
        detail = f"A calendar holds at most {MOST_SERIES} recurring events. Delete some first, or send an event without recurrence."
        raise Problem(status=403, code="too_many_series", title="The calendar holds no more recurring events", detail=detail)


def require_room_for_instance(master: Event) -> None:
    """Let one more instance of this series, whose row is locked, be changed or cancelled. Raises `Problem` (403)."""
    if master.own_instances.count() >= MOST_OWN_INSTANCES:
        detail = f"At most {MOST_OWN_INSTANCES} instances of a series are changed or cancelled one by one. Change the series instead."
        raise Problem(status=403, code="too_many_changed_instances", title="Too many instances of this series were changed", detail=detail)


def _has_room(calendar: QuerySet[Calendar], column: str, added: int, most: int) -> bool:
    if added > 0:
        calendar = calendar.filter(**{f"{column}__lte": most - added})
    return bool(calendar.update(**{column: F(column) + added}))
