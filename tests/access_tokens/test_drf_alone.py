"""Django REST framework with `authentication.py` and `permissions.py` alone: DRF's own answers carry status and challenge."""

import pytest
from django.test import Client
from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView

from access_tokens.authentication import AccessTokenAuthentication
from access_tokens.permissions import HasRequiredScopes, IsUser

pytestmark = pytest.mark.urls(__name__)
METADATA = 'resource_metadata="https://api.example/.well-known/oauth-protected-resource/notes"'


class BareNotesAccessToken(AccessTokenAuthentication):
    audience = "api.calendar"
    resource = "https://api.example/notes"


class BareNotes(APIView):
    authentication_classes = [BareNotesAccessToken]
    permission_classes = [IsUser, HasRequiredScopes]
    required_scopes = {"GET": {"read"}}

    def get(self, request):
        return Response({"owner": request.user.owner})

    def get_exception_handler(self):
        from rest_framework.views import exception_handler  # DRF's own, whatever the settings say

        return exception_handler


urlpatterns = [path("bare", BareNotes.as_view())]


def get(token=None):
    return Client().get("/bare", headers={"Authorization": f"Bearer {token}"} if token else {})


def test_a_good_token_is_its_callers(issuer):
    assert get(issuer.access_token()).json() == {"owner": [issuer.url, "usr_123"]}


def test_refusals_have_their_status_and_challenge_rfc6750_section_3(issuer):
    assert get()["WWW-Authenticate"] == f'Bearer realm="api", {METADATA}'
    answers = [get(), get(issuer.access_token(exp=1)), get(issuer.access_token(scope="x")), get(issuer.machine_token(aud="api.calendar"))]
    assert [answer.status_code for answer in answers] == [401, 401, 403, 403]
    assert 'error="invalid_token"' in answers[1]["WWW-Authenticate"]
