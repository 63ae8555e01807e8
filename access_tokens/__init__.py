# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""Verify OAuth 2.0 access tokens in a Django API. All that is public is named here, and loaded only when it is used.

The two functions that share their modules' names are imported from there: `access_tokens.verify.verify`,
`access_tokens.examine.examine`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from access_tokens.authentication import AccessTokenAuthentication, Refused
    from access_tokens.bearer import bearer_token
    from access_tokens.callers import caller_profile
    from access_tokens.challenges import challenge
    from access_tokens.conf import Configuration, expectations, trusted_issuers
    from access_tokens.decorators import access_token_required
    from access_tokens.examine import Report
    from access_tokens.keys import KeySource, published_keys
    from access_tokens.metadata import protected_resource_metadata
    from access_tokens.permissions import HasRequiredScopes, IsMachine, IsUser, NobodyUnlessTheViewSaysWho
    from access_tokens.problem_responses import problem_response, rejection_response
    from access_tokens.problems import Problem, exception_handler
    from access_tokens.rejections import InsufficientScope, InvalidToken, KeysUnavailable, Rejection
    from access_tokens.resource_servers import ResourceServer
    from access_tokens.symmetric_keys import SymmetricKey
    from access_tokens.trace_ids import trace_id_of
    from access_tokens.verified_tokens import VerifiedTokens
    from access_tokens.verify import AccessToken, Expectations, Issuer

__version__ = "0.2.0"
__all__ = [
    "AccessToken",
    "AccessTokenAuthentication",
    "Configuration",
    "Expectations",
    "HasRequiredScopes",
    "InsufficientScope",
    "InvalidToken",
    "IsMachine",
    "IsUser",
    "Issuer",
    "KeySource",
    "KeysUnavailable",
    "NobodyUnlessTheViewSaysWho",
    "Problem",
    "Refused",
    "Rejection",
    "Report",
    "ResourceServer",
    "SymmetricKey",
    "VerifiedTokens",
    "access_token_required",
    "bearer_token",
    "caller_profile",
    "challenge",
    "exception_handler",
    "expectations",
    "problem_response",
    "protected_resource_metadata",
    "published_keys",
    "rejection_response",
    "trace_id_of",
    "trusted_issuers",
]
_HOMES = {
    "authentication": ["AccessTokenAuthentication", "Refused"],
    "bearer": ["bearer_token"],
    "callers": ["caller_profile"],
    "challenges": ["challenge"],
    "conf": ["Configuration", "expectations", "trusted_issuers"],
    "decorators": ["access_token_required"],
    "examine": ["Report"],
    "keys": ["KeySource", "published_keys"],
    "metadata": ["protected_resource_metadata"],
    "permissions": ["HasRequiredScopes", "IsMachine", "IsUser", "NobodyUnlessTheViewSaysWho"],
    "problem_responses": ["problem_response", "rejection_response"],
    "problems": ["Problem", "exception_handler"],
    "rejections": ["InsufficientScope", "InvalidToken", "KeysUnavailable", "Rejection"],
    "resource_servers": ["ResourceServer"],
    "symmetric_keys": ["SymmetricKey"],
    "trace_ids": ["trace_id_of"],
    "verified_tokens": ["VerifiedTokens"],
    "verify": ["AccessToken", "Expectations", "Issuer"],
}


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():  # lazily: Django must be set up before some of them, and a copy may leave some out
        if name in names:
            return getattr(import_module(f"access_tokens.{module}"), name)
    raise AttributeError(f"access_tokens has no public name {name!r}")
