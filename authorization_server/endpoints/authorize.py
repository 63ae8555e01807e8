"""`/authorize`: one person's yes becomes a code. Validated first, then sign-in, then consent, then the answer (RFC 6749 section 4.1).

    GET  the application's request; or ?ticket=…, one that waited while somebody signed in
    POST the person's answer on the consent page: the ticket, and allow or deny

Read next: `authorization_server/consent.py`, which decides whether the person is asked.
"""

from authlib.oauth2.base import OAuth2Error
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from authorization_server import consent, decision_log, pages, parameters, pending_requests
from authorization_server.authorization_requests import AuthorizationRequest, NoDestination, destination_of
from authorization_server.decision_log import Decision
from authorization_server.models import User
from authorization_server.oauth_requests import OAuthRequest
from authorization_server.parameters import Parameters
from authorization_server.popups import works_in_a_popup
from authorization_server.server import server
from authorization_server.sign_in import signed_in_user


@works_in_a_popup
@require_http_methods(["GET", "POST"])
@never_cache
def authorize(request: HttpRequest) -> HttpResponse:
    """Where no address for the answer is certain, a page with status 400; every other refusal goes to the application."""
    try:
        return _decided(request) if request.method == "POST" else _asked(request)
    except NoDestination as nowhere:
        decision_log.record(Decision.REQUEST_REFUSED, trace_id=decision_log.front_channel_trace_id(request, ""), reason=nowhere.reason)
        return pages.problem(request, title=nowhere.title, cure=nowhere.cure)
    except OAuth2Error as error:  # a query that cannot be read, or plain http where it is not allowed
        return pages.problem(request, title="This request cannot be read", cure=error.description)


def _asked(request: HttpRequest) -> HttpResponse:
    arrived = parameters.of_query(request)
    ticket = arrived.get("ticket") if set(arrived.datalist) == {"ticket"} else ""
    waiting = pending_requests.find(request.session, ticket)
    if ticket and waiting is None:
        return pages.nothing_waits(request)
    oauth_request = _oauth_request(request, waiting.parameters if waiting else arrived)
    try:
        grant = server.get_consent_grant(oauth_request)
    except OAuth2Error as error:
        return server.handle_error_response(oauth_request, error)

    user = signed_in_user(request)
    if user is None:
        ticket = pending_requests.keep(request.session, oauth_request.payload, ticket=ticket)
        return pages.sign_in_first(ticket)

    decision = consent.decide(user=user, asked=oauth_request.asked)
    if decision.needs_dialog:
        _record(Decision.CONSENT_SHOWN, oauth_request, user, reason=decision.reason)
        ticket = pending_requests.keep(request.session, oauth_request.payload, ticket=ticket, shown_to=user)
        return pages.consent(request, ticket=ticket, asked=oauth_request.asked, decision=decision, user=user)

    _record(Decision.CONSENT_SKIPPED, oauth_request, user, reason=decision.reason)
    pending_requests.forget(request.session, ticket)
    return _answer(oauth_request, grant, user)


def _decided(request: HttpRequest) -> HttpResponse:
    user, ticket = signed_in_user(request), request.POST.get("ticket", "")
    waiting = pending_requests.find(request.session, ticket)
    if waiting is None or user is None:
        return pages.nothing_waits(request)
    if waiting.shown_to != user.sub:  # another tab has signed somebody else in since the page was shown
        return pages.SeeOther(pages.continue_url(ticket))
    oauth_request = _oauth_request(request, waiting.parameters)
    pending_requests.forget(request.session, ticket)
    try:
        grant = server.get_consent_grant(oauth_request)
    except OAuth2Error as error:
        return server.handle_error_response(oauth_request, error)

    if request.POST.get("decision") != "allow":
        _record(Decision.CONSENT_REFUSED, oauth_request, user)
        return _answer(oauth_request, grant, None)
    with transaction.atomic():
        consent.remember(user=user, asked=oauth_request.asked)
        _record(Decision.CONSENT_GIVEN, oauth_request, user)
        return _answer(oauth_request, grant, user)


def _oauth_request(request: HttpRequest, asked: Parameters) -> OAuthRequest:
    return OAuthRequest(request, asked, destination_of(asked))


def _answer(oauth_request: OAuthRequest, grant: object, user: User | None) -> HttpResponse:
    """A redirection with a code, or with `access_denied` when `user` is None."""
    response: HttpResponse = server.create_authorization_response(oauth_request, grant_user=user, grant=grant)
    return response


def _record(decision: Decision, oauth_request: OAuthRequest, user: User, *, reason: str = "") -> None:
    asked: AuthorizationRequest = oauth_request.asked
    decision_log.record(
        decision,
        trace_id=oauth_request.trace_id,
        reason=reason,
        client_id=asked.application.client_id,
        user=user.sub,
        audience=asked.api.audience,
        scope=asked.scope,
    )
