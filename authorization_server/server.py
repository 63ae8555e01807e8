"""Authlib's authorization server with our grants: which there are, how a client proves itself, and how answers look."""

from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.integrations.django_oauth2 import AuthorizationServer
from authlib.oauth2.base import OAuth2Error
from django.conf import settings
from django.http import HttpResponse, JsonResponse

from authorization_server import decision_log
from authorization_server.client_authentication import authenticate
from authorization_server.decision_log import Decision
from authorization_server.errors import InvalidRequest, UnsupportedGrantType, UnsupportedResponseType
from authorization_server.grants.authorization_code import AuthorizationCodeGrant
from authorization_server.grants.client_credentials import ClientCredentialsGrant
from authorization_server.grants.implicit import ImplicitGrant
from authorization_server.grants.pkce import S256Required
from authorization_server.grants.refresh_token import RefreshTokenGrant
from authorization_server.models import Application, User
from authorization_server.oauth_requests import OAuthRequest

RESPONSE_TYPES = ["code", "token"]
TOKEN_ENDPOINT_GRANT_TYPES = ["authorization_code", "client_credentials", "refresh_token"]
GRANT_TYPES = [*TOKEN_ENDPOINT_GRANT_TYPES, "implicit"]


class IssuerServer(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    """What Authlib leaves to its host, and what it decides in another way than we do."""

    def create_oauth2_request(self, request: OAuthRequest) -> OAuthRequest:
        """Nothing: the endpoints make it, because reading the parameters can fail."""
        return request

    def get_authorization_grant(self, request: OAuthRequest) -> Any:
        """The grant for `response_type`. Raises `InvalidRequest`, `UnsupportedResponseType`."""
        response_type = request.payload.get("response_type")
        if not response_type:
            raise InvalidRequest("response_type is missing. Send response_type=code.", reason="response_type_missing")
        if response_type not in RESPONSE_TYPES:  # before Authlib quotes it in a text that must not hold every character
            text = f"response_type={response_type} is not to be had here. To be had: {', '.join(RESPONSE_TYPES)}."
            raise UnsupportedResponseType(text)
        return super().get_authorization_grant(request)

    def get_token_grant(self, request: OAuthRequest) -> Any:
        """The grant for `grant_type`. Raises `InvalidRequest`, `UnsupportedGrantType`."""
        grant_type = request.payload.get("grant_type")
        if not grant_type:
            raise InvalidRequest("grant_type is missing.", reason="grant_type_missing")
        if grant_type not in TOKEN_ENDPOINT_GRANT_TYPES:
            text = f"grant_type={grant_type} is not to be had here. To be had: {', '.join(TOKEN_ENDPOINT_GRANT_TYPES)}."
            raise UnsupportedGrantType(text)
        return super().get_token_grant(request)

    def authenticate_client(self, request: OAuthRequest, methods: list[str], endpoint: str = "token") -> Application:
        """Ours instead of Authlib's, which tries one method after the other until one fits."""
        return authenticate(request.payload, request.headers["Authorization"], address=request.client_address)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nothing: no signals here."""

    def answer(self, request: OAuthRequest, grant: Any, user: User | None) -> HttpResponse:
        """At `/authorize`: a redirection with a code or a token for `user`, or with `access_denied` when that is None."""
        response: HttpResponse = self.create_authorization_response(request, grant_user=user, grant=grant)
        return response

    def handle_error_response(self, request: OAuthRequest, error: OAuth2Error) -> HttpResponse:
        """Log the refusal with its reason; send it to the application where a destination is known, else answer JSON."""
        if request.is_front_channel:
            error.redirect_uri, error.redirect_fragment = request.destination.redirect_uri, request.answers_in_fragment
            error.state = request.payload.get("state")
        client_id = request.client.client_id if request.client else request.payload.get("client_id")
        return self.refuse(error, trace_id=request.trace_id, client_id=client_id)

    def refuse(self, error: OAuth2Error, *, trace_id: str, client_id: str = "") -> HttpResponse:
        """Log the refusal and answer it; also for requests that could not even be read."""
        reason = getattr(error, "reason", error.error)
        decision_log.record(Decision.REQUEST_REFUSED, trace_id=trace_id, client_id=client_id, reason=reason, detail=error.error)
        return self.handle_response(*error(error.uri))

    def handle_response(self, status_code: int, payload: dict[str, Any] | str, headers: list[tuple[str, str]]) -> HttpResponse:
        """JSON at the token endpoint; at `/authorize` a redirection that always names the issuer (RFC 9207), beside the rest of the answer.

        303 instead of 302: whatever method led here, the browser goes on with GET (RFC 9700 section 4.12).
        """
        response = JsonResponse(payload, status=status_code) if isinstance(payload, dict) else HttpResponse(status=303)
        for name, value in headers:
            response[name] = value
        if "Location" in response:
            in_fragment = "#" in response["Location"]  # no registered redirect URI has one of its own
            response["Location"] = add_params_to_uri(response["Location"], {"iss": settings.ISSUER}, fragment=in_fragment)
        response["Cache-Control"] = "no-store"
        return response


server = IssuerServer(Application, None)
server.register_grant(AuthorizationCodeGrant, [S256Required()])
server.register_grant(ClientCredentialsGrant)
server.register_grant(ImplicitGrant)
server.register_grant(RefreshTokenGrant)
