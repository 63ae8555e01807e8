"""One service of the demo in a container: its own secrets, its database prepared and seeded, then the server in this process's place."""

import os
import subprocess
import sys
from pathlib import Path

from launcher.databases import commands
from launcher.local_settings import make_secrets_once

ROOT = Path(__file__).resolve().parent.parent
SERVER_COMMAND = ("granian", "project.wsgi:application")  # the image's own; its options are GRANIAN_… variables


def main() -> None:
    """Make ready what `SERVICE` needs, and become its server. One container a service: two at once would migrate against each other."""
    make_secrets_once(ROOT / "var" / "secrets.env")
    for command in commands(os.environ["SERVICE"], seed=True):
        if status := subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=False).returncode:
            raise SystemExit(status)
    os.execvp(SERVER_COMMAND[0], SERVER_COMMAND)  # noqa: S606 - not by a shell, and signals then reach the server itself


if __name__ == "__main__":
    main()
