"""Requests made up from the OpenAPI document, right and wrong ones: every answer is one that the document promises.

Made by schemathesis, the same ones on every run. For others, and for more of them:
`FUZZ_SEED=7 FUZZ_EXAMPLES=2000 python -m pytest tests/calendar_api/test_fuzz.py`.
"""

import os
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import ignored_auth

from calendar_api.models import Event
from calendar_api.openapi import EVERY_MONDAY, MOVED_INSTANCE_ANSWERED, ONE_MOVED, REHEARSAL
from calendar_api.times import ZONES

# operationId: the status of its success
OPERATIONS = {
    "list_events": 200,
    "create_event": 201,
    "read_event": 200,
    "change_event": 200,
    "delete_event": 204,
    "list_instances": 200,
    "read_instance": 200,
    "change_instance": 200,
    "cancel_instance": 204,
}

# Why a request may be refused although it is as its JSON Schema says: what a schema has no words for. Nothing else belongs here.
BEYOND_A_SCHEMA = {
    "empty_window",  # timeMax is not after timeMin
    "foreign_page_token",
    "invalid_date_time",  # 30 February, second 60
    "not_after_start",
    "offset_contradicts_zone",
    "offset_missing",  # needed without a zone
    "offset_not_writable",
    "out_of_range",  # `format: date` has all years
    "required",  # one of dateTime and date in a patch's result; both ends of a window with singleEvents
    "second_of_two",
    "too_long",
    "too_precise",  # a series begins at a whole second; `format: date-time` has any fraction
    "two_kinds",
    "unknown_zone",
    "window_too_long",
    "zone_missing",  # needed with a recurrence
}

SEED = os.environ.get("FUZZ_SEED")
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))
CONFIG = {
    **({"seed": int(SEED)} if SEED else {}),
    "generation": {"max-examples": EXAMPLES, "deterministic": SEED is None, "database": "none"},
    # All other checks are on as they come. These two are told which statuses fit this API: 400 is looked at by `refused_for_a_reason`,
    # and 412 comes before a look at the body, whose result depends on the version that it changes.
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ["2xx", "304", "400", "404", "409", "412", "413"]},
        "negative_data_rejection": {"expected-statuses": ["400", "401", "404", "405", "406", "412", "413", "415"]},
    },
}


@pytest.fixture
def has_events(alice):
    """Somebody with those events that the document's examples name, and one more; none of them is changed for good by any request."""
    alice.creates_at("2026-11-25", "2026-11-26")
    for example in (REHEARSAL, EVERY_MONDAY):
        assert alice.post("events", example).status_code == 201
    assert alice.patch(f"events/{MOVED_INSTANCE_ANSWERED['id']}", ONE_MOVED).status_code == 200
    # A real request closes a connection in whose transaction it finds itself. Django's own test client has the signals off too.
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    yield alice
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


def load(caller, **config):
    """The API, called with this caller's token; by the checks of `ignored_auth` also without one and with wrong ones."""
    config |= {"auth": {"openapi": {"calendar_bearer": {"bearer": caller.token}}}}
    return schemathesis.openapi.from_wsgi("/calendar/v1/schema", WSGIHandler(), config=SchemathesisConfig.from_dict({**CONFIG, **config}))


def test_no_operation_is_left_out():
    paths = Client().get("/calendar/v1/schema").json()["paths"]
    assert {operation["operationId"] for methods in paths.values() for operation in methods.values()} == OPERATIONS.keys()


# ---- One request ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(params=OPERATIONS)
def api(request, has_events):
    """The API with one operation. `answers` counts what came back: in the end enough of it must be success."""
    if request.param == "create_event":
        for example in (REHEARSAL, EVERY_MONDAY):
            Event.objects.filter(event_id=example["id"]).update(event_id=f"{example['id']}0")  # the examples' ids are free
    request.node._nodeid = request.node.nodeid  # schemathesis 4.32 sets and resets what pytest 9.2 has no longer
    api = load(has_events, operations=[{"exclude-operation-id": request.param, "enabled": False}])
    api.answers = Counter()
    yield api
    print(api.answers)
    assert api.answers[OPERATIONS[request.param]] > EXAMPLES / 10


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
def test_every_answer_is_one_that_the_document_promises(case, api):
    if case.meta.phase.name == "fuzzing" and case.meta.generation.mode.is_positive:
        make_likely(case)
    # Each success costs that check two requests more. After some it knows.
    enough = [ignored_auth] if api.answers[OPERATIONS[operation_id(case)]] > 5 else []
    with transaction.atomic():
        response = case.call_and_validate(additional_checks=[refused_for_a_reason], excluded_checks=enough)
        transaction.set_rollback(True)  # so that the next request meets the same events
    api.answers[response.status_code] += 1


def operation_id(case):
    return case.operation.definition.raw["operationId"]


