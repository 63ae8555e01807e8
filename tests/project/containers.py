"""What the tests of the containers share: Dockerfile, docker-compose.yml and docs/containers.md, read as Docker and Compose read them."""

import os
import re
import shlex
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
CONTAINERS = COMPOSE["services"]
PAGE = (ROOT / "docs" / "containers.md").read_text()
PROFILES = ("demo", "production")
# The containers that serve, and all that run this project's image.
SERVING = [name for name, container in CONTAINERS.items() if container["image"] == "four-checks" and container["restart"] != "no"]
OURS = [name for name, container in CONTAINERS.items() if container["image"] == "four-checks"]
MAKE_SECRETS, ADDRESSES = re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL)
IS_SECRET = re.compile(r"SECRET|PASSWORD|ENCRYPTION_KEY")


def variables_of(text: str) -> dict[str, str]:
    """The lines NAME=value of a dotenv file."""
    return dict(line.split("=", 1) for line in text.splitlines() if line)


def substituted(text: str, variables: dict[str, str]) -> str:
    """`text` as Compose fills it in: `${NAME:-default}`, and `$$` for a dollar sign."""
    filled = re.sub(r"(?<!\$)\$\{(\w+):-([^}]*)\}", lambda found: variables.get(found[1]) or found[2], text)
    return filled.replace("$$", "$")


def of_the_image() -> dict[str, str]:
    """The variables that the Dockerfile sets."""
    instruction = re.search(r"^ENV ((?:.*\\\n)*.*)", DOCKERFILE, flags=re.MULTILINE)
    assert instruction
    return variables_of("\n".join(shlex.split(instruction[1].replace("\\\n", " "))))


def environment_of(name: str, variables: dict[str, str]) -> dict[str, str]:
    """All that the process in this container finds in its environment, with `variables` from `.env`."""
    given = {key: substituted(str(value), variables) for key, value in CONTAINERS[name].get("environment", {}).items()}
    return {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", **of_the_image(), **given}


def in_profile(profile: str, names: list[str]) -> list[str]:
    """Those of the containers that belong to the profile."""
    return [name for name in names if CONTAINERS[name]["profiles"] == [profile]]
