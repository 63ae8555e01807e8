"""The decision log in the dashboard: paste what you have, find what was decided."""

# mypy: disable-error-code="type-arg"
# Django's forms and admin classes take no type arguments at run time; the stubs want them.

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from authorization_server.admin.careful import Careful, ReadOnly
from authorization_server.models import LogEntry


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnly, Careful):
    """The decision log, the latest first: paste a trace id, `jti`, client id or `sub` to find what was decided, and why."""

    list_display = ("time", "decision", "who", "what", "named")
    list_display_links = ("time", "decision")
    list_filter = ("event", "at")
    search_fields = ("trace_id__exact", "jti__exact", "client_id__exact", "user__exact")
    search_help_text = "A whole trace id, jti, client id or sub."
    ordering = ("-pk",)
    show_full_result_count = False

    @admin.display(description="at (UTC)", ordering="at")
    def time(self, entry: LogEntry) -> str:
        """To the second: what belongs together happened within few of them."""
        return f"{entry.at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description="event, and why", ordering="event")
    def decision(self, entry: LogEntry) -> str:
        """What was decided, and the reason."""
        return self._lines(entry.event, entry.reason)

    @admin.display(description="who")
    def who(self, entry: LogEntry) -> str:
        """The application, the person, and who made a change."""
        return self._lines(entry.client_id, entry.user, f"by {entry.by}" if entry.by else "")

    @admin.display(description="what")
    def what(self, entry: LogEntry) -> str:
        """The API and the scopes, of an answer the request; and what more there is to say."""
        return self._lines(entry.audience, entry.scope, f"{entry.method} {entry.path} {entry.status or ''}".strip(), entry.detail)

    @admin.display(description="jti, trace id")
    def named(self, entry: LogEntry) -> str:
        """What to paste into the search."""
        return self._lines(entry.jti, entry.trace_id)

    def _lines(self, *values: str) -> str:
        return format_html_join(mark_safe("<br>"), "{}", ((value,) for value in values if value))

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: entries go by themselves after 30 days."""
        return False
