"""What a test needs beside Python (a browser, PostgreSQL, Node): where it is missing, skip; where REQUIRE_ALL=1, fail."""

import os
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """End the test: skipped with one clear line, or failed where everything must be there (CI sets REQUIRE_ALL=1)."""
    if everything_is_required():
        pytest.fail(f"REQUIRE_ALL=1, but {reason}", pytrace=False)
    pytest.skip(reason)


def everything_is_required() -> bool:
    """Whether a missing program is an error here."""
    return os.environ.get("REQUIRE_ALL") == "1"
