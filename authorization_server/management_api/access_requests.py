"""`access-requests`: asked in an application's name, decided in the API's; never for the Management API itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from authorization_server import access_requests
from authorization_server.access_requests import AlreadyThere, NotPossible
from authorization_server.management_api import openapi
from authorization_server.management_api.endpoint import Endpoint, address, all_named, found, named
from authorization_server.management_api.fields import ChoiceField, NamesField, StrictSerializer, TextField, TimeField, field_error
from authorization_server.management_api.paging import PageQuerySerializer
from authorization_server.management_api.refusals import MANAGEMENT_PERMISSION, already_there, not_through_this_api
from authorization_server.management_api.scopes import is_own_api
from authorization_server.models import AccessRequest, Api, Application, RequestState


class AccessRequestSerializer(StrictSerializer):
    """One question and its answer."""

    id = serializers.IntegerField(read_only=True)
    client_id = TextField(max_length=100, source="application.client_id")
    audience = TextField(source="api.audience")
    scopes = NamesField(named_by="name", required=False, help_text="What is asked for.")
    purpose = TextField(max_length=500, help_text="What the application needs the API for.")
    requested_by = serializers.CharField(source="requested_by.sub", read_only=True, allow_null=True, help_text="null: a machine asked.")
    requested_at = serializers.DateTimeField(read_only=True)
    state = serializers.ChoiceField(choices=RequestState.values, read_only=True)
    granted_scopes = NamesField(named_by="name", read_only=True)
    ends_at = serializers.DateTimeField(read_only=True, allow_null=True)
    reason = serializers.CharField(read_only=True, help_text="Why it was denied.")
    decided_by = serializers.CharField(read_only=True, help_text="A sub.")
    decided_at = serializers.DateTimeField(read_only=True, allow_null=True)


class ApprovalSerializer(StrictSerializer):
    """A yes to all or some of what was asked for."""

    scopes = NamesField(named_by="name", help_text="What is allowed of what was asked for.")
    ends_at = TimeField(required=False, allow_null=True, help_text="When the permission ends.")


class DenialSerializer(StrictSerializer):
    """A no."""

    reason = TextField(max_length=500, help_text="Why, for the person who asked.")


class AccessRequestQuerySerializer(PageQuerySerializer):
    """The parameters of the list."""

    state = ChoiceField(choices=RequestState.values, required=False)
    client_id = TextField(required=False)
    audience = TextField(required=False)


def _all() -> Any:
    return AccessRequest.objects.select_related("application", "api", "requested_by").prefetch_related("scopes", "granted_scopes")


@openapi.described(
    get=openapi.listing("list_access_requests", "Access requests", AccessRequestSerializer, AccessRequestQuerySerializer),
    post=openapi.creation("create_access_request", "Ask for access in an application's name", AccessRequestSerializer),
)
class AccessRequestList(Endpoint):
    """`GET` and `POST …/access-requests`."""

    required_scopes = {"GET": {"read:access_requests"}, "POST": {"create:access_requests"}}
    parameters = AccessRequestQuerySerializer
    filters = {"state": "state", "client_id": "application__client_id", "audience": "api__audience"}

    def get(self, request: Request) -> Response:
        """One page of all requests, decided or not."""
        return self.page(_all(), AccessRequestSerializer)

    @transaction.atomic
    def post(self, request: Request) -> Response:
        """Ask."""
        values = self.body(AccessRequestSerializer)
        application = named(Application.objects.all(), "client_id", client_id=values["client_id"])
        api = named(Api.objects.all(), "audience", audience=values["audience"])
        _refuse_own(api)
        scopes = all_named(api.scopes.all(), "scopes", values.get("scopes", []), whose=f"The {api.name}")
        with _refusals():
            asked = access_requests.ask(
                application=application, api=api, scopes=scopes, purpose=values["purpose"], requested_by=None, **self.acting
            )
        return Response(AccessRequestSerializer(asked).data, status=201, headers=address(f"access-requests/{asked.pk}"))


@openapi.described(get=openapi.operation("read_access_request", "One access request", answer=AccessRequestSerializer, refusals=(404,)))
class AccessRequestDetail(Endpoint):
    """`GET …/access-requests/<id>`."""

    required_scopes = {"GET": {"read:access_requests"}}

    def get(self, request: Request, pk: int) -> Response:
        """One request."""
        return Response(AccessRequestSerializer(found(_all(), pk=pk)).data)


@openapi.described(
    post=openapi.action(
        "approve_access_request", "Approve an access request", AccessRequestSerializer, body=ApprovalSerializer, refusals=(404, 409)
    ),
)
class Approval(Endpoint):
    """`POST …/access-requests/<id>/approve`: writes the client grant."""

    required_scopes = {"POST": {"decide:access_requests"}}

    @transaction.atomic
    def post(self, request: Request, pk: int) -> Response:
        """Say yes to all or some of it."""
        asked = _to_decide(pk)
        values = self.body(ApprovalSerializer)
        scopes = all_named(asked.api.scopes.all(), "scopes", values["scopes"], whose=f"The {asked.api.name}")
        with _refusals():
            access_requests.approve(asked, scopes=scopes, ends_at=values.get("ends_at"), **self.acting)
        return Response(AccessRequestSerializer(found(_all(), pk=pk)).data)


@openapi.described(
    post=openapi.action(
        "deny_access_request", "Deny an access request", AccessRequestSerializer, body=DenialSerializer, refusals=(404, 409)
    ),
)
class Denial(Endpoint):
    """`POST …/access-requests/<id>/deny`."""

    required_scopes = {"POST": {"decide:access_requests"}}

    @transaction.atomic
    def post(self, request: Request, pk: int) -> Response:
        """Say no, and why."""
        asked = _to_decide(pk)
        with _refusals():
            access_requests.deny(asked, reason=self.body(DenialSerializer)["reason"], **self.acting)
        return Response(AccessRequestSerializer(found(_all(), pk=pk)).data)


def _to_decide(pk: int) -> AccessRequest:
    asked: AccessRequest = found(_all(), pk=pk)
    _refuse_own(asked.api)
    return asked


def _refuse_own(api: Api) -> None:
    # Else create:access_requests and decide:access_requests would be every scope there is.
    if is_own_api(api):
        raise not_through_this_api(MANAGEMENT_PERMISSION)


@contextmanager
def _refusals() -> Iterator[None]:
    """What cannot be asked or decided, as an answer."""
    try:
        yield
    except AlreadyThere as error:
        raise already_there(str(error)) from error
    except NotPossible as error:
        raise ValidationError({error.field: field_error("not_possible", str(error))}) from error
