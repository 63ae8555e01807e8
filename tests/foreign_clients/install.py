"""Fetch the npm package that the tests run in node: `python -m tests.foreign_clients.install`, once for each npm/package-lock.json.

For another version change it in npm/package.json and run `npm install --package-lock-only` there.
"""

import shutil
import subprocess
import sys

from launcher.stamps import Stamp, fingerprint
from tests.foreign_clients.clients import NPM
from tests.requirements_of_tests import everything_is_required

NODE_MODULES = NPM / "node_modules"
_STAMP = Stamp(NODE_MODULES / ".installed-package-lock.sha256")


def what_is_missing() -> str | None:
    """Why the npm client cannot run here, with the cure; None when it can."""
    if not shutil.which("node"):
        return "node was not found. Cure: install Node.js 18 or newer, with npm"
    if not _STAMP.says(_wanted()):
        return "the npm client is not installed. Cure: with npm and a network, `python -m tests.foreign_clients.install`"
    return None


def install() -> str | None:
    """Install exactly what the lock file says, unless it is there already. Returns what is still missing."""
    npm = shutil.which("npm")
    if npm and shutil.which("node") and not _STAMP.says(_wanted()):
        print("Installing the npm client of the tests ...", flush=True)
        _STAMP.clear()
        command = [npm, "ci", "--ignore-scripts", "--loglevel=error"]
        if subprocess.run(command, check=False, cwd=NPM).returncode == 0:
            _STAMP.set(_wanted())
    return what_is_missing()


def _wanted() -> str:
    return fingerprint((NPM / "package-lock.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    if reason := install():
        print(f"Tests with the npm client will be skipped: {reason}.")
        sys.exit(1 if everything_is_required() else 0)
