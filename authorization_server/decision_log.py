"""The decision log: what the authorization server decided and why. Each decision is a line of the structured log and a stored entry.

What one HTTP request leaves is collected and stored when it is answered: with one INSERT, after every transaction of its own,
so that nothing is lost with one that was rolled back, and before the answer goes out.
"""

import hashlib
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum

from django.db import Error
from django.http import HttpRequest
from django.utils import timezone

from access_tokens.trace_ids import trace_id_of
from authorization_server import housekeeping
from authorization_server.applications import CLIENT_ID
from authorization_server.models.log_entries import LONGEST_VALUE, LogEntry, NewEntry

logger = logging.getLogger("authorization_server.decisions")
_of_this_request: ContextVar[list[NewEntry] | None] = ContextVar("decision_log_of_this_request", default=None)


class Decision(StrEnum):
    """The fixed names of what can be decided."""

    SIGN_IN_SHOWN = "sign_in.shown"
    SIGNED_IN = "sign_in.succeeded"
    SIGN_IN_REFUSED = "sign_in.refused"
    SIGNED_OUT = "sign_out"
    CONSENT_SHOWN = "consent.shown"
    CONSENT_SKIPPED = "consent.skipped"
    CONSENT_GIVEN = "consent.given"
    CONSENT_REFUSED = "consent.refused"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    CODE_ISSUED = "code.issued"
    TOKEN_ISSUED = "token.issued"  # noqa: S105  a name, no secret
    REFRESH_TOKENS_REVOKED = "refresh_tokens.revoked"
    ACCESS_REQUESTED = "access_request.asked"
    ACCESS_REQUEST_APPROVED = "access_request.approved"
    ACCESS_REQUEST_DENIED = "access_request.denied"
    GRANT_CHANGED = "grant.changed"
    CONFIGURATION_CHANGED = "configuration.changed"
    KEYS_ROTATED = "keys.rotated"
    KEY_REVOKED = "keys.revoked"
    REQUEST_REFUSED = "request.refused"


REQUEST_ANSWERED = "request.answered"


def record(
    decision: Decision,
    *,
    trace_id: str,
    reason: str = "",
    client_id: str = "",
    user: str = "",
    audience: str = "",
    scope: str = "",
    jti: str = "",
    by: str = "",
    detail: str = "",
) -> None:
    """Log and store one decision. `user` is a `sub`, `by` that of who made a change; long values are cut.

    No token, code or secret may come here.
    """
    fields = {
        "reason": reason,
        "client_id": client_id if CLIENT_ID.fullmatch(client_id) else "",  # else who knows what a caller put there by mistake
        "user": user,
        "audience": audience,
        "scope": scope,
        "jti": jti,
        "by": by,
        "detail": detail,
        "trace_id": trace_id,
    }
    fields = {name: _one_line(value) for name, value in fields.items() if value}
    logger.info(decision.value, extra={"decision": decision.value} | fields)
    _store({"event": decision.value, **fields})


def record_answer(*, trace_id: str, method: str, path: str, status: int, duration_ms: float) -> None:
    """Store that a request was answered. `path` is without a query. The structured log has a line of every request already."""
    answered: NewEntry = {"method": method, "path": _one_line(path), "status": status, "duration_ms": duration_ms}
    _store({"event": REQUEST_ANSWERED, "trace_id": trace_id, **answered})


@contextmanager
def one_request() -> Iterator[None]:
    """Collect what is recorded inside and store it at the end, under an id that says which entries came of one request."""
    entries: list[NewEntry] = []
    before = _of_this_request.set(entries)
    try:
        yield
    finally:
        _of_this_request.reset(before)
        request_id = secrets.token_hex(8)
        for entry in entries:
            entry["request_id"] = request_id
        _insert(entries)


def front_channel_trace_id(request: HttpRequest, state: str) -> str:
    """The trace id of what came through the browser: the first 32 hex digits of SHA-256(`state`), so that the application can find it.

    Without a state it is the request's own.
    """
    return hashlib.sha256(state.encode()).hexdigest()[:32] if state else trace_id_of(request)


def _one_line(value: str) -> str:
    """Cut, and without the characters that could forge another line, or turn the rest of this one round."""
    cut = value[:LONGEST_VALUE]
    return cut if cut.isprintable() else "".join(c if c.isprintable() else "?" for c in cut)


def _store(entry: NewEntry) -> None:
    entry["at"] = timezone.now()
    collected = _of_this_request.get()
    if collected is None:  # a command, not a request
        _insert([entry])
    else:
        collected.append(entry)


def _insert(entries: list[NewEntry]) -> None:
    """What was decided stays decided, and is answered, even if the database takes no entries now; then the structured log says so."""
    if not entries:
        return
    try:
        LogEntry.objects.append(entries)
        housekeeping.once_a_day(on=timezone.now().date())
    except Error as error:
        facts = {"entries": len(entries), "error": type(error).__name__, "trace_id": entries[0]["trace_id"]}
        logger.error("decision_log.not_stored", extra=facts)
