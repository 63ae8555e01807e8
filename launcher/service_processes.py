"""Services as processes: started with a production-grade server, watched until ready, their logs shown, and stopped without a trace."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from launcher.addresses import Listener
from launcher.console import Failure

STOPPING_SECONDS = 8.0
# A group of its own: a Ctrl-C at the terminal reaches demo.py alone, which stops the services one by one.
if sys.platform == "win32":
    OF_ITS_OWN_GROUP: dict[str, Any] = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
else:
    OF_ITS_OWN_GROUP: dict[str, Any] = {"start_new_session": True}


def server_command(python: Path, listener: Listener) -> list[str]:
    """The command that serves `project.wsgi` at a listener: one granian worker with a few threads, quiet below errors."""
    return [
        str(python),
        "-m",
        "granian",
        "--interface=wsgi",
        f"--host={listener.host}",
        f"--port={listener.port}",
        "--http=1",
        "--workers=1",
        "--blocking-threads=8",
        "--workers-kill-timeout=3",
        "--log-level=error",
        "project.wsgi:application",
    ]


class ServiceProcess:
    """One service: the server's process, the worker that it starts, and the thread that reads what they write."""

    def __init__(
        self,
        name: str,
        listener: Listener,
        *,
        root: Path,
        python: Path,
        environment: Mapping[str, str],
        on_line: Callable[[str, str], None],
    ) -> None:
        self.name = name
        self.listener = listener
        self._on_line = on_line
        self._process = subprocess.Popen(
            server_command(python, listener),
            cwd=root,
            env={**environment, "SERVICE": name, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            **OF_ITS_OWN_GROUP,
        )
        self._reader = threading.Thread(target=self._read_lines, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The server's process; its worker is a child of it."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the server has not ended."""
        return self._process.poll() is None

    def _read_lines(self) -> None:
        for line in self._process.stdout or ():
            self._on_line(self.name, line.rstrip())

    def wait_until_ready(self, *, deadline: float) -> None:
        """Return once `/readyz` answers 200; `deadline` is a `time.monotonic()` value. Raises `Failure`, with what is not ready."""
        answer = ""
        while time.monotonic() < deadline:
            if not self.is_running:
                self._reader.join(timeout=2)
                raise Failure(f"{self.name} ended while it started. Cure: read its lines above.")
            status, answer = _get(self.listener, "/readyz")
            if status == 200:
                return
            if status not in {0, 503}:
                raise Failure(f"{self.name} answered {status} when asked whether it is ready. Cure: read its lines above.")
            time.sleep(0.1)
        raise Failure(f"{self.name} did not become ready. {_what_is_missing(answer)}")

    def ask_to_stop(self) -> None:
        """Let it finish its requests and end; returns at once."""
        if self.is_running:
            if sys.platform == "win32":
                os.kill(self.pid, signal.CTRL_BREAK_EVENT)
            else:
                self._process.terminate()

    def stop(self) -> None:
        """Return when the server and its worker have ended, by force if they take too long."""
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOPPING_SECONDS)
        self._kill_the_rest()
        self._process.wait()
        self._reader.join(timeout=2)

    def _kill_the_rest(self) -> None:
        """A server that was killed leaves its worker behind: end whatever is left of the group."""
        if sys.platform == "win32":
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(self.pid)], check=False, capture_output=True)
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def _get(listener: Listener, path: str) -> tuple[int, str]:
    """Status and body of a GET, or 0 while nobody answers. By hand: `http.client` brings all of TLS into memory for it."""
    try:
        with socket.create_connection((listener.host, listener.port), timeout=10) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost:{listener.port}\r\n\r\n".encode())
            received = b"".join(iter(lambda: connection.recv(65536), b""))
    except OSError:
        return 0, ""
    head, _, body = received.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    return (int(words[1]) if len(words) > 1 and words[1].isdigit() else 0), body.decode(errors="replace")


def _what_is_missing(answer: str) -> str:
    try:
        parts = json.loads(answer)["parts"]
    except (ValueError, KeyError, TypeError):
        return "Cure: read its lines above."
    return "; ".join(f"{part}: {said}" for part, said in parts.items() if said != "ok")
