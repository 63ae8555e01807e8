"""A person's ticket (access token) as Daybook holds it: on the server, renewed before it ends, dropped when it is of no use.

It stands in the row of her session, and is changed by conditional UPDATE alone. A refresh token is good once, and a second use ends
everything; so of several requests that need a new ticket one asks for it, and the others wait for what it gets.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils import timezone

from demo_client import issuer_log
from demo_client.exchanges import Recorder
from demo_client.failures import Failure, NotSignedIn, RefreshRefused, StillRenewing, TicketExpired, TokenRefused
from demo_client.flows.refresh_token import refresh
from demo_client.flows.token_answer import TokenAnswer
from demo_client.masking import text_without_secrets
from demo_client.models import DaybookSession
from demo_client.sessions import SessionStore

EARLY_SECONDS = 2  # a ticket that ends while it travels is of no use
# Longer than asking takes: twice `exchanges.LIMIT_SECONDS` for the endpoint's address, and for the ticket. A process that died holds nobody
# up for longer.
LEASE = timedelta(seconds=15)
WAIT_SECONDS = 6.0  # then the page says that somebody else still asks
_LOOK_EVERY_SECONDS = 0.1
# What an API says of a ticket that has ended; without explanations it says the second of every ticket that it does not take.
_ENDED = frozenset({"token_expired", "invalid_token"})
_KEPT = "Daybook keeps its refresh token for the next try."
T = TypeVar("T")


@dataclass(frozen=True)
class Ticket:
    """The access token of this session's person: with its end (seconds since 1970) and its scopes from the token answer.

    `subject` is whose it is, as far as Daybook could check that, `client_id` the application that it was given to. With a
    `refresh_token` there is a next one.
    """

    access_token: str = field(repr=False)
    expires_at: float
    scopes: frozenset[str]
    subject: str
    client_id: str
    refresh_token: str = field(default="", repr=False)

    @property
    def is_good(self) -> bool:
        """Whether it lasts for a request."""
        return self.expires_at - time.time() > (EARLY_SECONDS if self.refresh_token else 0)

    @property
    def seconds_left(self) -> int:
        """How long it is good, in whole seconds."""
        return max(0, int(self.expires_at - time.time()))


def keep(granted: TokenAnswer, session: SessionStore, *, subject: str, client_id: str) -> None:
    """Keep what a sign-in brought, whatever was there before."""
    ticket = Ticket(granted.access_token, time.time() + granted.expires_in, granted.scopes, subject, client_id, granted.refresh_token)
    session.ticket_data = _encoded(ticket, session)
    DaybookSession.objects.filter(pk=session.session_key).update(ticket_data=session.ticket_data, renewing_until=None)


def ticket(session: SessionStore) -> Ticket:
    """What Daybook holds for this session's person: good, or with a refresh token. Raises `NotSignedIn`, `TicketExpired`."""
    kept = _kept(session)
    if kept is None:
        raise NotSignedIn
    if not kept.is_good and not kept.refresh_token:
        _drop(session)
        raise TicketExpired
    return kept


def held_ticket(session: SessionStore) -> Ticket | None:
    """The same without a failure: None where nobody is signed in, or the ticket has run out for good."""
    kept = _kept(session)
    return kept if kept and (kept.is_good or kept.refresh_token) else None


def show(session: SessionStore, call: Callable[[str], T], *, recorder: Recorder) -> tuple[Ticket, T]:
    """What `call` returns with an access token that is good, and its ticket: a new one where the held one has ended, by Daybook's clock
    or by the API's.

    By the API's, `call` is made a second time. Raises what `ticket` and `refresh` raise, `StillRenewing`, and what `call` raises; a ticket
    that an API does not take is dropped.
    """
    shown = ticket(session)
    if not shown.is_good:
        shown = _renewed(shown, session, recorder)
    try:
        return shown, call(shown.access_token)
    except TokenRefused as refusal:
        if refusal.code not in _ENDED or not shown.refresh_token:  # of no other reason would a new ticket know less
            _drop(session)
            raise
    shown = _renewed(shown, session, recorder)
    try:
        return shown, call(shown.access_token)
    except TokenRefused:
        _drop(session)
        raise


