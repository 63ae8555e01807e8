"""`GET …/api/v2/logs`: one trace's entries for a machine with `read:trails`, and for nobody else."""

import hashlib
import sys
from datetime import UTC, datetime
from types import ModuleType

import pytest
from django.test import Client

from authorization_server import decision_log, urls
from authorization_server.decision_log import Decision
from authorization_server.management_api.logs import MOST_ENTRIES
from authorization_server.management_api.scopes import SCOPES
from authorization_server.models import ClientGrant, LogEntry
from forgeries.check_api.challenges import parse_challenge
from tests.authorization_server.conftest import CALLBACK, CODE_CHALLENGE, assert_refused, sent_back, ticket_in
from tests.issuer import TestIssuer

MANAGEMENT = "http://localhost:8000/api/v2/"
METADATA = "http://localhost:8000/.well-known/oauth-protected-resource/api/v2"
STATE = "Yb3k9wQ"
TRACE_ID = hashlib.sha256(STATE.encode()).hexdigest()[:32]
OTHER = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def token(back_channel):
    """`trail-reader`'s token, as it gets one."""
    return back_channel.machine_token("trail-reader", audience=MANAGEMENT).json()["access_token"]


def logs(token, query=f"trace_id={TRACE_ID}", method="GET"):
    return Client().generic(method, f"/api/v2/logs?{query}", headers={"Authorization": f"Bearer {token}"} if token else {})


# ---- What it answers ------------------------------------------------------------------------------------------------


def test_the_whole_of_a_first_sign_in_in_its_order(visitor, back_channel, token):
    page = visitor.client.get(visitor.authorize()["Location"])
    on = visitor.post("/login", account="alice", ticket=ticket_in(page))
    code = sent_back(visitor.decide(visitor.client.get(on["Location"]), "allow"))["code"]
    back_channel.client.defaults["HTTP_TRACEPARENT"] = f"00-{TRACE_ID}-00f067aa0ba902b7-01"
    back_channel.redeem(code)

    answer = logs(token)
    body = answer.json()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert (set(body), body["trace_id"]) == ({"trace_id", "entries"}, TRACE_ID)
    entries = body["entries"]
    times = [datetime.fromisoformat(entry.pop("at").removesuffix("Z")).replace(tzinfo=UTC) for entry in entries]
    assert times == sorted(times)
    ids = [entry.pop("request_id") for entry in entries]
    assert [ids.index(one) for one in ids] == [0, 0, 2, 3, 3, 5, 5, 7, 7, 7, 10]  # which entries came of one request
    assert all(entry.pop("duration_ms") > 0 for entry in entries if entry["event"] == "request.answered")
    assert entries.pop()["jti"]
    who = {"client_id": "calendar-web", "user": "usr_123", "audience": "api.calendar", "scope": "read"}
    assert entries == [
        {"event": "sign_in.shown", "reason": "not_signed_in", **{name: value for name, value in who.items() if name != "user"}},
        {"event": "request.answered", "method": "GET", "path": "/authorize", "status": 303},
        {"event": "request.answered", "method": "GET", "path": "/login", "status": 200},
        {"event": "sign_in.succeeded", "user": "usr_123"},
        {"event": "request.answered", "method": "POST", "path": "/login", "status": 303},
        {"event": "consent.shown", "reason": "first_time", **who},
        {"event": "request.answered", "method": "GET", "path": "/authorize", "status": 200},
        {"event": "consent.given", **who},
        {"event": "code.issued", **who},
        {"event": "request.answered", "method": "POST", "path": "/authorize", "status": 303},
    ]


def test_an_unknown_trace_id_is_an_empty_list(token):
    assert logs(token).json() == {"trace_id": TRACE_ID, "entries": []}


def test_another_trace_s_entries_are_not_in_it(alice, token):
    alice.authorize()
    assert logs(token, f"trace_id={OTHER}").json()["entries"] == []


def test_an_entry_is_there_before_the_browser_has_its_answer(alice, token):
    seen = []
    for _ in range(3):
        alice.authorize()
        seen.append(len(logs(token).json()["entries"]))
    assert seen == [2, 4, 6]


