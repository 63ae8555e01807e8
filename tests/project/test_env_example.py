"""`.env.example` lists exactly the variables that the code reads, each with a line that explains it, and changes nothing as it stands."""

import re
from pathlib import Path

from project import settings

EXAMPLE = (Path(__file__).resolve().parents[2] / ".env.example").read_text()
LINES = EXAMPLE.splitlines()


def test_it_lists_exactly_the_variables_that_the_code_reads():
    listed = re.findall(r"^#([A-Z_]+)=", EXAMPLE, flags=re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert set(listed) == settings.env.names


def test_each_variable_has_a_line_that_explains_it():
    for before, line in zip(LINES, LINES[1:], strict=False):
        if re.match(r"#[A-Z_]+=", line):
            assert re.match(r"# \S|#[A-Z_]+_CLIENT_ID=", before), f"nothing explains {line}"


def test_copied_to_dotenv_as_it_stands_it_changes_nothing():
    assert [line for line in LINES if line and not line.startswith("#")] == []
