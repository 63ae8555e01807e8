"""`grants`: what people have allowed applications to do. Only the person gives such a consent; here it can be taken back."""

from django.db import transaction
from django.db.models import Prefetch
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from authorization_server import given_consents
from authorization_server.management_api import openapi
from authorization_server.management_api.endpoint import Endpoint, locked
from authorization_server.management_api.fields import StrictSerializer, TextField
from authorization_server.management_api.paging import PageQuerySerializer
from authorization_server.models import Consent, ConsentedScope


class ConsentedScopeSerializer(serializers.Serializer[ConsentedScope]):
    """One scope of a consent."""

    name = serializers.CharField(source="scope.name")
    allowed_at = serializers.DateTimeField()


class GrantSerializer(StrictSerializer):
    """One person's yes to one application at one API."""

    id = serializers.IntegerField(read_only=True)
    user = serializers.CharField(source="user.sub", read_only=True, help_text="The person's sub.")
    client_id = serializers.CharField(source="application.client_id", read_only=True)
    audience = serializers.CharField(source="api.audience", read_only=True)
    scopes = ConsentedScopeSerializer(source="allowed", many=True, read_only=True)
    given_at = serializers.DateTimeField(read_only=True)
    offline_access_since = serializers.DateTimeField(read_only=True, allow_null=True, help_text="Since when it may have refresh tokens.")


class GrantQuerySerializer(PageQuerySerializer):
    """The parameters of the list."""

    user = TextField(required=False, help_text="The person's sub.")
    client_id = TextField(required=False)
    audience = TextField(required=False)


@openapi.described(get=openapi.listing("list_grants", "What people have allowed", GrantSerializer, GrantQuerySerializer))
class GrantList(Endpoint):
    """`GET …/grants`."""

    required_scopes = {"GET": {"read:grants"}}
    parameters = GrantQuerySerializer
    filters = {"user": "user__sub", "client_id": "application__client_id", "audience": "api__audience"}

    def get(self, request: Request) -> Response:
        """One page of all consents."""
        allowed = Prefetch("allowed", ConsentedScope.objects.select_related("scope"))
        return self.page(Consent.objects.select_related("user", "application", "api").prefetch_related(allowed), GrantSerializer)


@openapi.described(
    delete=openapi.deletion(
        "delete_grant", "Take a consent back", "Its codes and refresh tokens end with it; access tokens stay good until they expire."
    ),
)
class GrantDetail(Endpoint):
    """`DELETE …/grants/<id>`."""

    required_scopes = {"DELETE": {"delete:grants"}}

    @transaction.atomic
    def delete(self, request: Request, pk: int) -> Response:
        """Take it back in the person's name; the log says who did."""
        given_consents.withdraw(locked(Consent.objects.select_related("user", "application", "api"), pk=pk), **self.acting)
        return Response(status=204)
