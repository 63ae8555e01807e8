"""Daybook's session of a browser, `request.daybook`: an own cookie and an own table, never the authorization server's."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from demo_client.models import DaybookSession

if TYPE_CHECKING:  # recordings are kept in sessions, so that module imports this one
    from demo_client.happenings import Recording

KEPT_AFTER_ITS_END = timedelta(hours=24)
_KEY = re.compile(r"[a-z0-9]{32}")


class SessionStore(DatabaseSessionStore):
    """Django's sessions in a database, in Daybook's table.

    `ticket_data` is what the row held beside the data when it was read, or put there; `tickets.py` keeps it so.
    """

    ticket_data = ""

    @classmethod
    def get_model_class(cls) -> type[DaybookSession]:
        """Daybook's table."""
        return DaybookSession

    def _validate_session_key(self, key: str | None) -> bool:
        """Only what could be one of ours is looked for: PostgreSQL raises on a NUL, which a quoted cookie can hold."""
        return bool(key and _KEY.fullmatch(key))

    def _get_session_from_db(self) -> DaybookSession | None:
        """Both are read at once."""
        row: DaybookSession | None = super()._get_session_from_db()  # type: ignore[misc]  # Django's own, and not in its stubs
        self.ticket_data = row.ticket_data if row else ""
        return row

    def delete_those_long_ended(self) -> None:
        """Delete the sessions that ended more than a day ago: one statement on an indexed column."""
        DaybookSession.objects.filter(expire_date__lt=timezone.now() - KEPT_AFTER_ITS_END).delete()


class DaybookRequest(HttpRequest):
    """A request behind `DaybookSessionMiddleware`. `trace_id` names it on pages and in logs; `recording` is what it sets off, if kept."""

    daybook: SessionStore
    trace_id: str
    recording: "Recording | None"


class DaybookSessionMiddleware:
    """Gives each request its `daybook` session, which is read when first asked for, and saves it when it was changed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: DaybookRequest) -> HttpResponseBase:
        """Answer the request, then keep what changed. An emptied session ends: row and cookie go."""
        name = settings.DAYBOOK_SESSION_COOKIE_NAME
        request.daybook = session = SessionStore(request.COOKIES.get(name))
        response = self.get_response(request)
        if session.accessed:
            patch_vary_headers(response, ("Cookie",))
        if session.accessed and session.is_empty():
            if name in request.COOKIES:
                response.delete_cookie(name, samesite="Lax")
        elif session.modified and self._is_saved(session):
            response.set_cookie(
                name,
                session.session_key or "",
                max_age=settings.SESSION_COOKIE_AGE,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    def process_exception(self, request: DaybookRequest, exception: Exception) -> None:
        """A view broke: nothing that it changed half-way is kept. A page about a service that is down is whole, a 503 too."""
        request.daybook.modified = False

    @staticmethod
    def _is_saved(session: SessionStore) -> bool:
        try:
            session.save()
        except UpdateError:  # signed out in another tab meanwhile: that stays so
            return False
        return True
