"""docs/containers.md is true: its commands, its tables and the names in it are those of docker-compose.yml and the Makefile."""

import re
import shlex

import pytest

from tests.project.containers import CONTAINERS, PAGE, PROFILES, ROOT, SERVING, in_profile

COMMANDS = [shlex.split(command) for command in re.findall(r"docker compose (--profile [^\n`]*)", PAGE)]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_compose_command_of_the_page_names_a_profile_and_containers_of_it(command):
    _, profile, verb, *arguments = command
    assert profile in PROFILES
    assert verb in {"up", "exec", "rm", "logs"}
    if verb == "exec":
        name = next(argument for argument in arguments if argument in CONTAINERS)
        assert CONTAINERS[name]["profiles"] == [profile]
    for scaled in [argument for argument in arguments if "=" in argument and not argument.startswith(("SERVICE", "-"))]:
        assert scaled.partition("=")[0] in in_profile(profile, SERVING)


def test_the_page_has_a_row_for_each_service_with_its_database_and_what_it_waits_for():
    table = PAGE.partition("## What each service is given")[2].partition("\n\nAll of them")[0]
    rows = {row[1]: row for row in (line.replace("`", "").split("|") for line in table.splitlines() if line.startswith("| `"))}
    rows = {name.strip(): row for name, row in rows.items()}
    assert list(rows) == in_profile("production", SERVING)
    for name, (_, _, database, keys, waits, _) in rows.items():
        environment = CONTAINERS[name]["environment"]
        assert database.strip() == (environment["DATABASE_URL"].rpartition("/")[2] if "DATABASE_URL" in environment else "none")
        assert ("SIGNING_KEYS_ENCRYPTION_KEY" in keys) == ("SIGNING_KEYS_ENCRYPTION_KEY" in environment)
        assert ("its applications" in keys) == ("CALENDAR_WEB_CLIENT_SECRET" in environment)
        assert {f"prepare-{name}", "authorization-server"} & set(CONTAINERS[name]["depends_on"]) == {
            other
            for other, said in ((f"prepare-{name}", "prepare-"), ("authorization-server", "the authorization server"))
            if said in waits
        }


def test_the_page_sends_a_proxy_to_where_each_service_listens():
    for address, target in re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", PAGE, flags=re.MULTILINE):
        name, port = target.split(":")
        environment = CONTAINERS[name]["environment"]
        assert environment["GRANIAN_PORT"] == port
        assert address in {"demo_client": "DEMO_CLIENT_URL", "authorization_server": "ISSUER"}.get(
            environment["SERVICE"], f"{name.replace('-', '_')}_URL".upper()
        )


def test_the_page_names_a_target_of_the_makefile():
    for target in re.findall(r"`make ([\w-]+)`", PAGE):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
