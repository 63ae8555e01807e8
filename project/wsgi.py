"""The WSGI application of whichever service `SERVICE` names, in front of which stands what Django itself cannot bear in a header."""

import logging
import os
from collections.abc import Iterable
from typing import Any

import django
from django.core.handlers import wsgi

from project.warm_up import warm_up_in_background

LONGEST_HEADER = 16 * 1024  # characters; an access token has at most half of that
_TOO_LONG = b"A header of this request is longer than this service reads.\n"
logger = logging.getLogger("four_checks.requests")


class ReadableRequest(wsgi.WSGIRequest):
    """A request whose `Content-Type` counts as left out when it cannot be parsed: Django would answer 500 before any view is asked."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]  # Django's own step, which the stubs leave out
        except ValueError:  # RFC 2231: a charset that nobody knows, or a part number of thousands of digits
            meta["CONTENT_TYPE"] = self.content_type = ""
            self.content_params = {}


class Handler(wsgi.WSGIHandler):
    """Django's own; a header beyond `LONGEST_HEADER` is answered 431 (RFC 6585 section 5).

    Parsers of headers take time that grows with the square of their length: one request could keep a processor busy for seconds.
    """

    request_class = ReadableRequest

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # type: ignore[override]  # all that PEP 3333 asks
        """Answer one request (PEP 3333)."""
        for name, value in environ.items():
            if (name.startswith("HTTP_") or name == "CONTENT_TYPE") and len(value) > LONGEST_HEADER:
                logger.warning("431: a header is too long", extra={"status": 431, "header": name[:80]})
                headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(_TOO_LONG)))]
                start_response("431 Request Header Fields Too Large", headers)
                return [_TOO_LONG]
        return super().__call__(environ, start_response)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup(set_prefix=False)
application = Handler()
warm_up_in_background()
