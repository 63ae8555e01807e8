"""What an application may have at an API: the API's policy first, then the administrator's grant, whose scopes are the ceiling.

Read next: `demo_client/flows/`, the other side of the wire.
"""

from authorization_server.errors import AccessDenied, InvalidScope
from authorization_server.issuer import access_request_url
from authorization_server.models import AccessPolicy, Api, ApiScope, Application, ClientGrant
from authorization_server.remembered import remembered


def scopes_for_machine(*, application: Application, api: Api, requested: frozenset[str]) -> tuple[ApiScope, ...]:
    """The scopes of a token that `application` gets for itself (RFC 6749 section 4.4).

    Asking for none means all that was granted (RFC 6749 section 3.3 lets a server have such a default; Auth0's is this one).
    Raises `AccessDenied` when the API admits no machines or no grant is in force, `InvalidScope` above the grant.
    """
    if api.machine_access == AccessPolicy.DENY:
        raise AccessDenied(
            f"The {api.name} admits no machines: it serves people's own data. Let a person sign in.", reason="machines_denied"
        )
    ceiling = _ceiling(api.machine_access, application=application, api=api)
    return _within(ceiling, requested, api=api) if requested else ceiling


def scopes_for_people(*, application: Application, api: Api, requested: frozenset[str]) -> tuple[ApiScope, ...]:
    """The scopes that `application` may ask a person for: exactly those requested, if the API and its administrator admit them.

    Raises as `scopes_for_machine` does.
    """
    if api.user_access == AccessPolicy.DENY:
        raise AccessDenied(f"The {api.name} admits machines only.", reason="users_denied")
    return _within(_ceiling(api.user_access, application=application, api=api), requested, api=api)


def _ceiling(policy: str, *, application: Application, api: Api) -> tuple[ApiScope, ...]:
    if policy == AccessPolicy.ALLOW_ALL:
        return _scopes_of(api.pk)
    return granted_scopes(application, api)


def granted_scopes(application: Application, api: Api) -> tuple[ApiScope, ...]:
    """What the administrator's yes covers. Raises `AccessDenied` when there is none, or it has ended."""
    granted = _grant(application.pk, api.pk)
    if granted is None or not granted[0].is_in_force:
        raise _no_permission(application, api)
    return granted[1]


_grant = remembered(ClientGrant.objects.with_scopes)


@remembered
def _scopes_of(api: int) -> tuple[ApiScope, ...]:
    return tuple(ApiScope.objects.filter(api=api))


def _within(ceiling: tuple[ApiScope, ...], requested: frozenset[str], *, api: Api) -> tuple[ApiScope, ...]:
    above = sorted(requested - {scope.name for scope in ceiling})
    if above:
        offered = " ".join(scope.name for scope in ceiling) or "none"
        raise InvalidScope(f"{api.name}: not to be had here: {' '.join(above)}. To be had: {offered}.", reason="scope_not_available")
    return tuple(scope for scope in ceiling if scope.name in requested)


def _no_permission(application: Application, api: Api) -> AccessDenied:
    """The right secret does not change this: somebody who administers the API has to say yes."""
    where = access_request_url(client_id=application.client_id, audience=api.audience)
    text = f"{application.name} has no permission (client grant) for the {api.name}. Ask its administrator: {where}"
    return AccessDenied(text, reason="no_client_grant", uri=where)
