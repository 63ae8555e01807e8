"""Whatever the demo does that production must not is marked `DEMO ONLY` in the code, and listed in docs/demo-only.md."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def marked_lines() -> list[tuple[str, str]]:
    """(file, text behind the mark) of each `# DEMO ONLY:` comment in the code."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [
        (name, match.group(1).strip())
        for name in listed
        if not name.startswith("tests/")
        for match in re.finditer(r"# DEMO ONLY: (.+)", (ROOT / name).read_text())
    ]


def test_every_demo_only_line_of_the_code_is_in_the_docs():
    page = (ROOT / "docs" / "demo-only.md").read_text()
    missing = [f"{name}: {text}" for name, text in marked_lines() if f"`{name}`" not in page or text not in page]
    assert not missing, "docs/demo-only.md lacks:\n" + "\n".join(missing)


def test_the_docs_list_nothing_that_is_not_in_the_code():
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", (ROOT / "docs" / "demo-only.md").read_text(), flags=re.MULTILINE)
    assert rows
    assert {(name, text.strip()) for name, text in rows} == set(marked_lines())
