"""`python manage.py seed_issuer`: the demo's people, APIs, applications and first signing keys. May be run any number of times."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from authorization_server import demo_identities, keys


class Command(BaseCommand):
    """Write the demo's rows, at the addresses that the settings name."""

    help = "Seed the authorization server with the demo's people, APIs, applications, client grants and signing keys."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--quiet`: say nothing when all went well."""
        parser.add_argument("--quiet", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` where demo identities are off."""
        if not settings.DEMO_IDENTITIES:
            raise CommandError(
                "DEMO_IDENTITIES is off, and everything that this command writes has a known password or secret. "
                "Cure: set DEMO_IDENTITIES=1 on a machine of your own; elsewhere use createsuperuser and create_signing_keys."
            )
        demo_identities.write_all()
        new_keys = keys.create_missing()
        if not options["quiet"]:
            people = ", ".join(person.username for person in demo_identities.PEOPLE)
            applications = ", ".join(row.client_id for row in demo_identities.applications())
            self.stdout.write(f"People: {people}.\nApplications: {applications}.\nSigning keys: {len(new_keys)} new.")
