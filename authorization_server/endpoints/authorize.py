"""`/authorize`: one person's yes becomes a code, or a token. First validation, then sign-in, consent, the answer (RFC 6749 section 4).

    GET  the application's request; or ?ticket=…, one that waited while somebody signed in
    POST the person's answer on the consent page: the ticket, and allow or deny

Read next: `authorization_server/consent.py`, which decides whether the person is asked.
"""

from authlib.oauth2.base import OAuth2Error
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from authorization_server import consent, decision_log, pages, parameters, pending_requests, sign_in
from authorization_server.authorization_requests import NoDestination, destination_of
from authorization_server.decision_log import Decision
from authorization_server.errors import ConsentRequired, LoginRequired
from authorization_server.oauth_requests import OAuthRequest
from authorization_server.pending_requests import PendingRequest
from authorization_server.popups import works_in_a_popup
from authorization_server.prompts import Prompt
from authorization_server.server import server


@works_in_a_popup
@require_http_methods(["GET", "POST"])
@never_cache
def authorize(request: HttpRequest) -> HttpResponse:
    """Where no address for the answer is certain, a page with status 400; every other refusal goes to the application."""
    try:
        return _decided(request) if request.method == "POST" else _arrived(request)
    except NoDestination as nowhere:
        decision_log.record(Decision.REQUEST_REFUSED, trace_id=decision_log.front_channel_trace_id(request, ""), reason=nowhere.reason)
        return pages.problem(request, title=nowhere.title, cure=nowhere.cure)
    except OAuth2Error as error:  # a query that cannot be read, or plain http where it is not allowed
        return pages.problem(request, title="This request cannot be read", cure=error.description)


def _arrived(request: HttpRequest) -> HttpResponse:
    arrived = parameters.of_query(request)
    ticket = arrived.get("ticket") if set(arrived.datalist) == {"ticket"} else ""
    waiting = pending_requests.find(request.session, ticket)
    if ticket and waiting is None:
        return pages.nothing_waits(request)
    arrived = waiting.parameters if waiting else arrived
    oauth_request = OAuthRequest(request, arrived, destination_of(arrived))
    try:
        return _asked(request, oauth_request, waiting)
    except OAuth2Error as error:
        return server.handle_error_response(oauth_request, error)


def _asked(request: HttpRequest, oauth_request: OAuthRequest, waiting: PendingRequest | None) -> HttpResponse:
    grant = server.get_consent_grant(oauth_request)
    asked, ticket, user = oauth_request.asked, waiting.ticket if waiting else "", sign_in.signed_in_user(request)
    reason = sign_in.reason_to_ask(request, asked=asked, waiting=waiting)
    if user is None or reason:
        if Prompt.NONE in asked.prompts:
            raise LoginRequired("The person has to sign in here first. Ask again without prompt=none.", reason=reason or "")
        oauth_request.record(Decision.SIGN_IN_SHOWN, user, reason=reason or "")
        return pages.sign_in_first(pending_requests.keep(request.session, oauth_request.payload, ticket=ticket))

    decision = consent.decide(user=user, asked=asked)
    if decision.needs_dialog:
        if Prompt.NONE in asked.prompts:
            raise ConsentRequired("The person has to be asked first. Ask again without prompt=none.")
        oauth_request.record(Decision.CONSENT_SHOWN, user, reason=decision.reason)
        ticket = pending_requests.shown(request.session, oauth_request.payload, ticket=ticket, user=user, new=decision.new)
        return pages.consent(request, ticket=ticket, asked=asked, decision=decision, user=user)

    oauth_request.record(Decision.CONSENT_SKIPPED, user, reason=decision.reason, detail=consent.rests_on(asked))
    pending_requests.forget(request.session, ticket)
    oauth_request.consent = decision.consent
    return server.answer(oauth_request, grant, user)


def _decided(request: HttpRequest) -> HttpResponse:
    user, ticket = sign_in.signed_in_user(request), request.POST.get("ticket", "")
    waiting = pending_requests.find(request.session, ticket)
    if waiting is None or user is None:
        return pages.nothing_waits(request)
    if waiting.shown_to != user.sub:  # another tab has signed somebody else in since the page was shown
        return pages.SeeOther(pages.continue_url(ticket))
    oauth_request = OAuthRequest(request, waiting.parameters, destination_of(waiting.parameters))
    pending_requests.forget(request.session, ticket)
    try:
        grant = server.get_consent_grant(oauth_request)
    except OAuth2Error as error:
        return server.handle_error_response(oauth_request, error)

    if request.POST.get("decision") != "allow":
        oauth_request.record(Decision.CONSENT_REFUSED, user)
        return server.answer(oauth_request, grant, None)
    with transaction.atomic():
        oauth_request.consent = consent.remember(user=user, asked=oauth_request.asked, new=waiting.new)
        oauth_request.record(Decision.CONSENT_GIVEN, user)
        return server.answer(oauth_request, grant, user)
