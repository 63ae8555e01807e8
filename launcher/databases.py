"""Migrations and seeds of each service that has a database; done again when code, addresses or the week have changed."""

import datetime
import subprocess
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from launcher.addresses import SERVICES
from launcher.console import Failure, step
from launcher.stamps import Stamp, fingerprint

SEEDS = {"authorization_server": ("seed_issuer",), "calendar_api": ("seed_calendar",), "all": ("seed_issuer", "seed_calendar")}
WITHOUT_DATABASE = {"geocoding_api"}


def commands(service: str, *, seed: bool) -> list[tuple[str, ...]]:
    """The `manage.py` commands that make a service's database ready, in order."""
    if service in WITHOUT_DATABASE:
        return []
    return [("migrate", "--noinput", "--verbosity=0"), *((name,) for name in SEEDS.get(service, ()) if seed)]


class Databases:
    """The databases of the services started from the folder `root`."""

    def __init__(self, root: Path, services: Iterable[str], environment: Mapping[str, str], *, seed: bool) -> None:
        self.root = root
        self.services = [service for service in services if service not in WITHOUT_DATABASE]
        self.environment = environment
        self.seed = seed
        # One process has a database of its own: changing between the two forms prepares neither again.
        self.stamp = Stamp(root / "var" / ("database.sha256" if "all" in self.services else "databases.sha256"))

    def prepare(self, python: Path) -> bool:
        """Migrate and seed, unless the same was done before; whether there was anything to do. Raises `Failure`."""
        wanted = self._fingerprint()
        if self.stamp.says(wanted) and all(self._is_there(service) for service in self.services):
            return False
        self.stamp.clear()
        with step("Preparing the databases: migrations, then people, applications and events"), ThreadPoolExecutor(2) as pool:
            for failure in pool.map(lambda service: self._prepare_one(service, python), self.services):
                if failure:
                    raise Failure(failure)
        self.stamp.set(wanted)
        return True

    def _prepare_one(self, service: str, python: Path) -> str:
        for command in commands(service, seed=self.seed):
            ran = subprocess.run(
                [python, self.root / "manage.py", *command],
                check=False,
                cwd=self.root,
                env={**self.environment, "SERVICE": service},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
            if ran.returncode:
                return f"{ran.stdout.strip()}\n`manage.py {' '.join(command)}` failed for {service}. Cure: read its last line above."
        return ""

    def _fingerprint(self) -> str:
        year, week, _ = datetime.datetime.now(tz=datetime.UTC).isocalendar()  # the seeded events lie around today
        names = ["DATABASE_URL", *(variable for variable, _ in SERVICES.values()), "DEMO_IDENTITIES"]
        dotenv = self.root / ".env"
        return fingerprint(
            f"{year}-{week}",
            " ".join(self.services),
            str(self.seed),
            *(f"{name}={self.environment.get(name, '')}" for name in names),
            files=[*([dotenv] if dotenv.is_file() else []), *self._sources()],
        )

    def _sources(self) -> list[Path]:
        return [
            file
            for folder in ("authorization_server", "calendar_api", "demo_client", "project")
            for file in (self.root / folder).rglob("*.py")
        ]

    def _is_there(self, service: str) -> bool:
        return bool(self.environment.get("DATABASE_URL")) or (self.root / "var" / f"{service}.sqlite3").is_file()
