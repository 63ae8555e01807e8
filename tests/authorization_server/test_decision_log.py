"""The decision log in the database: what is stored of a decision, what never is, and that nothing which went wrong takes it away."""

import hashlib
import re
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from authorization_server import decision_log
from authorization_server.decision_log import Decision
from authorization_server.models import Api, Application, Consent, LogEntry, PreconfiguredConsent
from authorization_server.models.log_entries import AppendOnly
from tests.authorization_server.conftest import CODE_CHALLENGE, CODE_VERIFIER, BackChannel, Browser, sent_back, ticket_in

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TABLE = "authorization_server_logentry"


def events():
    return [entry.event for entry in LogEntry.objects.all()]


# ---- What is stored -------------------------------------------------------------------------------------------------


def test_a_decision_is_stored_with_all_that_was_said_of_it(db):
    fields = {"reason": "remembered", "client_id": "calendar-web", "user": "usr_123", "audience": "api.calendar", "scope": "read"}
    decision_log.record(Decision.CONSENT_SKIPPED, trace_id=TRACE_ID, jti="0f2c2c1e", detail="more", **fields)
    entry = LogEntry.objects.get()
    assert (entry.event, entry.trace_id, entry.jti, entry.detail) == ("consent.skipped", TRACE_ID, "0f2c2c1e", "more")
    assert {name: getattr(entry, name) for name in fields} == fields
    assert timezone.now() - entry.at < timedelta(minutes=1)


def test_values_are_cut_at_200_characters_in_both_logs(db, caplog):
    caplog.set_level("INFO")
    decision_log.record(Decision.SIGNED_OUT, trace_id=TRACE_ID, detail="é" * 1000)
    assert LogEntry.objects.get().detail == "é" * 200
    assert caplog.records[0].__dict__["detail"] == "é" * 200


