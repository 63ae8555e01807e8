"""Log entries: what was decided and answered, kept for 30 days, never changed."""

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any, NoReturn, Self

from django.db import connection, models
from django.utils import timezone

KEPT_FOR = timedelta(days=30)
LONGEST_VALUE = 200  # characters
NEVER_CHANGED = "An entry of the decision log is never changed."
GOES_BY_ITSELF = f"An entry of the decision log stays for {KEPT_FOR.days} days, and then goes by itself."


# An entry that is not stored yet: its values by field. All but `at`, `event` and `trace_id` may be left out.
NewEntry = dict[str, Any]


@lru_cache
def _left_out() -> dict[str, str | None]:
    """What stands in each column that an entry leaves out, in the order of the columns."""
    fields = [field for field in LogEntry._meta.local_concrete_fields if not field.primary_key]
    return {field.attname: None if field.null else "" for field in fields}


@lru_cache
def _insert(rows: int) -> str:
    """The INSERT for so many entries."""
    columns = [connection.ops.quote_name(name) for name in _left_out()]
    row = f"({', '.join(['%s'] * len(columns))})"
    table = connection.ops.quote_name(LogEntry._meta.db_table)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * rows)}"  # noqa: S608  our own columns' names, and placeholders


class AppendOnly(TypeError):
    """An entry of the log cannot be changed, nor taken out of it before its time."""


class LogEntryQuerySet(models.QuerySet["LogEntry"]):
    """Which entries."""

    def of_trace(self, trace_id: str) -> Self:
        """Those of one trace, in their order: the requests as they were answered, each after what was decided in it."""
        return self.filter(trace_id=trace_id).order_by("pk")

    def append(self, entries: Sequence[NewEntry]) -> None:
        """Store them with one INSERT, written without Django's compiler: every token request waits for it."""
        rows = [_left_out() | entry | {"at": connection.ops.adapt_datetimefield_value(entry["at"])} for entry in entries]
        with connection.cursor() as cursor:
            cursor.execute(_insert(len(entries)), [value for row in rows for value in row.values()])

    def delete_old(self) -> int:
        """Delete those that have been kept long enough; return how many there were."""
        return super(LogEntryQuerySet, self.filter(at__lt=timezone.now() - KEPT_FOR)).delete()[0]

    def delete(self) -> NoReturn:
        """Raises `AppendOnly`."""
        raise AppendOnly(GOES_BY_ITSELF)

    def update(self, **values: Any) -> NoReturn:
        """Raises `AppendOnly`."""
        raise AppendOnly(NEVER_CHANGED)


class LogEntry(models.Model):
    """One decision, or one request that was answered. Names instead of foreign keys: it outlives what it tells of.

    No token, code, secret, network address or query string has a place here.
    """

    at = models.DateTimeField(default=timezone.now)
    event = models.CharField(max_length=50)
    trace_id = models.CharField("trace id", max_length=32, help_text="Joins the entries of one sign-in, or of one request.")
    request_id = models.CharField("request id", max_length=16, blank=True, help_text="The same for all entries of one HTTP request.")
    reason = models.CharField(max_length=LONGEST_VALUE, blank=True)
    client_id = models.CharField("client id", max_length=LONGEST_VALUE, blank=True)
    user = models.CharField(max_length=LONGEST_VALUE, blank=True, help_text="The person's sub.")
    audience = models.CharField(max_length=LONGEST_VALUE, blank=True)
    scope = models.CharField(max_length=LONGEST_VALUE, blank=True)
    jti = models.CharField(max_length=LONGEST_VALUE, blank=True, help_text="Names an issued token.")
    by = models.CharField("done by", max_length=LONGEST_VALUE, blank=True, help_text="Who made a change: a person's or a machine's sub.")
    detail = models.CharField(max_length=LONGEST_VALUE, blank=True)
    method = models.CharField(max_length=10, blank=True)
    path = models.CharField(max_length=LONGEST_VALUE, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_ms = models.FloatField("duration (ms)", null=True, blank=True)

    objects = LogEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "log entries"
        ordering = ["pk"]
        indexes = [models.Index(fields=[name], name=f"log_entry_{name}") for name in ("trace_id", "at", "jti", "client_id", "user")]

    def __str__(self) -> str:
        return f"{self.event} {self.reason}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises `AppendOnly` for an entry that is stored already."""
        if not self._state.adding:
            raise AppendOnly(NEVER_CHANGED)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raises `AppendOnly`."""
        raise AppendOnly(GOES_BY_ITSELF)
