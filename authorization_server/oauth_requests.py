"""The request as Authlib's server and grants see it: parameters read by `parameters.py`, addresses built from `ISSUER`."""

from authlib.oauth2.rfc6749 import OAuth2Request
from django.conf import settings
from django.http import HttpRequest

from access_tokens.trace_ids import trace_id_of
from authorization_server import decision_log, issuer
from authorization_server.addresses import client_address
from authorization_server.authorization_requests import AuthorizationRequest, Destination, answers_in_fragment
from authorization_server.decision_log import Decision
from authorization_server.models import Api, ApiScope, Application, Consent, RefreshTokenFamily, User
from authorization_server.parameters import Parameters


class OAuthRequest(OAuth2Request):  # type: ignore[misc]  # Authlib has no types
    """One request, and what a grant has found out about it so far; an attribute is there once that step is done.

    `destination` (given), `asked` and `consent`: at `/authorize`. `api`, `scopes` and `family`: at `/oauth/token`.
    `client`: the application, at both.
    Raises Authlib's `InsecureTransportError` on plain http beyond this machine, unless a setting allows it.
    """

    client: Application
    user: User
    destination: Destination
    asked: AuthorizationRequest
    consent: Consent | None = None  # none where an administrator's yes was enough
    api: Api
    scopes: tuple[ApiScope, ...]
    family: RefreshTokenFamily

    def __init__(self, request: HttpRequest, parameters: Parameters, destination: Destination | None = None) -> None:
        # The issuer's own scheme is what counts: behind a proxy the request itself may well be plain http.
        where = issuer.url("")
        if settings.ISSUER_ALLOW_PLAIN_HTTP:
            where = where.replace("http://", "https://", 1)  # Authlib looks at nothing but the scheme
        super().__init__(request.method, where, headers={"Authorization": request.META.get("HTTP_AUTHORIZATION", "")})  # no other counts
        self.payload = parameters
        self.trace_id = trace_id_of(request)
        self.client_address = client_address(request)
        self.is_front_channel = destination is not None
        if destination is not None:
            self.destination = destination
            self.trace_id = decision_log.front_channel_trace_id(request, parameters.get("state"))

    @property
    def answers_in_fragment(self) -> bool:
        """Whether the answer, an error as well, belongs into the redirection's fragment and not into its query."""
        return self.is_front_channel and answers_in_fragment(self.payload)

    def record(self, decision: Decision, user: User | None, *, reason: str = "", detail: str = "") -> None:
        """Log what was decided on this request at `/authorize`, once it is known to be in order."""
        decision_log.record(
            decision,
            trace_id=self.trace_id,
            reason=reason,
            client_id=self.asked.application.client_id,
            user=user.sub if user else "",
            audience=self.asked.api.audience,
            scope=self.asked.scope,
            detail=detail,
        )

    @property
    def form(self) -> dict[str, str]:
        """The values by name, wherever they stood: Authlib asks here for those of a token request."""
        return self.payload.data
