"""Pages with one drawing each for a Chromium, under Daybook's own security policy, and what Daybook would answer to them."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from tests.end_to_end.window import Window

NONCE = "of-this-page"
FRAME = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Drawing</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/static/four_checks/icon.svg">
<link rel="stylesheet" href="/static/four_checks/design.css">{head}</head>
<body class="is-application"><main><h1>Drawing</h1>{body}</main></body></html>"""


def pytest_collection_modifyitems(items):
    """Mark what needs a browser."""
    for item in items:
        if "in_a_browser" in Path(item.path).parts:
            item.add_marker("browser")


class Pages:
    """A server with pages by path, and `answers`: a function from (latitude, longitude) to (status, body)."""

    def __init__(self, policy):
        self.policy = policy
        self.pages = {}
        self.asked = []
        self.answer = lambda lat, lon: (200, {"name": "Friedrichshain, Berlin, Germany"})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.demo_client_url = f"http://localhost:{self.server.server_port}"

    def add(self, path, *, head, body):
        self.pages[path] = FRAME.format(head=head, body=body)

    def _content(self, path, query):
        if path in self.pages:
            return 200, "text/html; charset=utf-8", self.pages[path].encode()
        if path == "/daybook/place-name":
            point = (query["lat"][0], query["lon"][0])
            self.asked.append(point)
            status, body = self.answer(*point)
            return status, "application/json", json.dumps(body).encode()
        file = finders.find(path.removeprefix("/static/"))
        if not file:
            return 404, "text/plain", b"not found"
        return 200, guess_type(file)[0] or "application/octet-stream", Path(file).read_bytes()

    def _handler(self):
        pages = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802 - the library's name
                parts = urlsplit(self.path)
                status, content_type, content = pages._content(parts.path, parse_qs(parts.query))
                self.send_response(status)
                headers = {"Content-Type": content_type, "Content-Length": str(len(content)), "Content-Security-Policy": pages.policy}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                """Nothing: the test tells what went wrong."""

        return Handler


@pytest.fixture(scope="session")
def pages_server():
    """The server, running."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    directives = {**directives, "style-src": [*directives["style-src"], f"'nonce-{NONCE}'"]}
    pages = Pages("; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items()))
    threading.Thread(target=pages.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield pages
    pages.server.shutdown()
    pages.server.server_close()


@pytest.fixture
def pages(pages_server):
    """The server without anything that an earlier test asked or changed."""
    answer, pages_server.asked = pages_server.answer, []
    yield pages_server
    pages_server.answer = answer


@pytest.fixture
def window(pages, page):
    """A browser's window at these pages."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.set_default_timeout(5_000)
    return Window(pages, page)
