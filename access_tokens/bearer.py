# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""The token in a request: the `Authorization` header alone, and exactly one (RFC 6750 section 2.1).

Authorization: Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6…
"""

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from access_tokens import rejections


def bearer_token(request: HttpRequest) -> str:
    """The token in the `Authorization` header, as it was sent; empty where there are no credentials, or those of another scheme.

    Raises `InvalidRequest` where a token is sent in another way, or more than one. RFC 6750 section 2.
    """
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if "access_token" in request.GET or "access_token" in _form(request):
        raise rejections.InvalidRequest("access_token was sent in the query or the form; neither is ever looked at")
    scheme, *credentials = re.split(r"[ \t]+", header.strip(" \t"))
    if re.search(r",\s*bearer\b", header, re.IGNORECASE):
        raise rejections.InvalidRequest("two credentials were sent")
    if scheme.lower() != "bearer":
        return ""
    if len(credentials) != 1 or "," in credentials[0]:
        raise rejections.InvalidRequest("no token stands behind Bearer" if not credentials else "more than one token was sent")
    return str(credentials[0])


def is_preflight(request: HttpRequest) -> bool:
    """Whether a browser asks if it may send the real request: it asks without credentials. Fetch standard, CORS-preflight."""
    return request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META


def _form(request: HttpRequest) -> Mapping[str, Any]:
    is_form = request.META.get("CONTENT_TYPE", "").lower().startswith("application/x-www-form-urlencoded")
    return request.POST if is_form else {}
