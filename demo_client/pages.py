"""Daybook's pages: home, signing in and out, and the week."""

from datetime import date, datetime

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse as url_of
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from demo_client import sign_ins
from demo_client.api_clients import Point, events_of, place_names
from demo_client.discovery import issuer_metadata
from demo_client.events import Event, PlaceName
from demo_client.exchanges import Recorder
from demo_client.failures import Failure, Refused, UnexpectedAnswer
from demo_client.flows.authorize import AuthorizationRequest, authorization_url, code_from_answer, exchange_code
from demo_client.own_pages import log_failure, own_page, show
from demo_client.sessions import DaybookRequest
from demo_client.week_grid import lay_out
from demo_client.weeks import ZONE, Week

READING = "read"


@require_safe
@own_page
def home(request: DaybookRequest) -> HttpResponse:
    """`/`: what this shows, and the one button."""
    return show(request, "home.html")


@require_safe
@own_page
def sign_in(request: DaybookRequest) -> HttpResponse:
    """`/sign-in`: send the browser to the authorization server, and remember what was asked."""
    asked = AuthorizationRequest(redirect_uri=f"{settings.DEMO_CLIENT_URL}{url_of('demo_client:callback')}", scope=READING)
    address = authorization_url(asked, issuer_metadata(Recorder(trace_id=request.trace_id)))
    sign_ins.begin(asked, request.daybook)
    return HttpResponseRedirect(address)


@require_safe
@own_page
def callback(request: DaybookRequest) -> HttpResponse:
    """`/callback`: the browser is back with an answer. Only one that this browser waits for is used, and only once."""
    asked = sign_ins.take(_single(request, "state"), request.daybook)
    request.trace_id = asked.trace_id
    recorder = Recorder(trace_id=request.trace_id)
    code = code_from_answer(dict(request.GET.lists()), issuer_metadata(recorder))
    granted = exchange_code(code, asked, recorder=recorder)
    sign_ins.finish(granted, request.daybook)
    return HttpResponseRedirect(url_of("demo_client:daybook"))  # the code leaves the address bar


@require_safe
@own_page
def daybook(request: DaybookRequest) -> HttpResponse:
    """`/daybook`: a week of the user's events, with place names where the Geocoding API gives them."""
    now = timezone.now()
    week = Week.parse(request.GET["week"]) if "week" in request.GET else Week.of(now)
    ticket = sign_ins.ticket(request.daybook)
    recorder = Recorder(trace_id=request.trace_id)
    try:
        events = events_of(week, access_token=ticket.access_token, recorder=recorder)
    except Refused as refusal:
        if refusal.http_status == 401:  # it will be refused the next time too
            sign_ins.drop_ticket(request.daybook)
        raise
    names, trouble = _names_of_places(events, recorder)
    if trouble:
        log_failure(request, trouble)
    context = {
        "week": week,
        "is_this_week": week == Week.of(now),
        "grid": lay_out(week, events, names, today=_day(now)),
        "has_events": bool(events),
        "may_write": "write" in ticket.scopes,
        "as_list": request.GET.get("view") == "list",
        "trouble": trouble,
    }
    return show(request, "daybook.html", context)


@require_POST
@own_page
def sign_out(request: DaybookRequest) -> HttpResponse:
    """`/sign-out`: end Daybook's session. The authorization server's own session goes on."""
    sign_ins.end(request.daybook)
    return HttpResponseRedirect(url_of("demo_client:home"), status=303)


def _names_of_places(events: list[Event], recorder: Recorder) -> tuple[dict[Point, PlaceName | None], Failure | None]:
    """The names of the places, all asked for at once; without an answer none, and what went wrong: the events can be read without."""
    points = list(dict.fromkeys(event.geo for event in events if event.geo and not event.location))
    try:
        return place_names(points, recorder=recorder), None
    except Failure as failure:
        return {}, failure


def _single(request: DaybookRequest, name: str) -> str:
    values = request.GET.getlist(name)
    if len(values) != 1:
        raise UnexpectedAnswer
    return values[0]


def _day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()
