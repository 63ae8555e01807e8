# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""drf-spectacular: the APIs' OpenAPI documents say how to get a token, and which scopes each operation needs.

Loaded by `access_tokens/apps.py` where drf-spectacular is installed.
"""

from typing import TYPE_CHECKING, Any

from access_tokens.conf import configuration
from access_tokens.permissions import required_scopes

if TYPE_CHECKING:

    class OpenApiAuthenticationExtension:
        """drf-spectacular's own is typed in part only; this is the part that is used here."""

        target: Any

        def __init__(self, target: Any) -> None: ...

else:
    from drf_spectacular.extensions import OpenApiAuthenticationExtension


class AccessTokenScheme(OpenApiAuthenticationExtension):
    """Two ways to the same token: sign in at the issuer, found by its discovery document, or paste one."""

    target_class = "access_tokens.authentication.AccessTokenAuthentication"
    match_subclasses = True

    def __init__(self, target: Any) -> None:
        super().__init__(target)
        self.sign_in, self.paste = f"{target.realm}_openid_connect", f"{target.realm}_bearer"
        self.name = [self.sign_in, self.paste]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        """Either way, with the scopes of this operation."""
        scopes = sorted(required_scopes(auto_schema.view, auto_schema.method) or ())
        return [{self.sign_in: list(scopes)}, {self.paste: []}]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        """The definitions, in the order of `name`."""
        issuer = next((issuer.name for issuer in configuration().issuers), "")
        described = "; ".join(f"{scope}: {meaning}" for scope, meaning in self.target.scopes.items())
        text = f"Access token for the audience {self.target.audience}. {described}".strip()
        discovery = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        return [
            {"type": "openIdConnect", "openIdConnectUrl": discovery, "description": text},
            {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": text},
        ]
