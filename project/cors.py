"""Which other origins' scripts may read which answers (CORS), decided by path; credentials are never allowed."""

import re

from corsheaders.middleware import CorsMiddleware
from django.conf import settings
from django.http import HttpRequest

from project.service import serves

# Public documents: anybody's script may read them.
_FOR_ALL = re.compile(r"/\.well-known/|/(calendar|calandar|geocoding)/v1/schema$")
# Called by browser applications: the origins registered with them.
_FOR_APPLICATIONS = re.compile(r"/oauth/(token|revoke)$|/userinfo$")
# The protected APIs: the origins that CORS_ALLOWED_ORIGINS lists.
_FOR_CONFIGURED_ORIGINS = re.compile(r"/(calendar|calandar|geocoding)/v1/")


class Cors(CorsMiddleware):
    """django-cors-headers, with one rule a kind of path. Every other path (`/authorize`, `/login`, `/admin/`, …) is closed."""

    def is_enabled(self, request: HttpRequest) -> bool:
        """Whether this path may ever carry CORS headers; a preflight to it needs no token."""
        return any(pattern.match(request.path_info) for pattern in (_FOR_ALL, _FOR_APPLICATIONS, _FOR_CONFIGURED_ORIGINS))

    def check_signal(self, request: HttpRequest) -> bool:
        """Whether the request's `Origin` may read the answer (the library asks here, beside its one global list)."""
        origin = request.headers.get("Origin", "")
        if _FOR_ALL.match(request.path_info):
            return True
        if _FOR_APPLICATIONS.match(request.path_info):
            return serves(settings.SERVICE, "authorization_server") and _is_registered(origin)
        return origin in settings.CORS_ALLOWED_ORIGINS_OF_THE_APIS


def _is_registered(origin: str) -> bool:
    from authorization_server.applications import is_registered_origin  # here: models exist only where that service runs

    return is_registered_origin(origin)
