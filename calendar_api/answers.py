"""The answers that several endpoints give: an event, 304 for one that was seen, a page of a list."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseNotModified
from rest_framework.request import Request
from rest_framework.response import Response

from calendar_api.lists import Page
from calendar_api.models import Event, Owner
from calendar_api.paging import page_token, position_in
from calendar_api.preconditions import has_seen
from calendar_api.serializers import EventSerializer
from calendar_api.windows import Window

# For the caller alone, and to be asked for again: a permission can end at any time.
_FOR_THE_CALLER = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}


def list_answer(page: Callable[..., Page], query: dict[str, Any], *, owner: Owner) -> Response:
    """One page. `page` gives it for a window, a size and the position behind which it begins; `query` are the parameters as values."""
    window, after = Window(query.get("timeMin"), query.get("timeMax"), query["timeZone"]), position_in(query, owner=owner)
    events, last = page(window, size=query["maxResults"], after=after)
    next_page = {"nextPageToken": page_token(last, owner=owner, query=query)} if last else {}
    items = EventSerializer(events, many=True).data
    return Response({"items": items, **next_page, "timeZone": query["timeZone"].key}, headers=_FOR_THE_CALLER)


def event_answer_unless_seen(request: Request, event: Event) -> HttpResponse:
    """The event, or 304 when `If-None-Match` names the version it is at."""
    if has_seen(event.etag, request.headers.get("If-None-Match")):
        return HttpResponseNotModified(headers={"ETag": event.etag, **_FOR_THE_CALLER})
    return event_answer(event)


def event_answer(event: Event, status: int = 200, **headers: str) -> Response:
    """The event with its etag."""
    return Response(EventSerializer(event).data, status=status, headers={"ETag": event.etag, **_FOR_THE_CALLER, **headers})
