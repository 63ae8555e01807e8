"""What was done to its end is not done again; what was interrupted, or done with something else, is."""

import datetime

import pytest
import time_machine

from launcher import virtual_environment
from launcher.console import Failure
from launcher.databases import Databases
from launcher.locks import FolderLock
from launcher.stamps import Stamp, fingerprint
from launcher.virtual_environment import VirtualEnvironment

MONDAY = datetime.datetime(2026, 11, 23, 9, tzinfo=datetime.UTC)


class Recorded(VirtualEnvironment):
    """What would have been run, in order."""

    def __init__(self, root):
        super().__init__(root)
        self.commands: list[list[str]] = []


class Counted(Databases):
    """Makes the files that the commands would make; `prepared` are the services it made them for."""

    fails = False

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.prepared: list[str] = []

    def _prepare_one(self, service, python):
        self.prepared.append(service)
        (self.root / "var" / f"{service}.sqlite3").touch()
        return f"migrate failed for {service}" if self.fails else ""


@pytest.fixture
def environment_of(tmp_path, monkeypatch):
    """A folder with two locks, and a `.venv` whose commands are recorded instead of run."""
    (tmp_path / "requirements.txt").write_text("django==5.2")
    (tmp_path / "requirements-dev.txt").write_text("pytest==9")
    made = Recorded(tmp_path)
    made.python.parent.mkdir(parents=True)
    made.python.touch()
    monkeypatch.setattr(VirtualEnvironment, "_works", lambda self: True)
    monkeypatch.setattr(virtual_environment, "_uv", lambda: "uv")
    monkeypatch.setattr(virtual_environment, "_run", made.commands.append)
    return made


def test_packages_are_installed_from_the_lock_with_its_hashes_and_then_not_again(environment_of):
    assert environment_of.install(dev=False)
    assert not environment_of.install(dev=False)
    (command,) = environment_of.commands
    assert "--require-hashes" in command
    assert command[-1].endswith("requirements.txt")


def test_a_changed_lock_is_installed(environment_of):
    environment_of.install(dev=False)
    (environment_of.root / "requirements.txt").write_text("django==5.2.1")
    assert environment_of.install(dev=False)


def test_the_tests_packages_are_asked_for_apart_and_include_the_platforms(environment_of):
    environment_of.install(dev=False)
    assert environment_of.install(dev=True)
    assert not environment_of.install(dev=False)
    assert not environment_of.install(dev=True)


def test_a_vanished_interpreter_is_installed_again(environment_of):
    environment_of.install(dev=False)
    environment_of.python.unlink()
    assert environment_of.install(dev=False)


def test_an_interrupted_installation_leaves_no_stamp(environment_of, monkeypatch):
    environment_of.install(dev=True)
    (environment_of.root / "requirements.txt").write_text("django==5.2.1")

    def interrupted(command):
        raise KeyboardInterrupt

    monkeypatch.setattr(virtual_environment, "_run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment_of.install(dev=False)
    (environment_of.root / "requirements.txt").write_text("django==5.2")
    monkeypatch.setattr(virtual_environment, "_run", environment_of.commands.append)
    assert environment_of.install(dev=False)


@pytest.fixture
def databases(tmp_path):
    """Databases for two services, one of which has none, in the same week."""

    def build(**changes):
        return Counted(tmp_path, ["authorization_server", "geocoding_api"], {"ISSUER": "http://localhost:9000/", **changes}, seed=True)

    (tmp_path / "calendar_api").mkdir()
    (tmp_path / "var").mkdir()
    with time_machine.travel(MONDAY, tick=False):
        yield build


def test_databases_are_prepared_once_and_only_those_there_are(databases, tmp_path):
    first = databases()
    assert first.prepare(tmp_path)
    assert first.prepared == ["authorization_server"]
    assert not databases().prepare(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: {"ISSUER": "http://localhost:9010/"},
        lambda root: (root / "calendar_api" / "models.py").write_text("changed") and {},
        lambda root: (root / ".env").write_text("CALENDAR_WEB_CLIENT_ID=mine") and {},
        lambda root: (root / "var" / "authorization_server.sqlite3").unlink() or {},
    ],
    ids=["another address", "other code", "another .env", "a database that was deleted"],
)
def test_databases_are_prepared_again_after(databases, tmp_path, change):
    databases().prepare(tmp_path)
    assert databases(**change(tmp_path)).prepare(tmp_path)


def test_databases_are_prepared_again_in_another_week_because_the_events_lie_around_today(databases, tmp_path):
    databases().prepare(tmp_path)
    with time_machine.travel(MONDAY + datetime.timedelta(days=6), tick=False):
        assert not databases().prepare(tmp_path)
    with time_machine.travel(MONDAY + datetime.timedelta(days=7), tick=False):
        assert databases().prepare(tmp_path)


def test_a_failed_migration_leaves_no_stamp_and_says_what_failed(databases, tmp_path):
    databases().prepare(tmp_path)
    failing = databases(ISSUER="http://localhost:9010/")
    failing.fails = True
    with pytest.raises(Failure, match="migrate failed for authorization_server"):
        failing.prepare(tmp_path)
    assert databases().prepare(tmp_path)


def test_a_fingerprint_changes_with_a_files_content_and_with_its_name(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("same")
    other.write_text("same")
    assert len({fingerprint(files=[one]), fingerprint(files=[other]), fingerprint(files=[one, other]), fingerprint("same")}) == 4


def test_a_stamp_says_only_what_was_set_last(tmp_path):
    stamp = Stamp(tmp_path / "stamp")
    assert not stamp.says("a")
    stamp.set("a")
    assert stamp.says("a")
    assert not stamp.says("b")
    stamp.clear()
    assert not stamp.says("a")


def test_a_lock_is_held_by_one_at_a_time_and_names_its_holder(tmp_path):
    first, second = FolderLock(tmp_path / "var" / "lock"), FolderLock(tmp_path / "var" / "lock")
    assert first.take()
    first.note("process 1")
    assert not second.take()
    assert second.holders_note() == "process 1"
    first.release()
    assert second.take()
    second.release()
