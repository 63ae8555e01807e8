"""Changes to what is configured here: each is a decision of the log, with who made it, in the dashboard or through the Management API."""

from django.db.models import Model

from authorization_server import decision_log
from authorization_server.decision_log import Decision
from authorization_server.models import ClientGrant, Consent, PreconfiguredConsent


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
