"""`GET /.well-known/jwks.json`: the public keys that tokens are checked with (RFC 7517 section 5)."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from authorization_server.keys import public_jwks

KEEP_FOR_SECONDS = 300


@csrf_exempt  # nothing can be changed here: who tries learns that, and not that a form is out of date
@require_safe
@cache_control(public=True, max_age=KEEP_FOR_SECONDS)
def jwks(request: HttpRequest) -> JsonResponse:
    """Next, current and previous keys; no private part."""
    return JsonResponse(public_jwks())
