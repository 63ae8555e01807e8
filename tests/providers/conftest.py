"""Trusts a provider with the very settings of its page; only its keys come from the test instead of the network."""

import time
from typing import Any

import pytest

from access_tokens import keys
from access_tokens.conf import expectations
from access_tokens.verify import AccessToken, verify
from tests.providers.pages import Provider


@pytest.fixture
def trust(settings, monkeypatch):
    """`trust(provider, settings)`: returns `verify(token, audience)`. `fetched` of it has the addresses that were asked."""

    def trust(provider: Provider, raw: dict[str, Any]) -> Any:
        (issuer,) = raw["ISSUERS"]
        fetched: list[str] = []

        def fetch_json(address: str, **_: object) -> tuple[dict[str, Any], float]:
            fetched.append(address)
            if address == f"{issuer['issuer'].rstrip('/')}/.well-known/openid-configuration":
                return {"issuer": issuer["issuer"], "jwks_uri": "https://provider.example/keys"}, 600
            if address in (issuer.get("jwks_uri"), "https://provider.example/keys"):
                return provider.key_set(), 600
            raise AssertionError(f"nobody should ask {address}")

        monkeypatch.setattr(keys, "fetch_json", fetch_json)
        settings.ACCESS_TOKENS = raw

        def verified(token: str, audience: str) -> AccessToken:
            return verify(token, expected=expectations(audience))

        verified.fetched = fetched  # type: ignore[attr-defined]
        return verified

    return trust


@pytest.fixture
def now():
    return int(time.time())
