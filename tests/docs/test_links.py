"""What README, CONTRIBUTING and the pages of docs/ link to, or name as a file of this project, is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_leads_to_a_file_that_exists(page):
    links = [link for link in re.findall(r"\]\(([^)#]+)", page.read_text()) if not link.startswith("http")]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_file_it_names_exists(page):
    names = re.findall(r"`((?:[\w.]+/)+[\w.]*)`", page.read_text())
    made_by_the_reader = {name for name in names if name.startswith(("var/", "notes/"))}
    assert [name for name in names if name not in made_by_the_reader and not (ROOT / name).exists()] == []
