# Four Checks, access_tokens 0.1.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""Errors as `application/problem+json` (RFC 9457), for rejections and for everything else that DRF and Django can raise.

{"type": "https://…/token_expired", "title": "Access token expired", "status": 401, "detail": "exp was 61 s ago (…)",
 "code": "token_expired", "step": 3, "check": "exp", "cure": "Ask …", "trace_id": "0af7651916cd43dd8448eb211c80319c"}
"""

import json
from collections.abc import Iterator, Mapping
from http.client import responses
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from rest_framework import exceptions
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.views import set_rollback

from access_tokens.authentication import Refused, public
from access_tokens.conf import configuration
from access_tokens.trace_ids import trace_id_of

__all__ = ["Problem", "exception_handler", "problem_response", "trace_id_of"]

CONTENT_TYPE = "application/problem+json"


class Problem(APIException):
    """Any other error of an API, to be raised from a view: `members` are added to the answer's body.

    raise Problem(status=412, code="precondition_failed", title="Somebody was faster", detail="…", headers={"ETag": …})
    """

    def __init__(
        self, *, status: int, code: str, title: str, detail: str, headers: Mapping[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(detail=detail, code=code)
        self.status_code, self.code, self.title, self.text = status, code, title, detail
        self.headers, self.members = dict(headers or {}), members


def problem_response(
    request: HttpRequest | Request,
    *,
    status: int,
    title: str,
    detail: str | None,
    code: str,
    type: str | None = None,
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> HttpResponse:
    """The answer. `members` that are None are left out; without a `type` it is `about:blank`, so that `title` says all."""
    body = {"type": type or "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    body |= {**members, "trace_id": trace_id_of(request)}
    content = json.dumps({name: value for name, value in body.items() if value is not None})
    return HttpResponse(content, status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))


def exception_handler(exception: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's `EXCEPTION_HANDLER`. None for what no client caused: that becomes Django's answer 500."""
    request, view = context["request"], context.get("view")
    set_rollback()
    if isinstance(exception, Refused):
        if view is not None and hasattr(view, "headers"):
            view.headers.pop("Server-Timing", None)  # it names the checks of a request that passed them all
        return _rejection_response(request, exception)
    if isinstance(exception, Problem):
        facts = {"title": exception.title, "detail": exception.text, "code": exception.code, **exception.members}
        return problem_response(request, status=exception.status_code, headers=exception.headers, **facts)
    if isinstance(exception, exceptions.ValidationError):
        errors = list(_field_errors(exception.detail, ""))
        detail = f"{len(errors)} {'value' if len(errors) == 1 else 'values'} cannot be used; errors says which and why."
        return problem_response(request, status=400, title="Unusable input", detail=detail, code="invalid_input", errors=errors)
    known = _as_api_exception(exception)
    if known is None:
        return None
    headers = {"Retry-After": str(int(known.wait))} if getattr(known, "wait", None) else {}
    if getattr(known, "auth_header", None):
        headers["WWW-Authenticate"] = known.auth_header
    code = known.detail.code if isinstance(known.detail, exceptions.ErrorDetail) else known.default_code
    title = responses.get(known.status_code, "Error")
    return problem_response(request, status=known.status_code, title=title, detail=str(known.detail), code=str(code), headers=headers)


def _rejection_response(request: Request, refused: Refused) -> HttpResponse:
    rejection, explain = refused.rejection, configuration().explain_rejections
    headers = {"Cache-Control": "no-store"}
    if refused.auth_header:
        headers["WWW-Authenticate"] = refused.auth_header
    if refused.wait:
        headers["Retry-After"] = str(refused.wait)
    told = rejection if explain else public(rejection)
    facts: dict[str, Any] = {
        "title": told.title,
        "code": told.code,
        "type": f"{configuration().rejection_pages}{told.code}",
        "detail": None,
    }
    if explain:
        facts |= {"detail": rejection.detail, "step": rejection.step, "check": rejection.check, "cure": rejection.cure}
    return problem_response(request, status=rejection.status, headers=headers, **facts)


def _as_api_exception(exception: Exception) -> Any:
    if isinstance(exception, APIException):
        return exception
    if isinstance(exception, Http404):
        return exceptions.NotFound()
    if isinstance(exception, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(exception, RequestDataTooBig):
        return ContentTooLarge()
    if isinstance(exception, SuspiciousOperation | BadRequest | UnreadablePostError):
        return exceptions.ParseError("The request cannot be read.")
    return None


class ContentTooLarge(APIException):
    """The body is larger than Django reads."""

    status_code, default_detail, default_code = 413, "The request's body is larger than this API reads.", "content_too_large"


def _field_errors(detail: Any, field: str) -> Iterator[dict[str, str]]:
    """DRF's nested errors as a flat list; fields as `start.dateTime` and `points[17].lat`."""
    if isinstance(detail, Mapping):
        for name, nested in detail.items():
            yield from _field_errors(nested, _below(field, name))
    elif isinstance(detail, list | tuple):
        for index, nested in enumerate(detail):
            yield from _field_errors(nested, _below(field, index) if isinstance(nested, Mapping) else field)
    else:
        yield {"field": field, "code": getattr(detail, "code", None) or "invalid", "detail": str(detail)}


def _below(field: str, name: object) -> str:
    if isinstance(name, int):
        return f"{field}[{name}]"
    if name == "non_field_errors":
        return field
    return f"{field}.{name}" if field else str(name)
