# Four Checks, access_tokens 0.1.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""Django REST framework: from the `Authorization` header to `request.user`, or to an answer that says why not.

    GET /calendar/v1/events
    Authorization: Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6…

Read next: `access_tokens/verify.py`, the four steps.
"""

import logging
import re
import time
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from access_tokens import rejections
from access_tokens.challenges import challenge
from access_tokens.conf import configuration, expectations, verifier
from access_tokens.rejections import InvalidToken, Rejection
from access_tokens.trace_ids import trace_id_of
from access_tokens.verify import AccessToken, check_well_formed

logger = logging.getLogger("access_tokens")
WELL_KNOWN = "/.well-known/oauth-protected-resource"


class Refused(APIException):
    """A rejection on its way through DRF. `auth_header` and `wait` are what DRF's own handler makes headers of."""

    def __init__(self, rejection: Rejection, *, auth_header: str, explain: bool) -> None:
        super().__init__(detail=rejection.detail if explain else public(rejection).title, code=public(rejection).code)
        self.rejection, self.status_code = rejection, rejection.status
        self.auth_header = auth_header
        self.wait = getattr(rejection, "retry_after_seconds", None)


def public(rejection: Rejection) -> Rejection | type[Rejection]:
    """What a caller learns where rejections are not explained: of steps 1 to 3 only that the token is not valid."""
    return InvalidToken if isinstance(rejection, InvalidToken) else rejection


class AccessTokenAuthentication(BaseAuthentication):
    """The protection of one API; subclass it once for each. `resource` is the API's URL, `scopes` say what each allows.

    class CalendarAccessToken(AccessTokenAuthentication):
        audience = settings.CALENDAR_AUDIENCE
        resource = "https://api.example/calendar/v1"
        realm = "calendar"
        scopes = {"read": "Read your scheduled events", "write": "Create and change events"}
    """

    audience: ClassVar[str] = ""
    resource: ClassVar[str] = ""
    realm: ClassVar[str] = "api"
    scopes: ClassVar[Mapping[str, str]] = {}

    def authenticate(self, request: Request) -> tuple[AccessToken, AccessToken] | None:
        """The token's caller as `request.user` and `request.auth`; None without credentials, which the permissions refuse.

        Raises `Refused`.
        """
        stopwatch = Stopwatch()
        token = ""
        try:
            token = bearer_token(request)
            if not token:
                return None
            access_token = verifier()(token, expected=expectations(self.audience), passed=stopwatch.lap)
        except Rejection as rejection:
            raise self.refused(request, rejection, jti=_jti_of(token)) from rejection
        show_server_timing(request, stopwatch.laps)
        return access_token, access_token

    def authenticate_header(self, request: Request) -> str:
        """The challenge for a request without credentials; without this method DRF would answer 403 instead of 401."""
        return self._challenge(rejections.MissingToken(""))

    def refused(self, request: Request, rejection: Rejection, *, jti: str | None = None) -> Refused:
        """`rejection` as DRF takes it, once it is logged: the code always, the token never."""
        explain = configuration().explain_rejections
        level = {401: logging.INFO, 503: logging.ERROR}.get(rejection.status if not rejection.step else 0, logging.WARNING)
        facts = {"code": rejection.code, "step": rejection.step, "check": rejection.check, "status": rejection.status}
        facts |= {"detail": rejection.detail, "audience": self.audience, "jti": jti, "trace_id": trace_id_of(request)}
        logger.log(level, "refused: %s", rejection.code, extra={name: fact for name, fact in facts.items() if fact is not None})
        return Refused(rejection, auth_header=self._challenge(rejection), explain=explain)

    def _challenge(self, rejection: Rejection) -> str:
        explain = configuration().explain_rejections
        return challenge(rejection, realm=self.realm, metadata_url=self.metadata_url(), explain=explain)

    @classmethod
    def metadata_url(cls) -> str:
        """Where the API says which issuer it trusts: the well-known path goes between host and path. RFC 9728 section 3.1."""
        url = urlsplit(cls.resource)
        return url._replace(path=f"{WELL_KNOWN}{url.path.rstrip('/')}").geturl()


def bearer_token(request: Request) -> str:
    """The token in the `Authorization` header; empty where there are no credentials, or those of another scheme.

    Raises `InvalidRequest` where a token is sent in another way, or more than one. RFC 6750 section 2.
    """
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if "access_token" in request.query_params or "access_token" in _form(request):
        raise rejections.InvalidRequest("access_token was sent in the query or the form; neither is ever looked at")
    scheme, *credentials = re.split(r"[ \t]+", header.strip(" \t"))
    if re.search(r",\s*bearer\b", header, re.IGNORECASE):
        raise rejections.InvalidRequest("two credentials were sent")
    if scheme.lower() != "bearer":
        return ""
    if len(credentials) != 1 or "," in credentials[0]:
        raise rejections.InvalidRequest("no token stands behind Bearer" if not credentials else "more than one token was sent")
    return str(credentials[0])


def is_preflight(request: Request) -> bool:
    """Whether a browser asks if it may send the real request: it asks without credentials. Fetch standard, CORS-preflight."""
    return request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META


class Stopwatch:
    """How long each step took, in milliseconds."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._since = time.perf_counter()

    def lap(self, step: str) -> None:
        """The step called `step` is done."""
        now = time.perf_counter()
        self.laps[step], self._since = (now - self._since) * 1000, now


def show_server_timing(request: Request, laps: Mapping[str, float]) -> None:
    """Name the checks that passed in the answer, where rejections are explained: names and durations only."""
    headers: dict[str, str] | None = getattr((request.parser_context or {}).get("view"), "headers", None)
    if configuration().explain_rejections and headers is not None:  # the view's own, which DRF adds to its answer
        seen: dict[str, float] = request._request.__dict__.setdefault("access_token_laps", {})
        seen.update({step: seen.get(step, 0) + milliseconds for step, milliseconds in laps.items()})
        headers["Server-Timing"] = ", ".join(f"{step};dur={milliseconds:.3f}" for step, milliseconds in seen.items())


def _form(request: Request) -> Mapping[str, Any]:
    is_form = request.META.get("CONTENT_TYPE", "").lower().startswith("application/x-www-form-urlencoded")
    return request._request.POST if is_form else {}


def _jti_of(token: str) -> str | None:
    try:
        jti = check_well_formed(token)[1].get("jti")
    except Rejection:
        return None
    return jti[:80] if isinstance(jti, str) and jti.isprintable() else None  # as it stands in the issuer's log
