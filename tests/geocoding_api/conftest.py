"""Machines that call the Geocoding API, and how a test reads what they got."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

SHIBUYA = {"lat": "35.658", "lon": "139.7016"}


class Caller:
    """Somebody with one access token."""

    def __init__(self, token: str | None) -> None:
        self.token = token
        self.client = Client()  # raises what a view did not catch: no test can take a 500 for an answer

    def __call__(
        self, method, query=None, *, path="/geocoding/v1/reverse", raw=b"", content_type="application/json", headers=None, **extra
    ):
        sent_headers = {**({"Authorization": f"Bearer {self.token}"} if self.token else {}), **(headers or {})}
        address = f"{path}?{query}" if isinstance(query, str) else path
        parameters = query if isinstance(query, dict) else None
        extra.setdefault("CONTENT_TYPE", content_type)  # also where there is no body
        return self.client.generic(method, address, raw, content_type, headers=sent_headers, query_params=parameters, **extra)

    def asks(self, query=None, **options):
        """`GET reverse`, about Shibuya station unless `query` says otherwise: parameters, or the text behind `?`."""
        return self("GET", SHIBUYA if query is None else query, **options)

    def sends(self, body=None, *, raw=None, **options):
        """`POST reverse` with `body` as JSON, or `raw` as it is."""
        return self("POST", raw=json.dumps(body).encode() if raw is None else raw, **options)


@pytest.fixture(autouse=True)
def _requests_are_counted_from_none():
    cache.clear()


@pytest.fixture
def backend(issuer):
    """Daybook's backend, a machine with a token for this API."""
    return Caller(issuer.machine_token())


@pytest.fixture
def nobody(issuer):
    """A caller without a token."""
    return Caller(None)


@pytest.fixture
def caller_with(issuer):
    """`caller_with(token)`: a caller with any other token."""
    return Caller


def trust(settings, issuer, *, machine_rule: str) -> None:
    """Let the APIs trust another issuer too, that a test plays (`TestIssuer`)."""
    another = {"issuer": issuer.url, "public_keys": issuer.jwks, "algorithms": ["RS256"], "machine_rule": machine_rule}
    another["types"] = ["at+jwt", "JWT"]
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "ISSUERS": [*settings.ACCESS_TOKENS["ISSUERS"], another]}


def assert_problem(response, status: int, code: str) -> dict[str, Any]:
    """The answer is problem+json (RFC 9457) with this status and code; returns its members."""
    assert response.status_code == status, (response.status_code, response.content[:500])
    assert response["Content-Type"].startswith("application/problem+json")
    problem: dict[str, Any] = response.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["title"]
    return problem


def errors_of(response) -> dict[str, str]:
    """`{field: code}` of a 400."""
    errors = assert_problem(response, 400, "invalid_input")["errors"]
    assert all(error["detail"] for error in errors)
    assert len({error["field"] for error in errors}) == len(errors)
    return {error["field"]: error["code"] for error in errors}
