"""A pytest plugin (`-p tests.database_tests_only`): keeps the tests that touch a database, which alone can differ on another engine."""

import pytest

_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect whatever has neither the mark nor a fixture of pytest-django's databases."""
    kept = [item for item in items if item.get_closest_marker("django_db") or _FIXTURES & set(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept
