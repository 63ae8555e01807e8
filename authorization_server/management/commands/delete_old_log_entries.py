"""`python manage.py delete_old_log_entries`: what the decision log has kept for 30 days goes. The server does the same once a day."""

from typing import Any

from django.core.management.base import BaseCommand

from authorization_server.models import LogEntry
from authorization_server.models.log_entries import KEPT_FOR


class Command(BaseCommand):
    """Delete old entries, at an hour of the operator's own choice."""

    help = f"Delete the decision log's entries that are older than {KEPT_FOR.days} days."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many went."""
        self.stdout.write(f"Deleted {LogEntry.objects.delete_old()} entries older than {KEPT_FOR.days} days.")
