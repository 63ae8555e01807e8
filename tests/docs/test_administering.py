"""docs/administering.md: its commands run on an empty database, and the secret that the last one prints works."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command

from authorization_server.models import AccessPolicy
from tests.authorization_server.conftest import BackChannel, quick_secrets  # noqa: F401  a fixture

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "administering.md").read_text()
COMMANDS = re.findall(r"^python3 manage.py (.+)$", PAGE, flags=re.MULTILINE)


@pytest.mark.django_db
def test_the_commands_for_a_new_database_lead_to_a_token_for_the_management_api(capsys, monkeypatch, quick_secrets):  # noqa: F811
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a-long-password-of-her-own")
    for command in COMMANDS:
        name, *arguments = command.split()
        if name == "createsuperuser":
            arguments += ["--noinput", "--username", "root", "--email", "root@example.com"]
        call_command(name, *arguments)
    printed = dict(re.findall(r"^(\w+): (\S+)", capsys.readouterr().out, flags=re.MULTILINE))
    answer = BackChannel().machine_token(printed["client_id"], client_secret=printed["client_secret"], audience=printed["audience"])
    assert answer.status_code == 200
    assert set(answer.json()["scope"].split()) == {"read:clients", "create:client_grants"}


def test_every_policy_is_explained():
    assert re.findall(r"^\| (allow all|require a client grant|deny) \|", PAGE, flags=re.MULTILINE) == AccessPolicy.labels
