"""What all tests share: a trusted issuer whose good tokens a test changes in one thing, the platform as real processes, a Chromium."""

import os

import pytest
from django.urls import get_resolver

from tests import browser, postgresql
from tests.end_to_end.processes import FORMS, Platform
from tests.issuer import TestIssuer
from tests.requirements_of_tests import missing


def pytest_collection_modifyitems(items):
    """Mark what starts processes."""
    for item in items:
        if "platform" in getattr(item, "fixturenames", ()):
            item.add_marker("processes")


@pytest.fixture(scope="session", autouse=True)
def views_are_loaded():
    """Views read addresses from the settings when they are imported: before any test changes the settings."""
    _ = get_resolver().url_patterns


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
