"""Tests against real processes: `platform` of tests/conftest.py in each of its forms, and a browser."""


def pytest_collection_modifyitems(items):
    """Mark what drives a browser."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "page" in fixtures or "context" in fixtures:
            item.add_marker("browser")
