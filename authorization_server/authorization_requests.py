"""What is asked at `/authorize`, validated before anybody signs in: first where an answer may go, then everything else."""

from dataclasses import dataclass

from authorization_server import applications, client_grants
from authorization_server.audiences import requested_api
from authorization_server.errors import UnauthorizedClient
from authorization_server.models import Api, ApiScope, Application
from authorization_server.models.applications import origin_of
from authorization_server.parameters import Parameters


class NoDestination(Exception):
    """Nothing says that an answer may be sent anywhere, so a person reads why. `title` and `cure` are for the page."""

    def __init__(self, title: str, cure: str, *, reason: str) -> None:
        super().__init__(title)
        self.title, self.cure, self.reason = title, cure, reason


@dataclass(frozen=True)
class Destination:
    """An application, and the address registered with it to which the answer goes."""

    application: Application
    redirect_uri: str

    @property
    def origin(self) -> str:
        """What a page's `form-action` must allow, so that the answer may follow its form."""
        return origin_of(self.redirect_uri)


@dataclass(frozen=True)
class AuthorizationRequest:
    """A request that may be put before the person: everything in it is known and allowed."""

    parameters: Parameters
    destination: Destination
    api: Api
    scopes: tuple[ApiScope, ...]

    @property
    def application(self) -> Application:
        """Who asks."""
        return self.destination.application

    @property
    def scope(self) -> str:
        """Exactly what was asked for in this request."""
        return " ".join(scope.name for scope in self.scopes)


def destination_of(parameters: Parameters) -> Destination:
    """Where answers to this request may go. Raises `NoDestination` for an unknown client or redirect URI (RFC 6749 section 4.1.2.1)."""
    if {"client_id", "redirect_uri"}.intersection(parameters.repeated + parameters.unreadable):
        cure = "client_id and redirect_uri must each stand there once, without control characters."
        raise NoDestination("This request cannot be read", cure, reason="repeated_parameter")
    client_id, redirect_uri = parameters.get("client_id"), parameters.get("redirect_uri")
    application = applications.find(client_id)
    if application is None:
        cure = "Check client_id in the application's settings: it must be the one registered at this authorization server."
        raise NoDestination("No application is registered under this client id", cure, reason="unknown_client")
    if not redirect_uri:
        cure = "Add redirect_uri: the address, registered for this application, to which the answer goes."
        raise NoDestination("The request does not say where the answer goes", cure, reason="redirect_uri_missing")
    if not application.may_be_answered_at(redirect_uri):
        cure = "It is compared letter by letter: scheme, host, port, path and last slash. Register it as it is, or send the registered one."
        raise NoDestination("The address for the answer is not registered for this application", cure, reason="unknown_redirect_uri")
    return Destination(application, redirect_uri)


def validate(parameters: Parameters, destination: Destination) -> AuthorizationRequest:
    """The request behind these parameters. Raises one of `errors.Refused`; PKCE is its own extension of the grant."""
    parameters.check()
    application = destination.application
    if not application.allows_authorization_code:
        raise UnauthorizedClient(f"{application.name} may not sign people in (authorization code is off).", reason="grant_not_allowed")
    api = requested_api(parameters)
    scopes = client_grants.scopes_for_people(application=application, api=api, requested=parameters.scopes)
    return AuthorizationRequest(parameters, destination, api, scopes)
