"""What all pages of Daybook have in common: one host name, no copies kept, and a page for everything that goes wrong."""

import logging
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse as url_of
from django.utils.cache import add_never_cache_headers

from access_tokens.trace_ids import trace_id_of
from demo_client import applications
from demo_client.drawer import drawer
from demo_client.failures import DAYBOOK, Failure
from demo_client.people import person
from demo_client.sessions import DaybookRequest
from demo_client.tickets import held_ticket

logger = logging.getLogger("four_checks.daybook")
View = Callable[..., HttpResponse]
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NEXT_ACTIONS = {
    "sign_in": ("Sign in", "demo_client:sign-in"),
    "sign_in_again": ("Sign in again", "demo_client:sign-in"),
    "ask_again": ("Ask again", "demo_client:sign-in"),
    "this_week": ("Show this week", "demo_client:daybook"),
    "back_to_the_event": ("Back to the event", "demo_client:new-event"),
    "home": ("Back to the start", "demo_client:home"),
}


def own_page(view: View) -> View:
    """A view of Daybook: redirected when asked under another host name, and every `Failure` answered with its page.

    What a `recorded` view set off is kept with its answer.
    """

    @wraps(view)
    def answer(request: DaybookRequest, *args: str, **kwargs: str) -> HttpResponse:
        if elsewhere := _own_address(request):
            return HttpResponseRedirect(elsewhere, status=302 if request.method in {"GET", "HEAD"} else 303)
        request.trace_id, request.recording = trace_id_of(request), None
        try:
            response = view(request, *args, **kwargs)
        except Failure as failure:
            log_failure(request, failure)
            response = failure_page(request, failure)
        if request.recording:
            request.recording.finish(response)
        add_never_cache_headers(response)  # a page of somebody's calendar must not come back after signing out
        return response

    return answer


def log_failure(request: DaybookRequest, failure: Failure) -> None:
    """One line for the operator, under the trace id that the page shows; a failure's words hold neither tokens nor queries."""
    level = logging.WARNING if failure.status >= 500 else logging.INFO
    fields = {"failure": type(failure).__name__, "label": failure.label, "with": failure.service.name, "trace_id": request.trace_id}
    logger.log(level, "%s", failure.headline, extra=fields)


def show(request: DaybookRequest, template: str, context: dict[str, object] | None = None, *, status: int = 200) -> HttpResponse:
    """A page of Daybook in its frame, which says who is signed in, above what just happened."""
    if request.recording:
        request.recording.keep()
    ticket = held_ticket(request.daybook)
    frame = {"ticket": ticket, "person": person(ticket.subject) if ticket else None, "drawer": drawer(request)}
    return render(request, f"demo_client/{template}", {**frame, **(context or {})}, status=status)


def failure_page(request: DaybookRequest, failure: Failure) -> HttpResponse:
    """The page about `failure`: who, what happened, what to do, and one action that goes on."""
    url_name = (request.resolver_match.url_name or "") if request.resolver_match else ""
    # What came to /callback is used up: trying again begins with signing in.
    retry = ("Sign in again", "demo_client:sign-in") if url_name.endswith("callback") else ("Try again", "")
    words, action_url_name = _NEXT_ACTIONS.get(failure.next_action, retry)
    action_url = url_of(action_url_name) if action_url_name else request.get_full_path()
    if failure.client_id:
        action_url = f"{action_url}?{urlencode({'application': failure.client_id})}"
    waits_for = "the authorization server" if action_url_name == "demo_client:sign-in" else "" if action_url_name else _said(failure)
    context: dict[str, object] = {
        "waits_for": waits_for,
        "failure": failure,
        "action": words,
        "action_url": action_url,
        "trace_id": request.trace_id,
    }
    if failure.next_action == "sign_in":
        context["applications"] = applications.all_of_daybook()
    response = show(request, "failure.html", context, status=failure.status)
    if failure.status == 503:
        response["Retry-After"] = "5"
    return response


def _said(failure: Failure) -> str:
    return failure.service.said if failure.service == DAYBOOK else f"the {failure.service.said}"


def _own_address(request: HttpRequest) -> str | None:
    """Where the same page has its own address, when it was asked for under another host name: cookies and redirects belong to one."""
    own = urlsplit(settings.DEMO_CLIENT_URL)
    own_host, own_port = own.hostname, own.port or _DEFAULT_PORTS[own.scheme]
    asked = urlsplit(f"//{request.get_host()}")
    try:
        asked_port = asked.port or _DEFAULT_PORTS[own.scheme]
    except ValueError:  # beyond 65535: Django takes any digits for a port
        asked_port = None
    if (asked.hostname, asked_port) == (own_host, own_port):
        return None
    path = request.get_full_path() if request.method in {"GET", "HEAD"} else "/"
    return f"{settings.DEMO_CLIENT_URL}{path}"
