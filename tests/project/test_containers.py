"""Dockerfile and docker-compose.yml agree with the settings and with each other.

`make compose-check` really starts everything where there is Docker; nothing here needs it.
"""

import json
import re
from pathlib import Path

import pytest

from launcher.addresses import Listener
from launcher.service_processes import server_command
from project import settings
from project.service import SERVICES
from tests.project.containers import (
    COMPOSE,
    COMPOSE_TEXT,
    CONTAINERS,
    DOCKERFILE,
    IS_SECRET,
    OURS,
    PROFILES,
    ROOT,
    SERVING,
    in_profile,
    of_the_image,
)

# Compose 1.29 knows these, too.
KNOWN_KEYS = {"image", "build", "user", "command", "environment", "profiles", "ports", "volumes", "tmpfs", "depends_on", "healthcheck"}
KNOWN_KEYS |= {"restart", "read_only", "cap_drop", "security_opt"}

# ---- The image ------------------------------------------------------------------------------------------------------


def test_the_image_has_only_what_dockerignore_names():
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    assert [name for name in let_in if not (ROOT / name).exists()] == []
    assert let_in.isdisjoint({".env", ".git", "var", "tests", "docs"})


def test_the_image_runs_the_oldest_python_that_is_supported_for_which_the_packages_are_locked():
    (version,) = re.findall(r"^FROM python:([\d.]+)-slim$", DOCKERFILE, flags=re.MULTILINE)
    assert f'requires-python = ">={version}"' in (ROOT / "pyproject.toml").read_text()
    assert f"--python-version {version} " in (ROOT / "Makefile").read_text()


def test_the_image_installs_nothing_but_the_lock_with_its_hashes():
    installs = re.findall(r"^RUN .*\b(?:pip|apt-get|apt|curl|wget)\b.*", DOCKERFILE, flags=re.MULTILINE)
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]
    assert installs[0].endswith("-r requirements.txt")


def test_the_image_serves_as_a_user_without_rights_who_has_the_same_number_everywhere():
    (user,) = re.findall(r"^USER (.*)", DOCKERFILE, flags=re.MULTILINE)
    uid, gid = (int(number) for number in user.split(":"))
    assert uid >= 1000
    assert gid >= 1000
    after = DOCKERFILE.partition("USER ")[2]
    assert not re.search(r"^(RUN|COPY|ADD) ", after, flags=re.MULTILINE)


def test_the_image_reads_no_dotenv_file_and_holds_no_secret():
    assert of_the_image()["DOTENV"] == "0"
    assert [name for name in of_the_image() if IS_SECRET.search(name)] == []
    assert "ARG " not in DOCKERFILE


def test_the_image_has_the_server_of_make_demo_with_the_same_options():
    *_, application = command = server_command(Path("python"), Listener("127.0.0.1", 1))
    options = dict(option[2:].split("=") for option in command if option.startswith("--"))
    as_variables = {f"GRANIAN_{name.replace('-', '_').upper()}": value for name, value in options.items()}
    in_the_image = {name: value for name, value in of_the_image().items() if name.startswith("GRANIAN_")}
    assert in_the_image == {**as_variables, "GRANIAN_HOST": "0.0.0.0", "GRANIAN_PORT": "8000"}  # noqa: S104 - of a container
    assert DOCKERFILE.rstrip().endswith(f'CMD ["granian", "{application}"]')


def test_the_image_is_healthy_when_readyz_answers_200():
    check = re.search(r"^HEALTHCHECK .*\\\n +CMD (\[.*\])", DOCKERFILE, flags=re.MULTILINE)
    assert check
    assert "/readyz" in check[1]
    assert json.loads(check[1])[0] == "python"


# ---- What every container may do ----------------------------------------------------------------------------------


