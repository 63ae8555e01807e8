"""What every Django contestant starts from: nothing but what it needs, in memory."""

from typing import Any

import django
from django.conf import settings

DRF = {
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
}


def start(urls: str, **changes: Any) -> Any:
    """Django set up with `changes`, and its WSGI application; `urls` is the module whose `urlpatterns` count."""
    everything: dict[str, Any] = {
        "SECRET_KEY": "x" * 50,
        "ROOT_URLCONF": urls,
        "ALLOWED_HOSTS": ["127.0.0.1"],
        "INSTALLED_APPS": ["rest_framework"],
        "REST_FRAMEWORK": DRF,
        "LOGGING_CONFIG": None,
        "USE_TZ": True,
        **changes,
    }
    settings.configure(**everything)
    django.setup()
    from django.core.handlers.wsgi import WSGIHandler  # here: the settings come first

    return WSGIHandler()
