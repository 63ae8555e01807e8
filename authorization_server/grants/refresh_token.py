"""The refresh token grant (RFC 6749 section 6): an application renews its access token while nobody is there to ask.

    POST /oauth/token
    grant_type=refresh_token&refresh_token=…&client_id=…&client_secret=…

Each token is good once and is answered with the next (RFC 9700 section 4.14.2); `models/refresh_token_families.py` keeps them.
"""

from typing import Any, NoReturn

from authlib.oauth2.rfc6749 import grants

from authorization_server import audiences, given_consents
from authorization_server.errors import InvalidGrant, InvalidRequest, InvalidScope, UnauthorizedClient
from authorization_server.grants import used_twice
from authorization_server.grants.issuing import log_issued, sign
from authorization_server.models import ApiScope, RefreshTokenFamily
from authorization_server.models.refresh_token_families import Revoked
from authorization_server.oauth_requests import OAuthRequest
from authorization_server.offline_access import OFFLINE_ACCESS

OF_NO_USE = "The refresh token is unknown, used, expired, revoked, or was made for another application. Let the person sign in again."


class RefreshTokenGrant(grants.RefreshTokenGrant):  # type: ignore[misc]  # Authlib has no types
    """Authlib finds this class by `grant_type` and calls the two methods in turn."""

    request: OAuthRequest

    def validate_token_request(self) -> None:
        """Everything that can be wrong is found before the token is used up; only a second use of it ends the family."""
        self.request.client = application = self.authenticate_token_endpoint_client()
        if not application.allows_refresh_token:
            raise UnauthorizedClient(f"{application.name} may not use refresh tokens.", reason="grant_not_allowed")
        refresh_token = self.request.payload.get("refresh_token")
        if not refresh_token:
            raise InvalidRequest("refresh_token is missing.", reason="refresh_token_missing")
        family = RefreshTokenFamily.objects.of_token(refresh_token, application=application).first()
        if family is None:
            raise InvalidGrant(OF_NO_USE, reason="unknown_refresh_token")
        if not family.is_newest(refresh_token):
            self._used_twice(family)
        if not family.is_in_force():
            raise InvalidGrant(OF_NO_USE, reason="refresh_token_revoked" if family.revoked_at else "refresh_token_expired")
        if not family.consent.user.may_sign_in:
            raise InvalidGrant(OF_NO_USE, reason="user_may_not_sign_in")
        audiences.check_unchanged(self.request.payload, family.consent.api)
        self.request.family, self.request.scopes = family, self._scopes(family)

    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        """The new access token and the next refresh token. Signed first: without a key to sign with, nothing is used up."""
        family, application = self.request.family, self.request.client
        user, api = family.consent.user, family.consent.api
        minted = sign(application=application, api=api, scopes=self.request.scopes, user=user)
        refresh_token = family.renew(idle_seconds=application.refresh_token_idle_seconds)
        if refresh_token is None:  # another request with the same token was quicker
            self._used_twice(family)
        log_issued(self.request, minted, application=application, api=api, user=user)
        return 200, minted.answer(refresh_token=refresh_token), self.TOKEN_RESPONSE_HEADER

    def _scopes(self, family: RefreshTokenFamily) -> tuple[ApiScope, ...]:
        """What the request may have of what was allowed once, and still is: by the person, and by the API's administrator."""
        granted = frozenset(family.scope.split())
        requested = self.request.payload.scopes or granted
        if requested - granted:
            more = " ".join(sorted(requested - granted))
            raise InvalidScope(f"The person was not asked for this: {more}. Ask at /authorize.", reason="scope_not_granted")
        return given_consents.still_allowed(family.consent, requested - {OFFLINE_ACCESS.name})

    def _used_twice(self, family: RefreshTokenFamily) -> NoReturn:
        used_twice.end(RefreshTokenFamily.objects.filter(pk=family.pk), Revoked.TOKEN_REUSED, request=self.request)
        raise InvalidGrant(OF_NO_USE, reason=Revoked.TOKEN_REUSED.value)
