"""The issuer's metadata (RFC 8414, OpenID Connect Discovery): two addresses, one document, and in it only what is really there."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from authorization_server import issuer
from authorization_server.offline_access import OFFLINE_ACCESS
from authorization_server.prompts import Prompt
from authorization_server.server import GRANT_TYPES, RESPONSE_TYPES

KEEP_FOR_SECONDS = 300


def document() -> dict[str, Any]:
    """The metadata; every URL below `ISSUER`."""
    return {
        "issuer": settings.ISSUER,
        "authorization_endpoint": issuer.url("authorize"),
        "token_endpoint": issuer.url("oauth/token"),
        "jwks_uri": issuer.url(".well-known/jwks.json"),
        "response_types_supported": RESPONSE_TYPES,
        "response_modes_supported": ["query", "fragment"],
        "grant_types_supported": GRANT_TYPES,
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "prompt_values_supported": list(Prompt),
        "scopes_supported": [OFFLINE_ACCESS.name],  # each API's own scopes are in its own metadata (RFC 9728)
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "subject_types_supported": ["public"],
    }


@csrf_exempt  # as in jwks.py
@require_safe
@cache_control(public=True, max_age=KEEP_FOR_SECONDS)
def discovery(request: HttpRequest) -> JsonResponse:
    """The same document at each of its addresses."""
    return JsonResponse(document())
