"""Consents after the dialog: what still holds when an application comes back alone, and what ends when one is taken back."""

from django.db.models import Count, Q, QuerySet

from authorization_server import decision_log
from authorization_server.client_grants import granted_scopes
from authorization_server.decision_log import Decision
from authorization_server.errors import AccessDenied
from authorization_server.models import AccessPolicy, ApiScope, Consent, PreconfiguredConsent, User
from authorization_server.models.refresh_token_families import are_in_force


def given_by(user: User) -> QuerySet[Consent]:
    """All of this person's, with what they hold and, as `refresh_tokens`, how many of these rest on each and are good."""
    alive = Count("refresh_token_families", filter=are_in_force("refresh_token_families__"))
    consents = Consent.objects.filter(user=user).select_related("application", "api").prefetch_related("allowed__scope")
    return consents.annotate(refresh_tokens=alive).order_by("application__name", "api__name")


def still_allowed(consent: Consent, names: frozenset[str]) -> tuple[ApiScope, ...]:
    """Those of the API's scopes with these names that would need no question now; what was lost meanwhile is left out.

    Allowed by this person or by an administrator, and, where the API asks for a client grant, within it. Raises `AccessDenied`
    when the API admits no people any more, or that grant is not there.
    """
    application, api = consent.application, consent.api
    if api.user_access == AccessPolicy.DENY:
        raise AccessDenied(f"The {api.name} admits no people any more.", reason="users_denied")
    by_administrator = PreconfiguredConsent.objects.meant_for(user=consent.user, application=application, api=api)
    by_anybody = Q(pk__in=consent.allowed.values("scope")) | Q(pk__in=by_administrator.values("scopes"))
    scopes = ApiScope.objects.filter(by_anybody, api=api, name__in=names)
    if api.user_access == AccessPolicy.REQUIRE_GRANT:
        scopes = scopes.filter(pk__in=[scope.pk for scope in granted_scopes(application, api)])
    return tuple(scopes)


def withdraw(consent: Consent, *, by: str, trace_id: str) -> int:
    """Delete the consent: its codes and refresh tokens go with it, for good. `by` is the sub of the person, or of who administers.

    Returns how many refresh tokens that ended.
    """
    ended = consent.refresh_token_families.in_force().count()
    decision_log.record(
        Decision.CONSENT_WITHDRAWN,
        trace_id=trace_id,
        reason="by_the_person" if by == consent.user.sub else "by_an_administrator",
        client_id=consent.application.client_id,
        user=consent.user.sub,
        audience=consent.api.audience,
        by=by,
        detail=f"refresh tokens ended: {ended}",
    )
    consent.delete()
    return ended
