"""`users`: people's accounts; no password comes in or goes out, and nobody becomes staff, or stops being it, through here."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from authorization_server.management_api import openapi
from authorization_server.management_api.endpoint import Endpoint, address, all_named, found, locked, save
from authorization_server.management_api.fields import BooleanField, FlagField, NamesField, StrictSerializer, TextField
from authorization_server.management_api.paging import PageQuerySerializer
from authorization_server.management_api.refusals import not_through_this_api
from authorization_server.models import User

_MAKES_STAFF = {"is_staff", "is_superuser"}


class UserSerializer(StrictSerializer):
    """One account."""

    sub = serializers.CharField(read_only=True, help_text="Who this is in every token.")
    username = TextField(max_length=150)
    first_name = TextField(max_length=150, required=False, allow_blank=True, help_text="What pages call this person.")
    is_active = BooleanField(required=False, help_text="Who is not can neither sign in nor stay signed in.")
    groups = NamesField(named_by="name", max_length=150, required=False)
    is_staff = serializers.BooleanField(read_only=True, help_text="Whether the dashboard opens.")
    is_superuser = serializers.BooleanField(read_only=True)
    is_demo = serializers.BooleanField(read_only=True)
    date_joined = serializers.DateTimeField(read_only=True)
    last_login = serializers.DateTimeField(read_only=True, allow_null=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """As ever. Raises `Problem` for what would let somebody into the dashboard."""
        if isinstance(data, Mapping) and _MAKES_STAFF & data.keys():
            raise not_through_this_api("Only a superuser makes somebody staff or superuser, in the dashboard.")
        return super().to_internal_value(data)


class ChangedUserSerializer(UserSerializer):
    """A change to an account."""

    username = TextField(read_only=True)


class UserQuerySerializer(PageQuerySerializer):
    """The parameters of the list."""

    username = TextField(required=False)
    group = TextField(required=False, help_text="The name of a group they are in.")
    is_active = FlagField(required=False)


@openapi.described(
    get=openapi.listing("list_users", "People's accounts", UserSerializer, UserQuerySerializer),
    post=openapi.creation(
        "create_user", "Create an account", UserSerializer, description="Nobody can sign in to it until a superuser sets a password."
    ),
)
class UserList(Endpoint):
    """`GET` and `POST …/users`."""

    required_scopes = {"GET": {"read:users"}, "POST": {"create:users"}}
    parameters = UserQuerySerializer
    filters = {"username": "username", "group": "groups__name"}

    def get(self, request: Request) -> Response:
        """One page of all accounts."""
        people = User.objects.prefetch_related("groups")
        if "is_active" in self.query:
            people = people.filter(is_active=self.query["is_active"] == "true")
        return self.page(people, UserSerializer)

    @transaction.atomic
    def post(self, request: Request) -> Response:
        """Create one without a password: one that a machine has known is not the person's own."""
        person = User()
        person.set_unusable_password()
        _write(person, self.body(UserSerializer))
        self.log(person, "added")
        return Response(UserSerializer(person).data, status=201, headers=address(f"users/{person.sub}"))


@openapi.described(
    get=openapi.operation("read_user", "One account", answer=UserSerializer, refusals=(404,)),
    patch=openapi.change("change_user", "Change an account", ChangedUserSerializer, UserSerializer),
    delete=openapi.deletion("delete_user", "Delete an account", "The person's consents and refresh tokens go with it."),
)
class UserDetail(Endpoint):
    """`GET`, `PATCH` and `DELETE …/users/<sub>`."""

    required_scopes = {"GET": {"read:users"}, "PATCH": {"update:users"}, "DELETE": {"delete:users"}}

    def get(self, request: Request, sub: str) -> Response:
        """One account."""
        return Response(UserSerializer(found(User.objects.all(), sub=sub)).data)

    @transaction.atomic
    def patch(self, request: Request, sub: str) -> Response:
        """Change what is named."""
        person = _not_staff(sub)
        if values := self.body(ChangedUserSerializer):
            _write(person, values)
            self.log(person, "changed", f"{person} ({', '.join(values)})")
        return Response(UserSerializer(person).data)

    @transaction.atomic
    def delete(self, request: Request, sub: str) -> Response:
        """Delete it."""
        person = _not_staff(sub)
        self.log(person, "deleted")
        person.delete()
        return Response(status=204)


def _not_staff(sub: str) -> User:
    """The account, unless the dashboard opens to it. Raises `Problem`."""
    person = locked(User.objects.all(), sub=sub)
    if person.is_staff or person.is_superuser:
        raise not_through_this_api(f"{person.username} is staff. Only a superuser changes or deletes staff, in the dashboard.")
    return person


def _write(person: User, values: dict[str, Any]) -> None:
    """Bring the account to `values`. Raises `ValidationError`, `Problem`."""
    values = dict(values)
    names = values.pop("groups", None)
    groups = None if names is None else all_named(Group.objects.all(), "groups", names, whose="This server")
    for name, value in values.items():
        setattr(person, name, value)
    save(person)
    if groups is not None:
        joined = set(groups) - set(person.groups.all())
        # Such a group opens parts of the dashboard to whoever is or becomes staff.
        if powerful := Group.objects.filter(pk__in=[group.pk for group in joined], permissions__isnull=False).first():
            raise not_through_this_api(
                f"The group {powerful.name} has permissions in the dashboard. Only a superuser lets somebody into it."
            )
        person.groups.set(groups)
