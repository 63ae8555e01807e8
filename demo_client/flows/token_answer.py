"""What the token endpoint is asked, and answers (RFC 6749 section 5): an access token with its life and its scopes, or a reason for none.

Read next: `demo_client/flows/client_credentials.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import requests

from demo_client.applications import application
from demo_client.discovery import issuer_metadata
from demo_client.exchanges import Recorder, json_in
from demo_client.failures import AUTHORIZATION_SERVER, SecretMissing, TokenRequestRefused, UnusableAnswer


@dataclass(frozen=True)
class TokenAnswer:
    """A token answer. `expires_in` is in seconds; `scopes` are the ones granted.

    `id_token` is there only where `openid` was asked for, `refresh_token` only where `offline_access` was.
    """

    access_token: str = field(repr=False)
    expires_in: int
    scopes: frozenset[str]
    id_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)

    def for_request(self, scope: str) -> "TokenAnswer":
        """As the answer to a request for `scope`: one that names no scopes grants those. RFC 6749 section 5.1."""
        return self if self.scopes else replace(self, scopes=frozenset(scope.split()))


def ask_with_secret(
    offered: Mapping[str, str], *, client_id: str, refusal: type[TokenRequestRefused], recorder: Recorder, meaning: str, kind: str
) -> TokenAnswer:
    """What one of Daybook's applications gets for a code or a refresh token, from server to server: the browser never sees it.

    Raises `refusal` with the server's error code, `SecretMissing`, `NoAnswer`, `UnusableAnswer`.
    """
    asking_as = application(client_id)
    if not asking_as.client_secret:
        raise SecretMissing(client_id, asking_as.setting)
    recorder.known_secrets += (asking_as.client_secret,)
    endpoint = issuer_metadata(recorder).token_endpoint
    body = {**offered, "client_id": client_id, "client_secret": asking_as.client_secret}
    request = requests.Request("POST", endpoint, data=body, headers={"Accept": "application/json"})
    answer = recorder.send(request, AUTHORIZATION_SERVER, meaning=meaning, kind=kind)
    return token_answer(answer, endpoint, client_id=client_id, refusal=refusal)


def token_answer(
    answer: requests.Response, url: str, *, client_id: str, refusal: type[TokenRequestRefused] = TokenRequestRefused
) -> TokenAnswer:
    """The token in the answer of `url`. Raises `refusal` with the server's error code, `UnusableAnswer` when it is neither."""
    members = json_in(answer)
    if not isinstance(members, dict):
        raise UnusableAnswer(AUTHORIZATION_SERVER, url, what=f"answered {answer.status_code} without a JSON object")
    if answer.status_code != 200:
        if isinstance(members.get("error"), str):
            raise refusal(url, client_id=client_id, http_status=answer.status_code, answer=members)
        raise UnusableAnswer(AUTHORIZATION_SERVER, url, what=f"answered {answer.status_code} without an OAuth error")
    return token_in(members, url)


def token_in(members: Mapping[str, Any], url: str) -> TokenAnswer:
    """The token in the members of an answer. Raises `UnusableAnswer`, which names `url` and what is not right."""
    access_token, token_type, expires_in = members.get("access_token"), members.get("token_type"), members.get("expires_in")
    scope, id_token, refresh_token = (members.get(name, "") for name in ("scope", "id_token", "refresh_token"))
    if not isinstance(access_token, str) or not access_token.isascii() or not access_token.isprintable() or not access_token:
        raise UnusableAnswer(AUTHORIZATION_SERVER, url, what="answered without an `access_token`")
    if not isinstance(token_type, str) or token_type.lower() != "bearer":  # RFC 6749 section 7.1: an unknown type must not be used
        raise UnusableAnswer(AUTHORIZATION_SERVER, url, what="answered with another `token_type` than Bearer")
    if isinstance(expires_in, bool) or not isinstance(expires_in, int) or not 0 < expires_in < 10**9:
        raise UnusableAnswer(AUTHORIZATION_SERVER, url, what="answered without `expires_in` in whole seconds")
    return TokenAnswer(
        access_token=access_token,
        expires_in=expires_in,
        scopes=frozenset(scope.split()) if isinstance(scope, str) else frozenset(),
        id_token=id_token if isinstance(id_token, str) else "",
        refresh_token=refresh_token if isinstance(refresh_token, str) else "",
    )
