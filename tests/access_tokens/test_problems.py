"""Errors of every kind are `application/problem+json` (RFC 9457)."""

import json
import re

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, UnreadablePostError
from django.test import RequestFactory
from rest_framework import exceptions
from rest_framework.request import Request

from access_tokens.problem_responses import problem_response
from access_tokens.problems import exception_handler
from access_tokens.trace_ids import trace_id_of
from tests.access_tokens.api import Note

TRACE = "0af7651916cd43dd8448eb211c80319c"


def handled(exception):
    return exception_handler(exception, {"request": Request(RequestFactory().get("/")), "view": None})


def posted(api, issuer, body, **kwargs):
    return api.call(method="POST", token=issuer.access_token(), data=body, content_type="application/json", **kwargs)


def test_unusable_input_names_each_field_and_all_at_once(api, issuer):
    body = {"text": "x" * 11, "place": {}, "points": [{"lat": 1}, {"lat": 91}, {"lat": "x"}]}
    answer = posted(api, issuer, json.dumps(body))
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (400, "application/problem+json", "invalid_input")
    assert {(error["field"], error["code"]) for error in answer.json()["errors"]} == {
        ("text", "max_length"),
        ("place.name", "required"),
        ("points[1].lat", "max_value"),
        ("points[2].lat", "invalid"),
    }


def test_a_list_in_an_object_names_the_index_too():
    note = Note(data={"text": "a", "place": {"name": "b", "points": [{"lat": 1}, {"lat": 100}]}})
    assert not note.is_valid()
    errors = json.loads(handled(exceptions.ValidationError(note.errors)).content)["errors"]
    assert [error["field"] for error in errors] == ["place.points[1].lat"]


@pytest.mark.parametrize("body", ["{not json", "", "[]", "null", '"text"', "9" * 5000, "NaN", '{"text": "\\ud800"}', b"\xff"])
def test_no_body_whatever_breaks_the_api(api, issuer, body):
    answer = posted(api, issuer, body)
    assert 200 < answer.status_code < 500
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"


def test_a_media_type_that_is_not_read_is_415(api, issuer):
    answer = api.call(method="POST", token=issuer.access_token(), data="<a/>", content_type="application/xml")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_an_answer_that_nobody_wants_is_406(api, issuer):
    answer = api.call(token=issuer.access_token(), headers={"Accept": "image/png"})
    assert (answer.status_code, answer["Content-Type"]) == (406, "application/problem+json")


@pytest.mark.parametrize(
    ("exception", "status", "code"),
    [
        (Http404("x"), 404, "not_found"),
        (exceptions.NotFound(), 404, "not_found"),
        (exceptions.NotFound(code="no_such_event"), 404, "no_such_event"),
        (PermissionDenied(), 403, "permission_denied"),
        (exceptions.ParseError(), 400, "parse_error"),
        (RequestDataTooBig("x"), 413, "content_too_large"),
        (SuspiciousOperation("x"), 400, "parse_error"),
        (BadRequest("x"), 400, "parse_error"),
        (UnreadablePostError("x"), 400, "parse_error"),
        (exceptions.Throttled(wait=7), 429, "throttled"),
    ],
)
def test_what_django_and_drf_raise_becomes_a_problem(exception, status, code):
    answer = handled(exception)
    body = json.loads(answer.content)
    assert (answer.status_code, body["status"], body["code"], body["type"]) == (status, status, code, "about:blank")
    assert set(body) == {"type", "title", "status", "detail", "code", "trace_id"}
    assert answer.get("Retry-After") == ("7" if status == 429 else None)


def test_a_fault_of_ours_is_not_disguised():
    assert handled(RuntimeError("bug")) is None


def test_a_views_own_problem_carries_its_headers_and_members(api):
    answer = api.call("/faster")
    assert (answer.status_code, answer["ETag"], answer.json()["version"], answer.json()["code"]) == (412, '"2"', 2, "precondition_failed")


def test_problem_response_works_with_djangos_request_too():
    answer = problem_response(
        RequestFactory().get("/"), status=404, title="Nothing", detail=None, code="not_found", headers={"X-A": "b"}, extra=None
    )
    assert set(json.loads(answer.content)) == {"type", "title", "status", "code", "trace_id"}
    assert answer["X-A"] == "b"


@pytest.mark.parametrize(
    ("traceparent", "trace_id"),
    [
        (f"00-{TRACE}-b7ad6b7169203331-01", TRACE),
        (f"cc-{TRACE}-b7ad6b7169203331-01-future", TRACE),
        (f"00-{TRACE.upper()}-b7ad6b7169203331-01", None),
        (f"00-{'0' * 32}-b7ad6b7169203331-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"ff-{TRACE}-b7ad6b7169203331-01", None),
        (f"00-{TRACE}", None),
        ("", None),
        ("é\0", None),
    ],
)
def test_the_trace_id_is_that_of_a_well_formed_traceparent_else_random_w3c_trace_context(traceparent, trace_id):
    request = RequestFactory().get("/", headers={"traceparent": traceparent})
    first = trace_id_of(request)
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert first == trace_id if trace_id else first not in traceparent.lower()
    assert trace_id_of(Request(request)) == first
