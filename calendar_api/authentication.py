"""What the Calendar API expects of an access token: its own audience, and the scopes it knows."""

from typing import cast

from django.conf import settings
from rest_framework.request import Request

from access_tokens.authentication import AccessTokenAuthentication
from access_tokens.verify import AccessToken
from calendar_api.models import Owner


class CalendarAccessToken(AccessTokenAuthentication):
    """A user's access token for the Calendar API."""

    audience = settings.CALENDAR_AUDIENCE
    resource = f"{settings.CALENDAR_API_URL}/calendar/v1"
    realm = "calendar"
    scopes = {"read": "Read your scheduled events", "write": "Create and change events"}


def owner_of(request: Request) -> Owner:
    """Whose calendar it is: (`iss`, `sub`) of the verified token, and nothing else in the request."""
    return cast(AccessToken, request.auth).owner