def test_it_answers_500_entries_at_most_the_first_of_them(token):
    entries = [LogEntry(event="sign_out", trace_id=TRACE_ID, detail=str(number)) for number in range(MOST_ENTRIES + 1)]
    LogEntry.objects.bulk_create(entries)
    answered = logs(token).json()["entries"]
    assert [entry["detail"] for entry in answered] == [str(number) for number in range(500)]


def test_it_costs_one_query(token, django_assert_num_queries):
    logs(token)  # which reads the keys
    with django_assert_num_queries(1):
        assert logs(token).status_code == 200


# ---- The one parameter ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("", {"trace_id": "required"}),
        ("trace_id=", {"trace_id": "invalid"}),
        (f"trace_id={TRACE_ID.upper()}", {"trace_id": "invalid"}),
        (f"trace_id={TRACE_ID[:-1]}", {"trace_id": "invalid"}),
        (f"trace_id={TRACE_ID}0", {"trace_id": "invalid"}),
        (f"trace_id={TRACE_ID}%0a", {"trace_id": "invalid"}),
        (f"trace_id={TRACE_ID[:-1]}%00", {"trace_id": "invalid"}),
        (f"trace_id=%D9%A3{TRACE_ID[1:]}", {"trace_id": "invalid"}),
        (f"trace_id={TRACE_ID}&trace_id={OTHER}", {"trace_id": "repeated"}),
        (f"trace_id={TRACE_ID}&client_id=calendar-web", {"client_id": "unknown"}),
        (f"trace_id__startswith=0&{'x' * 500}=1&%00=1", {"trace_id__startswith": "unknown", "trace_id": "required"}),
    ],
)
def test_anything_but_one_well_formed_trace_id_is_a_400_that_names_the_parameter(token, query, errors):
    answer = logs(token, query)
    body = answer.json()
    assert (answer.status_code, answer["Content-Type"], body["code"]) == (400, "application/problem+json", "invalid_input")
    assert {error["field"]: error["code"] for error in body["errors"]}.items() >= errors.items()
    assert all(error["field"].isprintable() and len(error["field"]) <= 80 for error in body["errors"])


# ---- Who may ask ----------------------------------------------------------------------------------------------------


def assert_rejected(answer, *, status, code, **challenge):
    """The problem and the challenge (RFC 6750 section 3), and not one entry."""
    body = answer.json()
    assert (answer.status_code, body["code"], answer["Content-Type"]) == (status, code, "application/problem+json"), body
    assert "entries" not in body
    scheme, parameters = parse_challenge(answer["WWW-Authenticate"])
    parameters.pop("error_description", None)
    assert (scheme, parameters) == ("Bearer", {"realm": "management", "resource_metadata": METADATA, **challenge})


def test_without_a_token_nobody_is_answered_rfc6750_section_3(db):
    assert_rejected(logs(""), status=401, code="missing_token")


def test_a_session_at_this_server_is_no_token(alice):
    alice.client.raise_request_exception = False
    assert alice.get("/api/v2/logs", trace_id=TRACE_ID).status_code == 401


def test_a_machine_without_the_scope_is_told_which_one_is_missing_rfc6750_section_3_1(issuer, db):
    token = issuer.machine_token("workshop", aud=MANAGEMENT, scope="read:clients")
    assert_rejected(logs(token), status=403, code="insufficient_scope", error="insufficient_scope", scope="read:trails")


def test_a_user_s_token_is_refused_whatever_its_scopes(alice, back_channel):
    code = alice.code(audience=MANAGEMENT, scope="read:trails")
    token = back_channel.redeem(code).json()["access_token"]
    assert_rejected(logs(token), status=403, code="user_token_refused", error="insufficient_scope")


def test_a_token_for_another_api_is_refused(back_channel):
    token = back_channel.machine_token().json()["access_token"]
    assert_rejected(logs(token), status=401, code="wrong_audience", error="invalid_token")


@pytest.mark.parametrize("audience", [MANAGEMENT.rstrip("/"), "http://localhost:8000/", f"{MANAGEMENT}logs", "api.calendar"])
def test_the_audience_is_compared_exactly(issuer, db, audience):
    token = issuer.machine_token("trail-reader", aud=audience, scope="read:trails")
    assert_rejected(logs(token), status=401, code="wrong_audience", error="invalid_token")


