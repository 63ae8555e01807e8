"""Fetch the npm packages that some tests run in node: `python -m tests.npm_packages`, once for each package-lock.json.

For another version change it in the folder's package.json and run `npm install --package-lock-only` there.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from launcher.stamps import Stamp, fingerprint
from tests.requirements_of_tests import everything_is_required

TESTS = Path(__file__).parent
FOLDERS = (TESTS / "foreign_clients" / "npm", TESTS / "foreign_issuer" / "npm")


def what_is_missing(folder: Path) -> str | None:
    """Why what stands in `folder` cannot run here, with the cure; None when it can."""
    if not shutil.which("node"):
        return "node was not found. Cure: install Node.js 18 or newer, with npm"
    if not _stamp(folder).says(_wanted(folder)):
        return f"the npm packages of {folder.parent.name} are not installed. Cure: with npm and a network, `python -m tests.npm_packages`"
    return None


def install(folder: Path) -> str | None:
    """Install exactly what the folder's lock file says, unless it is there already. Returns what is still missing."""
    npm = shutil.which("npm")
    if npm and shutil.which("node") and not _stamp(folder).says(_wanted(folder)):
        print(f"Installing the npm packages of {folder.parent.name} ...", flush=True)
        _stamp(folder).clear()
        command = [npm, "ci", "--ignore-scripts", "--loglevel=error"]
        if subprocess.run(command, check=False, cwd=folder).returncode == 0:
            _stamp(folder).set(_wanted(folder))
    return what_is_missing(folder)


def _stamp(folder: Path) -> Stamp:
    return Stamp(folder / "node_modules" / ".installed-package-lock.sha256")


def _wanted(folder: Path) -> str:
    return fingerprint((folder / "package-lock.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    reasons = [reason for folder in FOLDERS if (reason := install(folder))]
    for reason in reasons:
        print(f"Tests that need it will be skipped: {reason}.")
    sys.exit(1 if reasons and everything_is_required() else 0)
