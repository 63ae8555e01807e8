"""Signing keys: the private part only ever stored encrypted, the public part as the JWK that everybody may read."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Algorithm(models.TextChoices):
    """What a key signs with."""

    RS256 = "RS256", "RS256 (RSA, 2048 bits)"
    ES256 = "ES256", "ES256 (elliptic curve P-256)"


class KeyState(models.TextChoices):
    """Where a key is in its life. All but the revoked are published."""

    NEXT = "next", "next: published, so that it is known before it signs"
    CURRENT = "current", "current: signs"
    PREVIOUS = "previous", "previous: tokens that it signed are still good"
    REVOKED = "revoked", "revoked: what it signed is refused"


class SigningKeyQuerySet(models.QuerySet["SigningKey"]):
    """Which keys."""

    def published(self) -> Self:
        """Those whose public part is in the JWK set."""
        return self.exclude(state=KeyState.REVOKED)


class SigningKey(models.Model):
    """One key. `keys.py` makes, encrypts and uses it."""

    kid = models.CharField(max_length=64, unique=True, editable=False)
    algorithm = models.CharField(max_length=10, choices=Algorithm, default=Algorithm.RS256, editable=False)
    state = models.CharField(max_length=10, choices=KeyState, editable=False)
    private_key_encrypted = models.TextField(editable=False)
    public_jwk = models.JSONField(editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    state_changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=KeyState.values), name="key_state_is_known"),
            models.CheckConstraint(condition=Q(algorithm__in=Algorithm.values), name="key_algorithm_is_known"),
            models.UniqueConstraint(fields=["state"], condition=Q(state=KeyState.CURRENT), name="one_current_key"),
            models.UniqueConstraint(fields=["state"], condition=Q(state=KeyState.NEXT), name="one_next_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kid} ({self.state})"