def test_another_issuer_s_token_is_refused_even_where_the_apis_trust_that_issuer(settings, issuer, db):
    foreign = TestIssuer("https://tenant.example/", settings.CALENDAR_AUDIENCE, settings.GEOCODING_AUDIENCE)
    trusted = settings.ACCESS_TOKENS["ISSUERS"]
    settings.ACCESS_TOKENS = {
        **settings.ACCESS_TOKENS,
        "ISSUERS": [*trusted, {"issuer": foreign.url, "public_keys": foreign.jwks, "algorithms": ["RS256"]}],
    }
    assert (
        Client().get("/geocoding/v1/reverse?lat=0&lon=0", headers={"Authorization": f"Bearer {foreign.machine_token()}"}).status_code == 200
    )
    token = foreign.machine_token("trail-reader", aud=MANAGEMENT, scope="read:trails")
    answer = logs(token)
    assert_rejected(answer, status=401, code="wrong_issuer", error="invalid_token")
    assert "Server-Timing" not in answer
    own = issuer.machine_token("trail-reader", aud=MANAGEMENT, scope="read:trails")
    assert logs(own).status_code == 200


def test_a_traceparent_permits_nothing(alice, issuer):
    alice.authorize()
    headers = {"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01"}
    assert Client().get(f"/api/v2/logs?trace_id={TRACE_ID}", headers=headers).status_code == 401


def test_a_token_in_the_address_is_not_looked_at_rfc6750_section_2_3(token):
    answer = logs("", f"trace_id={TRACE_ID}&access_token={token}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert token not in answer.content.decode()


def test_without_a_client_grant_there_is_no_token_to_ask_with(back_channel):
    ClientGrant.objects.filter(application__client_id="trail-reader").delete()
    assert_refused(back_channel.machine_token("trail-reader", audience=MANAGEMENT), error="access_denied", status=403)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_log_can_be_read_and_nothing_else(token, method):
    decision_log.record(Decision.SIGNED_OUT, trace_id=TRACE_ID)
    answer = logs(token, method=method)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert LogEntry.objects.filter(trace_id=TRACE_ID).count() == 1


def test_where_rejections_are_not_explained_the_answer_says_less(settings, issuer, db):
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "EXPLAIN_REJECTIONS": False}
    answer = logs(issuer.machine_token("trail-reader", aud="api.calendar", scope="read:trails"))
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert "detail" not in answer.json()


# ---- Where it is ----------------------------------------------------------------------------------------------------


def test_its_metadata_names_this_server_rfc9728_section_2(client):
    assert client.get("/.well-known/oauth-protected-resource/api/v2").json() == {
        "resource": MANAGEMENT,
        "authorization_servers": ["http://localhost:8000/"],
        "scopes_supported": list(SCOPES),
        "bearer_methods_supported": ["header"],
        "resource_name": "management",
    }


@pytest.mark.parametrize("path", ["/api/v2/", "/api/v2/logs/", "/api/v2/nothing"])
def test_what_is_not_there_is_a_problem_too(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (404, "application/problem+json", "not_found")


def test_no_other_origin_s_script_reads_it(token):
    headers = {"Authorization": f"Bearer {token}", "Origin": "http://localhost:8000"}
    answer = Client().get(f"/api/v2/logs?trace_id={TRACE_ID}", headers=headers)
    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer


def test_below_an_issuer_with_a_path_it_is_below_that_path(settings, monkeypatch, issuer, alice):
    module = ModuleType("tests.urls_below_a_path")
    vars(module)["urlpatterns"] = urls.all_below("tenants/one")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    settings.ROOT_URLCONF = module.__name__
    request = {"response_type": "code", "client_id": "calendar-web", "redirect_uri": CALLBACK, "audience": "api.calendar"}
    request |= {"code_challenge": CODE_CHALLENGE, "code_challenge_method": "S256", "state": STATE, "prompt": "none"}
    alice.client.get("/tenants/one/authorize", request)
    token = issuer.machine_token("trail-reader", aud=MANAGEMENT, scope="read:trails")
    answer = Client().get(f"/tenants/one/api/v2/logs?trace_id={TRACE_ID}", headers={"Authorization": f"Bearer {token}"})
    assert [entry.get("path") for entry in answer.json()["entries"]] == [None, "/tenants/one/authorize"]
    assert logs(token).status_code == 404
