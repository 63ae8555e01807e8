"""Access requests: the owner of an application asks the administrator of an API for a client grant."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from authorization_server.models.apis import Api, ApiScope
from authorization_server.models.applications import Application
from authorization_server.models.users import User


class RequestState(models.TextChoices):
    """Where a request is. What is decided stays decided: who wants something else asks again."""

    PENDING = "pending", "waits for a decision"
    APPROVED = "approved", "approved"
    DENIED = "denied", "denied"


class AccessRequestQuerySet(models.QuerySet["AccessRequest"]):
    """Which requests."""

    def pending(self) -> Self:
        """Those that nobody has decided yet."""
        return self.filter(state=RequestState.PENDING)

    def to_be_decided_by(self, user: User) -> Self:
        """All that concern the APIs that this person administers, decided or not."""
        return self if user.is_superuser else self.filter(api__administrator=user)

    def asked_by(self, user: User) -> Self:
        """Those for the applications that this person owns."""
        return self.filter(application__owner=user)

    def visible_to(self, user: User) -> Self:
        """Those that concern this person on either side; for everybody else they are not there."""
        return self if user.is_superuser else self.filter(Q(api__administrator=user) | Q(application__owner=user))

    def with_names(self) -> Self:
        """With all that a page names, in a fixed number of queries."""
        return self.select_related("application__owner", "api__administrator", "requested_by").prefetch_related("scopes", "granted_scopes")


class AccessRequest(models.Model):
    """One question and its answer. `scopes` is what was asked for, `granted_scopes` what was allowed of it."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="access_requests")
    api = models.ForeignKey(Api, verbose_name="API", on_delete=models.CASCADE, related_name="access_requests")
    scopes = models.ManyToManyField(ApiScope, blank=True, related_name="+")
    purpose = models.CharField(max_length=500, help_text="What the application needs the API for, in a sentence or two.")
    requested_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.PENDING)
    granted_scopes = models.ManyToManyField(ApiScope, blank=True, related_name="+")
    ends_at = models.DateTimeField(null=True, blank=True, help_text="When the permission ends; none: until somebody takes it back.")
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was denied, for the person who asked.")
    decided_by = models.CharField(max_length=200, blank=True, help_text="The sub of who decided.")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="access_request_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=RequestState.PENDING, decided_at=None) | (~Q(state=RequestState.PENDING) & ~Q(decided_at=None)),
                name="access_request_is_decided_at_some_time",
            ),
            models.CheckConstraint(condition=~Q(state=RequestState.DENIED) | ~Q(reason=""), name="access_request_is_denied_for_a_reason"),
            models.UniqueConstraint(
                fields=["application", "api"], condition=Q(state=RequestState.PENDING), name="one_pending_request_for_application_and_api"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} asks for {self.api}"
