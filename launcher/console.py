"""What the person at the terminal sees: plain lines with durations, and log lines prefixed by the service they came from."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

# The roles' colours of the pages, as near as sixteen colours come: application blue, authorization server magenta, APIs yellow.
_COLOURS = {"demo_client": "34", "authorization_server": "35", "calendar_api": "33", "geocoding_api": "33", "all": "34"}
_WIDTH = max(len(name) for name in _COLOURS)
_one_line_at_a_time = threading.Lock()


class Failure(Exception):
    """The start cannot go on; the text says why and names the cure."""


def _write(line: str) -> None:
    with _one_line_at_a_time:
        try:
            print(line, flush=True)
        except OSError:
            # Whoever read the output has gone (`| head`, a closed terminal). The services must still be stopped in order.
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - stays open for as long as the process lives


def say(line: str) -> None:
    """Print one line of our own."""
    _write(line)


@contextmanager
def step(doing: str) -> Iterator[None]:
    """Say what is being done, and afterwards how long it took."""
    say(f"{doing} ...")
    started = time.monotonic()
    yield
    say(f"    done in {time.monotonic() - started:.1f} s")


def show_log_line(service: str, line: str) -> None:
    """One line that a service wrote, behind its name; coloured by role on a terminal (unless NO_COLOR is set)."""
    prefix = f"{service:<{_WIDTH}} |"
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        prefix = f"\x1b[{_COLOURS[service]}m{prefix}\x1b[0m"
    _write(f"{prefix} {line}")
