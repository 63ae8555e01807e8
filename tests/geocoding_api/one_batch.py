"""`python -m tests.geocoding_api.one_batch`: what a batch of 10,000 points costs a process that has loaded the data (Linux alone).

Prints [status, the processor's seconds, most megabytes beyond what was in use before].
"""

import json
import os
import random
import time
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.test.utils import override_settings, setup_test_environment

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
setup_test_environment()

from tests.geocoding_api.conftest import Caller  # noqa: E402
from tests.issuer import TestIssuer  # noqa: E402 - needs the settings


def megabytes(name):
    """VmRSS, the memory in use, or VmHWM, the most since the last reset."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def main():
    issuer = TestIssuer(settings.ISSUER, settings.CALENDAR_AUDIENCE, settings.GEOCODING_AUDIENCE)
    trusted: Any = settings.ACCESS_TOKENS
    ours = {**trusted["ISSUERS"][0], "public_keys": issuer.jwks}
    override_settings(ACCESS_TOKENS={**trusted, "ISSUERS": [ours]}).enable()
    backend = Caller(issuer.machine_token())
    chance = random.Random(5)  # noqa: S311 - any points will do
    points = [{"lat": round(chance.uniform(-60, 75), 6), "lon": round(chance.uniform(-180, 180), 6), "id": i} for i in range(10_000)]
    body = json.dumps({"points": points}).encode()
    backend.asks()  # loads the data
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # resets VmHWM
    before, started = megabytes("VmRSS"), time.process_time()
    response = backend.sends(raw=body)
    print(json.dumps([response.status_code, time.process_time() - started, megabytes("VmHWM") - before]))


if __name__ == "__main__":
    main()
