"""djangorestframework-simplejwt verifying another issuer's tokens without a user table.

https://django-rest-framework-simplejwt.readthedocs.io/en/latest/settings.html and …/stateless_user_authentication.html
"""

from benchmarks.contestants import measuring
from benchmarks.contestants.django_settings import start

application = start(
    __name__,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework"],
    SIMPLE_JWT={
        "ALGORITHM": "RS256",
        "JWK_URL": f"{measuring.ISSUER}.well-known/jwks.json",
        "AUDIENCE": measuring.AUDIENCE,
        "ISSUER": measuring.ISSUER,
        "USER_ID_CLAIM": "sub",
        "TOKEN_TYPE_CLAIM": None,  # a claim of its own, which no other issuer writes
        "LEEWAY": 5,
    },
)

from django.urls import path  # noqa: E402 - the settings come first
from rest_framework.permissions import IsAuthenticated  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication  # noqa: E402


class Open(APIView):
    def get(self, request: Request) -> Response:
        return Response({})


class Protected(Open):
    authentication_classes = [JWTStatelessUserAuthentication]
    permission_classes = [IsAuthenticated]


urlpatterns = [path("open", Open.as_view()), path("protected", Protected.as_view())]

if __name__ == "__main__":
    measuring.run(measuring.wsgi(application))
