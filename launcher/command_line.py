"""The order of things at a start: packages, secrets, addresses, databases, services; then wait, and stop all of them."""

import argparse
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from launcher import addresses, local_settings
from launcher.console import Failure, say, show_log_line, step
from launcher.databases import Databases
from launcher.locks import FolderLock
from launcher.service_processes import ServiceProcess
from launcher.virtual_environment import VirtualEnvironment

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60.0
STOP_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]


class Stopped(Exception):
    """Somebody asked us to end: Ctrl-C, SIGTERM, or a closed terminal."""


def main() -> int:
    """Run the command line; the exit status is 0 only if everything started and was stopped on request."""
    options = _options()
    for number in STOP_SIGNALS:
        signal.signal(number, _stop)
    try:
        if options.setup:
            return _set_up(dev=options.dev)
        return _demo(one_process=options.all)
    except Stopped:
        say("Stopped before everything was started.")
        return 130
    except Failure as failure:
        say(str(failure))
        return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="demo.py", description="Set up and start the platform on this machine; Ctrl-C stops it. A second start sets nothing up again."
    )
    parser.add_argument("--all", action="store_true", help="one process on one origin instead of four services (small laptops, classes)")
    parser.add_argument("--setup", action="store_true", help="only install what is needed, so that the rest works offline; start nothing")
    parser.add_argument("--dev", action="store_true", help="with --setup: install what tests and checks need, too")
    options = parser.parse_args()
    if options.dev and not options.setup:
        parser.error("--dev goes with --setup")
    return options


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Stopped


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Nothing stops us half-way through; a signal that came meanwhile counts afterwards."""
    came: list[int] = []
    handlers = {number: signal.signal(number, lambda number, frame: came.append(number)) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if came:
        raise Stopped


def _set_up(*, dev: bool) -> int:
    if not _install(dev=dev):
        say("Everything is installed already.")
    return 0


def _install(*, dev: bool) -> bool:
    setup_lock = FolderLock(ROOT / "var" / "setup.lock")
    if not setup_lock.take():
        with step("Waiting for another set-up in this folder to end"):
            while not setup_lock.take():
                time.sleep(0.2)
    installed = VirtualEnvironment(ROOT).install(dev=dev)
    if local_settings.make_secrets_once(ROOT / "var" / "secrets.env"):
        say("Made this machine's own secrets: var/secrets.env")
    setup_lock.release()
    return installed


def _demo(*, one_process: bool) -> int:
    started_at = time.monotonic()
    lock = FolderLock(ROOT / "var" / "demo.lock")
    if not lock.take():
        raise Failure(
            f"A demo runs from this folder already ({lock.holders_note() or 'it is just starting'}). Cure: stop it with Ctrl-C first."
        )
    lock.note(f"process {os.getpid()}")
    _install(dev=False)

    given = local_settings.given(ROOT)
    chosen = addresses.choose(given, one_process=one_process)
    for note in chosen.notes:
        say(note)
    # Daybook in the browser calls the Calendar API from its own page.
    settings = {
        **chosen.settings,
        "EXPLAIN_REJECTIONS": "1",
        "CORS_ALLOWED_ORIGINS": addresses.origin_of(chosen.settings["DEMO_CLIENT_URL"]),
    }
    if chosen.issuer_is_ours:
        settings["DEMO_IDENTITIES"] = "1"
    local_settings.write_addresses(ROOT / "var" / "demo.env", settings)
    environment = _environment({**settings, "LOG_FORMAT": "text"}, given)

    python = VirtualEnvironment(ROOT).python
    databases = Databases(ROOT, chosen.listeners, environment, seed=chosen.issuer_is_ours)
    databases.prepare(python)
    try:
        return _serve(chosen, python, environment, lock, started_at)
    except Failure:
        databases.stamp.clear()  # a database that was lost meanwhile is made again at the next start
        raise


def _environment(settings: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """What the services inherit: the settings of the demo, where nobody has set the same on purpose."""
    ours = {name: value for name, value in settings.items() if name not in given}
    tuning = {"MALLOC_ARENA_MAX": "2"}  # glibc else keeps a pool of memory for each thread
    inherited = {name: value for name, value in os.environ.items() if name not in {"DOTENV", "DJANGO_SETTINGS_MODULE"}}
    return {**tuning, **ours, **inherited}


def _serve(chosen: addresses.Addresses, python: Path, environment: Mapping[str, str], lock: FolderLock, started_at: float) -> int:
    services: list[ServiceProcess] = []
    try:
        with step(f"Starting {', '.join(chosen.listeners)}"):
            with _undisturbed():  # else a process could be started and not yet be known as ours
                for name, listener in chosen.listeners.items():
                    services.append(
                        ServiceProcess(name, listener, root=ROOT, python=python, environment=environment, on_line=show_log_line)
                    )
            # The issuer first: an API that asks for its keys too early remembers for a while that there are none.
            deadline = time.monotonic() + READY_SECONDS
            for service in sorted(services, key=lambda service: service.name != "authorization_server"):
                service.wait_until_ready(deadline=deadline)
        url = chosen.settings["DEMO_CLIENT_URL"]
        lock.note(f"process {os.getpid()}, at {url}")
        return _watch(services, f"Everything runs, after {time.monotonic() - started_at:.1f} s. Ctrl-C stops it.\nOpen {url}")
    finally:
        _stop_all(services)


def _watch(services: list[ServiceProcess], welcome: str) -> int:
    """Return 0 once we are asked to end, 1 once a service has ended on its own."""
    try:
        say(f"\n{welcome}\n")
        while True:
            for service in services:
                if not service.is_running:
                    say(f"{service.name} has ended on its own, so the rest is stopped too. Cure: read its last lines above.")
                    return 1
            time.sleep(0.2)
    except Stopped:
        return 0


def _stop_all(services: list[ServiceProcess]) -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of them running
    for service in services:
        service.ask_to_stop()
    for service in services:
        service.stop()
    say(f"Stopped {', '.join(service.name for service in services)}.")
