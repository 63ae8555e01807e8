"""The OpenAPI document: only this API's paths, every parameter, every error, and examples that are what really happens."""

import copy
import re

import jsonschema  # type: ignore[import-untyped]  # comes with drf-spectacular, without annotations
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from calendar_api import openapi
from calendar_api.queries import EventQuerySerializer, WindowQuerySerializer
from tests.calendar_api.conftest import REHEARSAL, Caller, assert_problem

METHODS = {"get", "post", "patch", "delete"}


@pytest.fixture
def document(db):
    return Client().get("/calendar/v1/schema").json()


@pytest.fixture
def operations(document):
    return {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for method, operation in path.items()
        if method in METHODS
    }


@pytest.fixture
def conforms(document):
    """Whether a value is as a component of the document says."""

    def as_json_schema(node):
        # OpenAPI 3.0's one word that JSON Schema does not know.
        if isinstance(node, dict):
            node = {name: as_json_schema(value) for name, value in node.items()}
            return (
                {"anyOf": [{"type": "null"}, {k: v for k, v in node.items() if k != "nullable"}]} if node.get("nullable") is True else node
            )
        return [as_json_schema(value) for value in node] if isinstance(node, list) else node

    components = as_json_schema(copy.deepcopy(document["components"]))

    def check(value, schema):
        jsonschema.validate(value, {**as_json_schema(schema), "components": components}, format_checker=jsonschema.FormatChecker())

    return check


@pytest.mark.parametrize("spelling", ["calendar", "calandar"])
def test_only_this_apis_paths_are_listed_each_spelling_under_itself(spelling):
    document = Client().get(f"/{spelling}/v1/schema").json()
    below = "", "/{event_id}", "/{event_id}/instances", "/{event_id}/instances/{original}"
    assert list(document["paths"]) == [f"/{spelling}/v1/events{path}" for path in below]
    assert document["servers"] == [{"url": settings.CALENDAR_API_URL}]


def test_the_document_is_for_everybody_and_refuses_clearly():
    response = Client().get("/calendar/v1/schema")
    assert (response.status_code, response["Content-Type"]) == (200, "application/vnd.oai.openapi+json")
    assert_problem(Client().post("/calendar/v1/schema"), 405, "method_not_allowed")


def test_every_operation_is_there_with_what_it_needs(operations):
    scopes = {name: {scope for way in one["security"] for given in way.values() for scope in given} for name, one in operations.items()}
    assert scopes == {
        "list_events": {"read"},
        "create_event": {"write"},
        "read_event": {"read"},
        "change_event": {"write"},
        "delete_event": {"write"},
        "list_instances": {"read"},
        "read_instance": {"read"},
        "change_instance": {"write"},
        "cancel_instance": {"write"},
    }


def test_every_answer_is_listed(operations):
    always = {"400", "401", "403", "406", "503"}
    assert {name: set(one["responses"]) - always for name, one in operations.items()} == {
        "list_events": {"200"},
        "create_event": {"201", "409", "413", "415"},
        "read_event": {"200", "304", "404"},
        "change_event": {"200", "404", "412", "413", "415", "428"},
        "delete_event": {"204", "404", "412", "428"},
        "list_instances": {"200", "404"},
        "read_instance": {"200", "304", "404"},
        "change_instance": {"200", "404", "412", "413", "415", "428"},
        "cancel_instance": {"204", "404", "412", "428"},
    }
    assert all(always <= set(one["responses"]) for one in operations.values())


def test_every_parameter_is_listed(operations):
    listed = {name: {parameter["name"] for parameter in one.get("parameters", [])} for name, one in operations.items()}
    assert listed == {
        "list_events": set(EventQuerySerializer().fields),
        "create_event": set(),
        "read_event": {"event_id", "If-None-Match"},
        "change_event": {"event_id", "If-Match"},
        "delete_event": {"event_id", "If-Match"},
        "list_instances": {"event_id", *WindowQuerySerializer().fields},
        "read_instance": {"event_id", "original", "If-None-Match"},
        "change_instance": {"event_id", "original", "If-Match"},
        "cancel_instance": {"event_id", "original", "If-Match"},
    }
    required = {name: {one["name"] for one in operations[name].get("parameters", []) if one.get("required")} for name in listed}
    assert required["list_events"] == set()
    assert required["list_instances"] == {"event_id", "timeMin", "timeMax"}


def test_every_header_of_an_answer_is_listed(operations):
    assert operations["create_event"]["responses"]["201"]["headers"].keys() == {"ETag", "Location"}
    for one in operations.values():
        assert "WWW-Authenticate" in one["responses"]["401"]["headers"]
        assert "WWW-Authenticate" in one["responses"]["403"]["headers"]
        assert "Retry-After" in one["responses"]["503"]["headers"]


def examples_of(content):
    return [example["value"] for example in content.get("examples", {}).values()]


def test_every_example_request_works_and_is_as_the_document_says(alice, operations, conforms):
    for media in operations["create_event"]["requestBody"]["content"].values():
        assert len(examples_of(media)) == 3
        for example in examples_of(media):
            conforms(example, media["schema"])
            assert alice.post("events", example).status_code == 201
    changes = {"change_event": openapi.REHEARSAL["id"], "change_instance": f"{openapi.EVERY_MONDAY['id']}/instances/20261109T093000"}
    for operation, path in changes.items():
        for content_type, media in operations[operation]["requestBody"]["content"].items():
            for example in examples_of(media):
                conforms(example, media["schema"])
                assert alice.patch(f"events/{path}", example, content_type=content_type).status_code == 200


def timeless(event):
    return {name: value for name, value in event.items() if name not in {"created", "updated"}}


