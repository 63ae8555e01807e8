"""What stands in front of Django: no header may stop a service from answering, or keep it busy for seconds."""

import io
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

PATHS = ("/healthz", "/login", "/oauth/token", "/calendar/v1/events", "/geocoding/v1/reverse", "/sign-out")
UNPARSABLE = (
    "a/b; charset*=nope''x",
    "a/b; x*0*=nope''a; x*1=b",
    "multipart/form-data; boundary*=nope''x",
    f"application/json; x*{'9' * 5000}=1",
)


@pytest.fixture
def send(transactional_db):
    """Send a request through `project.wsgi`, as a server would; the answer's status line."""
    from project.wsgi import application  # here: it sets Django up

    def send(method, path, **environ):
        statuses = []
        basis = {"REQUEST_METHOD": method, "PATH_INFO": path, "SERVER_NAME": "localhost", "SERVER_PORT": "8000", "SCRIPT_NAME": ""}
        basis |= {"HTTP_HOST": "localhost:8000", "wsgi.input": io.BytesIO(b"a=b"), "CONTENT_LENGTH": "3", "wsgi.url_scheme": "http"}
        answer = application(basis | environ, lambda status, headers, exc_info=None: statuses.append(status))
        list(answer)
        getattr(answer, "close", lambda: None)()
        return statuses[0]

    return send


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("content_type", UNPARSABLE)
def test_a_content_type_that_cannot_be_parsed_counts_as_none(send, method, path, content_type):
    left_out = send(method, path, CONTENT_TYPE="")

    assert send(method, path, CONTENT_TYPE=content_type) == left_out
    assert not left_out.startswith("5")


@pytest.mark.parametrize("name", ["CONTENT_TYPE", "HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_IF_NONE_MATCH", "HTTP_X"])
def test_a_header_that_is_too_long_is_answered_431(send, name):
    assert send("GET", "/calendar/v1/events", **{name: "x" * (16 * 1024 + 1)}).startswith("431 ")


def test_a_header_of_many_parameters_does_not_keep_the_service_busy(send):
    began = time.process_time()
    for length in (16_000, 400_000):
        send("POST", "/login", CONTENT_TYPE="a/b;" + "x;" * (length // 2))

    assert time.process_time() - began < 0.5  # the longer one alone took four seconds


def test_a_long_token_is_still_named_as_such_up_to_the_limit(send):
    assert send("GET", "/calendar/v1/events", HTTP_AUTHORIZATION=f"Bearer {'a' * 16_000}").startswith("401 ")


def test_an_upload_is_not_written_to_disk():
    # Nothing here takes files, and Django reads a form before it asks for its CSRF value: anybody could fill the disk.
    files = RequestFactory().post("/login", {"file": SimpleUploadedFile("file", b"x" * (3 * 1024 * 1024))}).FILES

    assert not files
