"""The API's own description is true: its examples are sent and compared, and the page that shows it needs no network."""

import re

import pytest

from geocoding_api import openapi
from tests.geocoding_api.conftest import assert_problem


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


def test_the_example_of_an_answer_is_what_is_answered(backend):
    assert backend.asks().json() == openapi.FOUND


def test_the_example_of_no_answer_is_what_is_answered(backend):
    assert backend.asks({name: str(value) for name, value in openapi.POINT_NEMO.items()}).json() == openapi.NOTHING_THERE


def test_the_example_of_a_batch_is_what_is_answered(backend):
    assert backend.sends(openapi.BATCH).json() == openapi.BATCH_ANSWERED


def test_the_example_of_a_refusal_is_what_is_answered(backend):
    answered = assert_problem(backend.asks(openapi.WRONG), 400, "invalid_input")
    assert {**answered, "trace_id": "7c1f0a52e4b94d6f8a3e5b90c2d71e44"} == openapi.problem(openapi.WRONG_ANSWERED)


def test_an_answer_has_exactly_the_members_that_are_described(document, backend):
    schemas = document["components"]["schemas"]
    answer = backend.asks().json()
    assert set(answer) | {"reason"} == set(schemas["Answer"]["properties"])
    assert set(answer["result"]) == set(schemas["Result"]["properties"])


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
