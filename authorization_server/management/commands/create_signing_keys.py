"""`python manage.py create_signing_keys`: the first current and next signing key, where there is none."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from authorization_server import keys
from authorization_server.models.signing_keys import Algorithm


class Command(BaseCommand):
    """Create what is missing; keys that exist stay."""

    help = "Create the first signing keys (current and next). Keys that exist stay as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--algorithm RS256|ES256`."""
        parser.add_argument("--algorithm", choices=Algorithm.values, default=Algorithm.RS256)

    def handle(self, *args: Any, **options: Any) -> None:
        """Say which keys are new, by their id alone."""
        new_keys = keys.create_missing(options["algorithm"])
        self.stdout.write("\n".join(f"{key.state}: {key.kid}" for key in new_keys) or "Current and next key are there already.")
