"""`GET /.well-known/jwks.json`: the public keys that tokens are checked with (RFC 7517 section 5)."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from authorization_server.keys import public_jwks


@csrf_exempt  # nothing can be changed here: who tries learns that, and not that a form is out of date
@require_safe
def jwks(request: HttpRequest) -> JsonResponse:
    """Next, current and previous keys; no private part. APIs may keep them for as long as a setting says."""
    response = JsonResponse(public_jwks())
    patch_cache_control(response, public=True, max_age=settings.JWKS_MAX_AGE_SECONDS)
    return response
