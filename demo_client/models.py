"""Daybook's own tables: the sessions of its browsers, the sign-ins that they have begun, and what has just happened in each."""

from datetime import timedelta
from typing import Any, Self

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone


class DaybookSession(AbstractBaseSession):
    """What Daybook knows of one browser. Tokens are kept here, on the server; the browser has the key alone.

    A table of its own, beside the authorization server's: signing out of one leaves the other.
    The person's ticket stands beside the session's data, encoded as these are, and `tickets.py` alone changes it, by conditional UPDATE.
    `renewing_until`: a request is trading its refresh token; if nobody hears of it again, the next one may from then on.
    """

    ticket_data = models.TextField(blank=True, default="")
    renewing_until = models.DateTimeField(null=True, blank=True)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "Daybook session"
        verbose_name_plural = "Daybook sessions"

    def save(self, *args: Any, **options: Any) -> None:
        """What Django's session store calls at the end of a request. Of a row that is there it writes the data alone.

        Several requests hold the data at once and the last one writes all of them: a ticket among them would come back after its use.
        """
        if options.get("force_update"):
            options["update_fields"] = ["session_data", "expire_date"]
        super().save(*args, **options)


class HappeningQuerySet(models.QuerySet["Happening"]):
    """Which happenings."""

    def of(self, trail: str) -> Self:
        """Those of one browser's session, as long as they may be looked at; none where the session has no trail."""
        return self.filter(trail=trail, begun_at__gt=timezone.now() - Happening.KEPT) if trail else self.none()


class Happening(models.Model):
    """All that one action of a person set off, up to the page that answers it. It belongs to one browser's session, its `trail`."""

    KEPT = timedelta(hours=24)

    trail = models.CharField(max_length=32, db_index=True)
    trace_id = models.CharField(max_length=32)
    subject = models.CharField(max_length=255, blank=True)
    begun_at = models.DateTimeField(default=timezone.now, db_index=True)
    goes_on = models.BooleanField(default=False)  # the page that the browser has just been sent to belongs to it

    objects = HappeningQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.trace_id} begun at {self.begun_at:%H:%M:%S}"


class RecordedMessage(models.Model):
    """One request and its answer, without secrets. `request` and `answer` are `exchanges.Message` as JSON, empty where Daybook saw none.

    `sender` is a role (`browser`, `application`), `receiver` a name from `failures.SERVICES`. `checks` are the four checks as
    `inspector.report` gives them, `decisions` what the authorization server's log says of it, `change` the letter that was changed.
    """

    happening = models.ForeignKey(Happening, on_delete=models.CASCADE, related_name="messages")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    meaning = models.CharField(max_length=500)
    matters = models.BooleanField(default=False)
    sender = models.CharField(max_length=20)
    receiver = models.CharField(max_length=30)
    asked = models.CharField(max_length=300)
    request = models.JSONField(default=dict)
    answer = models.JSONField(default=dict)
    status = models.PositiveSmallIntegerField(null=True)
    duration_ms = models.PositiveIntegerField(null=True)
    started_at = models.DateTimeField(default=timezone.now)
    reported_by = models.CharField(max_length=30, blank=True)
    checks = models.JSONField(default=list)
    decisions = models.JSONField(default=list)
    change = models.JSONField(default=dict)
    repeats = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="repeated_by")

    class Meta:
        ordering = ["happening", "position", "pk"]

    def __str__(self) -> str:
        return f"{self.asked}: {self.status}"

    @property
    def first_pk(self) -> int:
        """The key of this message as it was sent first."""
        return self.repeats_id or self.pk

    @property
    def failed_check(self) -> dict[str, Any] | None:
        """The check that says no, if one does."""
        return next((check for check in self.checks if check["result"] == "failed"), None)

    @property
    def is_refused(self) -> bool:
        """Whether the answer is a no, or there is none."""
        return self.status is None or self.status >= 400

    @property
    def has_passed(self) -> bool:
        """Whether the API opened and all four checks passed."""
        return bool(self.checks) and not self.is_refused and all(check["result"] == "passed" for check in self.checks)


class SignInQuerySet(models.QuerySet["SignIn"]):
    """Which sign-ins."""

    def waiting(self) -> "SignInQuerySet":
        """Those whose answer may still come."""
        return self.filter(begun_at__gt=timezone.now() - SignIn.WAITS)


class SignIn(models.Model):
    """A sign-in that was begun and whose answer has not come. A row each, and not part of the session: several tabs sign in at once.

    `adds_event`: the person asked for more because the draft in her session needs it.
    """

    WAITS = timedelta(hours=1)

    state_sha256 = models.CharField(max_length=64, primary_key=True)
    session_key = models.CharField(max_length=40, db_index=True)
    client_id = models.CharField(max_length=100)
    nonce = models.CharField(max_length=64)
    code_verifier = models.CharField(max_length=128)
    redirect_uri = models.CharField(max_length=500)
    scope = models.CharField(max_length=200)
    adds_event = models.BooleanField(default=False)
    happening = models.ForeignKey(Happening, null=True, on_delete=models.SET_NULL, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = SignInQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.scope} begun at {self.begun_at:%H:%M:%S}"
