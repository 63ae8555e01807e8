"""docs/performance.md has a row for each contestant, says what the benchmark says of it, and its own ratios are right."""

import re
from pathlib import Path

from benchmarks.one_request import CONTESTANTS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "performance.md").read_text()
ROWS = {
    name: (float(added), float(ratio), checks)
    for name, added, ratio, checks in re.findall(
        r"^\| ([^|]+) \| ([\d.]+) \| ([\d.]+) \| ([^|]+) \|$", PAGE.split("## What protection adds")[1], flags=re.M
    )
}


def test_every_contestant_has_its_row_with_what_it_checks():
    assert {name: checks for name, (_, _, checks) in ROWS.items()} == {one.name: one.checks for one in CONTESTANTS}


def test_the_ratios_are_those_of_the_figures():
    ours, _, _ = ROWS["Four Checks, DRF"]
    for name, (added, ratio, _) in ROWS.items():
        assert abs(added / ours - ratio) < 0.06, name


def test_ours_is_the_lowest_as_the_page_says():
    assert min(added for name, (added, _, _) in ROWS.items() if not name.startswith("Four Checks")) >= ROWS["Four Checks, DRF"][0]
