"""The URLs of this process: those of each application that its `SERVICE` serves, on full paths, and the health endpoints."""

from django.conf import settings
from django.urls import include, path

from project import errors, health, preferences
from project.service import parts_of

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("preferences", preferences.change, name="preferences"),
    *(path("", include(urls)) for service in parts_of(settings.SERVICE) for urls in service.urls),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
