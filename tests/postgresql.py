"""A PostgreSQL server for a test run: TEST_DATABASE_URL, else one started from the binaries on this machine.

`python -m tests.postgresql COMMAND …` runs a command with TEST_DATABASE_URL set, and says so where there is no server.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

if sys.platform != "win32":
    import pwd

from tests.requirements_of_tests import everything_is_required

HOW_TO_GET_ONE = "no PostgreSQL was found. Cure: install its server (Debian: `apt install postgresql`), or set TEST_DATABASE_URL"
NO_TESTS_COLLECTED = 5  # pytest's exit status when a selection fits none of the tests of this run


class NoPostgreSQL(Exception):
    """There is no server to use and none to start."""


@contextmanager
def running() -> Iterator[str]:
    """The URL of a database on a running server. Raises `NoPostgreSQL`."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    binaries = _binaries()
    if binaries is None:
        raise NoPostgreSQL(HOW_TO_GET_ONE)
    # A short folder of its own: the path of a Unix socket may have about 100 characters.
    folder = Path(tempfile.mkdtemp(prefix="four-checks-pg-", dir="/tmp"))  # noqa: S108 - made with a random name and mode 700
    try:
        with _started(binaries, folder):
            yield f"postgresql://postgres@{quote(str(folder), safe='')}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(url: str, name: str) -> str:
    """The URL of a new, empty database called `name` on the server of `url`; one that is left from before is dropped."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{url.rpartition('/')[0]}/{name}"


def _binaries() -> Path | None:
    """The folder of `initdb` and `pg_ctl`: from PATH, else the newest of Debian's versioned folders."""
    on_path = shutil.which("initdb")
    folders = [
        *([Path(on_path).resolve().parent] if on_path else []),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True),
    ]
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


def _version(folder: Path) -> float:
    return float(folder.parent.name) if folder.parent.name.replace(".", "", 1).isdigit() else 0.0


@contextmanager
def _started(binaries: Path, folder: Path) -> Iterator[None]:
    """A server with its data and its socket in `folder`, reachable through that socket alone."""
    user = _unprivileged_user()
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    # Durability is of no use to a database that is thrown away.
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    _run([binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"], user, folder)
    _run([binaries / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start"], user, folder)
    try:
        yield
    finally:
        _run([binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], user, folder)


def _unprivileged_user() -> str | None:
    """Whom to run the server as when we are root, as which PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _run(command: list[str | Path], user: str | None, folder: Path) -> None:
    identity: dict[str, Any] = {"user": user, "group": _group_of(user), "extra_groups": []} if user else {}
    ran = subprocess.run(command, check=False, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, **identity)
    if ran.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {ran.stderr.strip() or ran.stdout.strip()}")


def _group_of(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


def main(command: list[str]) -> int:
    """Run `command` with a server; 0 also where there is none, unless everything is required."""
    try:
        with running() as url:
            print("== On PostgreSQL ==", flush=True)
            status = subprocess.run(command, check=False, env={**os.environ, "TEST_DATABASE_URL": url}).returncode
            return 0 if status == NO_TESTS_COLLECTED else status
    except NoPostgreSQL as reason:
        print(f"The tests do not run on PostgreSQL: {reason}.", flush=True)
        return 1 if everything_is_required() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
