"""Story 1, seen from the application: send the person to ask, check what comes back, swap the code for a token (RFC 6749 section 4.1).

Read next: `demo_client/flows/client_credentials.py`, the same without a person.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import jwt
from django.conf import settings

from demo_client.discovery import IssuerMetadata
from demo_client.exchanges import Recorder
from demo_client.failures import AUTHORIZATION_SERVER, AnswerRefused, NonceDiffers, UnusableAnswer
from demo_client.flows.audiences import naming
from demo_client.flows.authorization_answer import checked_answer
from demo_client.flows.token_answer import TokenAnswer, ask_with_secret


@dataclass(frozen=True)
class AuthorizationRequest:
    """What one request leaves with the application until its answer comes: nobody else knows these values.

    `state` finds the request again and shows that the answer is to it; `code_verifier` opens the lock in the request (PKCE,
    RFC 7636); `nonce` would come back inside an ID token. `prompt` asks for pages that would else be skipped.
    """

    redirect_uri: str
    scope: str = "read"
    client_id: str = field(default_factory=lambda: settings.CALENDAR_WEB_CLIENT_ID)
    prompt: str = ""
    audience: str = field(default_factory=lambda: settings.CALENDAR_AUDIENCE)
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    code_verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def trace_id(self) -> str:
        """32 hex digits that name this sign-in in every service's log."""
        return hashlib.sha256(self.state.encode()).hexdigest()[:32]


def authorization_url(request: AuthorizationRequest, metadata: IssuerMetadata) -> str:
    """Where to send the person's browser (RFC 6749 section 4.1.1): `…/authorize?audience=api.calendar&scope=read&…`."""
    parameters = {
        "response_type": "code",
        **naming(request.audience),
        **({"scope": request.scope} if request.scope else {}),
        "client_id": request.client_id,
        "redirect_uri": request.redirect_uri,
        **({"prompt": request.prompt} if request.prompt else {}),
        "state": request.state,
        **_nonce(request),
        "code_challenge": _s256(request.code_verifier),
        "code_challenge_method": "S256",
    }
    return metadata.authorization_url(parameters)


def _nonce(request: AuthorizationRequest) -> dict[str, str]:
    """The document sends it always. Elsewhere it belongs to OpenID Connect, and some issuers refuse it where no ID token is asked for."""
    is_wanted = settings.AUDIENCE_PARAMETER == "audience" or "openid" in request.scope.split()
    return {"nonce": request.nonce} if is_wanted else {}


def code_from_answer(answer: Mapping[str, Iterable[str]], metadata: IssuerMetadata) -> str:
    """The code in the query of the redirect. Raises what `checked_answer` raises, and `UnusableAnswer` where there is none."""
    once = checked_answer(answer, metadata)
    if not once.get("code"):
        raise UnusableAnswer(
            AUTHORIZATION_SERVER, metadata.authorization_endpoint, what="sent the browser back with neither code nor error"
        )
    return once["code"]


def exchange_code(code: str, request: AuthorizationRequest, *, recorder: Recorder) -> TokenAnswer:
    """Swap the code for an access token (RFC 6749 section 4.1.3), from server to server: the browser never sees it.

    Raises `AnswerRefused` with the server's error code, `NonceDiffers`, `SecretMissing`, `NoAnswer`, `UnusableAnswer`.
    """
    offered = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": request.redirect_uri,
        "code_verifier": request.code_verifier,
    }
    meaning = "Daybook swaps the code for a ticket to one API (access token)."
    granted = ask_with_secret(
        offered, client_id=request.client_id, refusal=AnswerRefused, recorder=recorder, meaning=meaning, kind="code-for-token"
    )
    _check_nonce(granted, request)
    return granted.for_request(request.scope)


def _check_nonce(granted: TokenAnswer, request: AuthorizationRequest) -> None:
    """Where an ID token came along, it is the answer to this request (OpenID Connect Core section 3.1.3.7, point 11)."""
    if not granted.id_token:
        return
    try:
        # It comes straight from the token endpoint, which the same section lets stand for its signature. Daybook reads nothing else of it.
        claims = jwt.decode(granted.id_token, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise NonceDiffers from error
    if claims.get("nonce") != request.nonce:
        raise NonceDiffers


def _s256(code_verifier: str) -> str:
    """RFC 7636 section 4.2: BASE64URL(SHA256(code_verifier)), without padding."""
    return urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).decode().rstrip("=")
