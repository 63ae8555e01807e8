# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""The id that joins one request's log lines, its answer and its caller's logs: W3C Trace Context."""

import re
import secrets
from typing import Any

_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")


def trace_id_of(request: Any) -> str:
    """32 hex digits, the same for all of one request: those of a well-formed `traceparent`, else random.

    Takes Django's request and DRF's. The caller's id is a link, never a permission.
    """
    request = getattr(request, "_request", request)  # DRF wraps Django's
    if not hasattr(request, "trace_id"):
        sent = _TRACEPARENT.fullmatch(request.META.get("HTTP_TRACEPARENT", ""))
        request.trace_id = sent[1] if sent else secrets.token_hex(16)
    return str(request.trace_id)
