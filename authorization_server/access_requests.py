"""Access requests: asked by an application's owner, decided by the API's administrator, with a client grant as the answer.

Read next: `authorization_server/client_grants.py`, where the grant is looked up.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from authorization_server import decision_log, issuer
from authorization_server.decision_log import Decision
from authorization_server.models import AccessPolicy, AccessRequest, Api, ApiScope, Application, ClientGrant, User
from authorization_server.models.access_requests import RequestState


class NotPossible(Exception):
    """It cannot be asked or decided so; `field` names what is wrong, the text says why and what to do."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class AlreadyThere(NotPossible):
    """It is asked or decided already: what is stored is in the way, not what was sent."""


def ask(
    *, application: Application, api: Api, scopes: Collection[ApiScope], purpose: str, requested_by: User | None, by: str, trace_id: str
) -> AccessRequest:
    """Store the request; `by` is the sub of who sends it. Raises `NotPossible`."""
    check_can_be_permitted(api)
    if any(scope.api_id != api.pk for scope in scopes):
        raise NotPossible("scopes", f"These are not all scopes of the {api.name}.")
    try:
        with transaction.atomic():
            request = AccessRequest.objects.create(application=application, api=api, purpose=purpose, requested_by=requested_by)
            request.scopes.set(scopes)
    except IntegrityError as error:
        raise AlreadyThere("audience", "A request for this application and API waits for its decision already.") from error
    _record(Decision.ACCESS_REQUESTED, request, scopes, by=by, trace_id=trace_id)
    return request


def check_can_be_permitted(api: Api) -> None:
    """Raise `NotPossible` for an API that no administrator opens to an application: then nobody has to ask, or wait."""
    if api.audience == issuer.management_url():
        raise NotPossible("audience", "Permission for the Management API cannot be asked for: create_management_client gives it.")
    if api.machine_access == AccessPolicy.DENY:
        raise NotPossible("audience", f"The {api.name} admits no machines: no administrator can permit it.")


def may_decide(user: User, api: Api) -> bool:
    """The API's administrator, and a superuser; nobody else."""
    return user.is_superuser or api.administrator_id == user.pk


@transaction.atomic
def approve(request: AccessRequest, *, scopes: Collection[ApiScope], ends_at: datetime | None, by: str, trace_id: str) -> ClientGrant:
    """Write the client grant: from now on the application may have `scopes`, and what it may already, until `ends_at`.

    Raises `NotPossible` for scopes that were not asked for, an end that is past, an API that admits no machines (any more), and
    a request that somebody has decided already: one conditional UPDATE tells who was first.
    """
    check_can_be_permitted(request.api)  # also against rows that came from elsewhere than `ask`
    asked_for = set(request.scopes.all())
    if not set(scopes) <= asked_for:
        raise NotPossible("scopes", "Only what was asked for can be approved.")
    if asked_for and not scopes:
        raise NotPossible("scopes", "Approve at least one permission, or deny the request.")
    if ends_at and ends_at <= timezone.now():
        raise NotPossible("ends_at", "The end must be in the future.")
    _decide(request, RequestState.APPROVED, by=by, ends_at=ends_at)
    request.granted_scopes.set(scopes)
    of_both: dict[str, Any] = {"application": request.application, "api": request.api}
    held = ApiScope.objects.filter(pk__in=ClientGrant.objects.in_force().filter(**of_both).values("scopes"))
    allowed_now = {*held, *scopes}
    grant, is_new = ClientGrant.objects.update_or_create(**of_both, defaults={"ends_at": ends_at})
    grant.scopes.set(allowed_now)
    _record(Decision.ACCESS_REQUEST_APPROVED, request, scopes, by=by, trace_id=trace_id)
    _record(Decision.GRANT_CHANGED, request, allowed_now, by=by, trace_id=trace_id, reason="added" if is_new else "changed")
    return grant


def deny(request: AccessRequest, *, reason: str, by: str, trace_id: str) -> None:
    """Say no, with a reason that the person who asked reads. Raises `NotPossible` without one, and where somebody was first."""
    if not reason.strip():
        raise NotPossible("reason", "Say why: the person who asked reads it.")
    _decide(request, RequestState.DENIED, by=by, reason=reason.strip())
    _record(Decision.ACCESS_REQUEST_DENIED, request, request.scopes.all(), by=by, trace_id=trace_id)


def _decide(request: AccessRequest, state: RequestState, *, by: str, ends_at: datetime | None = None, reason: str = "") -> None:
    facts = {"state": state, "decided_by": by, "decided_at": timezone.now(), "ends_at": ends_at, "reason": reason}
    if AccessRequest.objects.pending().filter(pk=request.pk).update(**facts) != 1:
        raise AlreadyThere("state", "Somebody has decided this request already.")
    request.refresh_from_db()


def _record(decision: Decision, request: AccessRequest, scopes: Collection[ApiScope], *, by: str, trace_id: str, reason: str = "") -> None:
    decision_log.record(
        decision,
        trace_id=trace_id,
        reason=reason,
        client_id=request.application.client_id,
        audience=request.api.audience,
        scope=" ".join(sorted(scope.name for scope in scopes)),
        by=by,
    )
