"""What a server does between its start and its first requests, which would otherwise wait for it.

It loads the views and the places; and Daybook asks the issuer where its endpoints are, as soon as that answers.
"""

import threading
import time
from contextlib import suppress

from django.conf import settings
from django.urls import get_resolver

from project.service import serves

ISSUER_MAY_TAKE_SECONDS = 60.0


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
    if serves(settings.SERVICE, "demo_client"):
        _learn_the_endpoints()


def _learn_the_endpoints() -> None:
    """Ask until the issuer, which is just starting too, has answered; where it stays away, the first sign-in says so."""
    from demo_client.discovery import issuer_metadata  # here: only that service has Daybook's tables and settings
    from demo_client.exchanges import Recorder
    from demo_client.failures import Failure

    until = time.monotonic() + ISSUER_MAY_TAKE_SECONDS
    while time.monotonic() < until:
        with suppress(Failure):
            issuer_metadata(Recorder())
            return
        time.sleep(0.5)
