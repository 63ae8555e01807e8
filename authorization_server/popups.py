"""Sign-in and consent also work in a window that an application opened: applications without a server of their own do that."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse


def works_in_a_popup(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let the window keep the link to the page that opened it: with this project's default policy the answer would never arrive.

    That page learns when the window comes back, and can read or press nothing in it: it is another origin, and these pages
    let nobody frame them.
    """

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response["Cross-Origin-Opener-Policy"] = "unsafe-none"
        return response

    return answered
