#!/usr/bin/env python3
"""Django's command line. Works without activating anything: it goes on under `.venv` when that is there."""

import os
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent
SPEAKS_TO_A_RUNNING_DEMO = {"run_flow", "token"}


def continue_under_the_virtual_environment() -> None:
    """Replace this process by the same command under `.venv`, unless it runs there already."""
    folder, program = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    python = BASE_DIR / ".venv" / folder / program
    if not python.is_file() or Path(sys.prefix).resolve() == (BASE_DIR / ".venv").resolve():
        return
    if os.name == "nt":  # there os.execv returns to the shell at once, before the command has ended
        import subprocess

        raise SystemExit(subprocess.call([str(python), *sys.argv]))
    os.execv(python, [str(python), *sys.argv])


def main() -> None:
    """Run the command named in `sys.argv`."""
    continue_under_the_virtual_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    if SPEAKS_TO_A_RUNNING_DEMO & set(sys.argv[1:2]):
        os.environ.setdefault("SERVICE", "demo_client")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        raise SystemExit("Django is not installed. Cure: run `make demo` (or `python3 demo.py`) once; it sets up .venv.") from None
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
