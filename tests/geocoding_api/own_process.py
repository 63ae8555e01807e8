"""A process of its own that serves the Geocoding API alone, for what cannot be asked of the process that runs the tests."""

import subprocess
import sys

from geocoding_api.places import DATA


def printed_by(program: str) -> str:
    """What `program` prints there, after Django is set up and the API's addresses are imported."""
    environment = {"DJANGO_SETTINGS_MODULE": "project.settings", "SERVICE": "geocoding_api", "DOTENV": "0", "DJANGO_SECRET_KEY": "x" * 50}
    start = "import sys, django; django.setup(); import geocoding_api.urls; from geocoding_api import places\n"
    ran = subprocess.run([sys.executable, "-c", start + program], capture_output=True, text=True, cwd=DATA.parents[1], env=environment)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()
