"""A trusted issuer that is configured wrongly stops `manage.py check` and every server, with name, value and cure."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRONG = {"TRUSTED_ISSUERS": '[{"issuer": "https://other.example/", "algorithms": ["none"]}]'}


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    chosen = {"DOTENV": "0", "SERVICE": "geocoding_api", "DJANGO_SETTINGS_MODULE": "project.settings", "DJANGO_SECRET_KEY": "s" * 50}
    environment = {**os.environ, **chosen, **WRONG}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_manage_py_check_names_the_mistake_and_its_cure():
    done = run("manage.py", "check")
    assert done.returncode == 1
    assert "(access_tokens.E002)" in done.stderr
    assert '["ISSUERS"][1]["algorithms"] (TRUSTED_ISSUERS) is [\'none\']. Cure: write HS256 alone' in done.stderr


def test_a_server_with_a_wrong_entry_does_not_start():
    done = run("-c", "import project.wsgi")
    assert done.returncode == 1
    assert '["ISSUERS"][1]["algorithms"] (TRUSTED_ISSUERS)' in done.stderr
