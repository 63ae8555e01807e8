# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""Django REST framework: from the `Authorization` header to `request.user`, or to an answer that says why not.

    GET /calendar/v1/events
    Authorization: Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6…

Read next: `access_tokens/verify.py`, the four steps.
"""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from access_tokens import rejections
from access_tokens.challenges import public
from access_tokens.conf import configuration
from access_tokens.rejections import Rejection
from access_tokens.resource_servers import ResourceServer
from access_tokens.verify import AccessToken


class Refused(APIException):
    """A rejection on its way through DRF. `auth_header` and `wait` are what DRF's own handler makes headers of."""

    def __init__(self, rejection: Rejection, *, auth_header: str, explain: bool) -> None:
        super().__init__(detail=rejection.detail if explain else public(rejection).title, code=public(rejection).code)
        self.rejection, self.status_code = rejection, rejection.status
        self.auth_header = auth_header
        self.wait = getattr(rejection, "retry_after_seconds", None)


class AccessTokenAuthentication(ResourceServer, BaseAuthentication):
    """The protection of one API, as DRF's `authentication_classes` take it; subclass it once for each API.

    class CalendarAccessToken(AccessTokenAuthentication):
        audience = settings.CALENDAR_AUDIENCE
        resource = "https://api.example/calendar/v1"
        realm = "calendar"
        scopes = {"read": "Read your scheduled events", "write": "Create and change events"}
    """

    def authenticate(self, request: Request) -> tuple[AccessToken, AccessToken] | None:
        """The token's caller as `request.user` and `request.auth`; None without credentials, which the permissions refuse.

        Raises `Refused`.
        """
        try:
            access_token = self.verified_token(request._request)
        except Rejection as rejection:
            raise self.refused(request, rejection) from rejection
        return (access_token, access_token) if access_token else None

    def authenticate_header(self, request: Request) -> str:
        """The challenge for a request without credentials; without this method DRF would answer 403 instead of 401."""
        return self.challenge_for(rejections.MissingToken(""))

    def refused(self, request: Request, rejection: Rejection) -> Refused:
        """`rejection` as DRF takes it, once it is logged."""
        self.log(request._request, rejection)
        return Refused(rejection, auth_header=self.challenge_for(rejection), explain=configuration().explain_rejections)
