"""The Calendar API alone, on the database that the environment names; it trusts an issuer that the benchmark plays, and logs nothing."""

import os

os.environ.update(
    SERVICE="calendar_api",
    DOTENV="0",
    DJANGO_SECRET_KEY="only-for-benchmarks-only-for-benchmarks-only-for-it",  # noqa: S106  nothing is kept
)

from project.settings import *  # noqa: E402, F403

LOGGING_CONFIG = None
