"""docs/geocoding.md is true: its shares are what the committed points give, its versions are those that are locked."""

import json
import re
from pathlib import Path

import pytest

from benchmarks.geocoding import PACKAGES, Truth, ours, places_in_their_country
from geocoding_api.places import DATA

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "geocoding.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| ")]
MEASURED = {row[0]: row[2] for row in ROWS}


@pytest.mark.parametrize(("where", "called"), [("land", "land"), ("border", "within 20 km of a border")])
def test_the_shares_of_right_countries_are_those_that_are_measured(where, called):
    shares = Truth.read(where).shares_right(ours())
    rows = (f"right country, {called}", f"the same, sure rows, {called}", f"by OpenStreetMap alone, {called}")
    assert [MEASURED[row] for row in rows] == [f"{share:.3%}" for share in shares]


def test_the_share_of_places_in_their_own_country_is_the_one_that_is_measured():
    assert MEASURED["GeoNames places in their own country"] == f"{places_in_their_country():.3%}"


def test_the_packages_that_are_compared_are_those_that_are_locked():
    locked = (ROOT / "requirements-bench.in").read_text()
    for package, version in PACKAGES.items():
        assert f"{package}=={version}" in locked
        assert f"`{package}` {version}" in PAGE


def test_the_sources_are_those_of_the_manifest():
    manifest = json.loads((DATA / "manifest.json").read_text(encoding="utf-8"))
    assert f"{manifest['places']:,} places" in PAGE
    assert f"Natural Earth {manifest['natural_earth']}" in PAGE
    for source in manifest["sources"]:
        assert f"`{source['package']} {source['version']}`" in PAGE


def test_what_must_be_said_of_the_data_is_said():
    manifest = json.loads((DATA / "manifest.json").read_text(encoding="utf-8"))
    for part in manifest["attribution"].split("; "):
        assert part in PAGE


def test_the_page_of_the_points_names_the_packages_they_were_drawn_with():
    page = (ROOT / "benchmarks" / "truth" / "README.md").read_text(encoding="utf-8")
    npm = json.loads((ROOT / "benchmarks" / "truth" / "package.json").read_text())["dependencies"]
    pip = re.findall(r"^(timezonefinder[\w-]*)==(.+)$", (ROOT / "requirements-truth.in").read_text(), flags=re.MULTILINE)
    assert len(pip) == 2
    for package, version in [*npm.items(), *pip]:
        assert f"`{package} {version}`" in page
