"""`python3 demo.py` for real, in a copy of the project: one URL, both stories, and nothing left behind however it ends."""

import ast
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks.process_tree import descendants, environment, is_running
from tests.end_to_end.processes import ROOT, Copy, free_ports

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="these tests look at processes through Linux's /proc"),
]
START_SECONDS = 90
STOP_SECONDS = 20
STOPPING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


class Demo:
    """One run of demo.py; `said` is what it has printed so far."""

    def __init__(self, folder, *options):
        self.folder = folder
        self.said = []
        self._news = threading.Condition()
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.process = subprocess.Popen(
            [base_python(), "demo.py", *options],
            cwd=folder,
            env=kept,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout or ():
            with self._news:
                self.said.append(line.rstrip("\n"))
                self._news.notify_all()

    def wait_for(self, beginning):
        """The first line that begins so."""

        def found():
            return next((line for line in self.said if line.startswith(beginning)), None)

        with self._news:
            self._news.wait_for(lambda: found() or self.process.poll() is not None, START_SECONDS)
        assert found(), "\n".join(self.said)
        return found()

    def url(self):
        """The one URL, once everything runs."""
        return self.wait_for("Open http").removeprefix("Open ")

    def own_lines(self):
        """What demo.py itself said, without the services' logs."""
        return [line for line in self.said if not re.match(r"\w+ +\|", line)]

    def tree(self):
        """Every process of this run."""
        return descendants(self.process.pid)

    def end(self):
        """The exit status, once it has ended."""
        status = self.process.wait(STOP_SECONDS)
        self._reader.join(STOP_SECONDS)
        return status

    def stop(self, number=signal.SIGINT):
        """Ask it to stop; the exit status."""
        self.process.send_signal(number)
        return self.end()


def base_python():
    """The interpreter that .venv was made with: what a person has before anything is set up."""
    return getattr(sys, "_base_executable", sys.executable)


@pytest.fixture
def demo(request):
    """Start demo.py in a folder; whatever still runs at the end of the test is ended."""
    runs = []

    def start(folder, *options):
        runs.append(Demo(folder, *options))
        return runs[-1]

    yield start
    for run in runs:
        tree = run.tree()
        if run.process.poll() is None:
            run.stop()
        for pid in filter(is_running, tree):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A copy in which demo.py has run once."""
    folder = tmp_path_factory.mktemp("prepared")
    Copy(folder)
    first = Demo(folder)
    first.url()
    assert first.stop() == 0
    return folder


def manage(folder, *arguments, **settings):
    """`python3 manage.py …` in that folder, nothing activated."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ} | settings
    command = [base_python(), "manage.py", *arguments]
    return subprocess.run(command, cwd=folder, env=kept, check=False, capture_output=True, text=True, timeout=60)


def port_of(url):
    return urlsplit(url).port


def test_a_fresh_copy_prints_one_url_and_tells_both_stories(demo, tmp_path):
    Copy(tmp_path)
    run = demo(tmp_path)
    run.url()
    assert re.findall(r"https?://\S+", "\n".join(run.own_lines())) == [run.url()]

    authorize = manage(tmp_path, "run_flow", "authorize")
    assert authorize.returncode == 0, authorize.stdout + authorize.stderr
    assert "Team meeting" in authorize.stdout

    machine = manage(tmp_path, "run_flow", "client-credentials")
    assert machine.returncode == 0, machine.stdout + machine.stderr
    assert machine.stdout.rstrip().endswith(", Tokyo, Japan")


def test_without_the_demo_a_flow_says_so_and_fails(prepared):
    nobody = f"http://localhost:{free_ports(1)[0]}/"  # on its own ports, somebody else's demo might answer
    ran = manage(prepared, "run_flow", "authorize", ISSUER=nobody)
    assert ran.returncode != 0
    assert "Traceback" not in ran.stderr


def test_with_its_ports_taken_it_moves_and_the_seeds_follow(demo, prepared):
    strangers = []
    for port in (8000, 9000):
        stranger = socket.socket()
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            stranger.bind(("127.0.0.1", port))
            stranger.listen()
        except OSError:  # taken already, which is as good
            stranger.close()
        strangers.append(stranger)
    try:
        run = demo(prepared)
        assert port_of(run.url()) % 10 == 0
        assert port_of(run.url()) > 8000
        assert any("all ports move by" in line for line in run.said)
        ran = manage(prepared, "run_flow", "authorize")
        assert ran.returncode == 0, ran.stdout + ran.stderr
    finally:
        for stranger in strangers:
            stranger.close()


def test_a_second_start_sets_nothing_up_again(demo, prepared):
    first = demo(prepared)
    first.url()
    secrets = (prepared / "var" / "secrets.env").read_text()
    first.stop()
    second = demo(prepared)
    assert second.url() == first.url()
    assert (prepared / "var" / "secrets.env").read_text() == secrets
    said = "\n".join(second.own_lines())
    assert "Installing" not in said
    assert "Preparing" not in said


def test_a_second_demo_from_the_same_folder_says_that_one_runs(demo, prepared):
    first = demo(prepared)
    url = first.url()
    second = demo(prepared)
    assert second.end() == 1
    assert f"A demo runs from this folder already (process {first.process.pid}, at {url})" in "\n".join(second.said)
    assert first.process.poll() is None


@pytest.mark.parametrize("number", STOPPING, ids=lambda number: number.name)
def test_when_asked_to_stop_it_leaves_no_process(demo, prepared, number):
    run = demo(prepared)
    run.url()
    tree = run.tree()
    assert len(tree) >= 5
    assert run.stop(number) == 0
    assert [pid for pid in tree if is_running(pid)] == []
    assert run.said[-1].startswith("Stopped ")


@pytest.mark.parametrize("service", ["calendar_api", "authorization_server"])
def test_a_service_that_dies_stops_the_rest_and_is_named(demo, prepared, service):
    run = demo(prepared)
    run.url()
    tree = run.tree()
    victim = next(pid for pid in tree if pid != run.process.pid and environment(pid).get("SERVICE") == service)
    os.kill(victim, signal.SIGKILL)
    assert run.end() == 1
    assert any(line.startswith(f"{service} has ended on its own") for line in run.said)
    assert [pid for pid in tree if is_running(pid)] == []


def test_a_worker_that_dies_counts_as_its_service(demo, prepared):
    run = demo(prepared)
    run.url()
    tree = run.tree()
    victim = [pid for pid in tree if pid != run.process.pid and environment(pid).get("SERVICE") == "geocoding_api"][-1]
    os.kill(victim, signal.SIGKILL)
    assert run.end() == 1
    assert any(line.startswith("geocoding_api has ended on its own") for line in run.said)
    assert [pid for pid in tree if is_running(pid)] == []


def test_an_interrupted_set_up_leaves_no_stamp_and_the_next_start_does_it_again(demo, tmp_path):
    Copy(tmp_path)
    run = demo(tmp_path)
    run.wait_for("Preparing the databases")
    assert run.stop() == 130
    assert not (tmp_path / "var" / "databases.sha256").exists()
    again = demo(tmp_path)
    again.url()
    assert any(line.startswith("Preparing the databases") for line in again.said)


def test_one_process_serves_everything_on_one_origin(demo, prepared):
    run = demo(prepared, "--all")
    run.url()
    addresses = (prepared / "var" / "demo.env").read_text()
    assert f"ISSUER={run.url()}/\n" in addresses
    assert f"CALENDAR_API_URL={run.url()}\n" in addresses
    for flow in ("authorize", "client-credentials"):
        ran = manage(prepared, "run_flow", flow)
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_service_that_cannot_start_is_named_and_nothing_stays(demo, tmp_path):
    Copy(tmp_path)
    (tmp_path / ".env").write_text("SCOPE_CLAIM=roles\n")
    run = demo(tmp_path)
    assert run.end() == 1
    assert any("SCOPE_CLAIM is 'roles'" in line for line in run.said)
    assert not (tmp_path / "var" / "databases.sha256").exists()


def pretend(folder, lines):
    """Run demo.py after `lines` of Python have changed what it finds; nothing but Python on PATH."""
    code = f"import sys, runpy\n{lines}\nsys.argv = ['demo.py', '--setup']\nrunpy.run_path('demo.py', run_name='__main__')"
    return subprocess.run(
        [base_python(), "-c", code], cwd=folder, env={"PATH": str(folder)}, check=False, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_venv_module_is_one_line_that_names_the_cure(tmp_path, module):
    Copy(tmp_path, with_packages=False)
    ran = pretend(tmp_path, f"sys.modules[{module!r}] = None")
    assert ran.returncode == 1
    (line,) = (ran.stdout + ran.stderr).splitlines()
    assert "venv module is missing. Cure: `apt install python3." in line


def test_an_old_python_is_one_line_that_names_the_cure(tmp_path):
    Copy(tmp_path, with_packages=False)
    ran = pretend(tmp_path, "sys.version_info = (3, 9, 2, 'final', 0)")
    assert ran.returncode == 1
    (line,) = (ran.stdout + ran.stderr).splitlines()
    assert re.match(r"This needs Python 3\.11 or newer, and python3 here is 3\.9\. Cure: install one", line)


def test_the_file_that_says_so_can_be_read_by_python_3_6():
    ast.parse((ROOT / "demo.py").read_text(), feature_version=(3, 6))


def test_dev_without_setup_is_refused():
    ran = subprocess.run([base_python(), "demo.py", "--dev"], cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 2
    assert "--dev goes with --setup" in ran.stderr


def test_the_locked_packages_make_an_environment_from_nothing(tmp_path):
    Copy(tmp_path, with_packages=False)
    ran = subprocess.run([base_python(), "demo.py", "--setup"], cwd=tmp_path, check=False, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert manage(tmp_path, "version").stdout.startswith("5.2")
    again = subprocess.run([base_python(), "demo.py", "--setup"], cwd=tmp_path, check=False, capture_output=True, text=True, timeout=60)
    assert again.stdout == "Everything is installed already.\n"
