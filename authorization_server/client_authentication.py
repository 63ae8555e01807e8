"""Client authentication at `/oauth/token`: none, secret in header or in body, and never two ways at once (RFC 6749 section 2.3)."""

import base64
from dataclasses import dataclass
from urllib.parse import unquote_plus

from authorization_server import applications
from authorization_server.errors import ClientAuthenticationFailed, InvalidRequest, TooManyFailures
from authorization_server.failure_limits import CLIENT_AUTHENTICATION
from authorization_server.models import Application, AuthenticationMethod
from authorization_server.parameters import Parameters


@dataclass(frozen=True)
class Credentials:
    """Who a request says it is, and how it says so."""

    client_id: str
    secret: str
    method: AuthenticationMethod


def authenticate(parameters: Parameters, authorization: str, *, address: str) -> Application:
    """The application that sent the request, with `authorization` being the `Authorization` header or empty.

    Raises `ClientAuthenticationFailed`, byte for byte the same for an unknown client and a wrong secret;
    `InvalidRequest` when it authenticates in two ways; `TooManyFailures`, also with the right secret, when too many from `address`
    had a wrong one just now. An assertion (RFC 7523) is a way that no application has here.
    """
    if parameters.get("client_assertion"):
        if authorization or parameters.get("client_secret"):
            raise InvalidRequest("There is a client_assertion beside a secret. Authenticate in one way.", reason="two_methods")
        raise ClientAuthenticationFailed(reason="method_not_accepted", tried_basic=False)
    credentials = _in_header(authorization) if authorization else _in_body(parameters)
    if authorization:
        _check_body_agrees(parameters, credentials)
    # What could not be read until here was no guess, and does not count.
    if seconds := CLIENT_AUTHENTICATION.seconds_to_wait(credentials.client_id, address):
        raise TooManyFailures(seconds=seconds)
    application = applications.find(credentials.client_id)
    # Compared even where there is no such application, so that both take as long.
    secret_fits = (application or Application()).has_secret(credentials.secret)
    proven = secret_fits or credentials.method == AuthenticationMethod.NONE
    if application is None or not proven or not application.accepts(credentials.method):
        CLIENT_AUTHENTICATION.count(credentials.client_id, address)
        reason = "unknown_client" if application is None else "wrong_secret" if not proven else "method_not_accepted"
        raise ClientAuthenticationFailed(reason=reason, tried_basic=bool(authorization))
    return application


def _in_body(parameters: Parameters) -> Credentials:
    secret = parameters.get("client_secret")
    method = AuthenticationMethod.POST if secret else AuthenticationMethod.NONE
    return Credentials(parameters.get("client_id"), secret, method)


def _in_header(authorization: str) -> Credentials:
    """`Authorization: Basic base64(form-encoded id ":" form-encoded secret)`, RFC 6749 section 2.3.1."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
        client_id, colon, secret = text.partition(":")
        client_id, secret = unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
    except ValueError as error:  # no base64, or no UTF-8
        raise ClientAuthenticationFailed(reason="header_undecodable", tried_basic=True) from error
    if scheme.lower() != "basic" or not colon:
        raise ClientAuthenticationFailed(reason="header_not_basic", tried_basic=True)
    return Credentials(client_id, secret, AuthenticationMethod.BASIC)


def _check_body_agrees(parameters: Parameters, credentials: Credentials) -> None:
    """The body may repeat the client id, as many clients do; a second secret or another id is a second authentication."""
    if parameters.get("client_secret"):
        raise InvalidRequest("There are credentials in the header and in the body. Send them once.", reason="two_methods")
    if parameters.get("client_id") not in {"", credentials.client_id}:
        raise InvalidRequest("Header and body name different clients.", reason="two_clients")
