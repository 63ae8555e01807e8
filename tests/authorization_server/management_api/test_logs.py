"""`logs` with `read:logs`: the decision log, filtered. One trace with `read:trails` is in test_management_api.py."""

import pytest

from authorization_server import decision_log
from authorization_server.decision_log import Decision
from authorization_server.models import LogEntry
from tests.authorization_server.management_api.conftest import assert_problem, assert_wrong, machine

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def reader(back_channel):
    """A machine with `read:logs` alone, and a log with nothing but what a test writes."""
    reader = machine(back_channel, "reader", ["read:logs"])
    LogEntry.objects.all()._raw_delete("default")
    return reader


def entries(caller, **query):
    answer = caller.get("logs", **query)
    assert answer.status_code == 200, answer.content
    return answer.json()["entries"]


def test_the_newest_come_first_with_the_trace_that_joins_them(reader):
    decision_log.record(Decision.SIGNED_IN, trace_id=TRACE_ID, user="usr_123")
    decision_log.record(Decision.TOKEN_ISSUED, trace_id=TRACE_ID, client_id="calendar-web", user="usr_123", jti="j-1", scope="read")
    found = entries(reader)
    assert [entry["event"] for entry in found] == ["token.issued", "sign_in.succeeded"]
    assert {**found[0], "at": ""} == {
        "trace_id": TRACE_ID,
        "at": "",
        "event": "token.issued",
        "client_id": "calendar-web",
        "user": "usr_123",
        "scope": "read",
        "jti": "j-1",
    }


def test_every_filter_is_exact_and_all_of_them_count(reader):
    decision_log.record(Decision.SIGNED_IN, trace_id=TRACE_ID, user="usr_123")
    decision_log.record(Decision.TOKEN_ISSUED, trace_id=TRACE_ID, client_id="calendar-web", user="usr_123", jti="j-1")
    decision_log.record(Decision.TOKEN_ISSUED, trace_id=TRACE_ID, client_id="calendar-spa", user="usr_456", jti="j-2")
    first, second, third = LogEntry.objects.order_by("pk")

    def found(**query):
        return [entry.get("jti", "") for entry in entries(reader, **query)]

    assert found(user="usr_123") == ["j-1", ""]
    assert found(client_id="calendar-spa") == ["j-2"]
    assert found(jti="j-1") == ["j-1"]
    assert found(event="token.issued") == ["j-2", "j-1"]
    assert found(event="token.issued", user="usr_123") == ["j-1"]
    assert found(user="usr_12") == []
    assert found(**{"from": second.at.isoformat()}) == ["j-2", "j-1"]
    assert found(to=third.at.isoformat()) == ["j-1", ""]
    assert found(**{"from": second.at.isoformat(), "to": third.at.isoformat()}) == ["j-1"]


def test_pages_lead_back_to_the_first_entry(reader):
    for number in range(5):
        decision_log.record(Decision.SIGNED_OUT, trace_id=TRACE_ID, detail=str(number))
    answer = reader.get("logs", page_size=2).json()
    decision_log.record(Decision.SIGNED_OUT, trace_id=TRACE_ID, detail="meanwhile")
    seen = [[entry["detail"] for entry in answer["entries"]]]
    while "next_page_token" in answer:
        answer = reader.get("logs", page_size=2, page_token=answer["next_page_token"]).json()
        seen.append([entry["detail"] for entry in answer["entries"]])
    assert seen == [["4", "3"], ["2", "1"], ["0"]]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"from": "yesterday", "to": "2026-01-01"}, {"from": "invalid_date_time", "to": "invalid_date_time"}),
        ({"event": "token", "jti": "\x00"}, {"event": "invalid_choice", "jti": "control_character"}),
        ({"user__startswith": "usr", "page_size": "0"}, {"user__startswith": "unknown_field", "page_size": "invalid"}),
        ({"reason": "remembered"}, {"reason": "unknown_field"}),
        ({"user": ""}, {"user": "empty"}),
        ({"user": ["a", "b"]}, {"user": "repeated"}),
    ],
    ids=str,
)
def test_what_cannot_be_asked(reader, query, wrong):
    assert_wrong(reader.get("logs", **query), **wrong)


def test_one_trace_takes_read_trails(reader, back_channel):
    assert_problem(reader.get("logs", trace_id=TRACE_ID), 403, "insufficient_scope")
    both = machine(back_channel, "both", ["read:logs", "read:trails"])
    assert both.get("logs", trace_id=TRACE_ID).json() == {"trace_id": TRACE_ID, "entries": []}
    assert entries(both, client_id="both")
    trails = machine(back_channel, "trails", ["read:trails"])
    assert_wrong(trails.get("logs", client_id="both"), client_id="unknown", trace_id="required")


def test_a_page_costs_one_query_whatever_its_size(reader, django_assert_num_queries):
    for number in range(60):
        decision_log.record(Decision.SIGNED_OUT, trace_id=TRACE_ID, detail=str(number))
    entries(reader)
    for size in (1, 60):
        with django_assert_num_queries(1):
            entries(reader, page_size=size)
