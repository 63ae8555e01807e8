"""A code or a refresh token that comes a second time: owner or thief, nobody can tell, so what followed from the first time ends."""

from authorization_server import decision_log
from authorization_server.decision_log import Decision
from authorization_server.models.refresh_token_families import RefreshTokenFamilyQuerySet, Revoked
from authorization_server.oauth_requests import OAuthRequest


def end(families: RefreshTokenFamilyQuerySet, reason: Revoked, *, request: OAuthRequest) -> None:
    """End these families of refresh tokens, and log it if one was still alive (RFC 6749 section 4.1.2, RFC 9700 section 4.14.2).

    To be called outside of a transaction that the error to the application would undo.
    """
    if families.revoke(reason):
        client_id = request.client.client_id
        decision_log.record(Decision.REFRESH_TOKENS_REVOKED, trace_id=request.trace_id, client_id=client_id, reason=reason.value)