def test_the_example_answers_are_the_answers(alice):
    assert timeless(alice.post("events", openapi.REHEARSAL).json()) == timeless(openapi.REHEARSAL_ANSWERED)
    query = {"timeMin": "2026-11-23T00:00:00+01:00", "timeMax": "2026-11-30T00:00:00+01:00", "timeZone": "Europe/Berlin"}
    page = alice.get("events", query=query).json()
    assert {**page, "items": [timeless(event) for event in page["items"]]} == {
        **openapi.PAGE_ANSWERED,
        "items": [timeless(event) for event in openapi.PAGE_ANSWERED["items"]],
    }


def test_the_example_answers_of_a_series_are_the_answers(alice):
    assert timeless(alice.post("events", openapi.EVERY_MONDAY).json()) == timeless(openapi.EVERY_MONDAY_ANSWERED)
    path = f"events/{openapi.EVERY_MONDAY['id']}/instances"
    changed = alice.patch(f"{path}/20261109T093000", openapi.ONE_MOVED).json()
    assert timeless(changed) == timeless(openapi.MOVED_INSTANCE_ANSWERED)
    query = {"timeMin": "2026-10-26T00:00:00+01:00", "timeMax": "2026-11-16T00:00:00+01:00", "timeZone": "Europe/Berlin"}
    page = alice.get(path, query=query).json()
    assert {**page, "items": [timeless(event) for event in page["items"]]} == {
        **openapi.INSTANCES_ANSWERED,
        "items": [timeless(event) for event in openapi.INSTANCES_ANSWERED["items"]],
    }


def test_the_example_error_is_the_error(alice, operations):
    (example,) = examples_of(operations["create_event"]["responses"]["400"]["content"]["application/problem+json"])
    answered = alice.post("events", openapi.WRONG_TIMES).json()
    assert {**answered, "trace_id": ""} == {**example, "trace_id": ""}


def test_answers_are_as_the_document_says(alice, nobody, issuer, operations, conforms):
    def schema(operation, status, media_type):
        return operations[operation]["responses"][str(status)]["content"][media_type]["schema"]

    event = alice.creates(geo={"lat": 1, "lon": 2})
    path = f"events/{event['id']}"
    whole_day = alice.creates_at("2026-12-01", "2026-12-02")
    conforms(whole_day, schema("create_event", 201, "application/json"))
    conforms(alice.get("events", query={"maxResults": 1}).json(), schema("list_events", 200, "application/json"))
    conforms(alice.get(path).json(), schema("read_event", 200, "application/json"))
    conforms(alice.patch(path, {"summary": "x"}).json(), schema("change_event", 200, "application/json"))
    series = f"events/{alice.creates_series(id='series1')['id']}"
    window = {"timeMin": "2026-10-01T00:00:00Z", "timeMax": "2026-12-01T00:00:00Z"}
    conforms(alice.get(series).json(), schema("read_event", 200, "application/json"))
    conforms(alice.get("events", query={**window, "singleEvents": "true"}).json(), schema("list_events", 200, "application/json"))
    conforms(alice.get(f"{series}/instances", query=window).json(), schema("list_instances", 200, "application/json"))
    instance = f"{series}/instances/20261026T100000"
    conforms(alice.patch(instance, {"summary": "x"}).json(), schema("change_instance", 200, "application/json"))
    conforms(alice.get(instance).json(), schema("read_instance", 200, "application/json"))
    conforms(alice.get(f"{series}_20261026T100000").json(), schema("read_event", 200, "application/json"))
    reader = Caller(issuer.access_token(scope="read"))
    for operation, response in (
        ("list_events", nobody.get("events")),
        ("list_events", alice.get("events", query={"q": "1"})),
        ("create_event", reader.post("events", REHEARSAL)),
        ("create_event", alice.post("events", {**REHEARSAL, "id": event["id"]})),
        ("create_event", alice.post("events", REHEARSAL, content_type="text/plain")),
        ("read_event", alice.get("events/nosuchevent")),
        ("change_event", alice.patch(path, {}, headers={"If-Match": '"v9"'})),
        ("change_event", alice.patch(path, raw=b"x" * 70_000)),
        ("delete_event", alice.delete("events/nosuchevent")),
        ("list_instances", alice.get(f"{series}/instances")),
        ("list_instances", alice.get(f"{path}/instances", query=window)),
        ("read_instance", alice.get(f"{series}/instances/20261027T100000")),
        ("change_instance", alice.patch(instance, {"recurrence": None})),
        ("change_instance", alice.patch(instance, {}, headers={"If-Match": '"v1.0"'})),
        ("cancel_instance", reader.delete(instance)),
    ):
        conforms(response.json(), schema(operation, response.status_code, "application/problem+json"))


# ---- The page -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["calendar", "calandar"])
def test_the_page_works_offline_under_a_policy_without_inline_scripts(spelling):
    response = Client().get(f"/{spelling}/v1/docs")
    html = response.content.decode()
    assert f'data-schema="/{spelling}/v1/schema"' in html
    assert f'data-audience="{settings.CALENDAR_AUDIENCE}"' in html
    assert not re.search(r"<style|<script>|\son\w+=|\sstyle=|https?://(?!localhost)", html)
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', html):
        assert finders.find(address.removeprefix("/static/")), address
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "data:" not in policy
    assert "connect-src 'self' http://localhost:8000" in policy


def test_metadata_says_which_issuer_to_ask_rfc9728_section_3_1(issuer):
    metadata = Client().get("/.well-known/oauth-protected-resource/calendar/v1").json()
    assert metadata["resource"] == "http://localhost:8000/calendar/v1"
    assert metadata["authorization_servers"] == [issuer.url]
    assert set(metadata["scopes_supported"]) == {"read", "write"}
