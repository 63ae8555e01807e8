"""The Django application: its name, and the system checks that come with it."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuthorizationServerConfig(AppConfig):
    """Sign-in, consent, client grants and tokens."""

    name = "authorization_server"
    verbose_name = "Authorization server"

    def ready(self) -> None:
        """Register the system checks, and the triggers that every `migrate` puts in place."""
        from authorization_server import system_checks  # noqa: F401  here: importing it is what registers them
        from authorization_server.models.configuration_stamp import install_triggers

        post_migrate.connect(install_triggers, sender=self)
