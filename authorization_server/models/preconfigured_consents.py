"""Pre-configured consents: an administrator's yes in the name of people, for an application that everybody at work is to use."""

from typing import Self

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from authorization_server.models.apis import Api, ApiScope
from authorization_server.models.applications import Application
from authorization_server.models.users import User

OF_A_PUBLIC_APPLICATION = "A public application cannot prove who it is, so nobody may say yes to it in other people's name."


class PreconfiguredConsentQuerySet(models.QuerySet["PreconfiguredConsent"]):
    """Which pre-configured consents, and what they hold."""

    def meant_for(self, *, user: User, application: Application, api: Api) -> Self:
        """Those that spare this person the dialog: for everybody, or for a group that the person is in; none of a public application."""
        if application.is_public:  # it may have become so after the administrator's yes
            return self.none()
        return self.for_person(user).filter(application=application, api=api)

    def for_person(self, user: User) -> Self:
        """Those for everybody, or for a group that the person is in."""
        return self.filter(Q(group=None) | Q(group__in=user.groups.all()))

    def scope_names(self) -> set[str | None]:
        """The scopes that they name, of their own API alone; None stands for one that names none."""
        named = self.values_list("scopes__name", "scopes__api", "api")
        return {name for name, api_of_scope, api in named if api_of_scope in {api, None}}


class PreconfiguredConsent(models.Model):
    """The people of `group`, or all, are not asked when the application wants no more than `scopes` at the API.

    The scopes are named one by one: one that the API gets later is never among them.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="preconfigured_consents")
    api = models.ForeignKey(Api, verbose_name="API", on_delete=models.CASCADE, related_name="preconfigured_consents")
    scopes = models.ManyToManyField(
        ApiScope,
        blank=True,
        related_name="+",
        help_text="Exactly these need no dialog; scopes of the API above. One that the API gets later is never among them.",
    )
    group = models.ForeignKey(
        Group,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Whose members are not asked. Empty: nobody is asked, whoever signs in.",
    )

    objects = PreconfiguredConsentQuerySet.as_manager()

    class Meta:
        verbose_name = "pre-configured consent"
        ordering = ["application__name", "api__name", "group__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "api", "group"],
                name="one_preconfigured_consent_for_application_api_and_group",
                violation_error_message="There is one for this application, API and group already. Change that one.",
            ),
            models.UniqueConstraint(
                fields=["application", "api"],
                condition=Q(group=None),
                name="one_preconfigured_consent_for_application_api_and_all",
                violation_error_message="There is one for this application, this API and all people already. Change that one.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} at {self.api} for {self.group or 'all people'}"

    def clean(self) -> None:
        """Never for a public application. Its scopes are held to the API by the form, which knows them before they are saved."""
        if self.application_id and self.application.is_public:
            raise ValidationError({"application": OF_A_PUBLIC_APPLICATION})
