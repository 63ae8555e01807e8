"""Authorization requests that wait while somebody signs in or decides: kept in the session under a ticket, never in a form.

What the browser sends back is the ticket alone, so nothing of the request can be changed on the way, and several tabs do not mix.
"""

import secrets
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase

from authorization_server.models import User
from authorization_server.parameters import Parameters

SESSION_KEY = "pending_authorization_requests"
MOST_AT_ONCE = 8


@dataclass(frozen=True)
class PendingRequest:
    """A request that waits, and for whose answer: `shown_to` is the `sub` of the person who has the consent page before them, or empty."""

    ticket: str
    parameters: Parameters
    shown_to: str


def keep(session: SessionBase, parameters: Parameters, *, ticket: str = "", shown_to: User | None = None) -> str:
    """Keep the request and return its ticket, a new one unless it waits already. The oldest goes when there are too many."""
    ticket = ticket or secrets.token_urlsafe(16)
    waiting = {name: kept for name, kept in session.get(SESSION_KEY, {}).items() if name != ticket}
    waiting[ticket] = {"parameters": list(parameters.data.items()), "shown_to": shown_to.sub if shown_to else ""}
    session[SESSION_KEY] = dict(list(waiting.items())[-MOST_AT_ONCE:])
    return ticket


def find(session: SessionBase, ticket: str) -> PendingRequest | None:
    """The request that waits under this ticket in this session, if any."""
    kept = session.get(SESSION_KEY, {}).get(ticket)
    if kept is None:
        return None
    return PendingRequest(ticket, Parameters((name, value) for name, value in kept["parameters"]), kept["shown_to"])


def forget(session: SessionBase, ticket: str) -> None:
    """The request has been answered: its ticket is good for nothing any more."""
    if ticket in session.get(SESSION_KEY, {}):
        session[SESSION_KEY] = {name: kept for name, kept in session[SESSION_KEY].items() if name != ticket}


def all_of(session: SessionBase) -> dict[str, object]:
    """Everything that waits, to be carried over when signing in gives the browser a new session."""
    return dict(session.get(SESSION_KEY, {}))


def restore(session: SessionBase, waiting: dict[str, object]) -> None:
    """Put back what `all_of` returned."""
    if waiting:
        session[SESSION_KEY] = waiting
