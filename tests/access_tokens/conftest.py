"""What the tests of the verifier share. Each file needs only what it imports, so that it runs beside a copy of these files too."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from access_tokens import rejections
from access_tokens.keys import KeySource
from access_tokens.verify import AccessToken, Caller, Expectations, Issuer, Json, verify


class Api:
    """The API of `tests/access_tokens/api.py`, in process."""

    def __init__(self) -> None:
        from django.test import Client  # here: the minimum copy is tested without Django

        self.client = Client(raise_request_exception=False)

    def call(self, path: str = "/notes", *, method: str = "GET", token: str | None = None, headers: Any = None, **request: Any) -> Any:
        """The answer; `token` goes into the Authorization header."""
        sent = {**({} if token is None else {"Authorization": f"Bearer {token}"}), **(headers or {})}
        return self.client.generic(method, path, headers=sent, **request)


@pytest.fixture
def api(issuer, settings) -> Api:
    """The small API, which trusts `issuer` and explains its rejections."""
    settings.ROOT_URLCONF = "tests.access_tokens.api"
    return Api()


@pytest.fixture
def terse(settings):
    """Rejections are not explained, as in production."""
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "EXPLAIN_REJECTIONS": False}


@pytest.fixture
def explained(settings):
    """Rejections are explained, as in the demo."""
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "EXPLAIN_REJECTIONS": True}


@pytest.fixture
def expected(issuer) -> Expectations:
    """What the Calendar API expects: its audience, and `issuer`."""
    trusted = Issuer(issuer.url, KeySource(lambda: (issuer.jwks(), 600)), _profile())
    return Expectations("api.calendar", {issuer.url: trusted})


@pytest.fixture
def calendar(expected):
    """Verifies a token as the Calendar API does: `calendar(token)`."""

    def verify_here(token: str) -> AccessToken:
        return verify(token, expected=expected)

    return verify_here


def trusting(expected: Expectations, **changes: Any) -> Expectations:
    """`expected` with `changes` to its one issuer."""
    ((name, issuer),) = expected.issuers.items()
    return replace(expected, issuers={name: replace(issuer, **changes)})


def _profile() -> Callable[[Json], Caller]:
    try:
        from access_tokens.callers import caller_profile
    except ModuleNotFoundError:  # whoever leaves it out writes this function
        return lambda claims: (claims.get("client_id"), frozenset(str(claims.get("scope", "")).split()), False)
    return caller_profile(scope_claim="scope", machine_rule="auth0")


@contextmanager
def refused(code: str, *, check: str | None = None, detail: str = "") -> Iterator[None]:
    """The block must end in the rejection called `code`; `check` and a part of the detail can be asked for too."""
    with pytest.raises(rejections.Rejection) as caught:
        yield
    assert (caught.value.code, caught.value.check if check else None) == (code, check)
    assert detail in caught.value.detail
    assert caught.value.detail.isascii()
