"""What the issuer says of itself: its endpoints, from its discovery document, kept for ten minutes."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from django.conf import settings

from demo_client.exchanges import Recorder, json_in
from demo_client.failures import AUTHORIZATION_SERVER, UnusableAnswer

KEPT_SECONDS = 600
_PATH = ".well-known/openid-configuration"
_lock = threading.Lock()
_kept: dict[tuple[str, str], tuple[float, "IssuerMetadata"]] = {}


@dataclass(frozen=True)
class IssuerMetadata:
    """The part of the discovery document (RFC 8414 section 2) that Daybook needs.

    The browser is sent to `authorization_endpoint`; Daybook itself calls `token_endpoint`, by its internal address where there is one.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    answers_carry_iss: bool

    def authorization_url(self, parameters: Mapping[str, str]) -> str:
        """Where to send the person's browser with these parameters; an endpoint may have a query of its own (RFC 6749 section 3.1)."""
        joint = "&" if urlsplit(self.authorization_endpoint).query else "?"
        return f"{self.authorization_endpoint}{joint}{urlencode(parameters)}"


def issuer_metadata(recorder: Recorder) -> IssuerMetadata:
    """The metadata of `settings.ISSUER`, fetched when none are kept. Failures are not kept.

    Raises `NoAnswer`, and `UnusableAnswer` when a part is missing or the document names another issuer (RFC 8414 section 3.3).
    """
    name = (settings.ISSUER, settings.ISSUER_INTERNAL_URL)
    with _lock:
        until, metadata = _kept.get(name, (0.0, None))
    if metadata and time.monotonic() < until:
        return metadata
    metadata = _fetched(recorder)
    with _lock:
        _kept[name] = (time.monotonic() + KEPT_SECONDS, metadata)
    return metadata


def forget() -> None:
    """Fetch anew next time: the issuer may have moved."""
    with _lock:
        _kept.clear()


def _fetched(recorder: Recorder) -> IssuerMetadata:
    url = internal(below_issuer(_PATH))
    request = requests.Request("GET", url, headers={"Accept": "application/json"})
    meaning = "Daybook asks the authorization server where its endpoints are."
    answer = recorder.send(request, AUTHORIZATION_SERVER, meaning=meaning, kind="discovery")
    document = json_object(answer, url)
    if document.get("issuer") != settings.ISSUER:
        named = str(document.get("issuer"))[:80]
        raise UnusableAnswer(
            AUTHORIZATION_SERVER, url, what=f"calls itself `{named}`; Daybook is set to `{settings.ISSUER}`, and both must be equal"
        )
    endpoints = {name: document.get(name) for name in ("authorization_endpoint", "token_endpoint")}
    for name, endpoint in endpoints.items():
        if not isinstance(endpoint, str) or not endpoint.startswith(("http://", "https://")):
            raise UnusableAnswer(AUTHORIZATION_SERVER, url, what=f"names no usable `{name}`")
    return IssuerMetadata(
        issuer=settings.ISSUER,
        authorization_endpoint=str(endpoints["authorization_endpoint"]),
        token_endpoint=internal(str(endpoints["token_endpoint"])),
        answers_carry_iss=document.get("authorization_response_iss_parameter_supported") is True,
    )


def below_issuer(path: str) -> str:
    """The public address of `path` (without its first slash) below the issuer."""
    return f"{settings.ISSUER.rstrip('/')}/{path}"


def internal(url: str) -> str:
    """`url` as Daybook's own calls reach it: a leading ISSUER becomes ISSUER_INTERNAL_URL. Never for addresses the browser opens."""
    public, ours = settings.ISSUER.rstrip("/"), settings.ISSUER_INTERNAL_URL.rstrip("/")
    return ours + url[len(public) :] if url == public or url.startswith(f"{public}/") else url


def json_object(answer: requests.Response, url: str) -> dict[str, Any]:
    """The JSON object in a 200 of the authorization server. Raises `UnusableAnswer`."""
    document = json_in(answer)
    if answer.status_code != 200 or not isinstance(document, dict):
        raise UnusableAnswer(AUTHORIZATION_SERVER, url, what=f"answered {answer.status_code} without the JSON object that belongs there")
    return document
