"""The Calendar API's endpoints; what protects each of them stands in its first three lines.

Read next: `access_tokens/authentication.py`, where the token is taken from the request.
"""

from functools import partial

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access_tokens.permissions import HasRequiredScopes, IsUser
from calendar_api import changes, lists, openapi
from calendar_api.answers import event_answer, event_answer_unless_seen, list_answer
from calendar_api.authentication import CalendarAccessToken, owner_of
from calendar_api.bodies import PATCHES, json_object
from calendar_api.queries import EventQuerySerializer, NoQuerySerializer, only_values
from calendar_api.serializers import NewEventSerializer


@openapi.event_list
class EventList(APIView):
    """`GET` and `POST /calendar/v1/events`: the events of the person whose token this is, and nobody else's."""

    authentication_classes = [CalendarAccessToken]  # checks 1, 2 and 3; names the audience
    permission_classes = [IsUser, HasRequiredScopes]  # check 4
    required_scopes = {"GET": {"read"}, "POST": {"write"}}  # a method that is not named here is refused

    def get(self, request: Request) -> Response:
        """One page of the events in a window of time. The owner is in the token, never in a parameter."""
        query, owner = only_values(request.query_params, EventQuerySerializer), owner_of(request)
        page = lists.expanded_page if query["singleEvents"] else lists.events_page
        return list_answer(partial(page, owner), query, owner=owner)

    def post(self, request: Request) -> Response:
        """Create an event."""
        only_values(request.query_params, NoQuerySerializer)
        new = NewEventSerializer(data=json_object(request, "application/json"))
        new.is_valid(raise_exception=True)
        event = changes.create(owner_of(request), new.validated_data)
        return event_answer(event, status=201, Location=f"{settings.CALENDAR_API_URL}{request.path}/{event.event_id}")


@openapi.event_detail
class EventDetail(APIView):
    """`GET`, `PATCH` and `DELETE /calendar/v1/events/{id}`: one of the caller's events."""

    authentication_classes = [CalendarAccessToken]
    permission_classes = [IsUser, HasRequiredScopes]
    required_scopes = {"GET": {"read"}, "PATCH": {"write"}, "DELETE": {"write"}}

    def get(self, request: Request, event_id: str) -> HttpResponse:
        """The event, or 304 for a version that the caller has (`If-None-Match`)."""
        only_values(request.query_params, NoQuerySerializer)
        return event_answer_unless_seen(request, changes.find(owner_of(request), event_id))

    def patch(self, request: Request, event_id: str) -> Response:
        """Change the fields that are sent (merge patch, RFC 7396); with `If-Match` only the version that the caller has seen."""
        only_values(request.query_params, NoQuerySerializer)
        patch = json_object(request, *PATCHES)
        return event_answer(changes.change(owner_of(request), event_id, patch, if_match=request.headers.get("If-Match")))

    def delete(self, request: Request, event_id: str) -> Response:
        """Delete the event. Its id stays taken."""
        only_values(request.query_params, NoQuerySerializer)
        changes.delete(owner_of(request), event_id, if_match=request.headers.get("If-Match"))
        return Response(status=204)
