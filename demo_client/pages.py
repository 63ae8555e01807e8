"""Daybook's pages: home, and the calendar. Signing in and out are in `sign_in_pages.py`."""

from datetime import datetime, time

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from demo_client import applications, tickets
from demo_client.api_clients import events_of, place_names
from demo_client.day_list import by_day, drawn
from demo_client.events import Event, PlaceName, Point
from demo_client.exchanges import Recorder
from demo_client.failures import Failure
from demo_client.happenings import recorded, recording_of
from demo_client.months import Month
from demo_client.own_pages import log_failure, own_page, show
from demo_client.sessions import DaybookRequest
from demo_client.weeks import ZONE, Week, day_of

# FullCalendar puts a style sheet of its own into the page, and marks it with the nonce that the page names.
_MAY_DRAW = {"style-src": [SELF, NONCE]}


@require_safe
@own_page
def home(request: DaybookRequest) -> HttpResponse:
    """`/`: what this shows, and the one button."""
    return show(request, "home.html")


@require_safe
@csp_update(_MAY_DRAW)
@own_page
@recorded("opens-the-week", "The browser opens the calendar’s page.", goes_on=True)
def daybook(request: DaybookRequest) -> HttpResponse:
    """`/daybook`: a week or a month of the user's events, with place names where the Geocoding API gives them."""
    now = timezone.now()
    period = _period(request, now)
    recording, recorder = recording_of(request), recording_of(request).recorder
    recording.is_about(subject=tickets.ticket(request.daybook).subject)
    ticket, events = tickets.show(
        request.daybook, lambda access_token: events_of(period, access_token=access_token, recorder=recorder), recorder=recorder
    )
    names, trouble = _names_of_places(events, recorder)
    if trouble:
        log_failure(request, trouble)
    days = by_day(period.days, events, names, today=day_of(now))
    context = {
        "period": period,
        "is_now": period.first == type(period).of(now).first,
        "week": _week_of(period, now),
        "month": Month.of(period.start) if isinstance(period, Week) else period,
        "today": day_of(now),
        "zone": ZONE.key,
        "days": days if isinstance(period, Week) else [day for day in days if day.entries],
        "drawn": drawn(events, names),
        "has_events": bool(events),
        "may_write": "write" in ticket.scopes,
        "good_until": datetime.fromtimestamp(ticket.expires_at, ZONE).isoformat(timespec="seconds"),
        "said": request.daybook.pop("said", ""),
        "trouble": trouble,
        "applications": applications.all_of_daybook(),
    }
    return show(request, "daybook.html", context)


def _period(request: DaybookRequest, now: datetime) -> Week | Month:
    if "month" in request.GET:
        return Month.parse(request.GET["month"])
    return Week.parse(request.GET["week"]) if "week" in request.GET else Week.of(now)


def _week_of(period: Week | Month, now: datetime) -> Week:
    """The week that the switch leads to: this one while its month is shown, else the month's first."""
    if isinstance(period, Week):
        return period
    return Week.of(now if Month.of(now) == period else datetime.combine(period.first, time(), ZONE))


def _names_of_places(events: list[Event], recorder: Recorder) -> tuple[dict[Point, PlaceName | None], Failure | None]:
    """The names of the places, all asked for at once; without an answer none, and what went wrong: the events can be read without."""
    points = list(dict.fromkeys(event.geo for event in events if event.geo and not event.location))
    try:
        return place_names(points, recorder=recorder), None
    except Failure as failure:
        return {}, failure