def refused_for_a_reason(context, response, case):
    """A 400 to a request that is right by its schema names nothing but what a schema has no words for."""
    if case.meta.generation.mode.is_positive and response.status_code == 400:
        unexplained = [
            error
            for error in response.json()["errors"]
            if error["code"] not in BEYOND_A_SCHEMA and not error["field"].startswith("recurrence")  # RFC 5545's own language
        ]
        assert not unexplained, f"The document does not say that this is refused: {unexplained}"


def make_likely(case, addresses=True):
    """Give a right request with random values a chance to succeed: an event that is there, zones that are, an end after the start."""
    if addresses and case.path_parameters:
        case.path_parameters["event_id"] = EVERY_MONDAY["id"] if "/instances" in case.operation.path else REHEARSAL["id"]
    if addresses and "original" in case.path_parameters:
        case.path_parameters["original"] = one_of(MONDAYS, case.path_parameters["original"])
    for container in (case.query, case.headers):
        container.update({name: LIKELY[name](value) for name, value in container.items() if name in LIKELY})
    if not isinstance(case.body, dict):
        return
    start, end = case.body.get("start"), case.body.get("end")
    if isinstance(start, dict):
        start.update({name: LIKELY[name](value) for name, value in start.items() if name in LIKELY and value})
        if start.get("dateTime") and start.get("timeZone"):
            start["dateTime"] = start["dateTime"][:19]  # without its offset, which would hardly be that of the zone
        if isinstance(end, dict):
            case.body["end"] = {name: value and LATER[name](value) for name, value in start.items()}
    if case.body.get("recurrence"):
        case.body["recurrence"] = [one_of(RULES, "".join(case.body["recurrence"]))]


def one_of(choices, text):
    return choices[sum(map(ord, text)) % len(choices)]


MONDAYS = (
    "20261019T093000",
    "20261026T093000",
    "20261109T093000",
    "20261207T093000",
    "20261102T093000",
    "20261214T093000",
)  # the last are none
RULES = (
    "RRULE:FREQ=DAILY;COUNT=5",
    "RRULE:FREQ=WEEKLY;INTERVAL=2",
    "RRULE:FREQ=MONTHLY;COUNT=1000",
    "RRULE:FREQ=YEARLY;WKST=SU",
    "RRULE:FREQ=DAILY;BYSETPOS=-1;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12",
)
LIKELY: dict[str, Callable[[str], str]] = {
    "If-Match": lambda text: "*",
    "timeZone": lambda text: one_of(sorted(ZONES), text),
    "date": lambda text: f"2026{text[4:]}",
    "timeMin": lambda text: f"2026-10{text[7:]}",
    "timeMax": lambda text: f"2026-12{text[7:]}",
}
LATER: dict[str, Callable[[str], str]] = {
    "dateTime": lambda text: f"{text[:10]}T23:59:59.999999{text[10:].lstrip('Tt0123456789:.')}",
    "timeZone": str,
    "date": lambda text: f"2027{text[4:]}",
}


# ---- Chains of requests -----------------------------------------------------------------------------------------------------------


def test_what_is_created_can_be_read_changed_and_deleted_and_is_then_gone(has_events):
    """Each request is made from the answer to one before (`use_after_free`, `ensure_resource_availability`)."""
    answers: Counter[tuple[str, int]] = Counter()

    # No answer has an instance's original start in the form that these addresses need it in.
    unlinked = ["read_instance", "change_instance", "cancel_instance"]

    class Chain(load(has_events, operations=[{"include-operation-id": unlinked, "enabled": False}]).as_state_machine()):  # type: ignore[misc]
        def setup(self):
            self.before = transaction.savepoint()

        def teardown(self):
            transaction.savepoint_rollback(self.before)

        def before_call(self, case):
            if case.meta.generation.mode.is_positive:
                make_likely(case, addresses=False)

        def after_call(self, response, case):
            super().after_call(response, case)
            answers[operation_id(case), response.status_code] += 1

    Chain.run(settings=settings(Chain.TestCase.settings, max_examples=EXAMPLES, derandomize=SEED is None, database=None))
    print(answers)
    # Which chains are made is chance. A few of those that matter are among them, or the document's links are broken.
    successes = {operation: answers[operation, status] for operation, status in OPERATIONS.items()}
    assert successes["create_event"] > 5, answers
    assert successes["read_event"] + successes["change_event"] + successes["delete_event"] > 5, answers


# ---- Recurrence, for which a schema has no words ------------------------------------------------------------------------------------


def rarely(wrong, right):
    """Values that are right, but for one in twelve."""
    return st.integers(0, 11).flatmap(lambda die: right if die else wrong)


def numbers(limit, least=1):
    """Up to three numbers in the limits."""
    one = rarely(st.sampled_from([0, limit + 1, -limit - 1]), st.integers(least, 12) | st.integers(least, limit))
    return st.lists(one, min_size=1, max_size=3).map(lambda values: ",".join(map(str, values)))


