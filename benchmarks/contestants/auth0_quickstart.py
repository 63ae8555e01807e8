"""As Auth0's Django quickstart describes it: https://auth0.com/docs/quickstart/backend/django/interactive.

Authlib's ResourceProtector around a validator whose key set is fetched at import. (The quickstart's own line for the key set
fails with Authlib 1.9.9; this is joserfc's.)
"""

import json
from urllib.request import urlopen

from benchmarks.contestants import measuring
from benchmarks.contestants.django_settings import start

application = start(__name__, INSTALLED_APPS=[])

from authlib.integrations.django_oauth2 import ResourceProtector  # noqa: E402 - the settings come first
from authlib.oauth2.rfc7523 import JWTBearerTokenValidator  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from joserfc.jwk import KeySet  # noqa: E402


class Validator(JWTBearerTokenValidator):  # type: ignore[misc]  # Authlib has no types
    """Expiry, audience and issuer are essential."""

    def __init__(self) -> None:
        with urlopen(f"{measuring.ISSUER}.well-known/jwks.json") as response:  # noqa: S310 - loopback
            super().__init__(KeySet.import_key_set(json.load(response)))
        self.claims_options = {
            "exp": {"essential": True},
            "aud": {"essential": True, "value": measuring.AUDIENCE},
            "iss": {"essential": True, "value": measuring.ISSUER},
        }


require_auth = ResourceProtector()
require_auth.register_token_validator(Validator())


def open_view(request: HttpRequest) -> JsonResponse:
    """Unprotected."""
    return JsonResponse({})


urlpatterns = [path("open", open_view), path("protected", require_auth("read")(open_view))]

if __name__ == "__main__":
    measuring.run(measuring.wsgi(application))
