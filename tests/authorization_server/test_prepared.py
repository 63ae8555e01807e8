"""Look-ups that are compiled once: the same rows as Django's own query, in the same number of queries."""

import pytest

from authorization_server.models import Api, ApiScope, Application, ClientGrant, LogEntry, SigningKey
from authorization_server.prepared import Prepared
from tests.authorization_server.conftest import GEOCODING


def facts(rows):
    return [{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} for row in rows]


@pytest.mark.parametrize(
    ("model", "columns", "values"),
    [
        (Application, ["client_id"], lambda: ["calendar-spa"]),
        (Application, ["client_id"], lambda: ["nobody"]),
        (Api, ["audience"], lambda: [GEOCODING]),
        (Api, ["resource_url"], lambda: ["http://localhost:8000/calendar/v1"]),
        (ApiScope, ["api"], lambda: [Api.objects.get(audience="api.calendar").pk]),
        (ApiScope, ["clientgrant"], lambda: [ClientGrant.objects.get(application__client_id="trail-reader").pk]),
        (ClientGrant, ["application", "api"], lambda: ClientGrant.objects.values_list("application", "api").latest("pk")),
        (SigningKey, ["state"], lambda: ["current"]),
    ],
)
def test_the_rows_are_those_of_the_query_that_it_stands_for(seeded, django_assert_num_queries, model, columns, values):
    values, prepared = values(), Prepared(model, *columns)
    expected = model.objects.all()
    for column, value in zip(columns, values, strict=True):
        expected = expected.filter(**{column: value})
    for _ in range(2):
        with django_assert_num_queries(1):
            rows = prepared.all(*values)
        assert facts(rows) == facts(expected)
    assert prepared.first(*values) == expected.first()


def test_its_rows_can_be_saved_like_any_other(seeded):
    (application,) = Prepared(Application, "client_id").all("calendar-spa")
    application.name = "Renamed"
    application.save()
    assert Application.objects.get(client_id="calendar-spa").name == "Renamed"


def test_a_value_is_a_value_whatever_stands_in_it(seeded):
    assert Prepared(Application, "client_id").all("' OR 1=1 --") == []


def test_entries_of_the_log_are_appended_as_django_would_store_them(seeded):
    entries = [LogEntry(event=f"e{n}", trace_id="a" * 32, detail="ü' \\", status=200, duration_ms=1.5) for n in range(3)]
    LogEntry.objects.append(entries)
    stored = list(LogEntry.objects.order_by("pk"))
    assert [entry.event for entry in stored] == ["e0", "e1", "e2"]
    assert {(entry.detail, entry.status, entry.duration_ms) for entry in stored} == {("ü' \\", 200, 1.5)}
    assert [entry.at for entry in stored] == [entry.at for entry in entries]
