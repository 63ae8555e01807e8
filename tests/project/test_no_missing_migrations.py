"""The models are what the migrations say: `makemigrations --check` finds nothing to write, in each form."""

import pytest

from project.service import SERVICES
from tests.project.test_service_apps import manage


@pytest.mark.parametrize("service", ["all", *(name for name in SERVICES if name != "geocoding_api")])
def test_no_migration_is_missing(environment, service):
    ran = manage(environment, service, "makemigrations", "--check", "--dry-run")
    assert ran.returncode == 0, ran.stdout + ran.stderr
