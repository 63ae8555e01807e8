"""`logs`: the decision log. One trace for `read:trails`, all of it, filtered, for `read:logs`."""

import re
from collections.abc import Mapping, Set
from typing import Any

from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from authorization_server.decision_log import REQUEST_ANSWERED, Decision
from authorization_server.management_api import openapi
from authorization_server.management_api.endpoint import Endpoint, only_values
from authorization_server.management_api.fields import ChoiceField, TextField, TimeField, quoted
from authorization_server.management_api.paging import PageQuerySerializer, page_of
from authorization_server.models import LogEntry

MOST_ENTRIES = 500  # of one trace
TRAIL, LOGS = "read:trails", "read:logs"
_TRACE_ID = re.compile(r"[0-9a-f]{32}")


class LogEntrySerializer(serializers.ModelSerializer[LogEntry]):
    """One entry of the decision log: `{"at": "2026-11-25T18:12:35.123456Z", "event": "consent.shown", "reason": "first_time", …}`."""

    class Meta:
        model = LogEntry
        fields: tuple[str, ...] = (
            *("at", "event", "request_id", "reason", "client_id", "user", "audience", "scope", "jti", "by", "detail"),
            *("method", "path", "status", "duration_ms"),
        )

    def to_representation(self, instance: LogEntry) -> dict[str, Any]:
        """Without the members that say nothing."""
        return {name: value for name, value in super().to_representation(instance).items() if value not in {"", None}}


class EntryOfAnyTraceSerializer(LogEntrySerializer):
    """The same, with the id of its trace."""

    class Meta(LogEntrySerializer.Meta):
        fields = ("trace_id", *LogEntrySerializer.Meta.fields)


class LogQuerySerializer(PageQuerySerializer):
    """The filters, exact each; `from` is in, `to` is not."""

    client_id = TextField(required=False)
    user = TextField(required=False, help_text="The person's sub.")
    jti = TextField(required=False, help_text="Names an issued token.")
    to = TimeField(required=False)
    event = ChoiceField(choices=[*(decision.value for decision in Decision), REQUEST_ANSWERED], required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """With `from`, which is no name in Python."""
        return {**super().get_fields(), "from": TimeField(required=False)}


class LogAnswerSerializer(serializers.Serializer[Any]):
    """Some entries."""

    trace_id = serializers.CharField(required=False, help_text="Of a trail: the trace that was asked for.")
    entries = EntryOfAnyTraceSerializer(many=True, help_text="Of a trail without the trace_id of each.")
    next_page_token = serializers.CharField(required=False, help_text="Missing on the last page, and of a trail.")


_TRACE = OpenApiParameter(
    "trace_id", {"type": "string", "pattern": _TRACE_ID.pattern}, description="One trace's entries; alone, without a filter."
)


@openapi.described(
    get=openapi.operation(
        "read_logs",
        "The decision log",
        description=f"With `trace_id` (`{TRAIL}`): that trace, the first 500 entries in their order. Else (`{LOGS}`): the newest first.",
        answer=LogAnswerSerializer,
        parameters=[_TRACE, LogQuerySerializer],
        auth=[{"management_openid_connect": [LOGS]}, {"management_openid_connect": [TRAIL]}, {"management_bearer": []}],
    )
)
class LogList(Endpoint):
    """`GET …/api/v2/logs`: with `trace_id` what was decided and answered in one trace, in its order; else the newest decisions first."""

    parameters = None  # it reads its own: which there are depends on what is asked
    filters = {"client_id": "client_id", "user": "user", "jti": "jti", "from": "at__gte", "to": "at__lt", "event": "event"}

    @property
    def required_scopes(self) -> Mapping[str, Set[str]]:
        """`read:trails` for one trace; `read:logs` for any other question. Who has the first alone is taken to ask for a trace."""
        scopes: Set[str] = getattr(self.request.auth, "scopes", frozenset())
        self.is_trail = "trace_id" in self.request.query_params or (TRAIL in scopes and LOGS not in scopes)
        return {"GET": {TRAIL if self.is_trail else LOGS}}

    def get(self, request: Request) -> Response:
        """The first 500 entries of a trace, none for a trace id that nothing is known of; or one page of the log."""
        return self._trail(trace_id_in(request.query_params)) if self.is_trail else self._page()

    def _trail(self, trace_id: str) -> Response:
        entries = LogEntrySerializer(LogEntry.objects.of_trace(trace_id)[:MOST_ENTRIES], many=True).data
        return Response({"trace_id": trace_id, "entries": entries})

    def _page(self) -> Response:
        self.query = only_values(self.request.query_params, LogQuerySerializer)
        found, next_page = page_of(self.filtered(LogEntry.objects.all()), self.query, newest_first=True)
        entries = EntryOfAnyTraceSerializer(found, many=True).data
        return Response({"entries": entries, **({"next_page_token": next_page} if next_page else {})})


def trace_id_in(query: QueryDict) -> str:
    """The one parameter of a trail: 32 hex digits in lower case, as W3C Trace Context writes them.

    Raises `ValidationError`, which names every parameter that is wrong.
    """
    errors = {quoted(name): [ErrorDetail("There is no such parameter. Known: trace_id.", code="unknown")] for name in query}
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
