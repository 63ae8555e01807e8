"""Consent: whether this person has to be asked, for what exactly, and what is remembered of the answer.

Read next: `authorization_server/grants/client_credentials.py`, the other story, in which nobody is asked.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from authorization_server.authorization_requests import AuthorizationRequest
from authorization_server.models import ApiScope, Consent, ConsentedScope, User


class Reason(StrEnum):
    """Why a dialog is shown or skipped; the log and the page say it."""

    FIRST_TIME = "first_time"
    SCOPE_ADDED = "scope_added"
    REMEMBERED = "remembered"


@dataclass(frozen=True)
class ConsentDecision:
    """`new` are the scopes to ask for, `held` those of this request that were allowed before, the latest of them at `held_since`."""

    reason: Reason
    new: tuple[ApiScope, ...]
    held: tuple[ApiScope, ...]
    held_since: datetime | None = None

    @property
    def needs_dialog(self) -> bool:
        """Whether the person has to be asked."""
        return self.reason != Reason.REMEMBERED

    @property
    def holds_only_reading(self) -> bool:
        """Whether all that was allowed before changes nothing."""
        return bool(self.held) and not any(scope.changes_data for scope in self.held)


def decide(*, user: User, asked: AuthorizationRequest) -> ConsentDecision:
    """Compare what is asked with what `user` has allowed this application at this API before.

    The dialog appears only when something is new. What was allowed earlier and is not asked for now plays no part:
    a token carries exactly the scopes of its own request.
    """
    consent = Consent.objects.remembered_for(user=user, application=asked.application, api=asked.api).first()
    if consent is None:
        return ConsentDecision(Reason.FIRST_TIME, new=asked.scopes, held=())
    allowed = {entry.scope_id: entry.allowed_at for entry in consent.allowed.all()}
    new = tuple(scope for scope in asked.scopes if scope.pk not in allowed)
    held = tuple(scope for scope in asked.scopes if scope.pk in allowed)
    held_since = max((allowed[scope.pk] for scope in held), default=None)
    return ConsentDecision(Reason.SCOPE_ADDED if new else Reason.REMEMBERED, new, held, held_since)


def remember(*, user: User, asked: AuthorizationRequest) -> None:
    """Keep the person's yes to everything that this request asks for. Saying yes twice, from two tabs, is one yes."""
    whose = {"user": user, "application": asked.application, "api": asked.api}
    Consent.objects.bulk_create([Consent(**whose)], ignore_conflicts=True)
    consent = Consent.objects.get(**whose)
    entries = [ConsentedScope(consent=consent, scope=scope) for scope in asked.scopes]
    ConsentedScope.objects.bulk_create(entries, ignore_conflicts=True)
