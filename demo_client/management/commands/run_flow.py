"""`python manage.py run_flow authorize|implicit|client-credentials`: a whole flow over HTTP, every exchange printed."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from demo_client.api_clients import events_of, reverse
from demo_client.events import Event
from demo_client.exchanges import Recorder
from demo_client.failures import Failure
from demo_client.flows import implicit
from demo_client.flows.client_credentials import machine_client
from demo_client.flows.sign_in_as import token_as, token_at_once_as
from demo_client.terminal import brief_printer, plain, printer, take_any_character
from demo_client.weeks import Week

COMMAND_LIMIT_SECONDS = 15.0  # nobody waits at a page: a machine that is just starting may take its time
TOKYO_TOWER = ("35.6586", "139.7454")


class Command(BaseCommand):
    """Runs a flow against the running services. Exit status 0 only when it reached its end."""

    help = "Run a whole flow over HTTP and print every exchange: authorize or implicit (story 1), client-credentials (story 2)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The flow, and what can be changed in it."""
        flows = parser.add_subparsers(dest="flow", required=True, metavar="authorize|implicit|client-credentials")
        authorize = flows.add_parser("authorize", help="Sign in as a person by the real forms, allow it, and read her events.")
        at_once = flows.add_parser("implicit", help="The same with the document's own request: the ticket comes with the redirect.")
        for flow, scope in ((authorize, "read"), (at_once, implicit.SCOPE)):
            flow.add_argument("--as", dest="username", default="alice", metavar="NAME", help="who signs in (default: alice)")
            flow.add_argument("--password", help="her password (default: NAME-demo)")
            flow.add_argument("--scope", default=scope, help=f'what Daybook asks for, as in "read write" (default: {scope})')
        machine = flows.add_parser("client-credentials", help="Get a machine's own token, and a place name with it.")
        machine.add_argument("--client", default=settings.GEOCODING_BACKEND_CLIENT_ID, metavar="CLIENT_ID", help="which machine")
        machine.add_argument("--lat", default=TOKYO_TOWER[0], help="latitude in degrees (default: that of Tokyo Tower)")
        machine.add_argument("--lon", default=TOKYO_TOWER[1], help="longitude in degrees")
        for flow in (authorize, at_once, machine):
            how_much = flow.add_mutually_exclusive_group()
            how_much.add_argument("--no-pages", action="store_true", help="leave out the text of HTML pages")
            how_much.add_argument("--brief", action="store_true", help="two lines for each exchange")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the flow. Raises `CommandError` (status 1) with a sentence: which service, at which URL, and what to do."""
        take_any_character()
        write = self.stdout.write
        show = brief_printer(write) if options["brief"] else printer(write, leaves_out_pages=options["no_pages"])
        recorder = Recorder(when_recorded=show, limit_seconds=COMMAND_LIMIT_SECONDS)
        try:
            ending = self._place_name(recorder, options) if options["flow"] == "client-credentials" else self._week(recorder, options)
        except Failure as failure:
            raise CommandError(plain(str(failure))) from failure
        if options["brief"]:
            write("")
        write(plain(ending))

    def _week(self, recorder: Recorder, options: dict[str, Any]) -> str:
        username = options["username"]
        get_token = token_at_once_as if options["flow"] == "implicit" else token_as
        granted = get_token(username, options["password"], scope=options["scope"], recorder=recorder, notice=self.stdout.write)
        week = Week.of(timezone.now())
        events = events_of(week, access_token=granted.access_token, recorder=recorder)
        return _readable(username, week, events)

    def _place_name(self, recorder: Recorder, options: dict[str, Any]) -> str:
        name = reverse(options["lat"], options["lon"], client=machine_client(options["client"]), recorder=recorder)
        return name or f"There is no place within range of {options['lat']}, {options['lon']}: open sea."


def _readable(username: str, week: Week, events: list[Event]) -> str:
    lines = [f"{username.capitalize()}'s events, {week.title}, Berlin time:"]
    for day in week.days:
        here = [event for event in events if event.touches(day)]
        for event in here:
            lines.append(
                f"  {day:%a} {day.day:2}  {event.label_on(day):<13}  {event.summary}  {event.location or event.coordinates}".rstrip()
            )
    return "\n".join(lines if events else [*lines, "  nothing planned"])
