"""Client grants: an administrator's yes to one application at one API, with the scopes it may have at most."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from authorization_server.models.apis import Api, ApiScope
from authorization_server.models.applications import Application


class ClientGrantQuerySet(models.QuerySet["ClientGrant"]):
    """Which grants."""

    def in_force(self, at: datetime | None = None) -> Self:
        """Those without an end, or whose end is still to come."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at or timezone.now()))

    def with_scopes(self, application: int, api: int) -> tuple["ClientGrant", tuple[ApiScope, ...]] | None:
        """The one grant with its scopes; `application` and `api` are their keys. One query: a row a scope, or a single one of nulls."""
        names = [field.attname for field in ApiScope._meta.concrete_fields]
        grants = self.filter(application=application, api=api).order_by("scopes__pk")
        rows = list(grants.annotate(**{f"scope_{name}": F(f"scopes__{name}") for name in names}))
        scopes = [[getattr(row, f"scope_{name}") for name in names] for row in rows]
        return (rows[0], tuple(ApiScope.from_db(rows[0]._state.db, names, one) for one in scopes if any(one))) if rows else None


class ClientGrant(models.Model):
    """The application may get tokens for the API. `scopes` is the ceiling; without any it gets a token without scopes."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="client_grants")
    api = models.ForeignKey(Api, verbose_name="API", on_delete=models.CASCADE, related_name="client_grants")
    scopes = models.ManyToManyField(
        ApiScope,
        blank=True,
        help_text="What the application may have at most; scopes of the API above. None ticked: a token without permissions.",
    )
    ends_at = models.DateTimeField(null=True, blank=True, help_text="Empty: until somebody takes the grant back.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ClientGrantQuerySet.as_manager()

    class Meta:
        ordering = ["application__name", "api__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "api"],
                name="one_client_grant_for_application_and_api",
                violation_error_message="This application has a client grant for this API already. Change that one.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} at {self.api}"

    @property
    def is_in_force(self) -> bool:
        """Whether its end is still to come, if it has one; as `ClientGrantQuerySet.in_force` has it."""
        return self.ends_at is None or self.ends_at > timezone.now()
