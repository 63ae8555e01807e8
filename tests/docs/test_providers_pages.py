"""docs/providers/: every page's settings can be used as they stand, in one's own project and in this one."""

import subprocess
import sys
from pathlib import Path

import pytest

from access_tokens.conf import parse
from access_tokens.rejections import ALL
from tests.providers.pages import PAGES, environment_of, settings_of

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in PAGES.glob("*.md"))


@pytest.mark.parametrize("page", NAMES)
def test_access_tokens_can_be_used_as_they_stand(page):
    for raw in settings_of(page):
        assert parse(raw).issuers


@pytest.mark.parametrize("page", NAMES)
def test_the_environment_starts_the_calendar_api_and_means_the_same(page):
    environment = {"DOTENV": "0", "SERVICE": "calendar_api", "DJANGO_SECRET_KEY": "s" * 50, "DJANGO_SETTINGS_MODULE": "project.settings"}
    program = "from django.conf import settings; import json; print(json.dumps(settings.ACCESS_TOKENS['ISSUERS'][0], default=list))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**environment, **environment_of(page)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for raw in settings_of(page)[:1]:
        (entry,) = raw["ISSUERS"]
        for name, value in entry.items():
            assert repr(value).replace("'", '"') in done.stdout, name


@pytest.mark.parametrize("page", NAMES)
def test_the_codes_that_a_page_names_exist(page):
    text = (PAGES / f"{page}.md").read_text()
    table = text.split("## Common mistakes")[1]
    codes = {word for word in table.replace("`", " ").replace(",", " ").replace(":", " ").split() if "_" in word and word.islower()}
    assert codes & ALL.keys()
    known = {*ALL, "client_credentials", "access_token", "machine_rule", "internal_url", "client_id"}
    assert {code for code in codes if code.isidentifier()} <= known, codes
