"""containers/databases.sql on a real PostgreSQL: a database and a user for each service, and none may enter another's."""

import os
import shutil
import subprocess

import psycopg
import pytest

from tests import postgresql
from tests.project.containers import CONTAINERS, ROOT, SERVING
from tests.requirements_of_tests import missing


@pytest.fixture(scope="module")
def cluster():
    """A PostgreSQL server of this test's own, with nothing in it."""
    psql = shutil.which("psql")
    if psql is None:
        missing("psql was not found. Cure: install PostgreSQL's client (Debian: `apt install postgresql-client`)")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TEST_DATABASE_URL", raising=False)  # roles belong to a whole server: not to somebody else's
        try:
            with postgresql.running() as url:
                yield url
        except postgresql.NoPostgreSQL as reason:
            missing(str(reason))


def make_databases(url, **passwords):
    """Run containers/databases.sql as the containers do."""
    options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={ROOT / 'containers' / 'databases.sql'}"]
    ran = subprocess.run(
        ["psql", url, *options], env={"PATH": os.environ["PATH"], **passwords}, check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


def password_hashes(url):
    """What the server keeps of each service's password: None where there is none."""
    with psycopg.connect(url) as connection:
        return dict(connection.execute("SELECT rolname, rolpassword FROM pg_authid WHERE rolname !~ '^(pg_|postgres)'").fetchall())


def test_the_databases_are_those_that_the_services_are_given_and_a_changed_password_counts(cluster):
    passwords = {name: "first" for name in CONTAINERS["databases"]["environment"] if name.endswith("_DATABASE_PASSWORD")}
    make_databases(cluster, **passwords)
    first = password_hashes(cluster)
    used = [CONTAINERS[name]["environment"].get("DATABASE_URL", "").rpartition("/")[2] for name in SERVING]
    assert set(first) == set(filter(None, used)) == {name.removesuffix("_DATABASE_PASSWORD").lower() for name in passwords}
    assert {str(stored)[:14] for stored in first.values()} == {"SCRAM-SHA-256$"}
    make_databases(cluster, **{**passwords, "CALENDAR_API_DATABASE_PASSWORD": "another"})
    with psycopg.connect(cluster) as connection:
        names = {name for (name,) in connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")}
    assert names == {"postgres", *first}
    assert password_hashes(cluster)["calendar_api"] != first["calendar_api"]


def test_no_service_may_enter_the_database_of_another(cluster):
    make_databases(cluster)
    users = password_hashes(cluster)
    for user in users:
        for database in users:
            address = f"{cluster.replace('postgres@', f'{user}@').rpartition('/')[0]}/{database}"
            if user == database:
                psycopg.connect(address).close()
                continue
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(address)


def test_without_passwords_as_in_the_demo_no_user_has_one(cluster):
    make_databases(cluster)
    assert set(password_hashes(cluster).values()) == {None}
