"""Nobody reads, changes or detects another's events: the owner is (`iss`, `sub`) of the token.

Every operation of the OpenAPI document is called in every way that `HOW` lists: by another user, by a user of another issuer with the
same `sub`, by a machine and by nobody.
"""

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calendar_api import quotas
from calendar_api.models import Event
from tests.calendar_api.conftest import REHEARSAL, Caller, assert_problem, errors_of
from tests.issuer import TestIssuer

Ways = list[dict[str, Any]]

EVENT, SERIES = "alices1", "alices2"
KEYS = UNTOUCHED, CHANGED, CANCELLED, NO_INSTANCE = "20261123T183000", "20261130T183000", "20261207T183000", "20261208T183000"
WEEKLY = {**REHEARSAL, "id": SERIES, "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=9"]}
WINDOW = {"timeMin": "2026-11-01T00:00:00Z", "timeMax": "2027-03-01T00:00:00Z"}

IDS = [{"event_id": one} for one in (EVENT, SERIES, f"{SERIES}_{CHANGED}", f"{SERIES}_{NO_INSTANCE}")]
INSTANCES = [{"event_id": SERIES, "original": key} for key in KEYS] + [{"event_id": EVENT, "original": UNTOUCHED}]
VERSIONS: Ways = [{}, *({"headers": {"If-Match": version}} for version in ('"v1"', '"v2"', '"v1.0"', '"v1.1"', "*"))]
SEEN: Ways = [{}, *({"headers": {"If-None-Match": version}} for version in ('"v1"', 'W/"v2"', '"v1.0"', '"v1.1"', "*"))]
PATCHES: Ways = [{"body": {"summary": "Mine"}}, {"body": {"start": None, "colour": 1}}, {"raw": b"{"}]

# operationId: each path, and each way, in which it is called. An operation that is missing here fails the first test.
HOW: dict[str, tuple[list[dict[str, str]], Ways]] = {
    "list_events": (
        [{}],
        [{"query": query} for query in ({}, WINDOW, {**WINDOW, "singleEvents": "true"}, {"maxResults": "1"}, {"maxResults": "0"})],
    ),
    "create_event": ([{}], [{"body": {**REHEARSAL, "id": EVENT}}, {"body": WEEKLY}, {"body": WEEKLY}]),
    "read_event": (IDS, [*SEEN, {"query": {"timeZone": "UTC"}}]),
    "change_event": (IDS, [{**version, **patch} for version in (VERSIONS[0], VERSIONS[2], VERSIONS[-1]) for patch in PATCHES]),
    "delete_event": (IDS, VERSIONS),
    "list_instances": (
        [{"event_id": EVENT}, {"event_id": SERIES}],
        [{"query": query} for query in (WINDOW, {**WINDOW, "maxResults": "1"}, {**WINDOW, "timeZone": "Asia/Tokyo"}, {})],
    ),
    "read_instance": (INSTANCES, SEEN),
    "change_instance": (INSTANCES, [{**version, **patch} for version in (VERSIONS[0], VERSIONS[3], VERSIONS[-1]) for patch in PATCHES]),
    "cancel_instance": (INSTANCES, VERSIONS),
}


def makes_events(alice):
    """An event and a series: one of its instances is changed, one cancelled."""
    alice.creates(id=EVENT)
    alice.patch(f"events/{EVENT}", {"summary": "Alice's"})
    alice.creates(**WEEKLY)
    assert alice.patch(f"events/{SERIES}/instances/{CHANGED}", {"summary": "Alice's"}).status_code == 200
    assert alice.delete(f"events/{SERIES}/instances/{CANCELLED}").status_code == 204


def deletes_them(alice):
    for one in (EVENT, SERIES):
        assert alice.delete(f"events/{one}").status_code == 204


