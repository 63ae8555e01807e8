"""Find a Chromium for the browser tests; `python -m tests.browser` installs one where it can."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.requirements_of_tests import everything_is_required

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
HOW_TO_GET_ONE = "no Chromium was found. Cure: `playwright install chromium`, or set CHROMIUM to the path of a Chromium or Chrome"
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> Path | None:
    """The program to drive: CHROMIUM, else a Chromium or Chrome on PATH, else the one that Playwright has downloaded."""
    named = os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)
    return Path(named) if named else _playwrights_own()


def launch_arguments(program: Path) -> dict[str, object]:
    """Arguments for Playwright's `launch`: no calls home, and no sandbox for root, as which Chromium refuses it."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {"executable_path": str(program), "args": [*FLAGS, *(["--no-sandbox"] if is_root else [])]}


def install() -> Path | None:
    """Find a browser, or get one: Debian's package when root, else Playwright's download."""
    can_use_apt = shutil.which("apt-get") and os.geteuid() == 0
    if not find() and can_use_apt:
        print("Installing Chromium with apt-get ...", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=False, env=quiet)
    if not find():
        print("Installing Chromium with Playwright ...", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return find()


def _playwrights_own() -> Path | None:
    """Asked in a process of its own: Playwright's synchronous API leaves an event loop behind."""
    ask = "from playwright.sync_api import sync_playwright as p\nwith p() as playwright: print(playwright.chromium.executable_path)"
    ran = subprocess.run([sys.executable, "-c", ask], check=False, capture_output=True, text=True)
    path = Path(ran.stdout.strip() or "-")
    return path if path.is_file() else None


if __name__ == "__main__":
    if install() is None:
        print(f"Browser tests will be skipped: {HOW_TO_GET_ONE}.")
        sys.exit(1 if everything_is_required() else 0)
