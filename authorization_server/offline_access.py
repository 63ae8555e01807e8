"""`offline_access`: the one scope that is this server's own. It asks for a refresh token (OpenID Connect Core section 11).

It is no API's, so it stands in the answer to the application and in no access token (RFC 9068 section 2.2.3).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class OfflineAccess:
    """What the consent page needs to know of it, as of an API's scopes."""

    name: str = "offline_access"
    wish: str = "keep this access while you are away"
    changes_data: bool = False


OFFLINE_ACCESS = OfflineAccess()
RESERVED_SCOPES = frozenset({OFFLINE_ACCESS.name, "openid"})  # this server's own: no API may have one of that name