# ---- Who is who -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def second_issuer():
    """Another issuer, which serves its discovery document and its keys itself. It has a `usr_123` too."""
    answers: dict[str, Any] = {}

    class Published(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answers[self.path]).encode())

        def log_message(self, *args):
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Published)
    issuer = TestIssuer(f"http://127.0.0.1:{server.server_port}/", "api.calendar", "")
    issuer.private_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)  # under the `kid` of the first issuer's
    answers["/.well-known/openid-configuration"] = {"issuer": issuer.url, "jwks_uri": f"{issuer.url}keys"}
    answers["/keys"] = issuer.jwks()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield issuer
    server.shutdown()
    server.server_close()


@pytest.fixture
def other_alice(alice, second_issuer, settings):
    """A `usr_123` of the second issuer, which is trusted just as much: an entry as TRUSTED_ISSUERS takes it."""
    entries = [*settings.ACCESS_TOKENS["ISSUERS"], {"issuer": second_issuer.url}]
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "ISSUERS": entries}
    return Caller(second_issuer.access_token())


@pytest.fixture
def machine(alice, issuer, settings):
    """A machine with every scope."""
    return Caller(issuer.machine_token(aud=settings.CALENDAR_AUDIENCE, scope="read write"))


@pytest.fixture(params=[pytest.param("bob", id="another user"), pytest.param("other_alice", id="the same sub of another issuer")])
def stranger(request):
    """Somebody who may have a calendar, and has no event yet."""
    return request.getfixturevalue(request.param)


# ---- What can be seen --------------------------------------------------------------------------------------------------------


