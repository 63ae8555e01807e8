"""What the Calendar API expects of an access token: its own audience, and the scopes it knows."""

from django.conf import settings

from access_tokens.authentication import AccessTokenAuthentication


class CalendarAccessToken(AccessTokenAuthentication):
    """A user's access token for the Calendar API."""

    audience = settings.CALENDAR_AUDIENCE
    resource = f"{settings.CALENDAR_API_URL}/calendar/v1"
    realm = "calendar"
    scopes = {"read": "Read your scheduled events", "write": "Create and change events"}
