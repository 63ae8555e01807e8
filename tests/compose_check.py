"""`make compose-check`: both set-ups of docker-compose.yml really run, with Docker, and both stories in them. No part of `make test`."""

import http.cookiejar
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "containers.md"
PROJECT = "four-checks-compose-check"  # containers, network and volumes of its own, whatever else runs here
READY_SECONDS = 180


class Broken(Exception):
    """What did not come out as it must."""


class Compose:
    """Docker Compose, 2 or 1.29, on one profile."""

    def __init__(self, program: list[str], profile: str, *options: str) -> None:
        self._command = [*program, "--project-name", PROJECT, *options, "--profile", profile]

    def run(self, *arguments: str, must_work: bool = True) -> str:
        """What the command printed. Raises `Broken` when it failed, unless it may."""
        ran = subprocess.run([*self._command, *arguments], cwd=ROOT, check=False, capture_output=True, text=True)
        if ran.returncode and must_work:
            raise Broken(f"`{' '.join(arguments)}` ended with status {ran.returncode}:\n{ran.stdout}{ran.stderr}")
        return ran.stdout + ran.stderr

    def wait_until_healthy(self) -> None:
        """Return when every container is healthy, or has done its work. Raises `Broken`."""
        shown = "{{.Name}} {{.State.Status}} {{.State.ExitCode}} {{if .State.Health}}{{.State.Health.Status}}{{end}}"
        deadline = time.monotonic() + READY_SECONDS
        states: list[str] = []
        while time.monotonic() < deadline:
            containers = self.run("ps", "--quiet", "--all").split()
            inspected = subprocess.run(["docker", "inspect", "--format", shown, *containers], check=True, capture_output=True, text=True)
            states = [line.strip() for line in inspected.stdout.splitlines()]
            if states and all(state.endswith((" running 0 healthy", " exited 0")) for state in states):
                return
            time.sleep(1)
        raise Broken("These did not become healthy:\n" + "\n".join(states) + "\n" + self.run("logs", "--no-color", "--tail=20"))


def compose_program() -> list[str]:
    """The command of the Compose that is installed here. Raises `Broken`."""
    for program in (["docker", "compose"], ["docker-compose"]):
        try:
            if subprocess.run([*program, "version"], check=False, capture_output=True).returncode == 0:
                return program
        except FileNotFoundError:
            continue
    raise Broken("Neither `docker compose` nor `docker-compose` is here. Cure: install Docker with Compose.")


def check_demo(compose: Compose) -> None:
    """The demo starts with nothing set, both stories run in it, and its containers have no more rights than they need."""
    compose.run("build", "demo-daybook")
    compose.run("up", "--detach")
    compose.wait_until_healthy()
    for story, command in (
        ("Alice's events", ["-e", "SERVICE=demo_client", "demo-authorization-server", "python", "manage.py", "run_flow", "authorize"]),
        ("Minato City, Tokyo", ["demo-daybook", "python", "manage.py", "run_flow", "client-credentials"]),
    ):
        expect(story in compose.run("exec", "-T", *command, "--brief"), f"{command[-1]} ends with {story}")
    expect("Lunch with Bob" in open_alices_calendar(), "Alice signs in at localhost:8000 and sees her week")
    expect("uid=10001" in compose.run("exec", "-T", "demo-daybook", "id"), "the user is not root")
    expect("Read-only" in compose.run("exec", "-T", "demo-daybook", "touch", "/app/new", must_work=False), "nothing can be written")


def check_production(program: list[str]) -> None:
    """Production refuses to start without its variables, and starts with what docs/containers.md says, several copies of a service."""
    with tempfile.TemporaryDirectory() as folder:
        dotenv = Path(folder, ".env")
        dotenv.touch()
        compose = Compose(program, "production", "--env-file", str(dotenv))
        for service, variable in (("databases", "AUTHORIZATION_SERVER_DATABASE_PASSWORD"), ("prepare-daybook", "DJANGO_SECRET_KEY")):
            said = compose.run("run", "--rm", "--no-deps", "-T", service, must_work=False)
            expect(f"{variable}" in said and "is not set" in said, f"{service} names the variable that is missing")
        make_secrets, addresses = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
        subprocess.run(["sh", "-ec", make_secrets], cwd=folder, check=True)
        dotenv.write_text(dotenv.read_text() + addresses)
        compose.run("up", "--detach", "--scale", "calendar-api=2", "--scale", "authorization-server=2")
        compose.wait_until_healthy()
        expect(True, "production is healthy, with two copies of the Calendar API and of the authorization server")


def open_alices_calendar() -> str:
    """Daybook's page after Alice has signed in by the real forms, from this machine as her browser would."""
    browser = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = browser.open("http://localhost:8000/sign-in", timeout=10)
    text = page.read().decode()
    for fields in ({"username": "alice", "password": "alice-demo"}, {"decision": "allow"}):
        if page.url.startswith("http://localhost:9000/"):  # it may not ask what it was told before
            hidden = {name: unescape(value) for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', text)}
            page = browser.open(page.url.partition("?")[0], urlencode({**hidden, **fields}).encode(), timeout=10)
            text = page.read().decode()
    return str(text)


def expect(is_so: bool, what: str) -> None:
    """Say it, or raise `Broken`."""
    if not is_so:
        raise Broken(f"Not so: {what}.")
    print(f"ok: {what}", flush=True)


def main() -> int:
    """Run both checks; the exit status is 0 only when all of it came out right. Whatever was started is removed again."""
    try:
        program = compose_program()
    except Broken as broken:
        print(broken)
        return 1
    demo, production = (Compose(program, profile) for profile in ("demo", "production"))
    checks: list[tuple[Compose, Callable[[], None]]] = [
        (demo, lambda: check_demo(demo)),
        (production, lambda: check_production(program)),
    ]
    for compose, check in checks:
        try:
            check()
        except Broken as broken:
            print(broken)
            return 1
        finally:
            compose.run("down", "--volumes", "--remove-orphans", must_work=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
