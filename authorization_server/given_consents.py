"""Consents after the dialog: what still holds when an application comes back alone, and what ends when one is taken back."""

from django.db.models import Q, QuerySet

from authorization_server import decision_log
from authorization_server.decision_log import Decision
from authorization_server.models import ApiScope, Consent, PreconfiguredConsent, User


def still_allowed(consent: Consent, names: frozenset[str]) -> QuerySet[ApiScope]:
    """Those of the API's scopes with these names that need no question now: what this person allowed, or an administrator."""
    by_administrator = PreconfiguredConsent.objects.meant_for(user=consent.user, application=consent.application, api=consent.api)
    by_anybody = Q(pk__in=consent.allowed.values("scope")) | Q(pk__in=by_administrator.values("scopes"))
    return ApiScope.objects.filter(by_anybody, api=consent.api, name__in=names)


def withdraw(consent: Consent, *, by: User, trace_id: str) -> None:
    """Delete the consent: its codes and refresh tokens go with it, for good. `by` is the person, or an administrator."""
    ended = consent.refresh_token_families.in_force().count()
    decision_log.record(
        Decision.CONSENT_WITHDRAWN,
        trace_id=trace_id,
        reason="by_the_person" if by == consent.user else "by_an_administrator",
        client_id=consent.application.client_id,
        user=consent.user.sub,
        audience=consent.api.audience,
        detail=f"refresh tokens ended: {ended}" + ("" if by == consent.user else f"; done by {by.sub}"),
    )
    consent.delete()
