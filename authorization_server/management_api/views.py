"""The Management API's endpoints: what applications may see and do here, each protected as the APIs are that this server issues for."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access_tokens.permissions import HasRequiredScopes, IsMachine
from authorization_server.management_api.authentication import ManagementAccessToken
from authorization_server.management_api.serializers import LogEntrySerializer, trace_id_in
from authorization_server.models import LogEntry

MOST_ENTRIES = 500


class LogList(APIView):
    """`GET …/api/v2/logs?trace_id=…`: what was decided and answered in one trace, in its order."""

    authentication_classes = [ManagementAccessToken]  # checks 1, 2 and 3; names the audience
    permission_classes = [IsMachine, HasRequiredScopes]  # check 4
    required_scopes = {"GET": {"read:trails"}}

    def get(self, request: Request) -> Response:
        """The first 500 entries; none for a trace id that nothing is known of."""
        trace_id = trace_id_in(request.query_params)
        entries = LogEntrySerializer(LogEntry.objects.of_trace(trace_id)[:MOST_ENTRIES], many=True).data
        return Response({"trace_id": trace_id, "entries": entries}, headers={"Cache-Control": "no-store"})
