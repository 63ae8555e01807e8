"""What the tests of the verifier share: a small protected API over HTTP, and one place to see a rejection."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client

from access_tokens import rejections
from access_tokens.conf import expectations
from access_tokens.verify import AccessToken, verify


class Api:
    """The API of `tests/access_tokens/api.py`, in process."""

    def __init__(self) -> None:
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
def calendar(issuer):
    """Verifies a token as the Calendar API does: `calendar(token)`."""

    def verify_here(token: str) -> AccessToken:
        return verify(token, expected=expectations("api.calendar"))

    return verify_here


@contextmanager
def refused(code: str, *, check: str | None = None, detail: str = "") -> Iterator[None]:
    """The block must end in the rejection called `code`; `check` and a part of the detail can be asked for too."""
    with pytest.raises(rejections.Rejection) as caught:
        yield
    assert (caught.value.code, caught.value.check if check else None) == (code, check)
    assert detail in caught.value.detail
    assert caught.value.detail.isascii()
