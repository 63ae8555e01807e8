"""Refresh tokens: good once, each replaced by the next. What follows from one yes is a family, of which only the newest is good."""

import hmac
import secrets
from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from authorization_server.models.applications import Application, sha256_of
from authorization_server.models.authorization_codes import AuthorizationCode
from authorization_server.models.consents import Consent


class Revoked(models.TextChoices):
    """Why a family ended before its time. The log says it too; a consent that is withdrawn takes its families along."""

    CODE_REUSED = "code_reused", "its authorization code was used twice"
    TOKEN_REUSED = "refresh_token_reused", "a refresh token was used twice"  # noqa: S105  no secret


def are_in_force(relation: str = "") -> Q:
    """The condition that a family's newest token is good; `relation` leads to the families, as in `refresh_token_families__`."""
    now = timezone.now()
    return Q(**{f"{relation}revoked_at": None, f"{relation}idle_until__gt": now, f"{relation}expires_at__gt": now})


class RefreshTokenFamilyQuerySet(models.QuerySet["RefreshTokenFamily"]):
    """Which families."""

    def of_token(self, refresh_token: str, *, application: Application) -> Self:
        """The one that this token, old or new, belongs to, if `application` is whom it was made for."""
        handle = refresh_token.partition(".")[0]
        return self.filter(handle=handle, consent__application=application).select_related(
            "consent__user", "consent__application", "consent__api"
        )

    def in_force(self) -> Self:
        """Those whose newest token is good."""
        return self.filter(are_in_force())

    def revoke(self, reason: Revoked) -> int:
        """End them all for good; return how many were not ended already."""
        return self.filter(revoked_at=None).update(revoked_at=timezone.now(), revoked_because=reason)


class RefreshTokenFamily(models.Model):
    """One row for each family, kept as long as any of its tokens could be tried. A token is `<handle>.<secret>`.

    The handle stays; the secret is new with every use. So a known handle with another secret is a token that was used before,
    by its owner or by a thief, and nobody can tell which: the family ends (RFC 9700 section 4.14.2).
    It rests on the person's consent, which holds the application, the person and the API.
    """

    handle = models.CharField(max_length=32, unique=True, editable=False)
    secret_sha256 = models.CharField(max_length=64, editable=False)
    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="refresh_token_families")
    code = models.OneToOneField(
        AuthorizationCode, null=True, editable=False, on_delete=models.SET_NULL, related_name="refresh_token_family"
    )
    scope = models.TextField(help_text="Exactly what the request asked for and the person allowed; never more later.")
    issued_at = models.DateTimeField(default=timezone.now, editable=False)
    renewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    idle_until = models.DateTimeField(help_text="The newest token is good until then; each use moves it on.")
    expires_at = models.DateTimeField(db_index=True, help_text="However often it is used, this is the end.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=30, blank=True, choices=Revoked)

    objects = RefreshTokenFamilyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "refresh token families"
        ordering = ["-issued_at"]
        constraints = [
            models.CheckConstraint(condition=Q(idle_until__lte=F("expires_at")), name="refresh_token_is_idle_within_its_life"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_because="") | (Q(revoked_because__in=Revoked.values) & ~Q(revoked_at=None)),
                name="refresh_token_family_is_revoked_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consent}, since {self.issued_at:%Y-%m-%d %H:%M}"

    @classmethod
    def begin(cls, *, consent: Consent, application: Application, scope: str, code: AuthorizationCode) -> str:
        """Store a new family and return its first token, of 384 random bits. Only a hash of its secret part is kept."""
        handle, secret, now = secrets.token_urlsafe(16), secrets.token_urlsafe(32), timezone.now()
        cls.objects.create(
            handle=handle,
            secret_sha256=sha256_of(secret),
            consent=consent,
            code=code,
            scope=scope,
            issued_at=now,
            idle_until=now + timedelta(seconds=application.refresh_token_idle_seconds),
            expires_at=now + timedelta(seconds=application.refresh_token_absolute_seconds),
        )
        return f"{handle}.{secret}"

    def is_newest(self, refresh_token: str) -> bool:
        """Whether this is the family's newest token, compared in constant time; else it was used before."""
        return hmac.compare_digest(sha256_of(refresh_token.partition(".")[2]), self.secret_sha256)

    def is_in_force(self) -> bool:
        """Whether the newest token is good: not revoked, not idle for too long, not at the end of its life."""
        return self.revoked_at is None and timezone.now() < min(self.idle_until, self.expires_at)

    def renew(self, *, idle_seconds: int) -> str | None:
        """The next token, or None where another request was quicker: one conditional UPDATE, so exactly one gets it."""
        secret, now = secrets.token_urlsafe(32), timezone.now()
        as_found = RefreshTokenFamily.objects.in_force().filter(pk=self.pk, secret_sha256=self.secret_sha256)
        idle_until = min(now + timedelta(seconds=idle_seconds), self.expires_at)
        renewed = as_found.update(secret_sha256=sha256_of(secret), renewed_at=now, idle_until=idle_until)
        return f"{self.handle}.{secret}" if renewed == 1 else None
