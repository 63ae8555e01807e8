"""docs/ten-minutes.md, followed to the letter: startproject, copy, edit as told, start, and `check_api` is green."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.processes import free_ports

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "ten-minutes.md").read_text()
COMMANDS = [line for block in re.findall(r"```console\n(.*?)```", PAGE, flags=re.DOTALL) for line in block.splitlines()]
EDITS = re.findall(r"^(Append to|Create|Replace) `([\w/.]+)`[^:\n]*:\n\n```python\n(.*?)```", PAGE, flags=re.DOTALL | re.MULTILINE)
(RESULT,) = re.findall(r"```text\n(.*?)```", PAGE, flags=re.DOTALL)
STARTS = "ISSUER=http://localhost:9700/ python manage.py runserver 8000"
INSTALLS = {"python -m venv .venv", ". .venv/bin/activate"}  # this environment has all that the page installs


def edit(folder: Path) -> None:
    """What the page says to write, where it says so."""
    for how, name, text in EDITS:
        before = (folder / name).read_text() if how == "Append to" else ""
        (folder / name).write_text(before + text)


@pytest.mark.processes
def test_the_page_followed_to_the_letter_ends_all_green(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (tmp_path / "four-checks").symlink_to(ROOT)
    api_port, issuer_port = free_ports(2)

    def here(command: str) -> str:
        return (
            command.replace("localhost:8000", f"localhost:{api_port}")
            .replace("runserver 8000", f"runserver {api_port}")
            .replace("9700", str(issuer_port))
        )

    python = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "PYTHON", "SERVICE"))}
    environment = {**python, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    server = None
    output = ""
    try:
        for command in COMMANDS:
            if command in INSTALLS or command.startswith("pip install"):
                continue
            if command == STARTS:
                server = subprocess.Popen(
                    ["bash", "-c", f"exec env {here(command)} --noreload"], cwd=folder, env=environment, stderr=subprocess.DEVNULL
                )
                continue
            if "manage.py check" in command:
                edit(folder)
            line = here(command) + (
                f" --issuer http://localhost:{issuer_port}/ --wait 60" if command.startswith("python check_api.pyz") else ""
            )
            done = subprocess.run(
                ["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
            output = done.stdout
    finally:
        if server:
            server.kill()
            server.wait()
    assert output.replace(f"localhost:{api_port}", "localhost:8000") == RESULT


def test_the_page_installs_what_this_project_runs_on():
    (install,) = [command for command in COMMANDS if command.startswith("pip install")]
    wanted = (ROOT / "requirements.in").read_text()
    for package in ("Django~=5.2", "djangorestframework", "PyJWT[crypto]", "requests"):
        assert package in install
        assert package in wanted
    assert shutil.which("django-admin", path=str(Path(sys.executable).parent))


def test_the_page_edits_three_files():
    assert [(how, name) for how, name, _ in EDITS] == [
        ("Append to", "notes/settings.py"),
        ("Create", "notes/api.py"),
        ("Replace", "notes/urls.py"),
    ]
    assert STARTS in COMMANDS
