"""A Redis or Valkey server for a test run, started from the program on this machine; it keeps nothing."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOW_TO_GET_ONE = "no Redis was found. Cure: install its server (Debian: `apt install redis-server`)"
_PROGRAMS = ("redis-server", "valkey-server")


class NoRedis(Exception):
    """There is no server to start."""


@contextmanager
def running() -> Iterator[str]:
    """The URL, as for CACHE_URL, of a running server that only this user reaches. Raises `NoRedis`."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise NoRedis(HOW_TO_GET_ONE)
    # A short folder of its own: the path of a Unix socket may have about 100 characters.
    with tempfile.TemporaryDirectory(prefix="four-checks-redis-", dir="/tmp") as folder:  # noqa: S108 - a random name, mode 700
        socket = Path(folder) / "socket"
        options = ["--port", "0", "--unixsocket", str(socket), "--dir", folder, "--save", "", "--appendonly", "no"]
        with subprocess.Popen([program, *options], stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            said = []
            for line in server.stdout:
                said.append(line)
                if "ready to accept connections" in line.lower():
                    break
            else:
                raise NoRedis(f"{program} did not start: {''.join(said)}")
            try:
                yield f"unix://{socket}?db=0"
            finally:
                server.terminate()
