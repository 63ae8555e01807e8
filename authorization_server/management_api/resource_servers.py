"""`resource-servers`: APIs with their scopes; the Management API's own row can be read and nothing else."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from authorization_server import issuer
from authorization_server.management_api import openapi
from authorization_server.management_api.endpoint import Endpoint, address, found, locked, named, save
from authorization_server.management_api.fields import (
    BooleanField,
    ChoiceField,
    ListField,
    SecondsField,
    StrictSerializer,
    TextField,
)
from authorization_server.management_api.paging import PageQuerySerializer
from authorization_server.management_api.refusals import MANAGEMENT_PERMISSION, not_through_this_api
from authorization_server.management_api.scopes import is_own_api
from authorization_server.models import AccessPolicy, Api, ApiScope, TokenType, User


class ScopeSerializer(StrictSerializer):
    """One permission at one API."""

    name = TextField(max_length=100, help_text="As it stands in tokens.")
    description = TextField(max_length=200, help_text="What the person allows: Read your scheduled events.")
    changes_data = BooleanField(default=True, help_text="Whether the application can change something with it.")


@extend_schema_field(ScopeSerializer(many=True))
class ScopesField(ListField):
    """An API's scopes, no name twice."""

    def __init__(self, **options: Any) -> None:
        super().__init__(_Scope(), **options)

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        """The scopes as values. Raises `ValidationError`."""
        scopes = super().to_internal_value(data)
        if len({scope["name"] for scope in scopes}) < len(scopes):
            self.fail("repeated")
        return scopes


class _Scope(serializers.Field[Any, Any, Any, Any]):
    """Reads one scope by itself: in a PATCH of the API a scope has all of its members."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        values: dict[str, Any] = ScopeSerializer().run_validation(data)
        return values

    def to_representation(self, value: ApiScope) -> dict[str, Any]:
        return dict(ScopeSerializer(value).data)


@extend_schema_field({"type": "string", "enum": list(AccessPolicy.values)})
class PolicyField(ChoiceField):
    """What it takes to get a token for the API."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=AccessPolicy.values, required=False, **options)


class ResourceServerSerializer(StrictSerializer):
    """One API. The secret that one with HS256 shares with this server is never here."""

    id = serializers.IntegerField(read_only=True)
    name = TextField(max_length=100)
    audience = TextField(max_length=200, help_text="What the API expects in aud. It stays as it is: tokens and grants name it.")
    resource_url = TextField(max_length=200, required=False, allow_null=True, help_text="Where the API is served (RFC 8707).")
    user_access = PolicyField(help_text="Which applications may ask people for this API.")
    machine_access = PolicyField(help_text="Which applications get tokens for themselves.")
    access_token_lifetime_seconds = SecondsField()
    browser_token_lifetime_seconds = SecondsField()
    typ = ChoiceField(choices=TokenType.values, required=False, help_text="The header's typ in its tokens.")
    signed_with = serializers.CharField(read_only=True, help_text="Changed in the dashboard alone, which shows a shared secret once.")
    administrator = TextField(
        max_length=64, source="administrator.sub", required=False, allow_null=True, help_text="The sub of who decides about access to it."
    )
    scopes = ScopesField(required=False, help_text="All of them: one that is left out is deleted, and leaves every grant and consent.")


class ChangedResourceServerSerializer(ResourceServerSerializer):
    """A change to an API."""

    audience = TextField(read_only=True)


class ResourceServerQuerySerializer(PageQuerySerializer):
    """The parameters of the list."""

    audience = TextField(required=False)


@openapi.described(
    get=openapi.listing("list_resource_servers", "APIs", ResourceServerSerializer, ResourceServerQuerySerializer),
    post=openapi.creation("create_resource_server", "Create an API", ResourceServerSerializer),
)
class ResourceServerList(Endpoint):
    """`GET` and `POST …/resource-servers`."""

    required_scopes = {"GET": {"read:resource_servers"}, "POST": {"create:resource_servers"}}
    parameters = ResourceServerQuerySerializer
    filters = {"audience": "audience"}

    def get(self, request: Request) -> Response:
        """One page of all APIs."""
        return self.page(Api.objects.select_related("administrator").prefetch_related("scopes"), ResourceServerSerializer)

    @transaction.atomic
    def post(self, request: Request) -> Response:
        """Create one, whose tokens are signed with this server's key."""
        values = self.body(ResourceServerSerializer)
        if issuer.management_url() in {values["audience"], values.get("resource_url")}:
            raise not_through_this_api(f"This is the Management API itself. {MANAGEMENT_PERMISSION}")
        api = Api()
        _write(api, values)
        self.log(api, "added")
        return Response(ResourceServerSerializer(api).data, status=201, headers=address(f"resource-servers/{api.pk}"))


@openapi.described(
    get=openapi.operation("read_resource_server", "One API", answer=ResourceServerSerializer, refusals=(404,)),
    patch=openapi.change("change_resource_server", "Change an API", ChangedResourceServerSerializer, ResourceServerSerializer),
    delete=openapi.deletion(
        "delete_resource_server",
        "Delete an API",
        "Its scopes, the client grants and the consents go with it; tokens stay good until they expire.",
    ),
)
class ResourceServerDetail(Endpoint):
    """`GET`, `PATCH` and `DELETE …/resource-servers/<id>`."""

    required_scopes = {"GET": {"read:resource_servers"}, "PATCH": {"update:resource_servers"}, "DELETE": {"delete:resource_servers"}}

    def get(self, request: Request, pk: int) -> Response:
        """One API."""
        return Response(ResourceServerSerializer(found(Api.objects.all(), pk=pk)).data)

    @transaction.atomic
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is named."""
        api = _others(pk)
        if values := self.body(ChangedResourceServerSerializer):
            if values.get("resource_url") == issuer.management_url():
                raise not_through_this_api("This is the Management API's own address.")
            _write(api, values)
            self.log(api, "changed", f"{api} ({', '.join(values)})")
        return Response(ResourceServerSerializer(api).data)

    @transaction.atomic
    def delete(self, request: Request, pk: int) -> Response:
        """Delete it."""
        api = _others(pk)
        self.log(api, "deleted")
        api.delete()
        return Response(status=204)


def _others(pk: int) -> Api:
    """The API, unless it is this one: its scopes are what protects everything here. Raises `Problem`."""
    api = locked(Api.objects.all(), pk=pk)
    if is_own_api(api):
        raise not_through_this_api(f"The Management API cannot be changed through itself. {MANAGEMENT_PERMISSION}")
    return api


def _write(api: Api, values: dict[str, Any]) -> None:
    """Bring the API to `values`. Raises `ValidationError`, `Problem`."""
    values = dict(values)
    scopes = values.pop("scopes", None)
    if "administrator" in values:
        sub = values.pop("administrator")
        api.administrator = named(User.objects.all(), "administrator", sub=sub) if sub is not None else None
    for name, value in values.items():
        setattr(api, name, value)
    save(api)
    if scopes is not None:
        _write_scopes(api, scopes)


def _write_scopes(api: Api, scopes: list[dict[str, Any]]) -> None:
    api.scopes.exclude(name__in=[scope["name"] for scope in scopes]).delete()
    stored = {scope.name: scope for scope in api.scopes.all()}
    errors: dict[Any, Any] = {}
    for number, scope in enumerate(scopes):
        row = stored.get(scope["name"]) or ApiScope(api=api, name=scope["name"])
        row.description, row.changes_data = scope["description"], scope["changes_data"]
        try:
            save(row)
        except ValidationError as error:
            errors[number] = error.detail
    if errors:
        raise ValidationError({"scopes": errors})
