"""`clients`: applications. A machine changes only those that it created itself, and none that may call the Management API."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError as ModelValidationError
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
    NamesField,
    SecondsField,
    StrictSerializer,
    TextField,
    field_error,
)
from authorization_server.management_api.paging import PageQuerySerializer
from authorization_server.management_api.refusals import MANAGEMENT_PERMISSION, no_secret, not_through_this_api
from authorization_server.models import Application, AuthenticationMethod, ClientGrant, RedirectUri, User
from authorization_server.models.applications import check_redirect_uri

GRANT_TYPES = ("authorization_code", "refresh_token", "client_credentials", "implicit")


@extend_schema_field({"type": "array", "items": {"type": "string", "enum": list(GRANT_TYPES)}})
class GrantTypesField(ListField):
    """How the application may get tokens, by the names of RFC 7591 section 2."""

    def __init__(self, **options: Any) -> None:
        super().__init__(ChoiceField(choices=list(GRANT_TYPES)), source="*", **options)

    def to_representation(self, value: Application) -> list[str]:
        """Those that are switched on."""
        return [name for name in GRANT_TYPES if getattr(value, f"allows_{name}")]


class RedirectUrisField(NamesField):
    """Where answers may go, compared letter by letter."""

    def __init__(self, **options: Any) -> None:
        super().__init__(named_by="uri", max_length=500, **options)

    def to_internal_value(self, data: Any) -> list[str]:
        """The addresses. Raises `ValidationError` for each that is none."""
        uris = super().to_internal_value(data)
        errors: dict[Any, Any] = {}
        for number, uri in enumerate(uris):
            try:
                check_redirect_uri(uri)
            except ModelValidationError as error:
                errors[number] = field_error("invalid", error.messages[0])
        if errors:
            raise ValidationError(errors)
        return uris


class ClientSerializer(StrictSerializer):
    """One application. Its secret is never here."""

    client_id = serializers.CharField(read_only=True, help_text="Made by the server, so that none is ever used again.")
    name = TextField(max_length=100, help_text="What people read on the consent page.")
    owner = TextField(max_length=64, source="owner.sub", required=False, allow_null=True, help_text="The sub of who may ask for access.")
    token_endpoint_auth_method = ChoiceField(
        choices=AuthenticationMethod.values,
        source="authentication_method",
        required=False,
        help_text="How it proves who it is (RFC 7591 section 2). client_secret_either: by both ways; none: it is public, without a secret.",
    )
    grant_types = GrantTypesField(required=False)
    redirect_uris = RedirectUrisField(required=False, help_text="Compared letter by letter.")
    requires_pkce = BooleanField(required=False, help_text="false only for a confidential application that cannot send a code_challenge.")
    access_token_lifetime_seconds = SecondsField(allow_null=True, help_text="null: as each API says.")
    refresh_token_idle_seconds = SecondsField()
    refresh_token_absolute_seconds = SecondsField()
    is_demo = serializers.BooleanField(read_only=True)
    created_by = serializers.CharField(read_only=True, help_text="The sub of the machine that created it here; empty for all others.")


class ClientWithSecretSerializer(ClientSerializer):
    """One application, with the secret that was just made for it."""

    client_secret = serializers.CharField(
        source="fresh_secret", read_only=True, help_text="Shown this once: a hash alone is stored. Empty: it has not changed."
    )


class ClientQuerySerializer(PageQuerySerializer):
    """The parameters of the list."""

    owner = TextField(required=False, help_text="The owner's sub.")
    created_by = TextField(required=False, help_text="The sub of the machine that created them.")


@openapi.described(
    get=openapi.listing("list_clients", "Applications", ClientSerializer, ClientQuerySerializer),
    post=openapi.creation("create_client", "Create an application", ClientSerializer, ClientWithSecretSerializer),
)
class ClientList(Endpoint):
    """`GET` and `POST …/clients`."""

    required_scopes = {"GET": {"read:clients"}, "POST": {"create:clients"}}
    parameters = ClientQuerySerializer
    filters = {"owner": "owner__sub", "created_by": "created_by"}

    def get(self, request: Request) -> Response:
        """One page of all applications."""
        return self.page(Application.objects.select_related("owner").prefetch_related("redirect_uris"), ClientSerializer)

    @transaction.atomic
    def post(self, request: Request) -> Response:
        """Create one. A confidential one gets a secret, which is in this answer alone."""
        application = Application(client_id=f"app_{secrets.token_hex(8)}", created_by=self.by)
        _write(application, self.body(ClientSerializer))
        self.log(application, "added")
        answer = ClientWithSecretSerializer(application).data
        return Response(answer, status=201, headers=address(f"clients/{application.client_id}"))


@openapi.described(
    get=openapi.operation("read_client", "One application", answer=ClientSerializer, refusals=(404,)),
    patch=openapi.change("change_client", "Change an application", ClientSerializer, ClientWithSecretSerializer),
    delete=openapi.deletion("delete_client", "Delete an application", "Its client grants and the consents go with it."),
)
class ClientDetail(Endpoint):
    """`GET`, `PATCH` and `DELETE …/clients/<client_id>`."""

    required_scopes = {"GET": {"read:clients"}, "PATCH": {"update:clients"}, "DELETE": {"delete:clients"}}

    def get(self, request: Request, client_id: str) -> Response:
        """One application."""
        return Response(ClientSerializer(found(Application.objects.all(), client_id=client_id)).data)

    @transaction.atomic
    def patch(self, request: Request, client_id: str) -> Response:
        """Change what is named. One that stops being public gets a secret, which is in this answer alone."""
        application = _own(client_id, by=self.by)
        if values := self.body(ClientSerializer):
            _write(application, values)
            self.log(application, "changed", f"{application} ({', '.join(values)})")
        return Response(ClientWithSecretSerializer(application).data)

    @transaction.atomic
    def delete(self, request: Request, client_id: str) -> Response:
        """Delete it."""
        application = _own(client_id, by=self.by)
        self.log(application, "deleted")
        application.delete()
        return Response(status=204)


@openapi.described(
    post=openapi.action("rotate_client_secret", "Replace an application's secret", ClientWithSecretSerializer, refusals=(404, 409)),
)
class ClientSecret(Endpoint):
    """`POST …/clients/<client_id>/rotate-secret`: the old secret stops working at once."""

    required_scopes = {"POST": {"update:clients"}}

    @transaction.atomic
    def post(self, request: Request, client_id: str) -> Response:
        """Another secret, which is in this answer alone."""
        self.no_body()
        application = _own(client_id, by=self.by)
        if application.is_public:
            raise no_secret()
        application.set_new_secret()
        application.save(update_fields=["secret_sha256"])
        self.log(application, "changed", f"{application} (secret)")
        return Response(ClientWithSecretSerializer(application).data)


def _own(client_id: str, *, by: str) -> Application:
    """The application, if the machine `by` may change it. Raises `Problem`."""
    application = locked(Application.objects.all(), client_id=client_id)
    # Who can change an application with a grant here, or its secret, has that grant's scopes; the caller's own row is such a one.
    if ClientGrant.objects.filter(application=application, api__audience=issuer.management_url()).exists():
        raise not_through_this_api(f"{application.name} has a client grant for the Management API. {MANAGEMENT_PERMISSION}")
    # Who can change another's redirect URIs or secret reads what people allowed that application to read.
    if application.created_by != by:
        raise not_through_this_api(f"{application.name} was not created by {by}. Only what a machine created here can it change or delete.")
    return application


def _write(application: Application, values: dict[str, Any]) -> None:
    """Bring the application to `values`, with a secret, or without one, as its method wants it. Raises `ValidationError`, `Problem`."""
    values = dict(values)
    uris = values.pop("redirect_uris", None)
    if "owner" in values:
        sub = values.pop("owner")
        application.owner = named(User.objects.all(), "owner", sub=sub) if sub is not None else None
    if "grant_types" in values:
        switched_on = values.pop("grant_types")
        for name in GRANT_TYPES:
            setattr(application, f"allows_{name}", name in switched_on)
    application.authentication_method = values.pop("token_endpoint_auth_method", application.authentication_method)
    for name, value in values.items():
        setattr(application, name, value)
    if application.is_public:
        application.secret_sha256 = ""
    elif not application.secret_sha256:
        application.set_new_secret()
    save(application, names={"authentication_method": "token_endpoint_auth_method"})
    if uris is not None:
        kept = application.redirect_uris.filter(uri__in=uris)
        application.redirect_uris.exclude(pk__in=kept.values("pk")).delete()
        missing = set(uris) - set(kept.values_list("uri", flat=True))
        for uri in uris:
            if uri in missing:
                RedirectUri.objects.create(application=application, uri=uri)
