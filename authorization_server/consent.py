"""Consent: whether this person has to be asked, for what exactly, and what is remembered of the answer.

Read next: `authorization_server/grants/client_credentials.py`, the other story, in which nobody is asked.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from authorization_server.authorization_requests import AuthorizationRequest
from authorization_server.models import ApiScope, Consent, ConsentedScope, PreconfiguredConsent, User
from authorization_server.offline_access import OFFLINE_ACCESS, OfflineAccess
from authorization_server.prompts import Prompt


class Reason(StrEnum):
    """Why a dialog is shown or skipped; the log and the page say it."""

    FIRST_TIME = "first_time"
    SCOPE_ADDED = "scope_added"
    PROMPT_CONSENT = "prompt_consent"
    REMEMBERED = "remembered"
    PRECONFIGURED = "preconfigured"


@dataclass(frozen=True)
class ConsentDecision:
    """The scopes of this request: `new` are to be asked for; the person allowed others before, an administrator the rest."""

    reason: Reason
    new: tuple[ApiScope | OfflineAccess, ...]
    remembered: tuple[ApiScope | OfflineAccess, ...]
    preconfigured: tuple[ApiScope | OfflineAccess, ...]
    remembered_since: datetime | None
    consent: Consent | None

    @property
    def needs_dialog(self) -> bool:
        """Whether the person has to be asked."""
        return self.reason not in {Reason.REMEMBERED, Reason.PRECONFIGURED}

    @property
    def held(self) -> tuple[ApiScope | OfflineAccess, ...]:
        """What needs no question."""
        return self.remembered + self.preconfigured

    @property
    def holds_only_reading(self) -> bool:
        """Whether all that was allowed before changes nothing."""
        return bool(self.held) and not any(scope.changes_data for scope in self.held)


def decide(*, user: User, asked: AuthorizationRequest) -> ConsentDecision:
    """Compare what is asked with what `user`, or an administrator, has allowed this application at this API before.

    The dialog appears only when something is new, or with `prompt=consent`. What was allowed earlier and is not asked for now
    plays no part: a token carries exactly the scopes of its own request.
    """
    application, api = asked.application, asked.api
    consent = Consent.objects.remembered_for(user=user, application=application, api=api).first()
    allowed = _allowed(consent) if consent else {}
    remembered = tuple(scope for scope in asked.scopes if scope.name in allowed)
    is_complete = consent is not None and remembered == asked.scopes
    by_administrator = PreconfiguredConsent.objects.meant_for(user=user, application=application, api=api)
    answered_for = set() if is_complete else by_administrator.scope_names()
    preconfigured = tuple(scope for scope in asked.scopes if scope.name in answered_for and scope not in remembered)
    new = tuple(scope for scope in asked.scopes if scope not in remembered + preconfigured)
    if consent is None and not answered_for:
        reason = Reason.FIRST_TIME
    elif new:
        reason = Reason.SCOPE_ADDED
    elif Prompt.CONSENT in asked.prompts:
        reason = Reason.PROMPT_CONSENT
    else:
        reason = Reason.REMEMBERED if is_complete else Reason.PRECONFIGURED
    remembered_since = max((allowed[scope.name] for scope in remembered), default=None)
    return ConsentDecision(reason, new, remembered, preconfigured, remembered_since, consent)


def _allowed(consent: Consent) -> dict[str, datetime]:
    """Since when the person allows what, by the names of scopes."""
    own = {OFFLINE_ACCESS.name: consent.offline_access_since} if consent.offline_access_since else {}
    return {entry.scope.name: entry.allowed_at for entry in consent.allowed.all() if entry.scope.api_id == consent.api_id} | own


def rests_on(asked: AuthorizationRequest) -> str:
    """For the log: what keeps an impostor from a token that needs no dialog. Public applications prove nothing (RFC 6749 section 10.2)."""
    return "the exact redirect URI alone: the application is public" if asked.application.is_public else ""


def remember(*, user: User, asked: AuthorizationRequest, new: frozenset[str]) -> Consent:
    """Keep the person's yes to what the dialog named as new; what was held needs none. Saying yes twice, from two tabs, is one yes."""
    consent = Consent(user=user, application=asked.application, api=asked.api)
    one = ["user", "application", "api"]
    written = one
    if OFFLINE_ACCESS.name in new:
        consent.offline_access_since, written = timezone.now(), [*one, "offline_access_since"]
    # Writing again what stands there makes the database name the row, be it new or the other tab's; ignoring the conflict would not.
    Consent.objects.bulk_create([consent], update_conflicts=True, unique_fields=one, update_fields=written)
    entries = [ConsentedScope(consent=consent, scope=scope) for scope in asked.api_scopes if scope.name in new]
    ConsentedScope.objects.bulk_create(entries, ignore_conflicts=True)
    return consent
