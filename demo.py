#!/usr/bin/env python3
"""Set everything up, start the platform on this machine, and stop it again: `python3 demo.py` (or `make demo`).

Only this file must be readable by an old Python, which it tells what is missing; the rest is in `launcher/`.
"""

import os
import shutil
import subprocess
import sys

OLDEST_PYTHON = (3, 11)


def newer_python() -> str:
    """The path of another interpreter on this machine that is new enough, or an empty string."""
    for minor in range(19, OLDEST_PYTHON[1] - 1, -1):
        found = shutil.which("python3.{}".format(minor))  # noqa: UP032 - read by old interpreters too
        if found and subprocess.call([found, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            return found
    return ""


if sys.version_info < OLDEST_PYTHON:
    python = newer_python()
    if not python:
        sys.exit(
            "This needs Python 3.11 or newer, and python3 here is {}.{}. Cure: install one (Debian, Ubuntu: `apt install python3.11 "
            "python3.11-venv`; macOS: `brew install python`; Windows: python.org), then run this again.".format(*sys.version_info[:2])
        )
    if os.name == "nt":
        sys.exit(subprocess.call([python] + sys.argv))  # noqa: RUF005 - as above
    os.execv(python, [python] + sys.argv)  # noqa: RUF005

from launcher.command_line import main  # noqa: E402 - after the version check: these modules are written for Python 3.11

if __name__ == "__main__":
    sys.exit(main())