WEEKDAY = st.sampled_from(["MO", "TU", "FR", "SU"])
ORDINAL = rarely(st.sampled_from(["54", "0"]), st.sampled_from(["", "", "1", "-1", "+2", "5"]))
TIMES = rarely(
    st.sampled_from(["20270230T000000Z", "00010101T000000Z", "20270101", "20270101T090000"]),
    st.sampled_from(["20261102T083000Z", "20261025T003000Z", "20270331T220000Z", "21991231T235959Z", "99991231T235959Z"]),
)
PARTS = {
    "INTERVAL": rarely(st.sampled_from([0, -1, 401]), st.integers(1, 4) | st.just(400)),
    "COUNT": rarely(st.sampled_from([0, 1001]), st.integers(1, 5) | st.just(1000)),
    "UNTIL": TIMES,
    "BYMONTH": numbers(12),
    "BYWEEKNO": numbers(53, -53),
    "BYYEARDAY": numbers(366, -366),
    "BYMONTHDAY": numbers(31, -31),
    "BYDAY": st.lists(WEEKDAY, min_size=1, max_size=3).map(",".join) | st.tuples(ORDINAL, WEEKDAY).map("".join),
    "BYSETPOS": numbers(5, -5),
    "WKST": st.sampled_from(["MO", "SU", "su"]),
}
USUAL = {
    "DAILY": ("BYMONTH", "BYMONTHDAY", "BYDAY"),
    "WEEKLY": ("BYDAY", "BYMONTH", "WKST"),
    "MONTHLY": ("BYDAY", "BYMONTHDAY", "BYSETPOS"),
}
FREQUENCY = rarely(st.just("HOURLY"), st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))


@st.composite
def rules(draw):
    """An RRULE with up to three parts beside FREQ, mostly of those that go with it."""
    frequency = draw(FREQUENCY)
    going_with_it = ("INTERVAL", "COUNT", "UNTIL", *USUAL.get(frequency, sorted(PARTS)))
    names = draw(st.lists(rarely(st.sampled_from(sorted(PARTS)), st.sampled_from(going_with_it)), max_size=3, unique=True))
    return "RRULE:" + ";".join([f"FREQ={frequency}", *(f"{name}={draw(PARTS[name])}" for name in names)])


EXDATES = st.lists(TIMES.map(lambda time: f"EXDATE:{time}") | st.just("EXDATE;TZID=Europe/Berlin:20261026T093000"), max_size=2)
STARTS = st.sampled_from(
    ["2026-10-26T09:30:00", "2027-03-28T02:30:00", "2028-02-29T00:00:00", "2199-12-31T20:00:00", "1970-01-01T10:00:00", "2026-12-31"]
)


@settings(max_examples=3 * EXAMPLES, derandomize=SEED is None, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(rule=rules(), exdates=EXDATES, start=STARTS)
def test_a_rule_has_the_instances_that_its_list_has_or_is_refused_for_a_reason(alice, rule, exdates, start):
    with transaction.atomic():
        response = creates(alice, [rule, *exdates], start)
        if response.status_code == 400 and (wrong := response.json()["errors"])[0]["code"] == "start_not_first":
            (first,) = re.findall(r"start at ([\dT:-]+),", wrong[0]["detail"])
            start = first
            response = creates(alice, [rule, *exdates], start)
            assert [error["code"] for error in response.json().get("errors", [])] in ([], ["second_of_two"], ["out_of_range"]), (
                rule,
                first,
            )
        if response.status_code == 201:
            look_at_the_series(alice, response.json(), start)
        else:
            assert {error["field"].partition(".")[0] for error in response.json()["errors"]} <= {"recurrence", "start", "end"}
        transaction.set_rollback(True)


def creates(alice, lines, start):
    begins = datetime.fromisoformat(start)
    kind, zone, ends = (
        ("dateTime", {"timeZone": "Europe/Berlin"}, (begins + timedelta(hours=2)).isoformat())
        if "T" in start
        else ("date", {}, str(begins.date() + timedelta(days=1)))
    )
    return alice.post("events", {"start": {kind: start, **zone}, "end": {kind: ends, **zone}, "recurrence": lines})


def look_at_the_series(alice, event, start):
    path = path_of(event)
    assert alice.get(path).json() == event
    twin = creates(alice, event["recurrence"], start).json()
    assert twin["recurrence"] == event["recurrence"]  # the canonical form says the same
    begins = event["start"].get("dateTime", "")[:10] or event["start"]["date"]
    year = {"timeMin": f"{begins}T00:00:00Z", "timeMax": f"{min(int(begins[:4]) + 1, 2199)}-01-01T00:00:00Z", "timeZone": "Europe/Berlin"}
    if year["timeMin"] < year["timeMax"]:
        listed = alice.get(f"{path}/instances", query=year).json()["items"]
        assert [one["start"] for one in listed] == [
            one["start"] for one in alice.get(f"{path_of(twin)}/instances", query=year).json()["items"]
        ]
        alice.delete(path_of(twin))
        assert listed == alice.get("events", query={**year, "singleEvents": "true"}).json()["items"]
        for instance in (*listed[:1], *listed[-1:]):
            assert alice.get(f"events/{instance['id']}").json() == instance
            assert instance["start"] == instance["originalStartTime"]


def path_of(event):
    return f"events/{event['id']}"
