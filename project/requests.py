"""One log line for each request: method, path, status, duration and trace id; never the query, which can hold codes and tokens."""

import logging
import time
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase

from access_tokens.trace_ids import trace_id_of
from project.errors import bad_request

logger = logging.getLogger("four_checks.requests")


class RequestLog:
    """Outermost middleware: what it logs is what was answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, then log it. `duration_ms` is what this process spent on it."""
        started = time.perf_counter()
        response = self.get_response(request)
        fields = {
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "duration_ms": round((time.perf_counter() - started) * 1000, 1),
            "trace_id": trace_id_of(request),
        }
        # Whoever watches a service asks every few seconds; only the answers that it must act on belong in the log.
        is_good_health = request.path in {"/healthz", "/readyz"} and response.status_code == 200
        level = logging.DEBUG if is_good_health else logging.INFO
        logger.log(level, "%s %s %s", request.method, request.path, response.status_code, extra=fields)
        return response


class ReadableLength:
    """400 for a `Content-Length` that is no number, or one of thousands of digits: some servers pass it on, and Django fails on it.

    RFC 9112 section 6.3.
    """

    MOST_DIGITS = 20

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, unless nobody can say how long it is."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit() and len(length) <= self.MOST_DIGITS):
            return bad_request(request, BadRequest("Content-Length is no number"))
        return self.get_response(request)
