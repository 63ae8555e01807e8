"""Which applications, middleware and URLs each `SERVICE` has; a process serves exactly one of them.

Read next: `project/urls.py`.
"""

from dataclasses import dataclass

ALL = "all"


@dataclass(frozen=True)
class Service:
    """One service: its port in the demo, the Django applications and middleware it alone needs, and its URL modules."""

    port: int
    apps: tuple[str, ...]
    middleware: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


_API_APPS = ("rest_framework", "drf_spectacular", "drf_spectacular_sidecar")

DEMO_CLIENT = Service(
    port=8000,
    apps=("demo_client",),
    middleware=("demo_client.sessions.DaybookSessionMiddleware",),
    urls=("demo_client.urls",),
)
AUTHORIZATION_SERVER = Service(
    port=9000,
    apps=(
        "authorization_server",  # before Django's admin, some of whose templates it extends
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        *_API_APPS,
    ),
    middleware=(
        "authorization_server.answered_requests.AnsweredRequests",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ),
    urls=("authorization_server.urls",),
)
CALENDAR_API = Service(port=8001, apps=(*_API_APPS, "calendar_api"), urls=("calendar_api.urls",))
GEOCODING_API = Service(port=8002, apps=(*_API_APPS, "geocoding_api"), urls=("geocoding_api.urls",))

SERVICES = {
    "demo_client": DEMO_CLIENT,
    "authorization_server": AUTHORIZATION_SERVER,
    "calendar_api": CALENDAR_API,
    "geocoding_api": GEOCODING_API,
}


def parts_of(service: str) -> tuple[Service, ...]:
    """The services that a process with this `SERVICE` serves: all four for `all`, else the one."""
    return tuple(SERVICES.values()) if service == ALL else (SERVICES[service],)


def serves(service: str, name: str) -> bool:
    """Whether a process with `SERVICE=service` serves the service called `name`."""
    return service in {ALL, name}
