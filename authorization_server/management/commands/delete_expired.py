"""`python manage.py delete_expired`: what nobody can use any more goes. The server does the same once a day."""

from typing import Any

from django.core.management.base import BaseCommand

from authorization_server import housekeeping


class Command(BaseCommand):
    """Delete it at an hour of the operator's own choice."""

    help = "Delete log entries that were kept long enough, expired codes, refresh tokens and sessions, and keys of which nothing is good."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how much went."""
        self.stdout.write("Deleted: " + ", ".join(f"{number} {what}" for what, number in housekeeping.delete_expired().items()) + ".")