def _renewed(used: Ticket, session: SessionStore, recorder: Recorder) -> Ticket:
    """The ticket after `used`, from whichever request gets it."""
    gives_up_at = time.monotonic() + WAIT_SECONDS
    while not (until := _leased(session)):
        if newer := _newer(used, session):
            return newer
        if time.monotonic() > gives_up_at:
            raise StillRenewing
        time.sleep(_LOOK_EVERY_SECONDS)
    return _traded(used, session, recorder, until)


def _leased(session: SessionStore) -> datetime | None:
    """Until when this request alone may ask for a new ticket; None while another does, or where one was quicker."""
    now = timezone.now()
    is_free = Q(renewing_until=None) | Q(renewing_until__lte=now)
    return now + LEASE if _unchanged(session).filter(is_free).update(renewing_until=now + LEASE) else None


def _newer(used: Ticket, session: SessionStore) -> Ticket | None:
    """What another request got meanwhile. Raises `NotSignedIn` where there is nothing any more."""
    row = DaybookSession.objects.filter(pk=session.session_key).values_list("ticket_data", flat=True)
    session.ticket_data = row.first() or ""
    kept = _kept(session)
    if kept is None:
        raise NotSignedIn
    return kept if kept.access_token != used.access_token else None


def _traded(used: Ticket, session: SessionStore, recorder: Recorder, until: datetime) -> Ticket:
    """The ticket that the refresh token brings, kept with the next one."""
    aside = Recorder(limit_seconds=recorder.limit_seconds)  # a trace id that Daybook drew itself, so its log may be asked for
    try:
        granted = refresh(used.refresh_token, client_id=used.client_id, recorder=aside)
    except Failure as failure:
        if isinstance(failure, RefreshRefused) and failure.is_final:
            if not _drop(session) and (newer := _newer(used, session)):  # this lease had ended, and another request was quicker
                return newer
            raise
        _unchanged(session).filter(renewing_until=until).update(renewing_until=None)
        said = text_without_secrets(failure.lead, (used.refresh_token,))  # an error's description may quote the request
        failure.lead = f"{said} {_KEPT}"
        raise
    else:
        granted = granted.for_request(" ".join(used.scopes))
        ends_at, next_one = time.time() + granted.expires_in, granted.refresh_token or used.refresh_token  # RFC 6749 section 6
        renewed = replace(used, access_token=granted.access_token, expires_at=ends_at, scopes=granted.scopes, refresh_token=next_one)
        data = _encoded(renewed, session)
        if _unchanged(session).update(ticket_data=data, renewing_until=None):
            session.ticket_data = data
            return renewed
        return _newer(used, session) or renewed  # signed out meanwhile: that stays so
    finally:
        recorder.exchanges += issuer_log.with_its_decisions(aside.exchanges, trace_id=aside.trace_id, subject=used.subject)


def _unchanged(session: SessionStore) -> QuerySet[DaybookSession]:
    """The session's row, if its ticket is still the one that this request knows."""
    return DaybookSession.objects.filter(pk=session.session_key, ticket_data=session.ticket_data)


def _drop(session: SessionStore) -> bool:
    """Forget the ticket: it has run out, or is not taken. Whether it was still there: a newer one stays."""
    was_there = _unchanged(session).update(ticket_data="", renewing_until=None)
    session.ticket_data = ""
    return bool(was_there)


def _kept(session: SessionStore) -> Ticket | None:
    _ = session.keys()  # has the row read, if it was not
    kept = session.decode(session.ticket_data) if session.ticket_data else {}
    return Ticket(**{**kept, "scopes": frozenset(kept["scopes"])}) if kept else None


def _encoded(ticket: Ticket, session: SessionStore) -> str:
    return str(session.encode({**asdict(ticket), "scopes": sorted(ticket.scopes)}))
