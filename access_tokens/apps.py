# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""The Django application: registers the system checks, and stops the start of a server that is configured wrongly."""

import sys
from pathlib import Path

from django.apps import AppConfig, apps
from django.core.checks import register

from access_tokens import system_checks


class AccessTokensConfig(AppConfig):
    """`"access_tokens"` in INSTALLED_APPS."""

    name = "access_tokens"

    def ready(self) -> None:
        """Under manage.py the system checks name every mistake; a server runs none of them, so it stops here at the first."""
        register(system_checks.check_settings)
        register(system_checks.check_cryptography)
        register(system_checks.check_audiences)
        if Path(sys.argv[0]).name not in {"manage.py", "django-admin"}:
            from access_tokens.conf import configuration  # here: the settings are complete only now

            configuration()
        if apps.is_installed("drf_spectacular"):
            from access_tokens import schema  # noqa: F401  # here: drf-spectacular may not be there, and takes half a second to load
