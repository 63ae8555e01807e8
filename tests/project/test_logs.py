"""Log records are one line each: JSON with typed fields, control characters escaped, and nothing of a query string."""

import io
import json
import logging

import pytest

from project.logs import JsonLines, NoTracebackOfRefusals, PlainLines


@pytest.fixture
def log():
    """A logger that writes with the given formatter; returns what it wrote as lines."""

    def write(formatter, message, *arguments, level=logging.INFO, exc_info=None, **extra):
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(formatter)
        logger = logging.Logger("four_checks.tests")  # noqa: LOG001 - one of its own, with no other handler
        logger.addHandler(handler)
        logger.log(level, message, *arguments, extra=extra, exc_info=exc_info)
        return stream.getvalue().splitlines()

    return write


@pytest.fixture
def request_lines(caplog):
    """The records of project.requests, as the service would write them."""
    caplog.set_level(logging.INFO, logger="four_checks.requests")
    return lambda: [json.loads(JsonLines("all").format(record)) for record in caplog.records if record.name == "four_checks.requests"]


def test_a_record_is_one_json_object_with_typed_fields(log):
    (line,) = log(JsonLines("calendar_api"), "answered %s", 200, status=200, duration_ms=1.5, scopes=["read"])
    record = json.loads(line)
    assert record.pop("time")
    assert record == {
        "level": "INFO",
        "logger": "four_checks.tests",
        "message": "answered 200",
        "service": "calendar_api",
        "status": 200,
        "duration_ms": 1.5,
        "scopes": ["read"],
    }


@pytest.mark.parametrize("hostile", ["a\nb", "a\r\nb", "a\x1b[31mb", "a\u2028b", "a\x00b", "a\x85b"])
@pytest.mark.parametrize("formatter", [JsonLines("all"), PlainLines()], ids=["json", "text"])
def test_control_characters_are_escaped_so_that_no_record_can_forge_another(log, formatter, hostile):
    lines = log(formatter, "path %s", hostile, path=hostile)
    assert len(lines) == 1
    assert lines[0].isprintable()


def test_a_traceback_stays_inside_its_json_object(log):
    try:
        raise ValueError("broken")
    except ValueError as error:
        (line,) = log(JsonLines("all"), "failed", level=logging.ERROR, exc_info=error)
    assert "ValueError: broken" in json.loads(line)["exc_info"]


def test_in_plain_lines_a_traceback_is_indented_and_can_forge_no_record(log):
    try:
        raise ValueError("broken\nINFO    four_checks.requests: GET / 200\x1b[2J")
    except ValueError as error:
        first, *rest = log(PlainLines(), "failed", level=logging.ERROR, exc_info=error)
    assert first == "ERROR   four_checks.tests: failed"
    assert rest
    assert all(line.startswith("        ") and line.isprintable() for line in rest)


@pytest.mark.parametrize(("logger", "kept"), [("django.security.DisallowedHost", False), ("django.request", True)])
def test_what_django_refuses_leaves_a_line_but_no_traceback_which_anybody_could_cause(logger, kept):
    record = logging.makeLogRecord({"name": logger, "exc_info": (ValueError, ValueError("a b"), None)})
    assert NoTracebackOfRefusals().filter(record)
    assert bool(record.exc_info) is kept


def test_a_request_is_one_record_with_method_path_status_duration_and_trace_id(client, request_lines):
    client.get("/no-such-page", headers={"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})
    (record,) = request_lines()
    assert (record["method"], record["path"], record["status"]) == ("GET", "/no-such-page", 404)
    assert record["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert record["duration_ms"] >= 0


def test_good_answers_to_whoever_watches_the_service_are_not_logged(client, request_lines):
    client.get("/healthz")
    assert request_lines() == []


def test_no_query_string_reaches_the_log(client, caplog, request_lines):
    caplog.set_level(logging.DEBUG)
    client.get("/no-such-page?code=SECRET-CODE&access_token=SECRET-TOKEN")
    assert request_lines()[0]["path"] == "/no-such-page"
    assert "SECRET" not in caplog.text
    assert "SECRET" not in repr([vars(record) for record in caplog.records if record.name == "four_checks.requests"])
