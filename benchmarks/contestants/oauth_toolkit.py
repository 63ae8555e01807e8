"""django-oauth-toolkit as a resource server beside its own tokens: https://django-oauth-toolkit.readthedocs.io/en/latest/rest-framework/.

Its tokens are no JWTs: each is looked up in its table (SQLite, in memory), so it has a token of its own.
"""

from benchmarks.contestants import measuring
from benchmarks.contestants.django_settings import start

application = start(
    __name__,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider", "rest_framework"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    OAUTH2_PROVIDER={"SCOPES": {"read": "Read"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
)

from datetime import timedelta  # noqa: E402 - the settings come first

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402
from oauth2_provider.contrib.rest_framework import OAuth2Authentication, TokenHasScope  # noqa: E402
from oauth2_provider.models import get_access_token_model, get_application_model  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Open(APIView):
    def get(self, request: Request) -> Response:
        return Response({})


class Protected(Open):
    authentication_classes = [OAuth2Authentication]
    permission_classes = [TokenHasScope]
    required_scopes = ["read"]


urlpatterns = [path("open", Open.as_view()), path("protected", Protected.as_view())]

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    user = get_user_model().objects.create(username="alice")
    client = get_application_model().objects.create(name="app", client_type="public", authorization_grant_type="authorization-code")
    in_an_hour = timezone.now() + timedelta(hours=1)
    get_access_token_model().objects.create(token="t" * 30, user=user, application=client, expires=in_an_hour, scope="read")  # noqa: S106
    measuring.run(measuring.wsgi(application), token="t" * 30)