@pytest.mark.parametrize("character", ["\x00", "\n", "\r", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\ud800"])
def test_no_value_brings_a_control_character_into_either_log(db, caplog, character):
    caplog.set_level("INFO")
    decision_log.record(Decision.SIGNED_OUT, trace_id=TRACE_ID, reason=f"a{character}b")
    assert LogEntry.objects.get().reason == "a?b"
    assert caplog.records[0].__dict__["reason"] == "a?b"


@pytest.mark.parametrize("client_id", ["pass word", "eyJhbGciOiJSUzI1NiJ9." * 9, "alice@example.com"])
def test_what_can_be_no_client_id_is_not_stored_as_one_because_it_may_be_a_secret_in_the_wrong_place(back_channel, client_id):
    assert back_channel.machine_token(client_id).status_code == 401
    entry = LogEntry.objects.get()
    assert (entry.event, entry.reason, entry.client_id) == ("request.refused", "unknown_client", "")


def test_no_token_code_secret_password_cookie_address_or_query_stands_in_the_table(seeded):
    visitor, back_channel = Browser(), BackChannel()
    for client in (visitor.client, back_channel.client):
        client.defaults.update(REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR="198.51.100.7", HTTP_USER_AGENT="RecognisableBrowser")
    to_login = visitor.authorize(state="RecognisableState", nonce="RecognisableNonce")
    before = visitor.client.cookies["authorization_server_session"].value
    visitor.post("/login", username="alice", password="wrong-password", ticket=to_login["Location"].partition("=")[2])
    page = visitor.client.get(to_login["Location"])
    on = visitor.post("/login", username="alice", password="alice-demo", ticket=ticket_in(page))
    page = visitor.client.get(on["Location"])
    code = sent_back(visitor.decide(page, "allow"))["code"]
    tokens = [back_channel.redeem(code).json(), back_channel.machine_token().json()]
    back_channel.redeem(code, client_secret="wrong-secret")
    back_channel.redeem(code)
    in_fragment = visitor.decide(visitor.document_s_request(state="RecognisableState"), "allow")["Location"].partition("#")[2]
    tokens.append({name: values[0] for name, values in parse_qs(in_fragment).items()})
    visitor.authorize(client_id="nobody", state="RecognisableState")
    visitor.post("/logout")

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {TABLE}")  # noqa: S608  a constant
        stored = str(cursor.fetchall())
    assert len(events()) > 10
    secrets = {
        *("alice-demo", "wrong-password", "wrong-secret", "demo-secret", "RecognisableState", "RecognisableNonce"),
        *("203.0.113.9", "198.51.100.7", "RecognisableBrowser", "?", "redirect_uri", CODE_CHALLENGE, CODE_VERIFIER),
        *(code, ticket_in(page), before, *(cookie.value for cookie in visitor.client.cookies.values() if cookie.value)),
        *(part for answer in tokens for part in answer["access_token"].split(".")),
    }
    assert not [secret for secret in secrets if secret in stored]


# ---- How it is stored -----------------------------------------------------------------------------------------------


def inserts(queries):
    return [query["sql"] for query in queries if query["sql"].startswith(f'INSERT INTO "{TABLE}"')]


def test_what_a_request_leaves_is_one_insert_and_the_last_thing_that_is_written(alice):
    page = alice.authorize()
    with CaptureQueriesContext(connection) as queries:
        alice.decide(page, "allow")
    assert len(inserts(queries)) == 1
    assert queries[-1]["sql"].startswith(f'INSERT INTO "{TABLE}"')
    assert events()[-3:] == ["consent.given", "code.issued", "request.answered"]


def test_so_it_is_at_the_back_channel(back_channel):
    with CaptureQueriesContext(connection) as queries:
        back_channel.machine_token()
    assert len(inserts(queries)) == 1
    assert events() == ["token.issued"]


def test_a_request_about_which_nothing_is_decided_writes_nothing(client, seeded):
    with CaptureQueriesContext(connection) as queries:
        for path in ("/.well-known/jwks.json", "/login", "/healthz", "/nothing", "/calendar/v1/events"):
            client.get(path)
    assert not inserts(queries)


def test_the_entries_of_one_request_have_one_request_id(alice):
    alice.decide(alice.authorize(), "allow")
    shown, first_answer, given, issued, second_answer = LogEntry.objects.all()
    assert shown.request_id == first_answer.request_id
    assert given.request_id == issued.request_id == second_answer.request_id
    assert shown.request_id != given.request_id
    assert all(re.fullmatch(r"[0-9a-f]{16}", entry.request_id) for entry in LogEntry.objects.all())


def test_outside_of_any_request_a_decision_is_stored_at_once(db):
    decision_log.record(Decision.SIGNED_OUT, trace_id=TRACE_ID)
    assert LogEntry.objects.get().request_id == ""


# ---- Nothing takes it away ------------------------------------------------------------------------------------------


def refuse(table):
    """As a database that takes nothing for this table any more."""

    def wrapper(execute, sql, params, many, context):
        if sql.startswith(f'INSERT INTO "{table}"'):
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


def test_what_was_decided_is_stored_although_the_transaction_was_rolled_back_and_the_answer_is_an_error(alice):
    alice.client.raise_request_exception = False
    page = alice.authorize()
    with refuse("authorization_server_authorizationcode"):
        answer = alice.decide(page, "allow")
    assert answer.status_code == 503
    assert not Consent.objects.exists()
    given, answered = list(LogEntry.objects.all())[2:]
    assert (given.event, given.trace_id) == ("consent.given", answered.trace_id)
    assert (answered.event, answered.status) == ("request.answered", 503)


def test_where_the_session_cannot_be_stored_the_entry_tells_of_the_answer_that_went_out(visitor):
    visitor.client.raise_request_exception = False
    with refuse("django_session"):
        assert visitor.authorize().status_code == 503
    assert LogEntry.objects.get(event="request.answered").status == 503


def test_a_refusal_at_the_back_channel_is_stored(alice, back_channel):
    code = alice.code()
    back_channel.redeem(code)
    back_channel.redeem(code)
    *_, refused = LogEntry.objects.all()
    assert (refused.event, refused.reason, refused.detail) == ("request.refused", "code_used_or_expired", "invalid_grant")


@pytest.fixture
def table_away(transactional_db, seeded):
    """A database in which the log's table is not there."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} RENAME TO away")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE away RENAME TO {TABLE}")


def test_if_the_database_refuses_the_entries_the_answer_still_goes_out_and_the_structured_log_says_so(table_away, caplog):
    caplog.set_level("INFO")
    answer = BackChannel().machine_token()
    assert answer.status_code == 200
    assert "token.issued" in caplog.text
    (said,) = [record for record in caplog.records if record.message == "decision_log.not_stored"]
    assert (said.levelname, said.__dict__["entries"], said.__dict__["error"]) == (
        "ERROR",
        1,
        "OperationalError" if connection.vendor == "sqlite" else "ProgrammingError",
    )


# ---- Append-only, for 30 days ---------------------------------------------------------------------------------------


def an_entry(**values):
    decision_log.record(Decision.SIGNED_OUT, trace_id=TRACE_ID, **values)
    return LogEntry.objects.last()


def test_an_entry_cannot_be_changed_or_deleted(db):
    entry = an_entry(reason="as it was")
    entry.reason = "as somebody wants it"
    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        entry.delete()
    with pytest.raises(AppendOnly):
        LogEntry.objects.update(reason="as somebody wants it")
    with pytest.raises(AppendOnly):
        LogEntry.objects.filter(pk=entry.pk).delete()
    assert LogEntry.objects.get().reason == "as it was"


def test_the_dashboard_shows_entries_and_lets_nobody_make_change_or_delete_one(seeded):
    entry, admin = an_entry(reason="as it was", jti="0f2c2c1e"), Browser().is_signed_in_as("admin")
    where = "/admin/authorization_server/logentry/"
    assert admin.get(f"{where}add/").status_code == 403
    assert admin.post(f"{where}{entry.pk}/change/", reason="other").status_code == 403
    assert admin.post(f"{where}{entry.pk}/delete/", post="yes").status_code == 403
    admin.post(where, action="delete_selected", _selected_action=entry.pk, post="yes")
    assert LogEntry.objects.get(pk=entry.pk).reason == "as it was"


@pytest.mark.parametrize("pasted", [TRACE_ID, "0f2c2c1e", "calendar-web", "usr_123"])
def test_a_trace_id_jti_client_id_or_sub_pasted_at_the_dashboard_finds_the_decision(seeded, pasted):
    an_entry(reason="the-one-looked-for", jti="0f2c2c1e", client_id="calendar-web", user="usr_123")
    decision_log.record(Decision.SIGNED_OUT, trace_id="f" * 32, reason="another")
    page = Browser().is_signed_in_as("admin").get("/admin/authorization_server/logentry/", q=pasted).content.decode()
    assert "the-one-looked-for" in page
    assert "another" not in page


def test_an_entry_outlives_the_person_and_the_application_it_tells_of(alice, daybook):
    alice.code()
    before = events()
    daybook.delete()
    assert events() == before


def old_and_new():
    """One entry of 31 days ago and one of 29."""
    for days in (31, 29):
        LogEntry(event="sign_out", trace_id=TRACE_ID, reason=f"{days} days", at=timezone.now() - timedelta(days=days)).save()


def test_the_command_deletes_what_is_older_than_30_days_and_nothing_else(db, capsys):
    old_and_new()
    call_command("delete_expired")
    assert "Deleted: 1 log entries, " in capsys.readouterr().out
    assert LogEntry.objects.get().reason == "29 days"


def test_the_server_does_so_by_itself_with_the_first_entry_of_a_day_and_with_no_other(back_channel):
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        old_and_new()
        with CaptureQueriesContext(connection) as queries:
            back_channel.machine_token()
        assert [entry.reason for entry in LogEntry.objects.all()] == ["29 days", "client_credentials"]
        assert any(query["sql"].startswith("DELETE") for query in queries)
        with CaptureQueriesContext(connection) as queries:
            back_channel.machine_token()
        assert queries[-1]["sql"].startswith("INSERT")


# ---- Trace ids ------------------------------------------------------------------------------------------------------


def test_decisions_without_a_state_have_the_id_that_their_caller_sent_in_traceparent(seeded):
    client = Client(headers={"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01"})
    fields = {"grant_type": "client_credentials", "client_id": "geocoding-backend", "client_secret": "wrong"}
    client.post("/oauth/token", fields)
    assert LogEntry.objects.get().trace_id == TRACE_ID


def test_a_state_is_stored_as_the_beginning_of_its_sha256_alone(alice):
    alice.authorize(state="a-very-recognisable-state")
    assert {entry.trace_id for entry in LogEntry.objects.all()} == {hashlib.sha256(b"a-very-recognisable-state").hexdigest()[:32]}


@pytest.mark.parametrize("table", ["clientgrant", "preconfiguredconsent"])
def test_a_grant_that_is_added_changed_or_deleted_is_a_decision_with_who_did_it(admin, table):
    application = Application.objects.get(client_id="company-calendar")
    api = Api.objects.get(audience="api.calendar")
    read, write = api.scopes.order_by("name")
    PreconfiguredConsent.objects.all().delete()
    url, row = f"/admin/authorization_server/{table}/", {"application": application.pk, "api": api.pk, "for_everybody": "on"}
    assert admin.post(f"{url}add/", **row, scopes=[read.pk]).status_code == 302
    pk = apps.get_model("authorization_server", table).objects.get(application=application).pk
    assert admin.post(f"{url}{pk}/change/", **row, scopes=[read.pk, write.pk]).status_code == 302
    assert admin.post(f"{url}{pk}/delete/", post="yes").status_code == 302
    entries = LogEntry.objects.filter(event="grant.changed").order_by("pk")
    assert [(entry.reason, entry.scope) for entry in entries] == [("added", "read"), ("changed", "read write"), ("deleted", "read write")]
    assert {(entry.client_id, entry.audience, entry.by) for entry in entries} == {("company-calendar", "api.calendar", "usr_100")}
