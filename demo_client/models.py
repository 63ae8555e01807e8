"""Daybook's own tables: the sessions of its browsers, and the sign-ins that they have begun."""

from datetime import timedelta

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone


class DaybookSession(AbstractBaseSession):
    """What Daybook knows of one browser. Tokens are kept here, on the server; the browser has the key alone.

    A table of its own, beside the authorization server's: signing out of one leaves the other.
    """

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "Daybook session"
        verbose_name_plural = "Daybook sessions"


class SignInQuerySet(models.QuerySet["SignIn"]):
    """Which sign-ins."""

    def waiting(self) -> "SignInQuerySet":
        """Those whose answer may still come."""
        return self.filter(begun_at__gt=timezone.now() - SignIn.WAITS)


class SignIn(models.Model):
    """A sign-in that was begun and whose answer has not come. A row each, and not part of the session: several tabs sign in at once."""

    WAITS = timedelta(hours=1)

    state_sha256 = models.CharField(max_length=64, primary_key=True)
    session_key = models.CharField(max_length=40, db_index=True)
    nonce = models.CharField(max_length=64)
    code_verifier = models.CharField(max_length=128)
    redirect_uri = models.CharField(max_length=500)
    scope = models.CharField(max_length=200)
    begun_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = SignInQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.scope} begun at {self.begun_at:%H:%M:%S}"
