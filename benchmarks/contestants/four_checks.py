"""Ours: `access_tokens` with Django REST framework; `--remember` with the memory of verified tokens, `--plain` the decorator."""

import sys

from benchmarks.contestants import measuring
from benchmarks.contestants.django_settings import DRF, start

TRUST = {"ISSUERS": [{"issuer": measuring.ISSUER}], "VERIFIED_TOKENS_SECONDS": 3600 if "--remember" in sys.argv else 0}
application = start(
    __name__,
    ACCESS_TOKENS=TRUST,
    REST_FRAMEWORK={**DRF, "EXCEPTION_HANDLER": "access_tokens.problems.exception_handler"},
)

from django.http import HttpRequest, JsonResponse  # noqa: E402 - the settings come first
from django.urls import path  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from access_tokens import AccessTokenAuthentication, HasRequiredScopes, IsUser, ResourceServer, access_token_required  # noqa: E402


class NotesAccessToken(AccessTokenAuthentication):
    audience = measuring.AUDIENCE
    resource = "https://api.example/notes"


class Open(APIView):
    def get(self, request: Request) -> Response:
        return Response({})


class Protected(Open):
    authentication_classes = [NotesAccessToken]
    permission_classes = [IsUser, HasRequiredScopes]
    required_scopes = {"GET": {"read"}}


class NotesApi(ResourceServer):
    audience = measuring.AUDIENCE
    resource = "https://api.example/notes"


def plain_open(request: HttpRequest) -> JsonResponse:
    """A view without Django REST framework."""
    return JsonResponse({})


plain_protected = access_token_required(NotesApi, served="users", scopes={"GET": {"read"}})(plain_open)
is_plain = "--plain" in sys.argv
urlpatterns = [
    path("open", plain_open if is_plain else Open.as_view()),
    path("protected", plain_protected if is_plain else Protected.as_view()),
]

if __name__ == "__main__":
    sys.modules["benchmarks.contestants.four_checks"] = sys.modules["__main__"]
    measuring.run(measuring.wsgi(application))
