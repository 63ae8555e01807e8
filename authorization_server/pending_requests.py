"""Authorization requests that wait while somebody signs in or decides: kept in the session under a ticket, never in a form.

What the browser sends back is the ticket alone, so nothing of the request can be changed on the way, and several tabs do not mix.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase

from authorization_server.models import ApiScope, User
from authorization_server.offline_access import OfflineAccess
from authorization_server.parameters import Parameters

SESSION_KEY = "pending_authorization_requests"
MOST_AT_ONCE = 8


@dataclass(frozen=True)
class PendingRequest:
    """A request that waits, and what has happened to it so far; people are named by their `sub`, or it is empty.

    `signed_in` has signed in for this very request. `shown_to` has the consent page before them, with the scopes `new` marked as new.
    """

    ticket: str
    parameters: Parameters
    signed_in: str = ""
    shown_to: str = ""
    new: frozenset[str] = frozenset()


def keep(session: SessionBase, parameters: Parameters, *, ticket: str = "") -> str:
    """Keep the request and return its ticket, a new one unless it waits already. The oldest goes when there are too many."""
    return _keep(session, parameters, ticket or secrets.token_urlsafe(16), {})


def signed_in(session: SessionBase, waiting: PendingRequest, user: User) -> None:
    """Note that this person has just proven who they are, for this request: what `prompt=login` asks for, once."""
    _keep(session, waiting.parameters, waiting.ticket, {"signed_in": user.sub})


def shown(session: SessionBase, parameters: Parameters, *, ticket: str, user: User, new: tuple[ApiScope | OfflineAccess, ...]) -> str:
    """Keep the request while this person has the consent page before them, whose yes is one to `new`. Returns its ticket."""
    seen = {"shown_to": user.sub, "new": [scope.name for scope in new]}
    return _keep(session, parameters, ticket or secrets.token_urlsafe(16), seen)


def find(session: SessionBase, ticket: str) -> PendingRequest | None:
    """The request that waits under this ticket in this session, if any."""
    kept = session.get(SESSION_KEY, {}).get(ticket)
    if kept is None:
        return None
    parameters = Parameters((name, value) for name, value in kept["parameters"])
    return PendingRequest(ticket, parameters, kept.get("signed_in", ""), kept.get("shown_to", ""), frozenset(kept.get("new", ())))


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


def _keep(session: SessionBase, parameters: Parameters, ticket: str, happened: Mapping[str, object]) -> str:
    waiting = dict(session.get(SESSION_KEY, {}))
    before = waiting.pop(ticket, {})
    waiting[ticket] = {**before, **happened, "parameters": list(parameters.data.items())}
    session[SESSION_KEY] = dict(list(waiting.items())[-MOST_AT_ONCE:])
    return ticket
