"""The last step of every grant: sign the token, and log by its `jti` that it was issued."""

import logging
from collections.abc import Iterable

from authorization_server import decision_log, token_minting
from authorization_server.decision_log import Decision
from authorization_server.errors import TemporarilyUnavailable
from authorization_server.keys import NoUsableKey
from authorization_server.models import Api, ApiScope, Application, User
from authorization_server.oauth_requests import OAuthRequest
from authorization_server.token_minting import MintedToken

logger = logging.getLogger(__name__)


def issue(
    request: OAuthRequest,
    *,
    application: Application,
    api: Api,
    scopes: Iterable[ApiScope | str],
    user: User | None = None,
    through_browser: bool = False,
) -> MintedToken:
    """The signed token, logged. Raises as `sign` does."""
    minted = sign(application=application, api=api, scopes=scopes, user=user, through_browser=through_browser)
    log_issued(request, minted, application=application, api=api, user=user)
    return minted


def sign(
    *, application: Application, api: Api, scopes: Iterable[ApiScope | str], user: User | None = None, through_browser: bool = False
) -> MintedToken:
    """The signed token. Raises `TemporarilyUnavailable` when there is no key to sign with; the log then names the cure."""
    try:
        return token_minting.mint(application=application, api=api, scopes=scopes, user=user, through_browser=through_browser)
    except NoUsableKey as error:
        logger.error("No token can be signed: %s", error)
        raise TemporarilyUnavailable("This server cannot sign tokens just now. Its log says why.", reason="no_usable_key") from error


def log_issued(request: OAuthRequest, minted: MintedToken, *, application: Application, api: Api, user: User | None) -> None:
    """Log that the token goes out, with the grant that it came by as the reason."""
    decision_log.record(
        Decision.TOKEN_ISSUED,
        trace_id=request.trace_id,
        reason=request.payload.get("grant_type") or "implicit",
        client_id=application.client_id,
        user=user.sub if user else "",
        audience=api.audience,
        scope=minted.scope,
        jti=minted.jti,
    )
