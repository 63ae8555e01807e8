"""Changes to what is configured here: each is a decision of the log, with who made it, in the dashboard or through the Management API."""

from django.db.models import Model

from authorization_server import decision_log
from authorization_server.decision_log import Decision
from authorization_server.models import ClientGrant, Consent, PreconfiguredConsent, SigningKey


def record(row: Model, reason: str, *, by: str, trace_id: str, detail: str = "") -> None:
    """Log that `row` was added, changed or deleted (`reason`) by the person or machine with the sub `by`.

    `detail` says what exactly, in words without any value that is secret.
    """
    if isinstance(row, Consent):
        return  # given_consents.withdraw says it, with what ended
    if isinstance(row, ClientGrant | PreconfiguredConsent):
        decision_log.record(
            Decision.GRANT_CHANGED,
            trace_id=trace_id,
            reason=reason,
            client_id=row.application.client_id,
            audience=row.api.audience,
            scope=" ".join(scope.name for scope in row.scopes.all()),
            by=by,
            detail=str(row._meta.verbose_name),
        )
        return
    decision_log.record(
        Decision.CONFIGURATION_CHANGED,
        trace_id=trace_id,
        reason=reason,
        client_id=getattr(row, "client_id", ""),
        user=getattr(row, "sub", ""),
        audience=getattr(row, "audience", ""),
        by=by,
        detail=f"{row._meta.verbose_name}: {detail or row}",
    )


def record_rotation(signs_now: SigningKey, *, by: str, trace_id: str) -> None:
    """Log that another key signs."""
    decision_log.record(Decision.KEYS_ROTATED, trace_id=trace_id, by=by, detail=f"signs now: {signs_now.kid}")


def record_revocation(revoked: SigningKey, *, by: str, trace_id: str) -> None:
    """Log that a key is published no more; `revoked` as it was before, so that its state says whether it signed."""
    decision_log.record(Decision.KEY_REVOKED, trace_id=trace_id, reason=revoked.state, by=by, detail=f"revoked: {revoked.kid}")
