"""Authorization codes: good once, for 60 seconds, for the application, redirect URI and PKCE challenge they were made for."""

import secrets
from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from authorization_server.models.apis import Api
from authorization_server.models.applications import Application, sha256_of
from authorization_server.models.consents import Consent
from authorization_server.models.users import User

LIFETIME = timedelta(seconds=60)


class AuthorizationCodeQuerySet(models.QuerySet["AuthorizationCode"]):
    """Which codes."""

    def issued_to(self, application: Application, code: str) -> Self:
        """The one with this value, if `application` is whom it was made for."""
        return self.filter(code_sha256=sha256_of(code), application=application).select_related("application", "user", "api", "consent")


class AuthorizationCode(models.Model):
    """What was asked and allowed, waiting for the application to redeem it (RFC 6749 section 4.1.2)."""

    code_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    api = models.ForeignKey(Api, verbose_name="API", on_delete=models.CASCADE, related_name="+")
    consent = models.ForeignKey(
        Consent,
        null=True,
        editable=False,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="The person's yes that it rests on; none where an administrator's was enough.",
    )
    redirect_uri = models.CharField("redirect URI", max_length=500)
    code_challenge = models.CharField(max_length=128, blank=True, help_text="PKCE; empty only where the application is exempt.")
    scope = models.TextField(blank=True, help_text="Exactly what this request asked for and the person allowed.")
    nonce = models.TextField(blank=True)
    expires_at = models.DateTimeField(db_index=True)
    redeemed_at = models.DateTimeField(null=True, blank=True)

    objects = AuthorizationCodeQuerySet.as_manager()

    class Meta:
        ordering = ["-expires_at"]

    def __str__(self) -> str:
        return f"{self.application} for {self.user}, until {self.expires_at:%H:%M:%S}"

    @staticmethod
    def new_code() -> str:
        """A code of 256 random bits."""
        return secrets.token_urlsafe(32)

    def redeem(self) -> bool:
        """Use the code up. One conditional UPDATE: of any number that try at once, exactly one is told True."""
        now = timezone.now()
        unused = AuthorizationCode.objects.filter(pk=self.pk, redeemed_at=None, expires_at__gt=now)
        return unused.update(redeemed_at=now) == 1
