"""A code and a refresh token are good once, however many processes use them at the same moment. On SQLite and on PostgreSQL."""

import json
import os
import subprocess
import sys

import pytest

from tests import postgresql
from tests.authorization_server import race
from tests.requirements_of_tests import missing

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="forty processes are affordable only where they can be forked"),
]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """The URL of a new database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'races.sqlite3'}"
        return
    try:
        with postgresql.running() as url:
            yield postgresql.new_database(url, f"races_{os.getpid()}")
    except postgresql.NoPostgreSQL as reason:
        missing(str(reason))


def run(name, rounds, database_url):
    """What was seen in the rounds of this race. The authorization server alone: other services bring libraries that start threads."""
    environment = {**os.environ, "SERVICE": "authorization_server", "DATABASE_URL": database_url}
    command = [sys.executable, "-m", race.__name__, name, str(rounds)]
    return json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, timeout=300).stdout)


def one_wins(*, losers, reason):
    return {
        "answers": {"200": 1, "400 invalid_grant": losers},
        "won": [["access_token", "expires_in", "refresh_token", "scope", "token_type"]],
        "revoked": [reason],
        "afterwards": ["400 invalid_grant"],
    }


def test_of_forty_with_one_code_one_gets_a_token_and_the_others_end_its_family_rfc6749_section_4_1_2(database_url):
    assert run("one_code", 20, database_url) == [one_wins(losers=39, reason="code_reused")] * 20


def test_of_two_with_one_code_the_second_ends_the_family_even_while_the_first_is_being_answered(database_url):
    assert run("one_code_for_two", 5, database_url) == [one_wins(losers=1, reason="code_reused")] * 5 * 20


def test_of_forty_with_one_refresh_token_one_gets_the_next_and_the_others_end_its_family_rfc9700_section_4_14_2(database_url):
    assert run("one_refresh_token", 20, database_url) == [one_wins(losers=39, reason="refresh_token_reused")] * 20
