"""`.venv`: made once, holding exactly the locked packages; checked against the lock files' hash at every start."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from launcher.console import Failure, step
from launcher.stamps import Stamp, fingerprint


class VirtualEnvironment:
    """The `.venv` of the folder `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def install(self, *, dev: bool) -> bool:
        """Make sure that the locked packages are installed, with `dev` those for tests too; whether there was anything to do.

        A stamp for the tests' packages is one for the platform's as well. Raises `Failure`.
        """
        platform, tests = self.root / "requirements.txt", self.root / "requirements-dev.txt"
        plain, with_dev = self._stamp(platform), self._stamp(tests)
        done_plain = fingerprint(platform.read_text(encoding="utf-8"))
        done_with_dev = fingerprint(done_plain, tests.read_text(encoding="utf-8"))
        if self.python.is_file() and (with_dev.says(done_with_dev) or (not dev and plain.says(done_plain))):
            return False
        plain.clear()
        with_dev.clear()
        uv = _uv()
        if not self._works():
            self._make(uv)
        self._install_packages(uv, [platform, tests] if dev else [platform])
        if dev:
            with_dev.set(done_with_dev)
        plain.set(done_plain)
        return True

    def _stamp(self, lock: Path) -> Stamp:
        return Stamp(self.folder / f".installed-{lock.name}.sha256")

    def _works(self) -> bool:
        test = "import sys; sys.exit(sys.version_info < (3, 11))"
        return self.python.is_file() and subprocess.run([self.python, "-c", test], check=False).returncode == 0

    def _make(self, uv: str | None) -> None:
        if not uv and (importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None):
            package = f"python3.{sys.version_info.minor}-venv"
            raise Failure(
                f"Python's venv module is missing. Cure: `apt install {package}` (Debian, Ubuntu) or install uv, then run this again."
            )
        with step(f"Making the virtual environment {self.folder.name}"):
            if uv:
                _run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(self.folder)])
            else:
                _run([sys.executable, "-m", "venv", "--clear", str(self.folder)])

    def _install_packages(self, uv: str | None, locks: list[Path]) -> None:
        files = [argument for lock in locks for argument in ("-r", str(lock))]
        with step(f"Installing the packages of {' and '.join(lock.name for lock in locks)} with {'uv' if uv else 'pip'}"):
            if uv:
                # Compiled once here, as pip does it: else each first start, or where PYTHONDONTWRITEBYTECODE is set every start, is slow.
                _run([uv, "pip", "install", "--python", str(self.python), "--require-hashes", "--compile-bytecode", *files])
                return
            if subprocess.run([self.python, "-m", "pip", "--version"], check=False, capture_output=True).returncode:
                _run([str(self.python), "-m", "ensurepip"])  # an environment that uv made has no pip
            _run([str(self.python), "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", *files])


def _uv() -> str | None:
    found = shutil.which("uv")
    works = found and subprocess.run([found, "--version"], check=False, capture_output=True).returncode == 0
    return found if works else None


def _run(command: list[str]) -> None:
    if subprocess.run(command, check=False).returncode:
        raise Failure(
            f"This command failed: {' '.join(command)}\nCure: read its last lines above; without a network the packages cannot be fetched."
        )
