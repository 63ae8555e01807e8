"""The sign-ins that Daybook waits for, from the redirect to the authorization server until its answer.

Read next: `demo_client/tickets.py`, what Daybook then holds.
"""

import hashlib
import time
from dataclasses import dataclass

from django.utils import timezone

from demo_client import tickets
from demo_client.failures import UnexpectedAnswer
from demo_client.flows.authorize import AuthorizationRequest
from demo_client.flows.token_answer import TokenAnswer
from demo_client.models import Happening, SignIn
from demo_client.sessions import SessionStore

_MOST_AT_ONCE = 20  # tabs of one browser
_BEGUN, _AGAIN = "begun", "again"


@dataclass(frozen=True)
class Begun:
    """A sign-in whose answer has come: the request, what it set off so far, and whether an event waits for the permission."""

    request: AuthorizationRequest
    happening: Happening | None
    adds_event: bool


def begin(request: AuthorizationRequest, session: SessionStore, *, happening: Happening | None = None, adds_event: bool = False) -> None:
    """Remember `request` until its answer comes to this browser, and forget the sign-ins that nobody finished."""
    if _BEGUN not in session:  # asked of the table: the key in the cookie alone may be anybody's invention
        session[_BEGUN] = int(time.time())
        session.save()
    SignIn.objects.filter(begun_at__lte=timezone.now() - SignIn.WAITS).delete()
    session.delete_those_long_ended()
    begun = SignIn.objects.filter(session_key=session.session_key).order_by("-begun_at")
    too_many = list(begun.values_list("pk", flat=True)[_MOST_AT_ONCE - 1 :])
    SignIn.objects.filter(pk__in=too_many).delete()
    SignIn.objects.create(
        state_sha256=_sha256(request.state),
        session_key=session.session_key or "",
        client_id=request.client_id,
        nonce=request.nonce,
        code_verifier=request.code_verifier,
        redirect_uri=request.redirect_uri,
        scope=request.scope,
        adds_event=adds_event,
        happening=happening if happening and happening.pk else None,
    )


def take(state: str, session: SessionStore) -> Begun:
    """The request that `state` belongs to, once: the same state does not find it again.

    Raises `UnexpectedAnswer` when it was begun by another browser (RFC 9700 section 4.7), too long ago, or was taken before.
    """
    if _BEGUN not in session:
        raise UnexpectedAnswer
    waiting = SignIn.objects.waiting().filter(state_sha256=_sha256(state), session_key=session.session_key)
    begun = waiting.select_related("happening").first()
    if begun is None or not waiting.delete()[0]:  # of two at the same time, one deletes the row
        raise UnexpectedAnswer
    request = AuthorizationRequest(
        redirect_uri=begun.redirect_uri,
        scope=begun.scope,
        client_id=begun.client_id,
        state=state,
        nonce=begun.nonce,
        code_verifier=begun.code_verifier,
    )
    return Begun(request, begun.happening, begun.adds_event)


def finish(granted: TokenAnswer, session: SessionStore, *, subject: str, client_id: str) -> None:
    """Keep the ticket in the session, under a new key: whoever knew the old one is not signed in."""
    before = session.session_key
    session.cycle_key()
    SignIn.objects.filter(session_key=before).update(session_key=session.session_key)  # other tabs may still be on their way
    tickets.keep(granted, session, subject=subject, client_id=client_id)


def start_over(session: SessionStore) -> None:
    """Forget everything, and at the next sign-in have every page shown again, whatever the authorization server remembers."""
    end(session)
    session[_AGAIN] = True


def shows_every_page(session: SessionStore) -> bool:
    """Whether the next sign-in is to show every page."""
    return bool(session.get(_AGAIN))


def every_page_is_asked_for(session: SessionStore) -> None:
    """The browser is on its way: the sign-in after this one is as usual."""
    session.pop(_AGAIN, None)


def end(session: SessionStore) -> None:
    """Sign out of Daybook, and of nothing else."""
    SignIn.objects.filter(session_key=session.session_key).delete()
    session.flush()


def _sha256(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).hexdigest()
