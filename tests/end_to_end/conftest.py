"""Tests against real processes: `platform` in each of its forms."""

import pytest

from tests import postgresql
from tests.end_to_end.processes import FORMS, Platform
from tests.requirements_of_tests import missing


def pytest_collection_modifyitems(items):
    """Mark what starts processes or a browser."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "platform" in fixtures:
            item.add_marker("processes")
        if "page" in fixtures or "context" in fixtures:
            item.add_marker("browser")


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
