"""The decision log: what the authorization server decided and why, one structured log event each. Nothing is stored yet."""

import hashlib
import logging
from enum import StrEnum

from django.http import HttpRequest

from access_tokens.problems import trace_id_of

LONGEST_VALUE = 200
logger = logging.getLogger("authorization_server.decisions")


class Decision(StrEnum):
    """The fixed names of what can be decided."""

    SIGNED_IN = "sign_in.succeeded"
    SIGN_IN_REFUSED = "sign_in.refused"
    SIGNED_OUT = "sign_out"
    CONSENT_SHOWN = "consent.shown"
    CONSENT_SKIPPED = "consent.skipped"
    CONSENT_GIVEN = "consent.given"
    CONSENT_REFUSED = "consent.refused"
    CODE_ISSUED = "code.issued"
    TOKEN_ISSUED = "token.issued"  # noqa: S105  a name, no secret
    REQUEST_REFUSED = "request.refused"


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
    detail: str = "",
) -> None:
    """Log one decision. `user` is a `sub`; empty fields are left out, long values are cut. No token, code or secret may come here."""
    fields = {
        "reason": reason,
        "client_id": client_id,
        "user": user,
        "audience": audience,
        "scope": scope,
        "jti": jti,
        "detail": detail,
        "trace_id": trace_id,
    }
    logger.info(
        decision.value, extra={"decision": decision.value} | {name: value[:LONGEST_VALUE] for name, value in fields.items() if value}
    )


def front_channel_trace_id(request: HttpRequest, state: str) -> str:
    """The trace id of what came through the browser: the first 32 hex digits of SHA-256(`state`), so that the application can find it.

    Without a state it is the request's own.
    """
    return hashlib.sha256(state.encode()).hexdigest()[:32] if state else trace_id_of(request)