def test_the_file_keeps_to_what_compose_1_29_knows():
    assert {key for key in COMPOSE if not key.startswith("x-")} == {"services", "volumes"}
    assert {key for container in CONTAINERS.values() for key in container} <= KNOWN_KEYS
    dollars = re.sub(r"\$\{\w+:-[^${}]*\}|\$\$", "", re.sub(r"^ *#.*", "", COMPOSE_TEXT, flags=re.MULTILINE))
    assert "$" not in dollars


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_has_no_right_and_writes_to_nothing_but_what_is_mounted(name):
    container = CONTAINERS[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in container["tmpfs"]  # noqa: S108 - in memory
    assert container.get("user", "of the image") in {"postgres", "of the image"}
    assert (container.get("user") == "postgres") == (container["image"] == "postgres:17")


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_that_serves_has_a_health_check_and_starts_again(name):
    container = CONTAINERS[name]
    if container["restart"] == "no":
        return
    assert container["restart"] == "unless-stopped"
    if container["image"] == "four-checks":
        assert "healthcheck" not in container, "the image's own is switched off"
    else:
        assert container["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]


def test_the_database_is_postgresql_17_and_published_nowhere():
    databases = [container for container in CONTAINERS.values() if container["image"] != "four-checks"]
    assert {container["image"] for container in databases} == {"postgres:17"}
    assert not [container for container in databases if "ports" in container]


# ---- Two set-ups that share nothing -----------------------------------------------------------------------------------


def test_every_container_belongs_to_one_profile_and_waits_only_for_its_own():
    for name, container in CONTAINERS.items():
        assert container["profiles"] in [[profile] for profile in PROFILES], name
        for other in container.get("depends_on", {}):
            assert CONTAINERS[other]["profiles"] == container["profiles"], f"{name} waits for {other}"


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_has_one_container_for_each_service(profile):
    served = [CONTAINERS[name]["environment"]["SERVICE"] for name in in_profile(profile, SERVING)]
    assert sorted(served) == sorted(SERVICES)


def test_the_demo_is_published_on_this_machine_alone_and_production_nowhere():
    ports = {name: CONTAINERS[name].get("ports", []) for name in CONTAINERS}
    for name in in_profile("demo", SERVING):
        port = CONTAINERS[name]["environment"]["GRANIAN_PORT"]
        assert ports.pop(name) == [f"127.0.0.1:{port}:{port}"]
    assert set(map(tuple, ports.values())) == {()}


def test_the_demos_switches_are_in_the_demo_alone():
    for name in OURS:
        switches = {key for key in CONTAINERS[name]["environment"] if key in {"DEMO_IDENTITIES", "EXPLAIN_REJECTIONS", "DOTENV"}}
        is_demo = CONTAINERS[name]["profiles"] == ["demo"]
        assert switches == ({"DEMO_IDENTITIES", "EXPLAIN_REJECTIONS", "DOTENV"} if is_demo else set()), name
    assert not [name for name in settings.env.names if name.startswith(("DEMO_IDENT", "EXPLAIN")) and f"${{{name}" in COMPOSE_TEXT]


@pytest.mark.parametrize("name", [name for name in CONTAINERS if "prepare" in name or name == "databases"])
def test_a_preparation_ends_before_what_needs_it_starts(name):
    waiting = [other for other in CONTAINERS if name in CONTAINERS[other].get("depends_on", {})]
    assert waiting
    for other in waiting:
        assert CONTAINERS[other]["depends_on"][name]["condition"] == "service_completed_successfully"


@pytest.mark.parametrize("name", in_profile("production", SERVING))
def test_every_service_of_production_with_a_database_is_migrated_before_by_a_container_of_its_own(name):
    container = CONTAINERS[name]
    preparations = [other for other in container["depends_on"] if other.startswith("prepare-")]
    assert len(preparations) == ("DATABASE_URL" in container["environment"])
    for preparation in preparations:
        assert CONTAINERS[preparation]["environment"] == container["environment"]
        assert "manage.py migrate --noinput" in CONTAINERS[preparation]["command"]
    assert "command" not in container, "what the image serves with"


# ---- Variables -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_the_settings_or_the_server_read(name):
    unknown = set(CONTAINERS[name]["environment"]) - settings.env.names - set(of_the_image())
    assert unknown == set()


@pytest.mark.parametrize("name", OURS)
def test_every_variable_that_the_service_needs_is_given(name):
    given = set(CONTAINERS[name]["environment"])
    service = CONTAINERS[name]["environment"]["SERVICE"]
    is_production = CONTAINERS[name]["profiles"] == ["production"]
    needed = {"SERVICE", "GRANIAN_PORT", *(variable for variable in settings.env.names if re.fullmatch(r"ISSUER|\w+_URL", variable))}
    needed -= {"DATABASE_URL", "CACHE_URL"}
    if service != "geocoding_api":
        needed.add("DATABASE_URL")
    if is_production:
        needed |= {"DJANGO_SECRET_KEY", "CALENDAR_AUDIENCE", "GEOCODING_AUDIENCE"}
    if is_production and service == "demo_client":
        needed |= {variable for variable in settings.env.names if re.fullmatch(r"\w+_CLIENT_(ID|SECRET)", variable)}
    assert needed <= given, sorted(needed - given)


def test_only_the_authorization_server_is_given_the_key_that_encrypts_signing_keys():
    holders = {name for name in OURS if "SIGNING_KEYS_ENCRYPTION_KEY" in CONTAINERS[name]["environment"]}
    assert {CONTAINERS[name]["environment"]["SERVICE"] for name in holders} == {"authorization_server"}


def test_the_file_holds_no_secret_and_gives_none_a_default():
    for name, container in CONTAINERS.items():
        for variable, value in container.get("environment", {}).items():
            if IS_SECRET.search(variable) or variable == "PGPASSWORD":
                assert re.fullmatch(r"\$\{\w+:-\}", value), f"{name}: {variable}"
            if variable == "DATABASE_URL":
                without_password, with_one = r"(\w+)@demo-postgresql/\1", r"(\w+):\$\{\w+_DATABASE_PASSWORD:-\}@postgresql/\1"
                form = without_password if container["profiles"] == ["demo"] else with_one
                assert re.fullmatch(f"postgresql://{form}", value), f"{name}: {value}"


def test_no_two_services_share_a_secret_or_a_database():
    for variable in ("DJANGO_SECRET_KEY", "DATABASE_URL"):
        for profile in PROFILES:
            values = [CONTAINERS[name]["environment"].get(variable) for name in in_profile(profile, SERVING)]
            given = [value for value in values if value]
            assert len(given) == len(set(given))


@pytest.mark.parametrize("name", SERVING)
def test_a_service_listens_where_the_others_look_for_it(name):
    environment = CONTAINERS[name]["environment"]
    service, port = environment["SERVICE"], SERVICES[environment["SERVICE"]].port
    assert environment["GRANIAN_PORT"] == str(port)
    internal = {
        "authorization_server": ("ISSUER_INTERNAL_URL", f"http://{name}:{port}/"),
        "calendar_api": ("CALENDAR_API_INTERNAL_URL", f"http://{name}:{port}"),
        "geocoding_api": ("GEOCODING_API_INTERNAL_URL", f"http://{name}:{port}"),
    }
    for other in in_profile(CONTAINERS[name]["profiles"][0], OURS) if service in internal else []:
        variable, address = internal[service]
        assert CONTAINERS[other]["environment"][variable] == address
