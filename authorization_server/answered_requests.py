"""Middleware: each request that a browser makes at `/authorize` and `/login` is an entry of the decision log, after what it decided.

A middleware and no decorator, because only here the answer is what goes out: that of a failed CSRF check, of an exception
and of a transaction that was rolled back too. The back channel's decisions are collected and stored by it as well.
"""

import time
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponseBase

from authorization_server import decision_log, parameters, pending_requests
from authorization_server.errors import InvalidRequest

FRONT_CHANNEL = {"authorization_server:authorize", "authorization_server:login"}


class AnsweredRequests:
    """Outside of the sessions' middleware, because an answer is another where the session cannot be stored."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, then store what it leaves in the log. `duration_ms` is what this process spent on the answer."""
        started = time.perf_counter()
        with decision_log.one_request():
            response = self.get_response(request)
            trace_id = _trace_id(request)
            if trace_id:
                decision_log.record_answer(
                    trace_id=trace_id,
                    method=request.method or "",
                    path=request.path,
                    status=response.status_code,
                    duration_ms=round((time.perf_counter() - started) * 1000, 1),
                )
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Before the view, which may use the ticket up. All that is logged of this request has the same trace id from here on."""
        trace_id = _trace_id(request)
        if trace_id:
            vars(request)["trace_id"] = trace_id  # where access_tokens.trace_ids looks first


def _trace_id(request: HttpRequest) -> str:
    """By the request's `state`, else empty: a `traceparent` that somebody sent along makes nothing an entry of a sign-in."""
    found = vars(request)
    if "front_channel_trace_id" not in found:
        state = _state(request)
        found["front_channel_trace_id"] = decision_log.front_channel_trace_id(request, state) if state else ""
    return str(found["front_channel_trace_id"])


def _state(request: HttpRequest) -> str:
    """The `state` that the request carries, or that of the waiting request whose ticket it carries."""
    endpoint = request.resolver_match.view_name if request.resolver_match else ""
    if endpoint not in FRONT_CHANNEL or request.method not in {"GET", "POST"}:
        return ""
    try:
        if request.method == "GET" and endpoint == "authorization_server:authorize":
            asked = parameters.of_query(request)
            if asked.get("state"):
                return asked.get("state")
        submitted = request.POST if request.method == "POST" else request.GET
        waiting = pending_requests.find(request.session, submitted.get("ticket", ""))
    except (InvalidRequest, SuspiciousOperation, BadRequest):  # it cannot be read; the view says so
        return ""
    return waiting.parameters.get("state") if waiting else ""
