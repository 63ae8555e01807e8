"""Settings as another process would read them, without starting one."""

import os
import runpy

import pytest

from project import settings

# The last one lets Django's synchronous tests go on in a process in which a browser has been driven: tests/conftest.py.
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT", "DJANGO_ALLOW_ASYNC_UNSAFE")
_NEEDED = {
    "DOTENV": "0",
    "DJANGO_SECRET_KEY": "a-secret-of-at-least-thirty-two-characters",
    "SIGNING_KEYS_ENCRYPTION_KEY": "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtMTI=",
}


@pytest.fixture
def environment(tmp_path):
    """All that a process needs to start, and nothing of the developer's own; a test adds what it is about."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, **_NEEDED, "DATABASE_URL": f"sqlite:///{tmp_path / 'test.sqlite3'}"}


@pytest.fixture
def read_settings(environment, monkeypatch):
    """`project/settings.py` run anew with these variables; its names as a dictionary. Raises what the start would raise."""

    def read(**variables):
        for name in list(os.environ):
            monkeypatch.delenv(name)
        for name, value in {**environment, **variables}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(settings.__file__)

    return read
