"""The smallest Django API that is protected as Auth0's Django quickstart describes it, for `check_api` to look at.

https://auth0.com/docs/quickstart/backend/django/interactive: Authlib's ResourceProtector with a JWTBearerTokenValidator
whose key set is fetched when the module is imported, and which looks at exp, aud and iss. Written from the description, with
one thing changed: the quickstart makes its key set with authlib.jose, which Authlib 1.9.9 answers 500 to every token; this is
joserfc's, which it takes. `python -m tests.check_api.auth0_quickstart DOMAIN AUDIENCE PORT` serves it.
"""

import json
import sys
from urllib.request import urlopen

import django
from django.conf import settings

if __name__ == "__main__":
    DOMAIN, AUDIENCE, PORT = sys.argv[1:]
    settings.configure(SECRET_KEY="x" * 50, ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], DEBUG=False)
    django.setup()

    from authlib.integrations.django_oauth2 import ResourceProtector
    from authlib.oauth2.rfc7523 import JWTBearerTokenValidator
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import JsonResponse
    from django.urls import path
    from joserfc.jwk import KeySet

    from tests.check_api.apis import make_server

    class QuickstartValidator(JWTBearerTokenValidator):  # type: ignore[misc]  # Authlib has no types
        """Expiry, audience and issuer are made essential."""

        def __init__(self, domain: str, audience: str) -> None:
            issuer = f"https://{domain}/"
            with urlopen(f"{issuer}.well-known/jwks.json") as response:  # noqa: S310 - the quickstart's own way
                super().__init__(KeySet.import_key_set(json.load(response)))
            essential = {"exp": None, "aud": audience, "iss": issuer}
            self.claims_options = {name: {"essential": True, **({"value": value} if value else {})} for name, value in essential.items()}

    require_auth = ResourceProtector()
    require_auth.register_token_validator(QuickstartValidator(DOMAIN, AUDIENCE))

    @require_auth("read")  # type: ignore[untyped-decorator]
    def private_scoped(request: object) -> JsonResponse:
        """A view that needs one permission."""
        return JsonResponse({})

    urlpatterns = [path("api/private-scoped", private_scoped)]
    server = make_server(WSGIHandler(), int(PORT))
    print("ready", flush=True)
    server.serve_forever()
