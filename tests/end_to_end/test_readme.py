"""What README shows as a command's output is what the command prints, but for times, days and addresses."""

import re
from pathlib import Path

import pytest

README = (Path(__file__).resolve().parents[2] / "README.md").read_text()
SHOWN = re.findall(r"    python3 manage\.py ([^\n]+)\n+(?:[^\n`][^\n]*\n+)*?```text\n(.*?)```", README, flags=re.DOTALL)


def without_what_changes(text):
    """`text` with durations, dates and addresses replaced; lines that are equal but for these become equal."""
    text = re.sub(r"\d+ ms", "… ms", text)
    text = re.sub(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) +\d+", r"\1 …", text)
    text = re.sub(r"events, [^,\n]+, Berlin", "events, …, Berlin", text)
    text = re.sub(r"http://localhost:\d+", "http://localhost:…", text)
    return [line.rstrip() for line in text.strip().splitlines()]


def test_readme_shows_both_stories_and_the_refusal():
    assert [command.split()[:2] for command, _ in SHOWN] == [
        ["run_flow", "authorize"],
        ["run_flow", "implicit"],
        ["run_flow", "client-credentials"],
        ["run_flow", "client-credentials"],
    ]
    assert sum(output.count("\n") for _, output in SHOWN) <= 80, "more than two screens"


@pytest.fixture
def as_after_make_demo(platform):
    """Whoever signs in is asked, and nobody has added an event."""
    platform.forget_consents()
    platform.forget_added_events()


@pytest.mark.parametrize("platform", ["four-sqlite"], indirect=True)
@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command for command, _ in SHOWN])
def test_readme_shows_what_the_command_prints(platform, command, output, as_after_make_demo):
    printed = platform.manage(*command.split())
    assert without_what_changes(printed.stdout + printed.stderr) == without_what_changes(output)
