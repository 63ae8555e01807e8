"""The decision log in the dashboard: paste what you have, find what was decided."""

# mypy: disable-error-code="type-arg"
# Django's forms and admin classes take no type arguments at run time; the stubs want them.

from django.contrib import admin
from django.http import HttpRequest

from authorization_server.admin.careful import Careful, ReadOnly
from authorization_server.models import LogEntry


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnly, Careful):
    """The decision log, the latest first: paste a trace id, `jti`, client id or `sub` to find what was decided, and why."""

    list_display = ("at", "event", "reason", "client_id", "user", "audience", "scope", "jti", "trace_id")
    list_display_links = ("at", "event")
    list_filter = ("event",)
    search_fields = ("trace_id__exact", "jti__exact", "client_id__exact", "user__exact")
    search_help_text = "A whole trace id, jti, client id or sub."
    ordering = ("-pk",)
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: entries go by themselves after 30 days."""
        return False
