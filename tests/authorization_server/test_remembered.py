"""What token requests look up is remembered in the process, and a change counts from the next request on, whoever made it."""

import threading
from datetime import timedelta

import jwt
import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from authorization_server import applications, keys, remembered
from authorization_server.models import Api, ApiScope, Application, ClientGrant, ConfigurationStamp, LogEntry, SigningKey
from authorization_server.models.configuration_stamp import WATCHED
from tests.authorization_server.conftest import GEOCODING, assert_refused

FOR_GEOCODING = {
    "grant_type": "client_credentials",
    "client_id": "geocoding-backend",
    "client_secret": "geocoding-backend-demo-secret",
    "audience": GEOCODING,
}
committed = pytest.mark.django_db(transaction=True)  # inside of a transaction nothing is remembered


@pytest.fixture
def token(seeded, back_channel):
    """Ask for a machine's token, with everything remembered already."""
    assert back_channel.form(**FOR_GEOCODING).status_code == 200
    return lambda **changes: back_channel.form(**FOR_GEOCODING | changes)


def geocoding_grant():
    return ClientGrant.objects.get(application__client_id="geocoding-backend", api__audience=GEOCODING)


# ---- What it costs ------------------------------------------------------------------------------------------------------


@committed
def test_a_machine_s_token_costs_two_queries_while_nothing_changes(token, django_assert_num_queries):
    with django_assert_num_queries(2):  # whether anything has changed, and the log's entry
        assert token().status_code == 200


@committed
def test_the_first_token_after_a_change_costs_six(token, django_assert_num_queries):
    Api.objects.filter(audience=GEOCODING).update(name="Places")
    with django_assert_num_queries(6):
        assert token().status_code == 200


@committed
def test_what_does_not_exist_is_not_remembered(token):
    at, memory = remembered._memory_at
    for number in range(5):
        token(client_id=f"nobody-{number}")
        token(audience=f"https://nowhere.example/{number}")
    assert remembered._memory_at == (at, memory)
    assert len(memory) == 4


# ---- A change counts at once --------------------------------------------------------------------------------------------


def grant_deleted():
    geocoding_grant().delete()


def grant_deleted_in_sql():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM authorization_server_clientgrant_scopes WHERE clientgrant_id = %s", [geocoding_grant().pk])
        cursor.execute("DELETE FROM authorization_server_clientgrant WHERE id = %s", [geocoding_grant().pk])


def machines_denied():
    Api.objects.filter(audience=GEOCODING).update(machine_access="deny")


def grant_ended():
    ClientGrant.objects.update(ends_at=timezone.now())


@committed
@pytest.mark.parametrize("change", [grant_deleted, grant_deleted_in_sql, machines_denied, grant_ended])
def test_a_permission_that_is_taken_away_is_gone(token, change):
    change()
    assert_refused(token(), error="access_denied", status=403)


@committed
def test_a_grant_that_is_remembered_ends_at_its_time(token):
    ClientGrant.objects.update(ends_at=timezone.now() + timedelta(hours=1))
    assert token().status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert_refused(token(), error="access_denied", status=403)


@committed
def test_scopes_that_are_added_to_a_grant_or_taken_from_it_count(token):
    assert "scope" not in token().json()
    more = ApiScope.objects.create(api=Api.objects.get(audience=GEOCODING), name="guess", description="Guess places")
    geocoding_grant().scopes.add(more)
    assert token().json()["scope"] == "guess"
    geocoding_grant().scopes.clear()
    assert "scope" not in token().json()


@committed
def test_a_new_secret_counts_and_the_old_one_no_more(token):
    application = Application.objects.get(client_id="geocoding-backend")
    secret = application.set_new_secret()
    application.save()
    assert_refused(token(), error="invalid_client", status=401)
    assert token(client_secret=secret).status_code == 200


@committed
def test_the_first_token_after_a_rotation_is_signed_with_the_new_key(token):
    current = keys.rotate()
    assert jwt.get_unverified_header(token().json()["access_token"])["kid"] == current.kid


def one_more_row_of_each_table():
    """A new row for each watched table, in an order in which they can be stored."""
    api, application = Api(name="New", audience="new"), Application(name="New", client_id="new", authentication_method="none")
    scope, grant = ApiScope(api=api, name="new", description="New"), ClientGrant(application=application, api=api)
    key = SigningKey(kid="new", state="previous", private_key_encrypted="x", public_jwk={})
    return [api, application, scope, grant, ClientGrant.scopes.through(clientgrant=grant, apiscope=scope), key]


