"""How pages look to one person: light or dark, larger for a room, the drawer closed. Cookies that say nothing else.

They are the same for all services: a theme that was chosen at Daybook holds at the authorization server, too.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

# What may be chosen; the first of each is what holds without a choice, and needs no cookie.
CHOICES = {"theme": ("system", "light", "dark"), "presenter": ("off", "on"), "drawer": ("open", "closed")}
_A_YEAR = 365 * 24 * 60 * 60


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """`POST /preferences` with `theme`, `presenter` or `drawer`, each one of its `CHOICES`; then back to the page that it came from."""
    response = HttpResponseRedirect(_where_from(request), status=303)
    for name, choices in CHOICES.items():
        chosen = request.POST.get(name)
        if chosen == choices[0]:
            response.delete_cookie(_cookie(name), samesite="Lax")
        elif chosen in choices:
            secure = settings.SESSION_COOKIE_SECURE
            response.set_cookie(_cookie(name), chosen, max_age=_A_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response


def of_request(request: HttpRequest) -> dict[str, object]:
    """Context of every page: `theme` (system, light, dark), `is_for_a_room`, `keeps_drawer_closed`."""
    chosen = {name: request.COOKIES.get(_cookie(name)) for name in CHOICES}
    theme = chosen["theme"] if chosen["theme"] in CHOICES["theme"] else "system"
    return {"theme": theme, "is_for_a_room": chosen["presenter"] == "on", "keeps_drawer_closed": chosen["drawer"] == "closed"}


def _cookie(name: str) -> str:
    return f"{'__Host-' if settings.SESSION_COOKIE_SECURE else ''}four_checks_{name}"


def _where_from(request: HttpRequest) -> str:
    """The path and query of the referring page, if it is this very origin's; else the start."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(came_from)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
