"""The record of one wrong token: what was changed, where that is known from, and how it must be refused."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from forgeries.good import Good


class AppliesTo(Enum):
    """Which APIs can be tried with a forgery: elsewhere the same token would be a good one."""

    EVERY_API = "every API"
    USERS_APIS = "APIs that only users' tokens open"
    MACHINES_APIS = "APIs that only machines' tokens open"
    OPERATIONS_WITH_SCOPES = "operations that need a scope"
    ISSUERS_WITH_GTY = "APIs whose issuer marks machines with gty and @clients, as Auth0 does"
    RFC_9068_APIS = "APIs whose tokens say at+jwt (RFC 9068)"


@dataclass(frozen=True, kw_only=True)
class Forgery:
    """One wrong token.

    `id` never changes once published; `name` and `changed` are for people: a few words, and one sentence on what was done to
    the good token. `source` is a CVE or GHSA number with its library, an RFC section, or a thread. `step` (1 to 4) and `code`
    say where the token must be refused: as early as the order of the steps allows. `cure` is what an API has to change
    that accepts it. `make` takes what a good token consists of and returns the token.
    """

    id: str
    name: str
    changed: str
    source: str
    step: Literal[1, 2, 3, 4]
    code: str
    cure: str
    make: Callable[[Good], str]
    applies_to: AppliesTo = AppliesTo.EVERY_API

    def applies(self, good: Good) -> bool:
        """Whether the API and operation that `good` opens must refuse this forgery."""
        match self.applies_to:
            case AppliesTo.EVERY_API:
                return True
            case AppliesTo.USERS_APIS:
                return good.caller == "user"
            case AppliesTo.MACHINES_APIS:
                return good.caller == "machine"
            case AppliesTo.OPERATIONS_WITH_SCOPES:
                return bool(good.scopes_needed)
            case AppliesTo.ISSUERS_WITH_GTY:
                return good.machine_rule == "auth0"
            case AppliesTo.RFC_9068_APIS:
                return good.typ.lower().removeprefix("application/") == "at+jwt"