@pytest.fixture
def operations(db):
    """`{operationId: (method, path)}` of the OpenAPI document."""
    document = Client().get("/calendar/v1/schema").json()
    return {
        operation["operationId"]: (method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


@pytest.fixture
def seen_by(operations):
    """All that a caller gets to see who calls one operation in every way: `seen_by(caller, operation_id)`."""

    def call(caller, operation):
        (method, path), (paths, ways) = operations[operation], HOW[operation]
        return [answer(caller, method, path.format(**one), way) for one, way in product(paths, ways)]

    return call


def answer(caller, method, path, way):
    """Status, headers and body byte for byte, and how many queries they took: a duration should say nothing either."""
    headers = {**way.get("headers", {}), "traceparent": f"00-{'a' * 32}-{'b' * 16}-00"}  # the trace id is the caller's
    content_type = "application/json" if method == "POST" else "application/merge-patch+json"
    with CaptureQueriesContext(connection) as queries:
        response = caller(method, path, **{**way, "headers": headers, "content_type": content_type})
    shown = {name: re.sub(r"dur=[\d.]+", "", value) for name, value in response.items()}
    return response.status_code, shown, response.content, len(queries)


def stored(*keys):
    """The rows of events by their keys, those of `keys` alone if there are any."""
    rows = Event.objects.filter(pk__in=keys) if keys else Event.objects.all()
    return {row["id"]: row for row in rows.values()}


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def frozen(db):
    """The time stands still, so that `created` is the same whenever something is created."""
    with time_machine.travel(1_796_000_000, tick=False):
        yield


def test_there_is_a_case_for_every_operation_of_the_api(operations):
    assert HOW.keys() == operations.keys()


@pytest.mark.parametrize("operation", HOW)
def test_a_machine_and_a_caller_without_a_token_get_nowhere(machine, nobody, operation, seen_by):
    assert {status for status, *_ in seen_by(machine, operation)} == {403}
    assert {status for status, *_ in seen_by(nobody, operation)} == {401}


@pytest.mark.parametrize("operation", HOW)
def test_no_answer_depends_on_anothers_events(frozen, alice, stranger, operation, seen_by):
    with undone():
        before = seen_by(stranger, operation)
    makes_events(alice)
    with undone():
        assert seen_by(stranger, operation) == before
    deletes_them(alice)
    with undone():
        assert seen_by(stranger, operation) == before


@pytest.mark.parametrize("operation", HOW)
def test_nothing_that_another_does_changes_an_event(alice, stranger, operation, seen_by):
    makes_events(alice)
    before, rows = seen_by(alice, "list_events"), stored()
    seen_by(stranger, operation)
    assert seen_by(alice, "list_events") == before
    assert stored(*rows) == rows


@pytest.mark.parametrize("operation", HOW)
def test_the_owner_is_answered_otherwise(alice, bob, operation, seen_by):
    makes_events(alice)
    with undone():
        assert seen_by(alice, operation) != seen_by(bob, operation)


# ---- What two people could share by mistake -----------------------------------------------------------------------------------


def test_an_id_taken_by_another_is_free_also_after_a_deletion(alice, stranger):
    alice.creates(id=EVENT)
    stranger.creates(id=EVENT, summary="Not Alice's")
    assert alice.get(f"events/{EVENT}").json()["summary"] == REHEARSAL["summary"]
    alice.delete(f"events/{EVENT}")
    assert stranger.get(f"events/{EVENT}").json()["summary"] == "Not Alice's"
    assert_problem(alice.post("events", {**REHEARSAL, "id": EVENT}), 409, "id_taken")


@pytest.mark.parametrize(
    ("path", "query"),
    [("events", {}), ("events", {**WINDOW, "singleEvents": "true"}), (f"events/{SERIES}/instances", WINDOW)],
    ids=["events", "expanded", "instances"],
)
def test_anothers_page_token_is_worth_what_a_made_up_one_is(alice, stranger, path, query):
    for caller in (alice, stranger):
        caller.creates()
        caller.creates(**WEEKLY)
    query = {**query, "maxResults": 1}
    token = alice.get(path, query=query).json()["nextPageToken"]
    assert alice.get(path, query={**query, "pageToken": token}).status_code == 200
    anothers, made_up = (answer(stranger, "GET", path, {"query": {**query, "pageToken": one}}) for one in (token, token[:-1] + "x"))
    assert anothers == made_up
    assert errors_of(stranger.get(path, query={**query, "pageToken": token})) == {"pageToken": "foreign_page_token"}


@pytest.mark.parametrize(
    ("quota", "code", "event"),
    [("MOST_EVENTS", "calendar_full", REHEARSAL), ("MOST_SERIES", "too_many_series", {**WEEKLY, "id": "another"})],
)
def test_quotas_are_an_owners_own(alice, stranger, monkeypatch, quota, code, event):
    monkeypatch.setattr(quotas, quota, 1)
    alice.creates(**WEEKLY)
    stranger.creates(**WEEKLY)
    for caller in (alice, stranger):
        assert_problem(caller.post("events", event), 403, code)
    alice.delete(f"events/{SERIES}")
    assert_problem(stranger.post("events", event), 403, code)
    assert alice.post("events", event).status_code == 201


def test_the_quota_of_changed_instances_is_a_series_own(alice, stranger, monkeypatch):
    monkeypatch.setattr(quotas, "MOST_OWN_INSTANCES", 1)
    for caller in (alice, stranger):
        caller.creates(**WEEKLY)
        caller.delete(f"events/{SERIES}/instances/{CANCELLED}")
        assert_problem(caller.delete(f"events/{SERIES}/instances/{CHANGED}"), 403, "too_many_changed_instances")


def test_an_issuer_and_a_subject_never_run_together(alice, issuer):
    alice.creates()
    for sub in ("usr_12", "usr_1234", "3", "USR_123", "usr_123 ", " usr_123"):
        response = Caller(issuer.access_token(sub=sub)).get("events")
        assert response.status_code == 401 or response.json()["items"] == [], sub


@pytest.mark.parametrize("sub", ["a\x00b", "\ud800", "s" * 300, "\n"], ids=["NUL", "surrogate", "long", "line feed"])
def test_a_subject_that_no_database_holds_is_never_a_500(db, issuer, sub):
    caller = Caller(issuer.access_token(sub=sub))
    assert caller.get("events").status_code in {200, 401, 403}
    assert caller.post("events", REHEARSAL).status_code in {401, 403}
