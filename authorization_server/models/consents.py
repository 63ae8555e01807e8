"""Consents: what a person has allowed an application to do at an API; remembered, so that the dialog appears only for what is new."""

from typing import Self

from django.db import models
from django.db.models import Prefetch
from django.utils import timezone

from authorization_server.models.apis import Api, ApiScope
from authorization_server.models.applications import Application
from authorization_server.models.users import User


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Which consents."""

    def remembered_for(self, *, user: User, application: Application, api: Api) -> Self:
        """The one that this person gave this application for this API, with what it holds, or none."""
        allowed = Prefetch("allowed", ConsentedScope.objects.select_related("scope"))
        return self.filter(user=user, application=application, api=api).prefetch_related(allowed)


class Consent(models.Model):
    """One person's yes to one application at one API. It may hold no scope: then the application may only have a bare token."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consents")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="consents")
    api = models.ForeignKey(Api, verbose_name="API", on_delete=models.CASCADE, related_name="consents")
    given_at = models.DateTimeField(default=timezone.now, editable=False)
    offline_access_since = models.DateTimeField(
        "refresh tokens since", null=True, editable=False, help_text="Since when the application may keep its access (offline_access)."
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["user__username", "application__name"]
        constraints = [models.UniqueConstraint(fields=["user", "application", "api"], name="one_consent_for_user_application_and_api")]

    def __str__(self) -> str:
        return f"{self.user}: {self.application} at {self.api}"


class ConsentedScope(models.Model):
    """One scope of a consent, and since when."""

    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="allowed")
    scope = models.ForeignKey(ApiScope, on_delete=models.CASCADE, related_name="+")
    allowed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["consent", "scope"], name="scope_is_allowed_once")]

    def __str__(self) -> str:
        return self.scope.name
