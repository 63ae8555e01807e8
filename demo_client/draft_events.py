"""The event that a person has typed and that is not in her calendar yet: kept in the session, so that nothing typed is lost on the way."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse as url_of

from demo_client.api_clients import create_event
from demo_client.event_form import EventForm
from demo_client.exchanges import Recorder
from demo_client.failures import Failure, Refused
from demo_client.sessions import SessionStore
from demo_client.weeks import Week

_DRAFT, _NEEDED, _ERRORS = "draft", "draft_needs", "draft_errors"
_LONGEST_TYPED = 2000  # characters of one field that are kept, be it filled in by a person or not
TAKEN = 409  # this very event was added before: the form was sent twice


class DraftRefused(Exception):
    """The draft cannot be added as it is; the form says why."""


def keep(session: SessionStore, form: EventForm, *, needed: frozenset[str] = frozenset(), errors: Sequence[tuple[str, str]] = ()) -> None:
    """Keep what was typed, and what it takes: the scopes that the Calendar API asks for, or what it finds wrong."""
    session[_DRAFT] = {name: str(form.data.get(name, ""))[:_LONGEST_TYPED] for name in form.fields}
    session[_NEEDED], session[_ERRORS] = sorted(needed), list(errors)


def kept(session: SessionStore) -> dict[str, Any] | None:
    """What was typed and not added yet, by the form's fields."""
    draft = session.get(_DRAFT)
    return dict(draft) if isinstance(draft, dict) else None


def needed_scopes(session: SessionStore) -> frozenset[str]:
    """The scopes without which it cannot be added."""
    return frozenset(session.get(_NEEDED, ()))


def errors(session: SessionStore) -> list[tuple[str, str]]:
    """What the Calendar API found wrong with it, by the API's names of fields."""
    return [(str(field), str(detail)) for field, detail in session.get(_ERRORS, ())]


def forget(session: SessionStore) -> None:
    """It is in the calendar, or the person has started anew."""
    for name in (_DRAFT, _NEEDED, _ERRORS):
        session.pop(name, None)


def add(form: EventForm, session: SessionStore, *, access_token: str, recorder: Recorder) -> str:
    """Add the event of a valid form, and return the address of the week in which it is now. Raises what `create_event` raises."""
    try:
        create_event(form.as_event(), access_token=access_token, recorder=recorder)
    except Refused as refusal:
        if refusal.http_status != TAKEN:
            raise
    forget(session)
    session["said"] = f"“{form.cleaned_data['what']}” is in the calendar."
    week = Week.containing(form.cleaned_data["day"])
    return f"{url_of('demo_client:daybook')}?{urlencode({'week': str(week)})}"


def add_draft(session: SessionStore, *, access_token: str, recorder: Recorder) -> str:
    """Add what was typed before the permission was there.

    Raises `DraftRefused` when there is nothing, or it cannot be added as it is; and what `create_event` raises, with the way back.
    """
    form = EventForm(kept(session) or {})
    if not form.is_valid():
        raise DraftRefused
    try:
        return add(form, session, access_token=access_token, recorder=recorder)
    except Failure as failure:
        if isinstance(failure, Refused):
            keep(session, form, needed=failure.needed, errors=failure.errors)
            if failure.needed or failure.errors:
                raise DraftRefused from failure
        failure.next_action = "back_to_the_event"
        raise
