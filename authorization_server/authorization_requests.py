"""What is asked at `/authorize`, validated before anybody signs in: first where an answer may go, then everything else."""

from dataclasses import dataclass

from authorization_server import applications, client_grants
from authorization_server.audiences import requested_api
from authorization_server.errors import InvalidRequest, InvalidScope, UnauthorizedClient
from authorization_server.models import Api, ApiScope, Application
from authorization_server.models.applications import origin_of
from authorization_server.offline_access import OFFLINE_ACCESS, OfflineAccess
from authorization_server.parameters import Parameters
from authorization_server.prompts import Prompt, requested_max_age, requested_prompts


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
    """A request that may be put before the person: everything in it is known and allowed.

    `api_scopes` are the API's, `offline_access` is this server's own; `max_age` is in seconds.
    """

    parameters: Parameters
    destination: Destination
    api: Api
    api_scopes: tuple[ApiScope, ...]
    offline_access: bool
    prompts: frozenset[Prompt]
    max_age: int | None

    @property
    def application(self) -> Application:
        """Who asks."""
        return self.destination.application

    @property
    def scopes(self) -> tuple[ApiScope | OfflineAccess, ...]:
        """All that the person is asked for."""
        return self.api_scopes + ((OFFLINE_ACCESS,) if self.offline_access else ())

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


def answers_in_fragment(parameters: Parameters) -> bool:
    """Whether the answer goes into the fragment (`#…`), which browsers send to no server: wherever it would hold a token.

    OAuth 2.0 Multiple Response Type Encoding Practices, sections 3 and 5: also for the types that are refused here.
    """
    return not {"token", "id_token"}.isdisjoint(parameters.get("response_type").split(" "))


def validate(parameters: Parameters, destination: Destination) -> AuthorizationRequest:
    """The request behind these parameters. Raises one of `errors.Refused`; PKCE is its own extension of the grant."""
    parameters.check()
    _check_response(parameters, destination.application)
    prompts, max_age = requested_prompts(parameters), requested_max_age(parameters)
    api = requested_api(parameters)
    offline_access = OFFLINE_ACCESS.name in parameters.scopes
    if offline_access:
        _check_offline_access(parameters, destination.application)
    requested = parameters.scopes - {OFFLINE_ACCESS.name}
    api_scopes = client_grants.scopes_for_people(application=destination.application, api=api, requested=requested)
    return AuthorizationRequest(parameters, destination, api, api_scopes, offline_access, prompts, max_age)


def _check_response(parameters: Parameters, application: Application) -> None:
    """The application may have its answer in this form: a code and a token are switched on apart."""
    if parameters.get("response_type") == "token":
        if not application.allows_implicit:
            text = f"{application.name} may not get tokens through the browser (implicit is off). Send response_type=code."
            raise UnauthorizedClient(text, reason="grant_not_allowed")
    elif not application.allows_authorization_code:
        raise UnauthorizedClient(f"{application.name} may not get codes (authorization code is off).", reason="grant_not_allowed")
    mode, only = parameters.get("response_mode"), "fragment" if answers_in_fragment(parameters) else "query"
    if mode and mode != only:
        raise InvalidRequest(f"response_mode must be {only} with this response_type, or be left out.", reason="response_mode")


def _check_offline_access(parameters: Parameters, application: Application) -> None:
    """A refresh token goes to applications that may have one, and never through the browser (RFC 6749 section 4.2.2)."""
    if not application.allows_refresh_token:
        text = f"{application.name} may not get refresh tokens (refresh token is off). Leave out offline_access."
        raise InvalidScope(text, reason="refresh_token_not_allowed")
    if parameters.get("response_type") != "code":
        raise InvalidScope(
            "A refresh token never goes through the browser: offline_access needs response_type=code.", reason="needs_a_code"
        )
