"""How pages look to one person: light or dark, and larger for a room. Two cookies that say nothing else, the same for all services."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

THEMES = ("system", "light", "dark")
_THEME_COOKIE, _PRESENTER_COOKIE = "four_checks_theme", "four_checks_presenter"
_A_YEAR = 365 * 24 * 60 * 60


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """`POST /preferences` with `theme` (system, light, dark) or `presenter` (on, off); then back to the page that it came from."""
    response = HttpResponseRedirect(_where_from(request), status=303)
    theme, presenter = request.POST.get("theme", ""), request.POST.get("presenter", "")
    if theme in THEMES:
        _keep(response, _THEME_COOKIE, theme if theme != "system" else "")
    if presenter in {"on", "off"}:
        _keep(response, _PRESENTER_COOKIE, presenter if presenter == "on" else "")
    return response


def of_request(request: HttpRequest) -> dict[str, object]:
    """Context of every page: `theme` (one of `THEMES`), `is_for_a_room`."""
    theme = request.COOKIES.get(_THEME_COOKIE, "")
    return {"theme": theme if theme in THEMES else "system", "is_for_a_room": request.COOKIES.get(_PRESENTER_COOKIE) == "on"}


def _keep(response: HttpResponse, name: str, value: str) -> None:
    if not value:
        response.delete_cookie(name, samesite="Lax")
        return
    response.set_cookie(name, value, max_age=_A_YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")


def _where_from(request: HttpRequest) -> str:
    """The path and query of the referring page, if it is this very origin's; else the start."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(came_from)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
