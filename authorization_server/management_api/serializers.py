"""The form of what comes in and goes out at the Management API."""

import re
from typing import Any

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from authorization_server.models import LogEntry

_TRACE_ID = re.compile(r"[0-9a-f]{32}")


class LogEntrySerializer(serializers.ModelSerializer[LogEntry]):
    """One entry of the decision log: `{"at": "2026-11-25T18:12:35.123456Z", "event": "consent.shown", "reason": "first_time", …}`."""

    class Meta:
        model = LogEntry
        fields = (
            *("at", "event", "request_id", "reason", "client_id", "user", "audience", "scope", "jti", "by", "detail"),
            *("method", "path", "status", "duration_ms"),
        )

    def to_representation(self, instance: LogEntry) -> dict[str, Any]:
        """Without the members that say nothing."""
        return {name: value for name, value in super().to_representation(instance).items() if value not in {"", None}}


def trace_id_in(query: QueryDict) -> str:
    """The one parameter of a trail: 32 hex digits in lower case, as W3C Trace Context writes them.

    Raises `ValidationError`, which names every parameter that is wrong.
    """
    errors = {_quoted(name): [ErrorDetail("There is no such parameter. Known: trace_id.", code="unknown")] for name in query}
    errors.pop("trace_id", None)
    sent = query.getlist("trace_id")
    if not sent:
        errors["trace_id"] = [ErrorDetail("Send trace_id, the 32 hex digits of one trace.", code="required")]
    elif len(sent) > 1:
        errors["trace_id"] = [ErrorDetail("Send this once.", code="repeated")]
    elif not _TRACE_ID.fullmatch(sent[0]):
        errors["trace_id"] = [ErrorDetail("Send 32 hex digits in lower case.", code="invalid")]
    if errors:
        raise ValidationError(errors)
    return sent[0]


def _quoted(text: str) -> str:
    """At most 80 printable ASCII characters of something a caller wrote, safe to repeat in an answer."""
    return "".join(character if " " <= character <= "~" else ascii(character)[1:-1] for character in text[:80])[:80]
