"""`python manage.py create_management_client`: the first application that may call the Management API."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from authorization_server import changes, issuer
from authorization_server.management_api.scopes import SCOPES, write_scopes
from authorization_server.models import AccessPolicy, Api, Application, AuthenticationMethod, ClientGrant

API_NAME = "Management API"
LIFETIME_SECONDS = 3600  # a token for it outlives the grant that it came by, so it is short


class Command(BaseCommand):
    """Beside a superuser at the dashboard this is the only way to permission for the Management API."""

    help = "Create an application that may call the Management API, and print its secret, once."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--scopes read:clients …`, `--name`, `--client-id`."""
        parser.add_argument("--scopes", nargs="+", required=True, metavar="SCOPE", help="What it may do: " + ", ".join(SCOPES))
        parser.add_argument("--name", default="Management client", help="What the dashboard calls it.")
        parser.add_argument("--client-id", default="", help="Left out, one is made.")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Write API, scopes, application and client grant. Raises `CommandError` for what cannot be written."""
        unknown = sorted(set(options["scopes"]) - SCOPES.keys())
        if unknown:
            raise CommandError(f"There is no scope {', '.join(unknown)}. Known: {', '.join(SCOPES)}.")
        api = self._api()
        application = Application(
            client_id=options["client_id"] or f"management_{secrets.token_hex(8)}",
            name=options["name"],
            authentication_method=AuthenticationMethod.EITHER,
            allows_client_credentials=True,
        )
        secret = application.set_new_secret()
        _save(application)
        grant = ClientGrant.objects.create(application=application, api=api)
        grant.scopes.set(api.scopes.filter(name__in=options["scopes"]))
        acting = {"by": "manage.py create_management_client", "trace_id": secrets.token_hex(16)}
        changes.record(application, "added", **acting)
        changes.record(grant, "added", **acting)
        self.stdout.write(
            f"client_id: {application.client_id}\nclient_secret: {secret}\naudience: {api.audience}\n"
            f"scopes: {' '.join(scope.name for scope in grant.scopes.all())}\n"
            f"The secret is shown this once. With both, {issuer.url('oauth/token')} gives tokens for the audience (client_credentials)."
        )

    def _api(self) -> Api:
        """This server's own row among the APIs, with all of its scopes."""
        api = Api.objects.filter(audience=issuer.management_url()).first()
        if api is None:
            if other := Api.objects.filter(name=API_NAME).first():
                raise CommandError(
                    f"{API_NAME} is at {issuer.management_url()}, but the API of this name has the audience {other.audience}. "
                    "Cure: set ISSUER as it was, or change that API's audience and resource URL in the dashboard."
                )
            api = Api(
                name=API_NAME,
                audience=issuer.management_url(),
                resource_url=issuer.management_url(),
                user_access=AccessPolicy.DENY,
                machine_access=AccessPolicy.REQUIRE_GRANT,
                access_token_lifetime_seconds=LIFETIME_SECONDS,
                browser_token_lifetime_seconds=LIFETIME_SECONDS,
            )
            _save(api)
        write_scopes(api)
        return api


def _save(row: Api | Application) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise CommandError("; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())) from error
    row.save()
