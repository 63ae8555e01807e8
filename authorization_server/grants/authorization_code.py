"""The authorization code grant (RFC 6749 section 4.1): a person's yes becomes a code, and the code becomes one token.

On Authlib's, whose order is changed in one point: a code is used up *before* anything is issued for it. A second use of it is told
from the first by one conditional UPDATE, and ends the refresh tokens that the first one brought.
"""

from typing import Any

from authlib.oauth2.rfc6749 import grants
from django.db import transaction
from django.utils import timezone

from authorization_server import audiences
from authorization_server.decision_log import Decision
from authorization_server.errors import InvalidGrant, InvalidRequest, Refused, UnauthorizedClient
from authorization_server.grants import used_twice
from authorization_server.grants.at_authorize import BeginsAtAuthorize
from authorization_server.grants.issuing import issue
from authorization_server.models import AuthorizationCode, RefreshTokenFamily
from authorization_server.models.applications import sha256_of
from authorization_server.models.authorization_codes import LIFETIME
from authorization_server.models.refresh_token_families import Revoked
from authorization_server.oauth_requests import OAuthRequest
from authorization_server.offline_access import OFFLINE_ACCESS
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
            code_sha256=sha256_of(code),
            application=asked.application,
            user=request.user,
            api=asked.api,
            consent=request.consent,
            redirect_uri=asked.destination.redirect_uri,
            code_challenge=self.parameters.get("code_challenge"),
            scope=asked.scope,
            nonce=self.parameters.get("nonce"),
            expires_at=timezone.now() + LIFETIME,
        )
        without_pkce = "without PKCE: an administrator has exempted the application"
        request.record(Decision.CODE_ISSUED, request.user, detail="" if self.parameters.get("code_challenge") else without_pkce)

    def validate_token_request(self) -> None:
        """At `/oauth/token`: the client proves itself, the code is its own. Another client's attempt neither consumes nor revokes."""
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
        self.request.authorization_code = authorization_code

    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        """Use the code up, see that PKCE fits, issue what it stands for: one transaction, so whoever comes second finds all of it.

        A code that is tried with a wrong verifier is used up all the same. A second use ends what the first one brought.
        """
        code = self.authorization_code
        with transaction.atomic():
            is_first = code.redeem()
            refusal = self._refusal(code) if is_first else InvalidGrant(OF_NO_USE, reason="code_used_or_expired")
            answer = {} if refusal else self._issue(code)
        if not is_first:
            used_twice.end(RefreshTokenFamily.objects.filter(code=code), Revoked.CODE_REUSED, request=self.request)
        if refusal:
            raise refusal
        return 200, answer, self.TOKEN_RESPONSE_HEADER

    def _refusal(self, code: AuthorizationCode) -> Refused | None:
        """What speaks against this redemption: PKCE does not fit, or the person may not sign in any more."""
        try:
            self.execute_hook("after_validate_token_request", None)  # PKCE
        except Refused as refusal:
            return refusal
        return None if code.user.may_sign_in else InvalidGrant(OF_NO_USE, reason="user_may_not_sign_in")

    def _issue(self, code: AuthorizationCode) -> dict[str, Any]:
        """The access token, and the first refresh token where the person allowed one."""
        allowed = code.scope.split()
        scopes = [name for name in allowed if name != OFFLINE_ACCESS.name]
        minted = issue(self.request, application=code.application, api=code.api, scopes=scopes, user=code.user)
        if code.consent is None or OFFLINE_ACCESS.name not in allowed:
            return minted.answer()
        first = RefreshTokenFamily.begin(consent=code.consent, application=code.application, scope=code.scope, code=code)
        return minted.answer(refresh_token=first)
