"""The project's settings under test: everything in one process, demo identities on, nothing read from a developer's own files."""

import os

# A variable of the developer's shell must not change what the tests say.
for name in (
    "ISSUER",
    "ISSUER_INTERNAL_URL",
    "DEMO_CLIENT_URL",
    "CALENDAR_API_URL",
    "CALENDAR_API_INTERNAL_URL",
    "GEOCODING_API_URL",
    "GEOCODING_API_INTERNAL_URL",
    "TRUSTED_ISSUERS",
    "DJANGO_DEBUG",
):
    os.environ.pop(name, None)
os.environ.update(
    SERVICE="all",
    DOTENV="0",
    DJANGO_SECRET_KEY="only-for-tests-only-for-tests-only-for-tests-only",
    SIGNING_KEYS_ENCRYPTION_KEY="b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtMTI=",
    DEMO_IDENTITIES="1",
    EXPLAIN_REJECTIONS="1",
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL", ""),
)

from project.settings import *  # noqa: E402, F403

WHITENOISE_AUTOREFRESH = True  # no walk over all static files for each test process
