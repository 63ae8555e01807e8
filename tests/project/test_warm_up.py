"""A server loads what its first request would wait for; management commands and other services do not."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TELL = """
import sys, threading
import project.wsgi
[thread.join() for thread in threading.enumerate() if thread.name == "warm-up"]
places = sys.modules.get("geocoding_api.places")
views = [name for name in ("calendar_api.views", "geocoding_api.views") if name in sys.modules]
print(*views, "places" if places and places._loaded else "")
"""


@pytest.mark.parametrize(("service", "loaded"), [("geocoding_api", "geocoding_api.views places"), ("calendar_api", "calendar_api.views")])
def test_a_server_has_its_views_and_places_before_the_first_request(environment, service, loaded):
    values = {**environment, "SERVICE": service}
    ran = subprocess.run([sys.executable, "-c", TELL], cwd=ROOT, env=values, check=True, capture_output=True, text=True, timeout=60)
    assert ran.stdout.split() == loaded.split()
    assert ran.stderr == ""
