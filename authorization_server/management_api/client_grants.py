"""`client-grants`: an administrator's yes to one application at one API; never for the Management API itself."""

from typing import Any

from django.db import transaction
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from authorization_server.management_api import openapi
from authorization_server.management_api.endpoint import Endpoint, address, all_named, found, locked, named
from authorization_server.management_api.fields import NamesField, StrictSerializer, TextField, TimeField
from authorization_server.management_api.paging import PageQuerySerializer
from authorization_server.management_api.refusals import MANAGEMENT_PERMISSION, already_there, not_through_this_api
from authorization_server.management_api.scopes import is_own_api
from authorization_server.models import Api, Application, ClientGrant


class ClientGrantSerializer(StrictSerializer):
    """One client grant."""

    id = serializers.IntegerField(read_only=True)
    client_id = TextField(max_length=100, source="application.client_id")
    audience = TextField(source="api.audience")
    scopes = NamesField(named_by="name", required=False, help_text="What the application may have at most; none: a token without scopes.")
    ends_at = TimeField(required=False, allow_null=True, help_text="null: until somebody takes the grant back.")
    created_at = serializers.DateTimeField(read_only=True)


class ChangedClientGrantSerializer(ClientGrantSerializer):
    """A change to a client grant: whose it is and for what stays."""

    client_id = TextField(source="application.client_id", read_only=True)
    audience = TextField(source="api.audience", read_only=True)


class ClientGrantQuerySerializer(PageQuerySerializer):
    """The parameters of the list."""

    client_id = TextField(required=False)
    audience = TextField(required=False)


@openapi.described(
    get=openapi.listing("list_client_grants", "Client grants", ClientGrantSerializer, ClientGrantQuerySerializer),
    post=openapi.creation("create_client_grant", "Create a client grant", ClientGrantSerializer),
)
class ClientGrantList(Endpoint):
    """`GET` and `POST …/client-grants`."""

    required_scopes = {"GET": {"read:client_grants"}, "POST": {"create:client_grants"}}
    parameters = ClientGrantQuerySerializer
    filters = {"client_id": "application__client_id", "audience": "api__audience"}

    def get(self, request: Request) -> Response:
        """One page of all client grants, also of those that have ended."""
        return self.page(ClientGrant.objects.select_related("application", "api").prefetch_related("scopes"), ClientGrantSerializer)

    @transaction.atomic
    def post(self, request: Request) -> Response:
        """Say yes to one application at one API."""
        values = self.body(ClientGrantSerializer)
        application = named(Application.objects.all(), "client_id", client_id=values["client_id"])
        api = named(Api.objects.all(), "audience", audience=values["audience"])
        _refuse_own(api)
        scopes = all_named(api.scopes.all(), "scopes", values.get("scopes", []), whose=f"The {api.name}")
        grant, is_new = ClientGrant.objects.get_or_create(application=application, api=api, defaults={"ends_at": values.get("ends_at")})
        if not is_new:
            raise already_there(f"{application.name} has a client grant for the {api.name} already. Change number {grant.pk}.")
        grant.scopes.set(scopes)
        self.log(grant, "added")
        return Response(ClientGrantSerializer(grant).data, status=201, headers=address(f"client-grants/{grant.pk}"))


@openapi.described(
    get=openapi.operation("read_client_grant", "One client grant", answer=ClientGrantSerializer, refusals=(404,)),
    patch=openapi.change("change_client_grant", "Change a client grant", ChangedClientGrantSerializer, ClientGrantSerializer),
    delete=openapi.deletion("delete_client_grant", "Delete a client grant", "Tokens that were issued before stay good until they expire."),
)
class ClientGrantDetail(Endpoint):
    """`GET`, `PATCH` and `DELETE …/client-grants/<id>`."""

    required_scopes = {"GET": {"read:client_grants"}, "PATCH": {"update:client_grants"}, "DELETE": {"delete:client_grants"}}

    def get(self, request: Request, pk: int) -> Response:
        """One client grant."""
        return Response(ClientGrantSerializer(found(ClientGrant.objects.select_related("application", "api"), pk=pk)).data)

    @transaction.atomic
    def patch(self, request: Request, pk: int) -> Response:
        """Change its scopes or its end."""
        grant = _others(pk)
        if values := self.body(ChangedClientGrantSerializer):
            _write(grant, values)
            self.log(grant, "changed")
        return Response(ClientGrantSerializer(grant).data)

    @transaction.atomic
    def delete(self, request: Request, pk: int) -> Response:
        """Take the yes back."""
        grant = _others(pk)
        self.log(grant, "deleted")
        grant.delete()
        return Response(status=204)


def _write(grant: ClientGrant, values: dict[str, Any]) -> None:
    if "scopes" in values:
        grant.scopes.set(all_named(grant.api.scopes.all(), "scopes", values["scopes"], whose=f"The {grant.api.name}"))
    if "ends_at" in values:
        grant.ends_at = values["ends_at"]
        grant.save(update_fields=["ends_at"])


def _others(pk: int) -> ClientGrant:
    """The grant, unless it is for this API. Raises `Problem`."""
    grant = locked(ClientGrant.objects.select_related("application", "api"), pk=pk)
    _refuse_own(grant.api)
    return grant


def _refuse_own(api: Api) -> None:
    # Else create:client_grants would be every scope there is.
    if is_own_api(api):
        raise not_through_this_api(MANAGEMENT_PERMISSION)
