# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""Django REST framework: rejections, and everything else that DRF and Django can raise, as problem+json (`problem_responses.py`)."""

from collections.abc import Iterator, Mapping
from http.client import responses
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse, UnreadablePostError
from rest_framework import exceptions
from rest_framework.exceptions import APIException
from rest_framework.views import set_rollback

from access_tokens.authentication import Refused
from access_tokens.problem_responses import problem_response, rejection_response


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


def exception_handler(exception: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's `EXCEPTION_HANDLER`. None for what no client caused: that becomes Django's answer 500."""
    request, view = context["request"], context.get("view")
    set_rollback()
    if isinstance(exception, Refused):
        if view is not None and hasattr(view, "headers"):
            view.headers.pop("Server-Timing", None)  # it names the checks of a request that passed them all
        return rejection_response(request, exception.rejection, challenge=exception.auth_header)
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
