"""`python -m forgeries.check_api.one_file`: writes `check_api.pyz`, the whole check as one file that runs alone.

It needs PyJWT, cryptography and requests: `python check_api.pyz https://api.example/notes --audience api.notes --scope read`.
"""

import shutil
import sys
import tempfile
import zipapp
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
NAME = "check_api.pyz"


def write_to(target: Path) -> Path:
    """Write the file, a zip of the sources that Python runs as it is (PEP 441). Returns `target`."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(PACKAGE, Path(folder) / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
        runs = "forgeries.check_api.one_file:check"
        zipapp.create_archive(folder, target, interpreter="/usr/bin/env python3", main=runs, compressed=True)
    return target


def check() -> None:
    """What the one file does when it is run."""
    from forgeries.check_api.command import main  # here: writing the file needs none of the packages that checking needs

    sys.exit(main())


if __name__ == "__main__":
    print(f"Wrote {write_to(Path(sys.argv[1] if len(sys.argv) > 1 else NAME))}")
