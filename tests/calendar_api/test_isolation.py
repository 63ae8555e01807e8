"""Nobody reads, changes or detects another's events: the owner is (`iss`, `sub`) of the token.

Every operation of the OpenAPI document is called, in every way that `HOW` lists, by four strangers.
"""

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calendar_api import changes
from calendar_api.models import Event
from tests.calendar_api.conftest import REHEARSAL, Caller, assert_problem, errors_of
from tests.conftest import TestIssuer

EVENT = "alices1"
VERSIONS = [{}, *({"headers": {"If-Match": version}} for version in ('"v1"', '"v2"', "*", 'W/"v1"', '"v9"'))]
SEEN = [{}, *({"headers": {"If-None-Match": version}} for version in ('"v1"', 'W/"v2"', "*", '"v9"'))]
PATCHES = [*({"body": body} for body in ({"summary": "Mine"}, {}, {"start": None}, {"colour": 1})), {"raw": b"{"}]
WINDOW = {"timeMin": "2026-11-01T00:00:00Z", "timeMax": "2026-12-01T00:00:00Z"}

# operationId: each way in which it is called. An operation that is missing here fails the first test.
HOW = {
    "list_events": [{"query": query} for query in ({}, WINDOW, {"maxResults": "1"}, {"timeZone": "Asia/Tokyo"}, {"maxResults": "0"})],
    "create_event": [{"body": {**REHEARSAL, "id": EVENT}}, {"body": {**REHEARSAL, "id": EVENT}}],
    "read_event": [*SEEN, {"query": {"timeZone": "UTC"}}],
    "change_event": [version | patch for version in VERSIONS for patch in PATCHES],
    "delete_event": VERSIONS,
}


# ---- Who is who -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def second_issuer():
    """Another issuer, which serves its discovery document and its keys itself. It has a `usr_123` too."""
    answers = {}

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


USERS = {"another user": "bob", "the same sub of another issuer": "other_alice"}


@pytest.fixture(params=USERS)
def stranger(request):
    """Somebody with a calendar of their own."""
    return request.getfixturevalue(USERS[request.param])


@pytest.fixture(params={**USERS, "a machine": "machine", "nobody": "nobody"}.items(), ids=lambda item: item[0])
def anybody_else(request):
    """Whoever is not Alice."""
    return request.getfixturevalue(request.param[1])


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
        method, path = operations[operation]
        return [answer(caller, method, path.format(event_id=EVENT), way) for way in HOW[operation]]

    return call


def answer(caller, method, path, way):
    """Status, headers and body byte for byte, and how many queries they took: a duration should say nothing either."""
    headers = {**way.get("headers", {}), "traceparent": f"00-{'a' * 32}-{'b' * 16}-00"}  # the trace id is the caller's
    content_type = "application/json" if method == "POST" else "application/merge-patch+json"
    with CaptureQueriesContext(connection) as queries:
        response = caller(method, path, **{**way, "headers": headers, "content_type": content_type})
    shown = {name: re.sub(r"dur=[\d.]+", "", value) for name, value in response.items()}
    return response.status_code, shown, response.content, len(queries)


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
def test_no_answer_depends_on_anothers_events(frozen, alice, anybody_else, operation, seen_by):
    with undone():
        before = seen_by(anybody_else, operation)
    alice.creates(id=EVENT)
    alice.patch(f"events/{EVENT}", {"summary": "Alice's"})
    with undone():
        assert seen_by(anybody_else, operation) == before
    alice.delete(f"events/{EVENT}")
    with undone():
        assert seen_by(anybody_else, operation) == before


@pytest.mark.parametrize("operation", HOW)
def test_nothing_that_another_does_changes_an_event(alice, anybody_else, operation, seen_by):
    alice.creates(id=EVENT)
    before = [answer(alice, "GET", path, {}) for path in ("events", f"events/{EVENT}")]
    rows = list(Event.objects.values())
    seen_by(anybody_else, operation)
    assert [answer(alice, "GET", path, {}) for path in ("events", f"events/{EVENT}")] == before
    assert [row for row in Event.objects.values() if row["id"] in {row["id"] for row in rows}] == rows


@pytest.mark.parametrize("operation", HOW)
def test_the_owner_is_answered_otherwise(alice, bob, operation, seen_by):
    alice.creates(id=EVENT)
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


def test_anothers_page_token_is_worth_what_a_made_up_one_is(alice, stranger):
    for caller in (alice, stranger):
        for _ in range(2):
            caller.creates()
    token = alice.get("events", query={"maxResults": 1}).json()["nextPageToken"]
    assert alice.lists(maxResults=1, pageToken=token)
    ours, made_up = (answer(stranger, "GET", "events", {"query": {"maxResults": 1, "pageToken": one}}) for one in (token, token[:-1] + "x"))
    assert ours == made_up
    assert errors_of(stranger.get("events", query={"maxResults": 1, "pageToken": token})) == {"pageToken": "foreign_page_token"}


def test_quotas_are_an_owners_own(alice, stranger, monkeypatch):
    monkeypatch.setattr(changes, "MOST_EVENTS", 1)
    first = alice.creates()
    stranger.creates()
    for caller in (alice, stranger):
        assert_problem(caller.post("events", REHEARSAL), 403, "calendar_full")
    alice.delete(f"events/{first['id']}")
    assert_problem(stranger.post("events", REHEARSAL), 403, "calendar_full")
    alice.creates()


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
