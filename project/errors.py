"""Answers to requests that reached no view, or broke one: problem+json below an API's path, a page elsewhere."""

import re
import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from access_tokens.problem_responses import problem_response
from access_tokens.trace_ids import trace_id_of

_API_PATHS = re.compile(r"/(calendar|calandar|geocoding)/v1/|/\.well-known/|/oauth/|/api/v2/")


def _answer(request: HttpRequest, status: int, title: str, detail: str, code: str) -> HttpResponse:
    if _API_PATHS.match(request.path):
        return problem_response(request, status=status, title=title, detail=detail, code=code)
    context = {"title": title, "detail": detail, "status": status, "trace_id": trace_id_of(request)}
    return render(request, "four_checks/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a host name that is not allowed, a length that is none, a form with too many fields, a path that cannot be decoded."""
    return _answer(
        request,
        400,
        "This request cannot be read",
        "Its address, host name, length or form is not one that this service takes.",
        "bad_request",
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 from Django itself."""
    return _answer(request, 403, "This is not yours to open", "You are signed in as somebody who may not see this page.", "forbidden")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without its CSRF value, mostly one that was open in another tab while somebody signed in. Nothing was changed."""
    detail = "Its page is no longer valid, because you signed in or out meanwhile. Go back, reload the page and send the form again."
    return _answer(request, 403, "This form is out of date", detail, "csrf_failed")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no view has this path."""
    return _answer(request, 404, "There is nothing at this address", "Check the path for a letter too many or too few.", "not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """What a view raised and nobody caught. 503 while the database is locked or away, which passes; else 500, a fault of ours.

    The log has the traceback, under the same trace id.
    """
    if isinstance(sys.exception(), OperationalError):
        busy = _answer(request, 503, "The database does not answer", "Nothing was changed. Try again in a few seconds.", "database_busy")
        busy["Retry-After"] = "2"
        return busy
    return _answer(
        request, 500, "Something here is broken", "This is a fault of the service. Its log says more under this trace id.", "server_error"
    )
