"""The platform as real processes in a folder of its own: what `platform` in tests/conftest.py hands to tests."""

import base64
import os
import random
import secrets
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

from launcher.addresses import SERVICES, Listener, is_free
from launcher.databases import WITHOUT_DATABASE, commands
from launcher.service_processes import ServiceProcess
from tests import postgresql

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60.0
FORMS = ("four-sqlite", "four-postgresql", "all-sqlite")
# What a process needs of the surrounding environment; every setting is given, so that none leaks in.
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT", "TZ")


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses, below those that the system hands out to callers."""
    ports: list[int] = []
    while len(ports) < count:
        port = random.randrange(20000, 30000)  # noqa: S311 - two test processes at once must not start at the same one
        if port not in ports and is_free(port):
            ports.append(port)
    return ports


class Platform:
    """Four services (or one process that is `all` of them), started, migrated, seeded and ready.

    `demo_client_url`, `issuer`, `calendar_api_url`, `geocoding_api_url` say where they are.
    """

    seeds = True

    def __init__(self, form: str, folder: Path, postgresql_url: str = "") -> None:
        self.form = form
        self.folder = folder
        self.is_one_process = form.startswith("all")
        self.services = ["all"] if self.is_one_process else list(SERVICES)
        ports = free_ports(len(self.services))
        self._listeners = {name: Listener("127.0.0.1", port) for name, port in zip(self.services, ports, strict=True)}
        self._processes: dict[str, ServiceProcess] = {}
        self._lines: defaultdict[str, list[str]] = defaultdict(list)
        urls = {name: f"http://localhost:{self._listeners['all' if self.is_one_process else name].port}" for name in SERVICES}
        self.demo_client_url = urls["demo_client"]
        self.issuer = f"{urls['authorization_server']}/"
        self.calendar_api_url = urls["calendar_api"]
        self.geocoding_api_url = urls["geocoding_api"]
        self._databases = {name: self._database_url(name, postgresql_url) for name in self.services}
        self._secrets = {
            "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
            "SIGNING_KEYS_ENCRYPTION_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }

    def _database_url(self, service: str, postgresql_url: str) -> str:
        if service in WITHOUT_DATABASE:
            return ""
        if postgresql_url:
            return postgresql.new_database(postgresql_url, f"{service}_{os.getpid()}")
        return f"sqlite:///{self.folder / service}.sqlite3"

    def environment(self, service: str) -> dict[str, str]:
        """The whole environment of one service."""
        own_database = "all" if self.is_one_process else service
        values = {
            "DOTENV": "0",
            "SERVICE": service,
            "DATABASE_URL": self._databases[own_database],
            "DEMO_IDENTITIES": "1",
            "EXPLAIN_REJECTIONS": "1",
            "ISSUER": self.issuer,
            "DEMO_CLIENT_URL": self.demo_client_url,
            "CALENDAR_API_URL": self.calendar_api_url,
            "GEOCODING_API_URL": self.geocoding_api_url,
            "CORS_ALLOWED_ORIGINS": self.demo_client_url,
            **self._secrets,
        }
        if service not in {"authorization_server", "all"}:
            del values["SIGNING_KEYS_ENCRYPTION_KEY"]
        return {**{name: os.environ[name] for name in _INHERITED if name in os.environ}, **values}

    def manage(self, *arguments: str, service: str = "demo_client", stdin: str = "", **settings: str) -> "subprocess.CompletedProcess[str]":
        """Run `manage.py` as that service, with these settings instead of its own; the caller looks at status and output."""
        return subprocess.run(
            [sys.executable, ROOT / "manage.py", *arguments],
            check=False,
            cwd=self.folder,
            env={**self.environment(service), **settings},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def set_up(self) -> None:
        """Migrate, seed and start everything; return when all of it is ready."""
        for service in self.services:
            for command in commands(service, seed=self.seeds):
                ran = self.manage(*command, service=service)
                if ran.returncode:
                    raise RuntimeError(f"manage.py {' '.join(command)} failed for {service}:\n{ran.stdout}{ran.stderr}")
        for service in self.services:
            self._spawn(service)
        # The issuer first: an API that asks for its keys too early remembers for a while that there are none.
        for service in sorted(self.services, key=lambda service: service != "authorization_server"):
            self._wait_for(service)

    def forget_consents(self) -> None:
        """Let everybody be asked again, as at a first visit."""
        self._change("authorization_server", "from authorization_server.models import Consent; Consent.objects.all().delete()")

    def forget_access_requests(self) -> None:
        """Let nothing be asked and New backend refused, as at a first visit."""
        self._change(
            "authorization_server",
            "from authorization_server.models import AccessRequest, ClientGrant\n"
            "AccessRequest.objects.all().delete()\n"
            "ClientGrant.objects.filter(application__client_id='unapproved-backend').delete()\n",
        )

    def let_client_grants_end(self) -> None:
        """Put the end of every client grant that has one into the past."""
        self._change(
            "authorization_server",
            "from django.utils import timezone\n"
            "from authorization_server.models import AccessRequest, ClientGrant\n"
            "ClientGrant.objects.exclude(ends_at=None).update(ends_at=timezone.now())\n"
            "AccessRequest.objects.exclude(ends_at=None).update(ends_at=timezone.now())\n",
        )

    def forget_added_events(self) -> None:
        """Leave the demo's own events alone in every calendar."""
        code = "from calendar_api.models import Event; Event.objects.exclude(event_id__startswith='fourchecksdemo').delete()"
        self._change("calendar_api", code)

    def let_tickets_run_out(self) -> None:
        """Put the end of every ticket that Daybook holds into the past: nobody waits for 30 seconds here."""
        self._change(
            "demo_client",
            "from demo_client.models import DaybookSession\n"
            "from demo_client.sessions import SessionStore\n"
            "for row in DaybookSession.objects.all():\n"
            "    session = SessionStore(row.session_key)\n"
            "    if row.ticket_data:\n"
            "        row.ticket_data = session.encode({**session.decode(row.ticket_data), 'expires_at': 1})\n"
            "        row.save()\n",
        )

    def _change(self, service: str, code: str) -> None:
        """Run some lines of Python in a service's own database."""
        ran = self.manage("shell", "-c", code, service="all" if self.is_one_process else service)
        if ran.returncode:
            raise RuntimeError(ran.stdout + ran.stderr)

    def start(self, service: str, **settings: str) -> None:
        """Start one service again, with these settings instead of its own, and return when it is ready."""
        self._spawn(service, settings)
        self._wait_for(service)

    def stop(self, service: str) -> None:
        """Stop one service, and return when its processes have ended."""
        self._processes.pop(service).stop()

    @contextmanager
    def stopped(self, service: str) -> Iterator[None]:
        """While this service is down."""
        self.stop(service)
        try:
            yield
        finally:
            self.start(service)

    def stop_everything(self) -> None:
        """Stop whatever runs."""
        for process in self._processes.values():
            process.ask_to_stop()
        for service in list(self._processes):
            self.stop(service)

    def is_running(self, service: str) -> bool:
        """Whether the service's process has not ended."""
        return service in self._processes and self._processes[service].is_running

    def port(self, service: str) -> int:
        """The port on 127.0.0.1 at which the service listens (the one process's, where there is only one)."""
        return self._listeners["all" if self.is_one_process else service].port

    def logs(self, service: str) -> str:
        """What the service has written so far, since the platform was started."""
        return "\n".join(self._lines["all" if self.is_one_process else service])

    def _spawn(self, service: str, settings: Mapping[str, str] = MappingProxyType({})) -> None:
        self._processes[service] = ServiceProcess(
            service,
            self._listeners[service],
            root=ROOT,
            python=Path(sys.executable),
            environment={**self.environment(service), **settings},
            on_line=lambda name, line: self._lines[name].append(line),
        )

    def _wait_for(self, service: str) -> None:
        try:
            self._processes[service].wait_until_ready(deadline=time.monotonic() + READY_SECONDS)
        except Exception as failure:
            failure.add_note(self.logs(service))
            raise


class Copy:
    """The project's files as they are now, in another folder, with this environment's packages: a fresh clone that is quick to set up."""

    def __init__(self, folder: Path, *, with_packages: bool = True) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        for name in filter(None, listed.stdout.split("\0")):
            with suppress(FileNotFoundError):  # deleted, but not committed yet
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        if with_packages:
            (folder / ".venv").symlink_to(ROOT / ".venv", target_is_directory=True)
