"""The API's own description is true: its examples are sent and compared, and the page that shows it needs no network."""

import copy
import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # comes with drf-spectacular, without annotations
import pytest
import time_machine
from django.core.cache import cache

from geocoding_api import examples, places
from geocoding_api.bodies import LARGEST_BODY
from tests.geocoding_api.conftest import SHIBUYA


@pytest.fixture
def document(client):
    response = client.get("/geocoding/v1/schema")
    assert response["Content-Type"].startswith("application/vnd.oai.openapi+json")
    return response.json()


def test_it_describes_this_api_alone(document):
    assert set(document["paths"]) == {"/geocoding/v1/reverse"}
    assert document["info"]["title"] == "Geocoding API"
    assert document["servers"] == [{"url": "http://localhost:8000"}]


def test_it_names_every_parameter(document):
    parameters = {parameter["name"] for parameter in document["paths"]["/geocoding/v1/reverse"]["get"]["parameters"]}
    assert parameters == {"lat", "lon", "detail", "max_distance_km", "format", "If-None-Match"}


@pytest.mark.parametrize(
    ("method", "statuses"),
    [
        ("get", {"200", "304", "400", "401", "403", "406", "429", "503"}),
        ("post", {"200", "400", "401", "403", "406", "413", "415", "429", "503"}),
    ],
)
def test_it_names_every_answer(document, method, statuses):
    assert set(document["paths"]["/geocoding/v1/reverse"][method]["responses"]) == statuses


def test_it_says_that_a_token_is_needed(document):
    for method in ("get", "post"):
        assert document["paths"]["/geocoding/v1/reverse"][method]["security"]


@pytest.fixture
def operations(document):
    return document["paths"]["/geocoding/v1/reverse"]


@pytest.fixture
def conforms(document):
    """`conforms(value, schema)`, a schema of the document."""

    def as_json_schema(node):
        if isinstance(node, dict):
            node = {name: as_json_schema(value) for name, value in node.items()}
            if node.get("exclusiveMinimum") is True:  # OpenAPI 3.0 has two words that JSON Schema knows otherwise
                node["exclusiveMinimum"] = node.pop("minimum")
            return {"anyOf": [{"type": "null"}, node]} if node.pop("nullable", False) is True else node
        return [as_json_schema(value) for value in node] if isinstance(node, list) else node

    components = as_json_schema(copy.deepcopy(document["components"]))
    return lambda value, schema: jsonschema.validate(value, {**as_json_schema(copy.deepcopy(schema)), "components": components})


# ---- Headers and examples -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "status", "headers"),
    [
        ("get", "200", {"ETag", "Cache-Control", "Vary", "RateLimit", "RateLimit-Policy", "Server-Timing"}),
        ("get", "304", {"ETag", "Cache-Control", "Vary", "RateLimit", "RateLimit-Policy", "Server-Timing"}),
        ("post", "200", {"Cache-Control", "Vary", "RateLimit", "RateLimit-Policy", "Server-Timing"}),
        ("post", "413", {"RateLimit", "RateLimit-Policy"}),
        ("post", "415", {"RateLimit", "RateLimit-Policy"}),
        *(
            row
            for method in ("get", "post")
            for row in (
                (method, "400", {"RateLimit", "RateLimit-Policy"}),
                (method, "401", {"WWW-Authenticate"}),
                (method, "403", {"WWW-Authenticate"}),
                (method, "429", {"RateLimit", "RateLimit-Policy", "Retry-After"}),
                (method, "503", {"RateLimit", "RateLimit-Policy", "Retry-After"}),
            )
        ),
    ],
)
def test_it_names_every_header_of_an_answer(operations, method, status, headers):
    assert operations[method]["responses"][status]["headers"].keys() == headers


def test_the_headers_of_an_answer_are_as_they_are_described(operations, backend, conforms):
    for response, described in (
        (backend.asks(), operations["get"]["responses"]["200"]),
        (backend.asks(headers={"If-None-Match": "*"}), operations["get"]["responses"]["304"]),
        (backend.sends(examples.BATCH_SENT), operations["post"]["responses"]["200"]),
        (backend.asks({}), operations["get"]["responses"]["400"]),
        (backend.sends({"points": [SHIBUYA] * 10_001}), operations["post"]["responses"]["413"]),
    ):
        for name, header in described["headers"].items():
            conforms(response[name], header["schema"])


