"""Each `SERVICE` starts with its own applications, tables and URLs, and without the others'."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from project.service import SERVICES

ROOT = Path(__file__).resolve().parents[2]
TELL = """
import json, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
django.setup()
from django.apps import apps
from django.conf import settings
from django.urls import get_resolver
print(json.dumps({
    "apps": [app.name for app in apps.get_app_configs()],
    "middleware": settings.MIDDLEWARE,
    "namespaces": sorted(get_resolver().namespace_dict),
}))
"""
OWN = {"authorization_server", "calendar_api", "geocoding_api", "demo_client"}
WITH_USERS = {"django.contrib.auth", "django.contrib.sessions", "django.contrib.admin", "django.contrib.contenttypes"}


def manage(environment, service, *arguments):
    """`manage.py` in a process of its own, as that service."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**environment, "SERVICE": service}, check=False, capture_output=True, text=True, timeout=60
    )


_told: dict[str, dict[str, Any]] = {}


@pytest.fixture
def told(environment):
    """What a process with this SERVICE has installed; each is asked once."""

    def tell(service):
        if service not in _told:
            values = {**environment, "SERVICE": service}
            command = [sys.executable, "-c", TELL]
            ran = subprocess.run(command, cwd=ROOT, env=values, check=True, capture_output=True, text=True, timeout=60)
            _told[service] = json.loads(ran.stdout)
        return _told[service]

    return tell


@pytest.mark.parametrize("service", [*SERVICES, "all"])
def test_each_service_passes_djangos_own_checks(environment, service):
    ran = manage(environment, service, "check", "--fail-level=WARNING")
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_its_own_application_and_urls_alone(told, service):
    here = told(service)
    assert OWN & set(here["apps"]) == {service}
    assert OWN & set(here["namespaces"]) == {service}


def test_one_process_has_everything(told):
    here = told("all")
    assert set(here["apps"]) >= OWN
    assert set(here["namespaces"]) >= OWN


@pytest.mark.parametrize("service", ["calendar_api", "geocoding_api", "demo_client"])
def test_only_the_authorization_server_knows_users_and_their_sessions(told, service):
    here = told(service)
    assert WITH_USERS.isdisjoint(here["apps"])
    assert not [name for name in here["middleware"] if name.startswith(("django.contrib.auth", "django.contrib.sessions"))]


def test_the_authorization_server_has_the_apis_framework_and_their_documentation_for_its_management_api(told):
    assert {"rest_framework", "drf_spectacular", "drf_spectacular_sidecar"} <= set(told("authorization_server")["apps"])
