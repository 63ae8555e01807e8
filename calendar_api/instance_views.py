"""The endpoints of a series' instances, protected as those of events in `views.py`."""

from functools import partial

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access_tokens.permissions import HasRequiredScopes, IsUser
from calendar_api import instances, lists, openapi
from calendar_api.answers import event_answer, event_answer_unless_seen, list_answer
from calendar_api.authentication import CalendarAccessToken, owner_of
from calendar_api.bodies import PATCHES, json_object
from calendar_api.queries import NoQuerySerializer, WindowQuerySerializer, only_values


@openapi.instance_list
class InstanceList(APIView):
    """`GET /calendar/v1/events/{id}/instances`: the instances of one of the caller's series."""

    authentication_classes = [CalendarAccessToken]
    permission_classes = [IsUser, HasRequiredScopes]
    required_scopes = {"GET": {"read"}}

    def get(self, request: Request, event_id: str) -> Response:
        """One page of the series' instances in a window of time; moved ones where they are now, cancelled ones not."""
        query, owner = only_values(request.query_params, WindowQuerySerializer), owner_of(request)
        master = instances.find_series(owner, event_id)
        return list_answer(partial(lists.instances_page, master), {**query, "instancesOf": event_id}, owner=owner)


@openapi.instance_detail
class InstanceDetail(APIView):
    """`GET`, `PATCH` and `DELETE /calendar/v1/events/{id}/instances/{originalStart}`, also found at `events/` and the instance's own id."""

    authentication_classes = [CalendarAccessToken]
    permission_classes = [IsUser, HasRequiredScopes]
    required_scopes = {"GET": {"read"}, "PATCH": {"write"}, "DELETE": {"write"}}

    def get(self, request: Request, event_id: str, original: str) -> HttpResponse:
        """The instance, or 304 for a version that the caller has (`If-None-Match`)."""
        only_values(request.query_params, NoQuerySerializer)
        return event_answer_unless_seen(request, instances.find(owner_of(request), event_id, original))

    def patch(self, request: Request, event_id: str, original: str) -> Response:
        """Change this instance alone (merge patch, RFC 7396); with `If-Match` only the version that the caller has seen."""
        only_values(request.query_params, NoQuerySerializer)
        patch = json_object(request, *PATCHES)
        return event_answer(instances.change(owner_of(request), event_id, original, patch, if_match=request.headers.get("If-Match")))

    def delete(self, request: Request, event_id: str, original: str) -> Response:
        """Cancel this instance alone."""
        only_values(request.query_params, NoQuerySerializer)
        instances.cancel(owner_of(request), event_id, original, if_match=request.headers.get("If-Match"))
        return Response(status=204)
