"""The authorization server's tables, one concept a file; Django looks for them here."""

from authorization_server.models.access_requests import AccessRequest, RequestState
from authorization_server.models.apis import AccessPolicy, Api, ApiScope, SignedWith, TokenType
from authorization_server.models.applications import Application, AuthenticationMethod, RedirectUri
from authorization_server.models.authorization_codes import AuthorizationCode
from authorization_server.models.client_grants import ClientGrant
from authorization_server.models.configuration_stamp import ConfigurationStamp
from authorization_server.models.consents import Consent, ConsentedScope
from authorization_server.models.log_entries import LogEntry
from authorization_server.models.preconfigured_consents import PreconfiguredConsent
from authorization_server.models.refresh_token_families import RefreshTokenFamily
from authorization_server.models.signing_keys import KeyState, SigningKey
from authorization_server.models.users import User

__all__ = [
    "AccessPolicy",
    "AccessRequest",
    "Api",
    "ApiScope",
    "Application",
    "AuthenticationMethod",
    "AuthorizationCode",
    "ClientGrant",
    "ConfigurationStamp",
    "Consent",
    "ConsentedScope",
    "KeyState",
    "LogEntry",
    "PreconfiguredConsent",
    "RedirectUri",
    "RefreshTokenFamily",
    "RequestState",
    "SignedWith",
    "SigningKey",
    "TokenType",
    "User",
]
