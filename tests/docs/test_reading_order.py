"""README's reading order: each file is there, opens with one sentence, names the next, and the whole stays near 1,000 lines."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def reading_order() -> list[Path]:
    """The files of the table under "Read the code", in order; a folder stands for its modules."""
    section = README.split("## Read the code", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if re.match(r"\| \d+ \|", line)]
    paths = [ROOT / name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[2])]
    return [file for path in paths for file in (sorted(path.glob("[!_]*.py")) if path.is_dir() else [path])]


@pytest.mark.parametrize("file", reading_order(), ids=lambda file: str(file.relative_to(ROOT)))
def test_each_file_opens_with_its_sentence_and_names_the_next(file):
    docstring = ast.get_docstring(ast.parse(file.read_text())) or ""
    first_line = docstring.split("\n\n", 1)[0].replace("\n", " ")
    assert first_line.endswith((".", ":")), f"{file.name} opens without a sentence: {first_line!r}"
    assert "Read next:" in docstring, f"{file.name} does not say what to read next"


@pytest.mark.parametrize("file", reading_order(), ids=lambda file: str(file.relative_to(ROOT)))
def test_each_read_next_leads_to_a_file_that_exists(file):
    docstring = ast.get_docstring(ast.parse(file.read_text())) or ""
    following = docstring.split("Read next:", 1)[1]
    for name in re.findall(r"`([\w/]+(?:\.py|/))`", following):
        assert (ROOT / name).exists() or (file.parent / name).exists(), f"{file.name} names {name}, which is not there"


def test_the_whole_takes_about_thirty_minutes():
    section = README.split("## Read the code", 1)[1].split("\n## ", 1)[0]
    minutes = sum(int(number) for number in re.findall(r"^\| (\d+) \|", section, flags=re.MULTILINE))
    lines = sum(len(file.read_text().splitlines()) for file in reading_order())
    assert minutes == 30
    assert 700 <= lines <= 1300, f"{lines} lines"
