"""The client credentials grant (RFC 6749 section 4.4): an application gets a token for itself; nobody signs in.

    POST /oauth/token
    {"grant_type": "client_credentials", "client_id": "…", "client_secret": "…", "audience": "https://api.example.com/geocoding/v1/"}

Read next: `authorization_server/client_grants.py`, where the administrator's yes is looked up.
"""

from typing import Any

from authlib.oauth2.rfc6749 import grants

from authorization_server import client_grants
from authorization_server.audiences import requested_api
from authorization_server.errors import UnauthorizedClient
from authorization_server.grants.issuing import issue
from authorization_server.oauth_requests import OAuthRequest


class ClientCredentialsGrant(grants.ClientCredentialsGrant):  # type: ignore[misc]  # Authlib has no types
    """Authlib finds this class by `grant_type` and calls the two methods in turn."""

    request: OAuthRequest

    def validate_token_request(self) -> None:
        """Who asks, for which API, and with whose permission; the first "no" is raised as one of `errors.Refused`."""
        self.request.client = application = self.authenticate_token_endpoint_client()
        if not application.allows_client_credentials:
            raise UnauthorizedClient(f"{application.name} may not get tokens for itself.", reason="grant_not_allowed")
        self.request.api = requested_api(self.request.payload)
        self.request.scopes = client_grants.scopes_for_machine(
            application=application,
            api=self.request.api,
            requested=self.request.payload.scopes,
        )

    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        """Status, members and headers of the answer (RFC 6749 section 5.1). No refresh token: the application can always ask again."""
        minted = issue(self.request, application=self.request.client, api=self.request.api, scopes=self.request.scopes)
        return 200, minted.answer(), self.TOKEN_RESPONSE_HEADER
