"""The authorization server alone, with the demo's people and applications, on the database that the environment names; logs nothing."""

import os

os.environ.update(
    SERVICE="authorization_server",
    DOTENV="0",
    DEMO_IDENTITIES="1",
    DJANGO_SECRET_KEY="only-for-benchmarks-only-for-benchmarks-only-for-it",  # noqa: S106  nothing is kept
    SIGNING_KEYS_ENCRYPTION_KEY="b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtMTI=",
)

from project.settings import *  # noqa: E402, F403

LOGGING_CONFIG = None
