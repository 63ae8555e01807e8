"""What a server does between its start and its first request, which would otherwise wait for it: load the views, and the places."""

import threading
from contextlib import suppress

from django.conf import settings
from django.urls import get_resolver

from project.service import serves


def warm_up_in_background() -> threading.Thread:
    """Begin, and return at once; whoever asks meanwhile waits for what is being loaded, and no longer than without this."""
    thread = threading.Thread(target=_warm_up, name="warm-up", daemon=True)
    thread.start()
    return thread


def _warm_up() -> None:
    _ = get_resolver().url_patterns  # imports every view of this service
    if serves(settings.SERVICE, "geocoding_api"):
        from geocoding_api.places import DataMissing, places  # here: its libraries are large, and only that service needs them

        with suppress(DataMissing):  # /readyz says what is missing, and how to get it
            places()
