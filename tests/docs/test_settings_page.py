"""docs/settings.md has one row for each variable that the code reads, and no other."""

import re
from pathlib import Path

from project import settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def test_the_page_lists_exactly_the_variables_that_the_code_reads():
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \|", PAGE.read_text(), flags=re.MULTILINE)
    listed = [name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)]
    assert len(listed) == len(set(listed))
    assert set(listed) == settings.env.names