SENT: dict[Any, Callable[[Any], Any]] = {  # each example in the document, by what has to be done for it
    ("get", "Shibuya station"): lambda s: s.backend.asks(examples.SHIBUYA_ASKED),
    ("get", "Point Nemo, in the Pacific"): lambda s: s.backend.asks(examples.POINT_NEMO_ASKED),
    ("get", "Shibuya station, as GeocodeJSON"): lambda s: s.backend.asks({**examples.SHIBUYA_ASKED, "format": "geocodejson"}),
    ("get", "Point Nemo, as GeocodeJSON"): lambda s: s.backend.asks({**examples.POINT_NEMO_ASKED, "format": "geocodejson"}),
    ("get", "Three things wrong at once"): lambda s: s.backend.asks(examples.WRONG_SENT),
    ("post", "Two answers"): lambda s: s.backend.sends(examples.BATCH_SENT),
    ("post", "Two malformed points"): lambda s: s.backend.sends(examples.WRONG_BATCH_SENT),
    ("post", "One point too many"): lambda s: s.backend.sends({"points": [examples.SHIBUYA_ASKED] * 10_001}),
    ("post", "One byte too many"): lambda s: s.backend.sends(raw=b" " * (LARGEST_BODY + 1)),
    ("post", "A form"): lambda s: s.backend.sends(raw=b"lat=1", content_type="application/x-www-form-urlencoded"),
    "No token": lambda s: s.call(s.nobody),
    "A token that has run out": lambda s: s.call(s.caller_with(s.issuer.machine_token(exp=1))),
    "The token of a user": lambda s: s.call(s.caller_with(s.issuer.access_token(aud=s.settings.GEOCODING_AUDIENCE))),
    "Neither of these": lambda s: s.call(s.backend, headers={"Accept": "text/html"}),
    "One request too many": lambda s: s.one_request_too_many(),
    "No data yet": lambda s: s.without_data(),
}


EXAMPLES = [pair for key in SENT for pair in ([key] if isinstance(key, tuple) else [("get", key), ("post", key)])]


def examples_in(document):
    return {
        (method, status, example["summary"]): (example["value"], content["schema"])
        for method, operation in document["paths"]["/geocoding/v1/reverse"].items()
        for status, response in operation["responses"].items()
        for content in response.get("content", {}).values()
        for example in content.get("examples", {}).values()
    }


@pytest.fixture
def situation(backend, nobody, caller_with, issuer, settings, monkeypatch, tmp_path):
    """All that a caller can be in. Rejections are not explained, as everywhere but in the demo."""
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "EXPLAIN_REJECTIONS": False}
    here = SimpleNamespace(backend=backend, nobody=nobody, caller_with=caller_with, issuer=issuer, settings=settings, method="get")

    def call(caller, **options):
        return caller.asks(**options) if here.method == "get" else caller.sends(examples.BATCH_SENT, **options)

    def one_request_too_many():
        with time_machine.travel(1_795_521_618, tick=False):  # 42 s before the minute's end
            caller = caller_with(issuer.machine_token())
            caller.asks()
            (counted,) = cache._cache  # type: ignore[attr-defined]  # of the cache in memory
            cache.incr(counted.removeprefix(":1:"), settings.GEOCODING_RATE_LIMIT - 1)  # so many requests would take seconds
            return call(caller)

    def without_data():
        monkeypatch.setattr(places, "_loaded", None)
        monkeypatch.setattr(places, "DATA", tmp_path)
        return call(backend)

    here.call, here.one_request_too_many, here.without_data = call, one_request_too_many, without_data
    return here


def test_every_example_in_the_document_is_tried(document):
    tried = {(method, name) for method, _, name in examples_in(document)}
    assert tried == set(EXAMPLES)


@pytest.mark.parametrize(("method", "name"), EXAMPLES)
def test_each_example_is_what_is_answered_and_as_the_document_describes_it(document, conforms, situation, method, name):
    situation.method = method
    ((status, (expected, schema)),) = [(s, found) for (m, s, n), found in examples_in(document).items() if (m, n) == (method, name)]
    response = SENT[name if name in SENT else (method, name)](situation)
    answered = json.loads(response.content)
    if "trace_id" in answered:
        answered["trace_id"] = examples.TRACE_ID
    assert (str(response.status_code), answered) == (status, expected)
    conforms(expected, schema)


def test_the_example_of_a_body_is_as_the_document_describes_it(operations, conforms):
    (content,) = operations["post"]["requestBody"]["content"].values()
    (example,) = content["examples"].values()
    assert example["value"] == examples.BATCH_SENT
    conforms(example["value"], content["schema"])


def test_the_examples_of_parameters_are_those_of_an_answer(operations):
    given = {parameter["name"]: parameter["schema"].get("example") for parameter in operations["get"]["parameters"]}
    assert (float(given["lat"]), float(given["lon"])) == tuple(examples.SHIBUYA_ASKED.values())


def test_an_answer_has_exactly_the_members_that_are_described(document, backend):
    schemas = document["components"]["schemas"]
    answer, (row, _) = backend.asks().json(), backend.sends(examples.BATCH_SENT).json()["results"]
    assert set(answer) | {"reason"} == set(schemas["Answer"]["properties"])
    assert set(answer["result"]) == set(schemas["Result"]["properties"])
    assert set(row) == set(schemas["BatchRow"]["properties"])
    for name in ("Answer", "Result", "BatchRow", "Place", "Coordinates", "Batch", "Point"):
        assert schemas[name]["additionalProperties"] is False


# ---- The page -----------------------------------------------------------------------------------------------------------


def test_the_page_has_no_inline_code_and_nothing_from_elsewhere(client):
    response = client.get("/geocoding/v1/docs")
    page = response.content.decode()
    assert response.status_code == 200
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page)
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert address.startswith("/static/")
        assert client.get(address).status_code == 200
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]
    assert "data:" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/geocoding/v1/schema", "/geocoding/v1/docs"])
def test_the_description_needs_no_token(client, address):
    assert client.get(address).status_code == 200
