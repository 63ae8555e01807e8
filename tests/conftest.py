"""What all tests share: a trusted issuer whose good tokens a test changes in one thing, the platform as real processes, a Chromium."""

import os
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.urls import get_resolver

from tests import browser, postgresql
from tests.end_to_end.processes import FORMS, Platform
from tests.requirements_of_tests import missing


class TestIssuer:
    """An issuer that the APIs under test trust. Its tokens are good; a test states only what differs."""

    __test__ = False

    def __init__(self, url: str, calendar_audience: str, geocoding_audience: str) -> None:
        self.url = url
        self.calendar_audience = calendar_audience
        self.geocoding_audience = geocoding_audience
        self.kid = "test-key"
        self.private_key = _PRIVATE_KEY

    def jwks(self) -> dict[str, Any]:
        """The public keys, as its JWKS endpoint would serve them."""
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(self.private_key.public_key(), as_dict=True)
        return {"keys": [{**jwk, "kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def user_claims(self, **changes: Any) -> dict[str, Any]:
        """The claims of Alice's token for the Calendar API; a change to None removes a claim."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": self.calendar_audience,
            "sub": "usr_123",
            "client_id": "calendar-web",
            "azp": "calendar-web",
            "scope": "read write",
            "iat": now,
            "exp": now + 3600,
            "jti": "0f2c2c1e-test",
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def sign(self, claims: dict[str, Any], headers: dict[str, Any] | None = None) -> str:
        """`claims` as a signed JWT, RS256, `typ` at+jwt unless `headers` say otherwise."""
        return jwt.encode(claims, self.private_key, algorithm="RS256", headers={"typ": "at+jwt", "kid": self.kid, **(headers or {})})

    def access_token(self, headers: dict[str, Any] | None = None, **changes: Any) -> str:
        """Alice's good token for the Calendar API, with `changes` to its claims."""
        return self.sign(self.user_claims(**changes), headers)

    def machine_token(self, client_id: str = "geocoding-backend", headers: dict[str, Any] | None = None, **changes: Any) -> str:
        """A machine's good token for the Geocoding API, with `changes` to its claims."""
        machine = {
            "aud": self.geocoding_audience,
            "sub": f"{client_id}@clients",
            "client_id": client_id,
            "azp": client_id,
            "gty": "client-credentials",
            "scope": None,
        }
        return self.sign(self.user_claims(**{**machine, **changes}), headers)


def pytest_collection_modifyitems(items):
    """Mark what starts processes."""
    for item in items:
        if "platform" in getattr(item, "fixturenames", ()):
            item.add_marker("processes")


@pytest.fixture(scope="session", autouse=True)
def views_are_loaded():
    """Views read addresses from the settings when they are imported: before any test changes the settings."""
    _ = get_resolver().url_patterns


_PRIVATE_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def issuer(settings):
    """The project's issuer, played by the test: the APIs trust its key instead of the embedded server's."""
    played = TestIssuer(settings.ISSUER, settings.CALENDAR_AUDIENCE, settings.GEOCODING_AUDIENCE)
    ours, *others = settings.ACCESS_TOKENS["ISSUERS"]
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "ISSUERS": [{**ours, "public_keys": played.jwks}, *others]}
    return played


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """What pytest-playwright starts: the Chromium of this machine."""
    program = browser.find()
    if program is None:
        missing(browser.HOW_TO_GET_ONE)
    # Playwright leaves an event loop in this process, where Django's synchronous tests run too.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {**browser_type_launch_args, **browser.launch_arguments(program)}


@pytest.fixture(scope="session", params=FORMS)
def platform(request, tmp_path_factory):
    """The platform as real processes, in turn: four services on SQLite, four on PostgreSQL, and one that is all of them."""
    if not request.param.endswith("postgresql"):
        yield from _run(Platform(request.param, tmp_path_factory.mktemp(request.param)))
        return
    try:
        with postgresql.running() as url:
            yield from _run(Platform(request.param, tmp_path_factory.mktemp(request.param), url))
    except postgresql.NoPostgreSQL as reason:
        missing(str(reason))


def _run(platform):
    try:
        platform.set_up()
        yield platform
    finally:
        platform.stop_everything()
