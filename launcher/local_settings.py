"""Settings of this machine: those given in the environment or `.env`, and those made here, in `var/secrets.env` and `var/demo.env`."""

import base64
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$")


def read_dotenv(path: Path) -> dict[str, str]:
    """The variables of a dotenv file, quotes and comments removed; empty when there is no such file."""
    if not path.is_file():
        return {}
    matches = (_LINE.match(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {match[1]: _unquoted(match[2]) for match in matches if match}


def _unquoted(value: str) -> str:
    if value[:1] in {'"', "'"}:
        return value[1:].split(value[0], 1)[0]
    return re.split(r"(?:^|\s)#", value, maxsplit=1)[0].strip()


def given(root: Path) -> dict[str, str]:
    """What somebody has set on purpose: the process environment, then `.env`. Empty values count as not set."""
    values = {**read_dotenv(root / ".env"), **os.environ}
    return {name: value for name, value in values.items() if value}


def make_secrets_once(path: Path) -> bool:
    """Write this machine's own secrets, readable by their owner only, unless they are there; whether any was made."""
    known = read_dotenv(path)
    made = {
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
        "SIGNING_KEYS_ENCRYPTION_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    if made.keys() <= known.keys():
        return False
    # A lost key would make the signing keys in the database unreadable: what is there stays.
    _write(path, "Made by demo.py for this machine alone. Keep it out of every repository.", {**made, **known})
    return True


def write_addresses(path: Path, values: Mapping[str, str]) -> None:
    """Leave the addresses in use where `manage.py` commands find them."""
    _write(path, "Written by demo.py at each start: the addresses in use. `.env` and the environment win over it.", values)


def _write(path: Path, comment: str, values: Mapping[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(f"# {comment}\n" + "".join(f"{name}={value}\n" for name, value in values.items()))
    unfinished.replace(path)
