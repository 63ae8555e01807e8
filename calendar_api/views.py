"""The Calendar API's endpoints; what protects each of them stands in its first three lines.

Read next: `access_tokens/authentication.py`, where the token is taken from the request.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access_tokens.permissions import HasRequiredScopes, IsUser
from calendar_api import changes, instances, lists, openapi
from calendar_api.authentication import CalendarAccessToken, owner_of
from calendar_api.bodies import json_object
from calendar_api.models import Event, Owner
from calendar_api.paging import page_token, position_in
from calendar_api.preconditions import has_seen
from calendar_api.queries import EventQuerySerializer, NoQuerySerializer, WindowQuerySerializer, only_values
from calendar_api.serializers import EventSerializer, NewEventSerializer
from calendar_api.windows import Window

_PATCHES = ("application/merge-patch+json", "application/json")
# For the caller alone, and to be asked for again: a permission can end at any time.
_FOR_THE_CALLER = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}


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
        return _list_answer(partial(page, owner), query, owner=owner)

    def post(self, request: Request) -> Response:
        """Create an event."""
        only_values(request.query_params, NoQuerySerializer)
        new = NewEventSerializer(data=json_object(request, "application/json"))
        new.is_valid(raise_exception=True)
        event = changes.create(owner_of(request), new.validated_data)
        return _answer(event, status=201, Location=f"{settings.CALENDAR_API_URL}{request.path}/{event.event_id}")


@openapi.event_detail
class EventDetail(APIView):
    """`GET`, `PATCH` and `DELETE /calendar/v1/events/{id}`: one of the caller's events."""

    authentication_classes = [CalendarAccessToken]
    permission_classes = [IsUser, HasRequiredScopes]
    required_scopes = {"GET": {"read"}, "PATCH": {"write"}, "DELETE": {"write"}}

    def get(self, request: Request, event_id: str) -> HttpResponse:
        """The event, or 304 for a version that the caller has (`If-None-Match`)."""
        only_values(request.query_params, NoQuerySerializer)
        return _answer_unless_seen(request, changes.find(owner_of(request), event_id))

    def patch(self, request: Request, event_id: str) -> Response:
        """Change the fields that are sent (merge patch, RFC 7396); with `If-Match` only the version that the caller has seen."""
        only_values(request.query_params, NoQuerySerializer)
        patch = json_object(request, *_PATCHES)
        return _answer(changes.change(owner_of(request), event_id, patch, if_match=request.headers.get("If-Match")))

    def delete(self, request: Request, event_id: str) -> Response:
        """Delete the event. Its id stays taken."""
        only_values(request.query_params, NoQuerySerializer)
        changes.delete(owner_of(request), event_id, if_match=request.headers.get("If-Match"))
        return Response(status=204)


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
        return _list_answer(partial(lists.instances_page, master), {**query, "instancesOf": event_id}, owner=owner)


@openapi.instance_detail
class InstanceDetail(APIView):
    """`GET`, `PATCH` and `DELETE /calendar/v1/events/{id}/instances/{originalStart}`, also found at `events/` and the instance's own id."""

    authentication_classes = [CalendarAccessToken]
    permission_classes = [IsUser, HasRequiredScopes]
    required_scopes = {"GET": {"read"}, "PATCH": {"write"}, "DELETE": {"write"}}

    def get(self, request: Request, event_id: str, original: str) -> HttpResponse:
        """The instance, or 304 for a version that the caller has (`If-None-Match`)."""
        only_values(request.query_params, NoQuerySerializer)
        return _answer_unless_seen(request, instances.find(owner_of(request), event_id, original))

    def patch(self, request: Request, event_id: str, original: str) -> Response:
        """Change this instance alone (merge patch, RFC 7396); with `If-Match` only the version that the caller has seen."""
        only_values(request.query_params, NoQuerySerializer)
        patch = json_object(request, *_PATCHES)
        return _answer(instances.change(owner_of(request), event_id, original, patch, if_match=request.headers.get("If-Match")))

    def delete(self, request: Request, event_id: str, original: str) -> Response:
        """Cancel this instance alone."""
        only_values(request.query_params, NoQuerySerializer)
        instances.cancel(owner_of(request), event_id, original, if_match=request.headers.get("If-Match"))
        return Response(status=204)


def _list_answer(page: Callable[..., lists.Page], query: dict[str, Any], *, owner: Owner) -> Response:
    window, after = Window(query.get("timeMin"), query.get("timeMax"), query["timeZone"]), position_in(query, owner=owner)
    events, last = page(window, size=query["maxResults"], after=after)
    next_page = {"nextPageToken": page_token(last, owner=owner, query=query)} if last else {}
    items = EventSerializer(events, many=True).data
    return Response({"items": items, **next_page, "timeZone": query["timeZone"].key}, headers=_FOR_THE_CALLER)


def _answer_unless_seen(request: Request, event: Event) -> HttpResponse:
    if has_seen(event.etag, request.headers.get("If-None-Match")):
        return HttpResponseNotModified(headers={"ETag": event.etag, **_FOR_THE_CALLER})
    return _answer(event)


def _answer(event: Event, status: int = 200, **headers: str) -> Response:
    return Response(EventSerializer(event).data, status=status, headers={"ETag": event.etag, **_FOR_THE_CALLER, **headers})
