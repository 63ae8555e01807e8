# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""`application/problem+json` (RFC 9457): the answer to a rejection, and to every other error of an API. Needs Django alone.

{"type": "https://…/token_expired", "title": "Access token expired", "status": 401, "detail": "exp was 61 s ago (…)",
 "code": "token_expired", "step": 3, "check": "exp", "cure": "Ask …", "trace_id": "0af7651916cd43dd8448eb211c80319c"}
"""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from access_tokens.challenges import public
from access_tokens.conf import configuration
from access_tokens.rejections import Rejection
from access_tokens.trace_ids import trace_id_of

CONTENT_TYPE = "application/problem+json"


def problem_response(
    request: Any,
    *,
    status: int,
    title: str,
    detail: str | None,
    code: str,
    type: str | None = None,
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> HttpResponse:
    """The answer to `request`, Django's or DRF's. `members` that are None are left out; without a `type` it is `about:blank`."""
    body = {"type": type or "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    body |= {**members, "trace_id": trace_id_of(request)}
    content = json.dumps({name: value for name, value in body.items() if value is not None})
    return HttpResponse(content, status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))


def rejection_response(request: HttpRequest, rejection: Rejection, *, challenge: str) -> HttpResponse:
    """The answer to a refused request, with `challenge` as its `WWW-Authenticate` (none where that is empty).

    Where rejections are explained it says step, check, what was compared and the cure; elsewhere only what `public` leaves.
    """
    explain = configuration().explain_rejections
    told = rejection if explain else public(rejection)
    headers = {"Cache-Control": "no-store"}
    if challenge:
        headers["WWW-Authenticate"] = challenge
    if seconds := getattr(rejection, "retry_after_seconds", None):
        headers["Retry-After"] = str(seconds)
    explained = {"step": rejection.step, "check": rejection.check, "cure": rejection.cure} if explain else {}
    return problem_response(
        request,
        status=rejection.status,
        title=told.title,
        detail=rejection.detail if explain else None,
        code=told.code,
        type=f"{configuration().rejection_pages}{told.code}",
        headers=headers,
        **explained,
    )
