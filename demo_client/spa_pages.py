"""Daybook in the browser: two pages that are the same for everybody. What they do, their modules do in the tab, beside the ticket.

Nothing that came back from the authorization server is read here: `static/demo_client/spa/` does, and sends none of it to this server.
Read next: `demo_client/static/demo_client/spa/sign_in.js`.
"""

from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse as url_of
from django.utils import timezone
from django.views.decorators.http import require_safe

from demo_client import applications
from demo_client.own_pages import own_page
from demo_client.weeks import ZONE, Week, day_of


def origin_of(url: str) -> str:
    """The origin of an address: `http://localhost:9000` of `http://localhost:9000/authorize`."""
    return "{0.scheme}://{0.netloc}".format(urlsplit(url))


# Whom the modules ask for a ticket, and whom they show it: a script that got into these pages could send it to nobody else.
_MAY_CALL = {"connect-src": list(dict.fromkeys(map(origin_of, (settings.ISSUER, settings.CALENDAR_API_URL))))}


@require_safe
@csp_update(_MAY_CALL)
@own_page
def spa(request: HttpRequest) -> HttpResponse:
    """`/spa`: two ways to sign in, and the week once this tab has a ticket."""
    now = timezone.now()
    context = {
        "week": Week.of(now),
        "today": day_of(now),
        "zone": ZONE.key,
        "applications": applications.all_of_daybook(),
    }
    return render(request, "demo_client/spa.html", {**_application(), **context})


@require_safe
@csp_update(_MAY_CALL)
@own_page
def callback(request: HttpRequest) -> HttpResponse:
    """`/spa/callback`: the browser is back with an answer, which the tab takes out of its address and judges itself."""
    response = render(request, "demo_client/spa_callback.html", _application())
    # A code stands in this page's address until its first module runs: style sheets and icons are not to be asked for with it.
    response["Referrer-Policy"] = "strict-origin"
    return response


def _application() -> dict[str, object]:
    """What the modules have to know; none of it is secret."""
    return {
        "issuer": settings.ISSUER,
        "client_id": settings.CALENDAR_SPA_CLIENT_ID,
        "audience": settings.CALENDAR_AUDIENCE,
        "audience_parameter": settings.AUDIENCE_PARAMETER,
        "events_url": f"{settings.CALENDAR_API_URL}/calendar/v1/events",
        "redirect_uri": f"{settings.DEMO_CLIENT_URL}{url_of('demo_client:spa-callback')}",
    }
