"""PKCE (RFC 7636) as RFC 9700 section 2.1.1 wants it: by S256 alone, and always, but for confidential applications that are exempt."""

import re

from authlib.oauth2.rfc7636 import CodeChallenge, create_s256_code_challenge

from authorization_server.errors import InvalidGrant, InvalidRequest
from authorization_server.grants.authorization_code import AuthorizationCodeGrant

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")  # RFC 7636 section 4.1
_S256_CHALLENGE = re.compile(r"[A-Za-z0-9\-_]{43}")  # 32 bytes in base64url, RFC 7636 section 4.2


class S256Required(CodeChallenge):  # type: ignore[misc]  # Authlib has no types
    """Extension of the authorization code grant. Authlib's own lets `plain`, a missing method and a missing challenge pass."""

    def validate_code_challenge(self, grant: AuthorizationCodeGrant, redirect_uri: str) -> None:
        """At `/authorize`: a challenge, by S256. Raises `InvalidRequest`."""
        challenge, method = grant.parameters.get("code_challenge"), grant.parameters.get("code_challenge_method")
        if not challenge and not method and not grant.request.destination.application.requires_pkce:
            return
        if not challenge:
            raise InvalidRequest("code_challenge is missing (PKCE). Send one with code_challenge_method=S256.", reason="challenge_missing")
        if method != "S256":
            raise InvalidRequest("code_challenge_method must be S256; a missing one would mean plain.", reason="method_not_s256")
        if not _S256_CHALLENGE.fullmatch(challenge):
            raise InvalidRequest(
                "code_challenge is not the base64url of a SHA-256 (43 characters, no padding).", reason="challenge_malformed"
            )

    def validate_code_verifier(self, grant: AuthorizationCodeGrant, result: None) -> None:
        """At `/oauth/token`: the verifier fits the code's challenge. Raises `InvalidRequest`, `InvalidGrant`."""
        verifier, challenge = grant.parameters.get("code_verifier"), grant.authorization_code.code_challenge
        if not challenge:
            if verifier:  # somebody may have taken the challenge out of the request (RFC 9700 section 4.8.2)
                raise InvalidGrant("There is a code_verifier, but the request had no code_challenge.", reason="verifier_without_challenge")
            return
        if not verifier:
            raise InvalidRequest("code_verifier is missing (PKCE).", reason="verifier_missing")
        if verifier == challenge:
            raise InvalidGrant(
                "code_verifier is the code_challenge itself. Send the verifier that it was made from.", reason="verifier_is_challenge"
            )
        if not _VERIFIER.fullmatch(verifier) or create_s256_code_challenge(verifier) != challenge:
            raise InvalidGrant(
                "code_verifier does not fit the code_challenge of the authorization request.", reason="verifier_does_not_fit"
            )
