"""The Django application: its name, and the system checks that come with it."""

from django.apps import AppConfig


class AuthorizationServerConfig(AppConfig):
    """Sign-in, consent, client grants and tokens."""

    name = "authorization_server"
    verbose_name = "Authorization server"

    def ready(self) -> None:
        """Register the system checks."""
        from authorization_server import system_checks  # noqa: F401  here: importing it is what registers them
