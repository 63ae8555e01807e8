"""`python manage.py token --as alice --scope read`: an access token for `curl`, and nothing else, on standard output."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo_client.exchanges import Recorder
from demo_client.failures import Failure
from demo_client.flows.client_credentials import machine_client, request_token
from demo_client.flows.sign_in_as import token_as
from demo_client.flows.token_answer import TokenAnswer
from demo_client.management.commands.run_flow import COMMAND_LIMIT_SECONDS
from demo_client.terminal import plain, printer, take_any_character


class Command(BaseCommand):
    """Gets a token as `run_flow` does, without the words."""

    help = 'Print an access token for curl: curl -H "Authorization: Bearer $(python manage.py token --as alice)" …'
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose token."""
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--as", dest="username", metavar="NAME", help="a person's, for the Calendar API")
        whose.add_argument("--client", metavar="CLIENT_ID", help="a machine's own, for the Geocoding API")
        parser.add_argument("--scope", help='what a person is asked for, as in "read write" (default: read, at the Calendar API)')
        parser.add_argument("--audience", help="another API, by its audience: to see a token refused, for example")
        parser.add_argument("--password", help="the person's password (default: NAME-demo)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the token; everything else goes to standard error. Raises `CommandError` (status 1) with a sentence."""
        take_any_character()
        recorder = Recorder(limit_seconds=COMMAND_LIMIT_SECONDS)
        if options["verbosity"] > 1:
            recorder.when_recorded = printer(self.stderr.write, leaves_out_pages=True)
        try:
            granted, audience = self._token(recorder, options)
        except Failure as failure:
            raise CommandError(plain(str(failure))) from failure
        scopes = f"scope {' '.join(sorted(granted.scopes))}" if granted.scopes else "no scope"
        self.stderr.write(f"For {audience}, {scopes}, good for {granted.expires_in} s.")
        self.stdout.write(granted.access_token)

    @staticmethod
    def _token(recorder: Recorder, options: dict[str, Any]) -> tuple[TokenAnswer, str]:
        if options["client"]:
            audience = options["audience"] or settings.GEOCODING_AUDIENCE
            return request_token(machine_client(options["client"]), audience=audience, recorder=recorder), audience
        audience = options["audience"] or settings.CALENDAR_AUDIENCE
        scope = options["scope"] or ("read" if audience == settings.CALENDAR_AUDIENCE else "")
        return token_as(options["username"], options["password"], scope=scope, audience=audience, recorder=recorder), audience
