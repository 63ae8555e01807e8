"""What docker-compose.yml gives to a container is what its process starts with: run here from the image's files, without Docker."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from project.environment import BadSetting
from tests.end_to_end.processes import free_ports
from tests.project.containers import (
    ADDRESSES,
    COMPOSE_TEXT,
    CONTAINERS,
    IS_SECRET,
    MAKE_SECRETS,
    PAGE,
    ROOT,
    SERVING,
    environment_of,
    in_profile,
    substituted,
    variables_of,
)


@pytest.fixture(scope="module")
def dotenv(tmp_path_factory) -> dict[str, str]:
    """The variables of a `.env` that was written as docs/containers.md says."""
    folder = tmp_path_factory.mktemp("dotenv")
    subprocess.run(["sh", "-ec", MAKE_SECRETS], cwd=folder, check=True)
    file = folder / ".env"
    assert file.stat().st_mode & 0o077 == 0, "others can read the secrets"
    return {**variables_of(file.read_text()), **variables_of(ADDRESSES)}


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Path:
    """The folder /app as it is in the image: what .dockerignore lets in."""
    folder: Path = tmp_path_factory.mktemp("image")
    let_in = tuple(line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!"))
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if name.partition("/")[0] in let_in and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def test_what_the_page_writes_to_dotenv_is_every_variable_without_a_default(dotenv):
    used = re.findall(r"\$\{(\w+):-([^}]*)\}", COMPOSE_TEXT)
    secrets = {name for name, default in used if not default and IS_SECRET.search(name) and not name.endswith("_CLIENT_SECRET")}
    addresses = {name for name, default in used if default}
    assert set(dotenv) == secrets | addresses
    made = [value for name, value in dotenv.items() if name in secrets]
    assert len(made) == len(set(made))
    assert min(map(len, made)) >= 44


TELL = """
import json, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("check", fail_level="WARNING")
database = settings.DATABASES.get("default", {}) if settings.DATABASE_URL else {}
print(json.dumps({
    "service": settings.SERVICE,
    "database": [database.get("ENGINE", "").rpartition(".")[2], database.get("USER"), database.get("NAME")],
    "demo": [settings.DEMO_IDENTITIES, settings.EXPLAIN_REJECTIONS, settings.DEBUG],
    "hosts": settings.ALLOWED_HOSTS,
    "origins": settings.CORS_ALLOWED_ORIGINS_OF_THE_APIS,
    "secret_length": len(settings.SECRET_KEY),
}))
"""
MAKE_DEMO_SECRETS = "from pathlib import Path; from launcher.local_settings import make_secrets_once as m; m(Path('var/secrets.env'))"


@pytest.mark.parametrize("name", SERVING)
def test_each_service_starts_in_the_image_with_what_its_container_is_given(image, dotenv, name):
    is_demo = CONTAINERS[name]["profiles"] == ["demo"]
    environment = environment_of(name, {} if is_demo else dotenv)
    if is_demo:
        subprocess.run([sys.executable, "-c", MAKE_DEMO_SECRETS], cwd=image, env=environment, check=True)
    ran = subprocess.run([sys.executable, "-c", TELL], cwd=image, env=environment, check=False, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    service = environment["SERVICE"]
    assert told["service"] == service
    assert told["database"] == (["", None, None] if service == "geocoding_api" else ["postgresql", service, service])
    assert told["demo"] == [is_demo, is_demo, False]
    assert told["secret_length"] >= 44
    if service != "demo_client":
        assert name in told["hosts"], "the other containers call it by this name"
    if service == "calendar_api":
        assert told["origins"] == [environment["DEMO_CLIENT_URL"]], "Daybook in the browser calls it"


@pytest.mark.parametrize("name", in_profile("production", SERVING))
@pytest.mark.parametrize("variable", ["ISSUER", "DEMO_CLIENT_URL", "CALENDAR_API_URL", "GEOCODING_API_URL", "DJANGO_SECRET_KEY"])
def test_a_service_of_production_does_not_start_without_a_variable_and_names_it(read_settings, dotenv, name, variable):
    in_dotenv = f"{CONTAINERS[name]['environment']['SERVICE'].upper()}_SECRET_KEY" if variable == "DJANGO_SECRET_KEY" else variable
    assert in_dotenv in dotenv
    environment = environment_of(name, {**dotenv, in_dotenv: ""})
    with pytest.raises(BadSetting, match=f"^{variable} .*Cure: "):
        read_settings(**environment)


def test_the_authorization_server_does_not_start_without_the_key_that_encrypts_signing_keys(read_settings, dotenv):
    environment = environment_of("authorization-server", {**dotenv, "SIGNING_KEYS_ENCRYPTION_KEY": ""})
    with pytest.raises(BadSetting, match="^SIGNING_KEYS_ENCRYPTION_KEY is not set"):
        read_settings(**environment)


@pytest.mark.parametrize("variable", [name for name in CONTAINERS["databases"]["environment"] if name.endswith("_DATABASE_PASSWORD")])
def test_no_database_of_production_is_made_without_a_password(dotenv, variable):
    *shell, script = CONTAINERS["databases"]["command"]
    environment = environment_of("databases", {**dotenv, variable: ""})
    ran = subprocess.run([*shell, substituted(script, {})], env=environment, check=False, capture_output=True, text=True)
    assert ran.returncode != 0
    assert f"{variable}: is not set. Cure: docs/containers.md" in ran.stderr


@pytest.fixture
def demo_container(image, tmp_path):
    """Starts what the demo's authorization server runs, on a free port and SQLite: `start` returns once it is ready."""
    (port,) = free_ports(1)
    started: list[subprocess.Popen[bytes]] = []
    own = {"GRANIAN_HOST": "127.0.0.1", "GRANIAN_PORT": str(port), "DATABASE_URL": f"sqlite:///{tmp_path / 'issuer.sqlite3'}"}
    environment = {**environment_of("demo-authorization-server", {}), **own}
    command = shlex.split(CONTAINERS["demo-authorization-server"]["command"])

    shutil.rmtree(image / "var", ignore_errors=True)
    (image / "var").mkdir()

    def start():
        process = subprocess.Popen([sys.executable, *command[1:]], cwd=image, env=environment, start_new_session=True)
        started.append(process)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            try:
                with urlopen(f"http://localhost:{port}/readyz", timeout=5) as answer:
                    assert answer.status == 200
                return process
            except URLError:
                time.sleep(0.1)
        raise AssertionError("it did not become ready")

    yield start, port
    for process in started:
        with suppress(ProcessLookupError):  # a server that is killed leaves its worker behind: the whole group ends
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.processes
def test_a_container_of_the_demo_makes_its_secrets_once_prepares_its_database_and_becomes_the_server(demo_container):
    start, port = demo_container

    def keys():
        with urlopen(f"http://localhost:{port}/.well-known/jwks.json", timeout=5) as answer:
            return [key["kid"] for key in json.load(answer)["keys"]]

    process = start()
    first = keys()
    assert len(first) == 2
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0, "a signal reaches the server, which ends by itself"
    start()
    assert keys() == first


@pytest.mark.parametrize("command", sorted(set(re.findall(r"python manage\.py (\w+)", PAGE))))
def test_every_manage_command_of_the_page_exists(image, dotenv, command):
    service = "daybook" if command == "run_flow" else "authorization-server"
    environment = environment_of(service, dotenv)
    ran = subprocess.run([sys.executable, "manage.py", "help"], cwd=image, env=environment, check=True, capture_output=True, text=True)
    assert command in ran.stdout.split()
