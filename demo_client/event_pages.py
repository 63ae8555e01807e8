"""Adding an event: the form, the refusal that leads to asking for more, and the name of a place that is picked on the map."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse as url_of
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from demo_client import draft_events, tickets
from demo_client.api_clients import reverse
from demo_client.applications import application
from demo_client.event_form import EventForm
from demo_client.failures import Failure, Refused, TokenRefused
from demo_client.flows.client_credentials import machine_client
from demo_client.happenings import recorded, recording_of
from demo_client.own_pages import own_page, show
from demo_client.sessions import DaybookRequest
from demo_client.sign_in_pages import ask_for_permission


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def new_event(request: DaybookRequest) -> HttpResponse:
    """`/daybook/new`: the form, filled in as far as somebody has before; sent, it becomes an event."""
    return _sent(request) if request.method == "POST" else _shown(request)


@recorded("opens-a-page", "The browser opens the form for a new event.", goes_on=True)
def _shown(request: DaybookRequest) -> HttpResponse:
    tickets.ticket(request.daybook)
    typed = draft_events.kept(request.daybook)
    if typed is None:
        return _page(request, EventForm(initial=EventForm.empty(timezone.now())))
    form = EventForm(typed)
    form.is_valid()
    form.take_over(draft_events.errors(request.daybook))
    return _page(request, form)


@recorded("sends-the-form", "The browser sends the form for a new event to Daybook.")
def _sent(request: DaybookRequest) -> HttpResponse:
    form = EventForm(request.POST)
    try:
        ticket = tickets.ticket(request.daybook)
    except Failure:  # it ran out meanwhile, or she has signed out in another tab
        draft_events.keep(request.daybook, form)
        raise
    if not form.is_valid():
        return _page(request, form, status=400)
    recording, recorder = recording_of(request), recording_of(request).recorder
    recording.is_about(subject=ticket.subject)
    draft_events.keep(request.daybook, form)  # whatever happens now, nothing typed is lost
    try:
        _, where = tickets.show(
            request.daybook,
            lambda access_token: draft_events.add(form, request.daybook, access_token=access_token, recorder=recorder),
            recorder=recorder,
        )
    except TokenRefused:
        raise
    except Refused as refusal:
        draft_events.keep(request.daybook, form, needed=refusal.needed, errors=refusal.errors)
        if not refusal.needed and not refusal.errors:
            raise
        form.take_over(refusal.errors)
        return _page(request, form, status=refusal.http_status)
    recording.goes_on_at_next_page()
    return HttpResponseRedirect(where, status=303)


@require_safe
@own_page
@recorded("begins", "The browser asks Daybook for more, and is sent to the authorization server.")
def ask_for_more(request: DaybookRequest) -> HttpResponse:
    """`/daybook/ask-for-more`: ask for the scopes that the draft needs, beside those that are held (step-up)."""
    ticket = tickets.ticket(request.daybook)
    needed = draft_events.needed_scopes(request.daybook)
    if not needed:
        return HttpResponseRedirect(url_of("demo_client:new-event"))
    scope = " ".join(sorted(ticket.scopes | needed))
    return ask_for_permission(request, application(ticket.client_id), scope=scope, adds_event=True)


@require_safe
@own_page
@recorded("opens-a-page", "The map asks for the name of a place.")
def place_name(request: DaybookRequest) -> HttpResponse:
    """`/daybook/place-name?lat=…&lon=…`: the name of one place, for the map of whoever is signed in."""
    recorder = recording_of(request).recorder
    latitude, longitude = request.GET.get("lat", ""), request.GET.get("lon", "")
    try:
        tickets.ticket(request.daybook)
        name = reverse(latitude, longitude, client=machine_client(settings.GEOCODING_BACKEND_CLIENT_ID), recorder=recorder)
    except Failure as failure:
        return JsonResponse({"detail": str(failure)}, status=failure.status)
    return JsonResponse({"name": name} if name else {"name": None, "reason": "No place within range: open sea."})


def _page(request: DaybookRequest, form: EventForm, *, status: int = 200) -> HttpResponse:
    """The form, beside what the Calendar API said about the last attempt."""
    ticket = tickets.held_ticket(request.daybook)
    needed = draft_events.needed_scopes(request.daybook) - (ticket.scopes if ticket else frozenset())
    exchanges = recording_of(request).recorder.exchanges
    checks = exchanges[-1].checks if exchanges else ()
    return show(request, "new_event.html", {"form": form, "needed": sorted(needed), "checks": checks}, status=status)
