"""Which service listens at which address: four ports of the first free block, unless `.env` names an address."""

import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from launcher.console import Failure

# service: (the variable that names its address, its port in the first block)
SERVICES = {
    "demo_client": ("DEMO_CLIENT_URL", 8000),
    "calendar_api": ("CALENDAR_API_URL", 8001),
    "geocoding_api": ("GEOCODING_API_URL", 8002),
    "authorization_server": ("ISSUER", 9000),
}
LOOPBACK_HOSTS = {"localhost": "127.0.0.1", "127.0.0.1": "127.0.0.1", "::1": "::1"}


@dataclass(frozen=True)
class Listener:
    """Where a process of ours listens: an IP address of this machine, and a port."""

    host: str
    port: int


@dataclass(frozen=True)
class Addresses:
    """The settings that say where everything is, the processes to start, and what was noticed on the way."""

    settings: dict[str, str]
    listeners: dict[str, Listener]
    notes: tuple[str, ...]

    @property
    def issuer_is_ours(self) -> bool:
        """Whether the authorization server is started here; if not, its people and applications are not ours to seed."""
        in_one_process = "all" in self.listeners and self.settings["ISSUER"] == f"{self.settings['DEMO_CLIENT_URL'].rstrip('/')}/"
        return in_one_process or "authorization_server" in self.listeners


def choose(given: Mapping[str, str], *, one_process: bool) -> Addresses:
    """Addresses for the four services, or for one process that serves all of them.

    An address that is given is kept. A free one on this machine is served there; any other is somebody else's,
    and nothing is started for it. Raises `Failure` when no block of ports is free.
    """
    settings: dict[str, str] = {}
    listeners: dict[str, Listener] = {}
    notes: list[str] = []
    wanted = ["demo_client"] if one_process else list(SERVICES)
    for name in wanted:
        variable, _ = SERVICES[name]
        if variable not in given:
            continue
        settings[variable] = given[variable]
        listener = _own_listener(given[variable])
        if listener is None:
            notes.append(
                f"{variable} is set to {given[variable]}, which is not an address of this machine's own: no {name} is started here."
            )
        elif not is_free(listener.port):
            notes.append(f"{variable} is set to {given[variable]}, where something listens already: no {name} is started here.")
        else:
            listeners[name] = listener
    missing = [name for name in wanted if SERVICES[name][0] not in given]
    offset = _first_free_block([SERVICES[name][1] for name in missing], reserved={listener.port for listener in listeners.values()})
    if offset:
        notes.append(f"A usual port is taken, so all ports move by {offset}.")
    for name in missing:
        variable, port = SERVICES[name]
        settings[variable] = f"http://localhost:{port + offset}" + ("/" if variable == "ISSUER" else "")
        listeners[name] = Listener("127.0.0.1", port + offset)
    if one_process:
        settings = _one_origin(settings["DEMO_CLIENT_URL"].rstrip("/"), given)
        listeners = {"all": listeners["demo_client"]} if listeners else {}
    if not listeners:
        raise Failure("Every address in .env belongs to somebody else, so there is nothing to start. Cure: remove one of them from .env.")
    return Addresses({name: settings[name] for name, _ in SERVICES.values()}, listeners, tuple(notes))


def origin_of(url: str) -> str:
    """The origin of an address: `http://localhost:8000` of `http://localhost:8000/daybook`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _one_origin(origin: str, given: Mapping[str, str]) -> dict[str, str]:
    variables = [variable for variable, _ in SERVICES.values()]
    return {name: given.get(name) or (f"{origin}/" if name == "ISSUER" else origin) for name in variables}


def _own_listener(url: str) -> Listener | None:
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.path in {"", "/"} and parts.hostname in LOOPBACK_HOSTS:
        return Listener(LOOPBACK_HOSTS[parts.hostname], parts.port or 80)
    return None


def _first_free_block(ports: list[int], *, reserved: set[int]) -> int:
    for offset in range(0, 1000, 10):
        if all(port + offset not in reserved and is_free(port + offset) for port in ports):
            return offset
    raise Failure("No block of free ports was found between 8000 and 9999. Cure: stop some of the servers on this machine.")


def is_free(port: int) -> bool:
    """Whether nothing on this machine answers at `port` and we could, at its IPv4 and IPv6 loopback address alike.

    Both are asked because `localhost` means either: a stranger on the other one would get half of our requests.
    """
    return all(_is_free_at(family, host, port) for family, host in [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])


def _is_free_at(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family) as caller:
            caller.settimeout(0.5)
            if caller.connect_ex((host, port)) == 0:
                return False
        with socket.socket(family) as listener:
            # A port that was in use until a moment ago is free; only on Windows would this option take over a used one.
            if sys.platform != "win32":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
    except OSError:
        return family == socket.AF_INET6 and not _has_ipv6_loopback()
    return True


def _has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as listener:
            listener.bind(("::1", 0))
    except OSError:
        return False
    return True
