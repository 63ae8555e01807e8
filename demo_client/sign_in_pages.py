"""Daybook's pages for signing in and out, each of them a redirection: to the authorization server, back from it, and home."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse as url_of
from django.views.decorators.http import require_POST, require_safe

from demo_client import applications, inspector, issuer_log, sign_ins
from demo_client.discovery import issuer_metadata
from demo_client.draft_events import DraftRefused, add_draft
from demo_client.failures import AuthorizationRefused, MoreRefused, UnexpectedAnswer
from demo_client.flows.authorize import AuthorizationRequest, authorization_url, code_from_answer, exchange_code
from demo_client.flows.token_answer import TokenAnswer
from demo_client.happenings import Recording, forget, forget_old_ones, recorded, recording_of
from demo_client.own_pages import own_page
from demo_client.sessions import DaybookRequest
from demo_client.sign_ins import Begun


@require_safe
@own_page
@recorded("begins", "The browser asks Daybook for the calendar, and is sent to the authorization server.")
def sign_in(request: DaybookRequest) -> HttpResponse:
    """`/sign-in`: send the browser to the authorization server, and remember what was asked. `?application=` picks another of Daybook's."""
    asking = applications.application(request.GET.get("application") or settings.CALENDAR_WEB_CLIENT_ID)
    if asking.is_public:
        return HttpResponseRedirect(url_of("demo_client:spa"))
    prompt = "login consent" if sign_ins.shows_every_page(request.daybook) else ""
    response = ask_for_permission(request, asking, scope=asking.scope, prompt=prompt)
    sign_ins.every_page_is_asked_for(request.daybook)
    return response


def ask_for_permission(
    request: DaybookRequest, asking: applications.Application, *, scope: str, prompt: str = "", adds_event: bool = False
) -> HttpResponse:
    """A redirection of the browser to the authorization server, on behalf of the application `asking`, for these scopes."""
    recording = recording_of(request)
    redirect_uri = f"{settings.DEMO_CLIENT_URL}{url_of(f'demo_client:{asking.answer_at}')}"
    asked = AuthorizationRequest(redirect_uri=redirect_uri, scope=scope, client_id=asking.client_id, prompt=prompt)
    request.trace_id = asked.trace_id
    recording.begins(trace_id=asked.trace_id)
    address = authorization_url(asked, issuer_metadata(recording.recorder))
    forget_old_ones()
    recording.keep()
    sign_ins.begin(asked, request.daybook, happening=recording.happening, adds_event=adds_event)
    return HttpResponseRedirect(address)


@require_safe
@own_page
@recorded("comes-back", "The browser comes back to Daybook with the answer.")
def callback(request: DaybookRequest) -> HttpResponse:
    """`/callback`, `/company/callback`: the browser is back. Only an answer that this browser waits for is used, and only once."""
    begun = sign_ins.take(_single(request, "state"), request.daybook)
    recording = recording_of(request)
    recording.is_about(trace_id=begun.request.trace_id, happening=begun.happening)
    request.trace_id = begun.request.trace_id
    _tell_of_the_front_channel(recording, begun)
    granted = _granted(request, begun, recording)
    subject = inspector.subject(granted.access_token, begun.request.audience)
    recording.is_about(subject=subject)
    sign_ins.finish(granted, request.daybook, subject=subject, client_id=begun.request.client_id)
    recording.goes_on_at_next_page()
    if not begun.adds_event:
        return HttpResponseRedirect(url_of("demo_client:daybook"))  # the code leaves the address bar
    try:
        return HttpResponseRedirect(add_draft(request.daybook, access_token=granted.access_token, recorder=recording.recorder))
    except DraftRefused:
        return HttpResponseRedirect(url_of("demo_client:new-event"))


@require_POST
@own_page
def sign_out(request: DaybookRequest) -> HttpResponse:
    """`/sign-out`: end Daybook's session. The authorization server's own session goes on."""
    forget(request.daybook)
    sign_ins.end(request.daybook)
    return HttpResponseRedirect(url_of("demo_client:home"), status=303)


@require_POST
@own_page
def start_over(request: DaybookRequest) -> HttpResponse:
    """`/start-over`: forget this browser, and have every page shown again at the next sign-in."""
    forget(request.daybook)
    sign_ins.start_over(request.daybook)
    return HttpResponseRedirect(url_of("demo_client:home"), status=303)


def _granted(request: DaybookRequest, begun: Begun, recording: Recording) -> TokenAnswer:
    try:
        code = code_from_answer(dict(request.GET.lists()), issuer_metadata(recording.recorder))
        return exchange_code(code, begun.request, recorder=recording.recorder)
    except AuthorizationRefused as refusal:
        if begun.adds_event:  # what was allowed before goes on
            raise MoreRefused(refusal.error, refusal.description) from refusal
        raise


def _tell_of_the_front_channel(recording: Recording, begun: Begun) -> None:
    """What went on between browser and authorization server meanwhile, also when it ended in a no."""
    messages, subject = issuer_log.front_channel(begun.request.trace_id, scope=begun.request.scope, sent_to=recording.was_sent_to())
    recording.happened_before(messages)
    recording.is_about(subject=subject)


def _single(request: DaybookRequest, name: str) -> str:
    values = request.GET.getlist(name)
    if len(values) != 1:
        raise UnexpectedAnswer
    return values[0]
