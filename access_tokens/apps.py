# Four Checks, access_tokens 0.1.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""The Django application: in INSTALLED_APPS it parses the settings at start, and registers the system checks."""

from django.apps import AppConfig, apps


class AccessTokensConfig(AppConfig):
    """`"access_tokens"` in INSTALLED_APPS."""

    name = "access_tokens"

    def ready(self) -> None:
        """A wrong entry of `settings.ACCESS_TOKENS` stops the start here."""
        from access_tokens.conf import configuration  # here: settings are complete only now

        configuration()
        if apps.is_installed("drf_spectacular"):
            from access_tokens import schema  # noqa: F401  # here: drf-spectacular may not be there, and takes half a second to load
