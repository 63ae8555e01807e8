"""The authorization code grant (RFC 6749 section 4.1): a person's yes becomes a code, and the code becomes one token.

On Authlib's, whose order is changed in one point: a code is used up *before* anything is issued for it.
"""

from typing import Any

from authlib.oauth2.rfc6749 import grants
from django.utils import timezone

from authorization_server import audiences
from authorization_server.decision_log import Decision
from authorization_server.errors import InvalidGrant, InvalidRequest, UnauthorizedClient
from authorization_server.grants.at_authorize import BeginsAtAuthorize
from authorization_server.grants.issuing import issue
from authorization_server.models import AuthorizationCode
from authorization_server.models.authorization_codes import LIFETIME
from authorization_server.oauth_requests import OAuthRequest
from authorization_server.parameters import Parameters

OF_NO_USE = "The code is unknown, used, older than 60 seconds, or was made for another application or redirect_uri."


class AuthorizationCodeGrant(BeginsAtAuthorize, grants.AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    """Both halves: what `/authorize` validates and answers, and what `/oauth/token` redeems."""

    request: OAuthRequest

    @property
    def parameters(self) -> Parameters:
        """What the request carries."""
        return self.request.payload

    @property
    def authorization_code(self) -> AuthorizationCode:
        """The code that is being redeemed."""
        return self.request.authorization_code  # type: ignore[no-any-return]  # Authlib has no types

    def generate_authorization_code(self) -> str:
        """256 random bits."""
        return AuthorizationCode.new_code()

    def save_authorization_code(self, code: str, request: OAuthRequest) -> None:
        """Keep the code's hash with everything it is bound to."""
        asked = request.asked
        AuthorizationCode.objects.create(
            code_sha256=AuthorizationCode.hash_of(code),
            application=asked.application,
            user=request.user,
            api=asked.api,
            redirect_uri=asked.destination.redirect_uri,
            code_challenge=self.parameters.get("code_challenge"),
            scope=asked.scope,
            nonce=self.parameters.get("nonce"),
            expires_at=timezone.now() + LIFETIME,
        )
        request.record(Decision.CODE_ISSUED, request.user)

    def validate_token_request(self) -> None:
        """At `/oauth/token`, in this order: the client proves itself, the code is its own, the code is used up, PKCE fits.

        Another client's attempt neither consumes nor revokes: it never reaches the UPDATE.
        """
        self.request.client = application = self.authenticate_token_endpoint_client()
        if not application.allows_authorization_code:
            raise UnauthorizedClient(f"{application.name} may not redeem codes.", reason="grant_not_allowed")
        code = self.parameters.get("code")
        if not code:
            raise InvalidRequest("code is missing.", reason="code_missing")
        authorization_code = AuthorizationCode.objects.issued_to(application, code).first()
        if authorization_code is None:
            raise InvalidGrant(OF_NO_USE, reason="unknown_code")
        if self.parameters.get("redirect_uri") != authorization_code.redirect_uri:
            raise InvalidGrant(OF_NO_USE, reason="redirect_uri_differs")
        audiences.check_unchanged(self.parameters, authorization_code.api)
        if not authorization_code.redeem():
            raise InvalidGrant(OF_NO_USE, reason="code_used_or_expired")
        self.request.authorization_code = authorization_code
        self.execute_hook("after_validate_token_request", None)  # PKCE

    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        """The token that the code stands for. Raises `InvalidGrant` when its person may not sign in any more."""
        code = self.authorization_code
        if not code.user.may_sign_in:
            raise InvalidGrant(OF_NO_USE, reason="user_may_not_sign_in")
        minted = issue(self.request, application=code.application, api=code.api, scopes=code.scope.split(), user=code.user)
        return 200, minted.answer(), self.TOKEN_RESPONSE_HEADER