@committed
@pytest.mark.parametrize("ignore_conflicts", [False, True])
def test_the_database_notes_each_row_that_is_added_to_a_remembered_table_or_deleted(seeded, ignore_conflicts):
    rows = one_more_row_of_each_table()
    assert {type(row) for row in rows} == set(WATCHED)
    for row in rows:
        before = ConfigurationStamp.current()
        for field in row._meta.concrete_fields:
            if field.is_relation:  # stored meanwhile, some without the key being told
                setattr(row, field.name, field.related_model.objects.order_by("pk").last())
        type(row).objects.bulk_create([row], ignore_conflicts=ignore_conflicts)
        assert ConfigurationStamp.current() != before, type(row)
    for row in reversed(rows):
        before = ConfigurationStamp.current()
        newest = type(row).objects.order_by("pk").last()
        assert type(row).objects.filter(pk=newest.pk)._raw_delete(using="default")
        assert ConfigurationStamp.current() != before, type(row)


@committed
@pytest.mark.parametrize("model", WATCHED, ids=lambda model: model.__name__)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "TRUNCATE {} CASCADE"])
def test_the_database_notes_what_is_done_to_a_remembered_table_by_hand(seeded, model, statement):
    if connection.vendor == "sqlite" and "TRUNCATE" in statement:
        pytest.skip("SQLite knows no TRUNCATE")
    before = ConfigurationStamp.current()
    with connection.cursor() as cursor:
        cursor.execute(statement.format(connection.ops.quote_name(model._meta.db_table)))
    assert ConfigurationStamp.current() != before


@committed
def test_nothing_that_was_rolled_back_is_remembered(token):
    with transaction.atomic():
        Api.objects.filter(audience=GEOCODING).update(machine_access="deny")
        assert_refused(token(), error="access_denied", status=403)  # the transaction sees its own change
        transaction.set_rollback(True)
    assert token().status_code == 200


@committed
def test_a_table_that_a_migration_made_anew_is_watched_again(seeded):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER authorization_server_api_update")
        else:
            cursor.execute("DROP TRIGGER configuration_changed ON authorization_server_api")
    call_command("migrate", "authorization_server", verbosity=0)
    before = ConfigurationStamp.current()
    Api.objects.filter(audience=GEOCODING).update(name="Places")
    assert ConfigurationStamp.current() != before


@committed
def test_two_administrators_at_once_do_not_wait_for_each_other(seeded):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time anyway")
    done = threading.Event()

    def another():
        try:
            with transaction.atomic():
                Api.objects.filter(audience=GEOCODING).update(name="Places")
            done.set()
        finally:
            connection.close()

    with transaction.atomic():
        Application.objects.filter(client_id="calendar-spa").update(name="Renamed")
        thread = threading.Thread(target=another)
        thread.start()
        assert done.wait(10)  # while this transaction is still open
        thread.join()


# ---- What is remembered stays as it was found -----------------------------------------------------------------------------


@committed
def test_no_token_request_changes_what_it_was_handed(token):
    _, memory = remembered._memory_at

    def facts():
        return [vars(one) | {"_state": None} for one in memory.values() if isinstance(one, Application | Api | SigningKey)]

    before = [dict(one) for one in facts()]
    token(), token(scope="nonsense"), token(client_secret="wrong")
    assert facts() == before
    assert len(before) == 3


def test_outside_of_a_token_request_the_database_is_asked(seeded, django_assert_num_queries):
    for _ in range(2):
        with django_assert_num_queries(1):
            assert applications.find("calendar-spa")


def test_entries_of_the_log_are_appended_as_django_would_store_them(seeded):
    now = timezone.now()
    entries = [{"at": now, "event": f"e{n}", "trace_id": "a" * 32, "detail": "ü' \\", "status": 200, "duration_ms": 1.5} for n in range(3)]
    LogEntry.objects.append(entries)
    stored = list(LogEntry.objects.order_by("pk"))
    assert [entry.event for entry in stored] == ["e0", "e1", "e2"]
    written = LogEntry(**entries[0] | {"pk": stored[0].pk})
    assert {field.attname: getattr(stored[0], field.attname) for field in LogEntry._meta.concrete_fields} == {
        field.attname: getattr(written, field.attname) for field in LogEntry._meta.concrete_fields
    }
