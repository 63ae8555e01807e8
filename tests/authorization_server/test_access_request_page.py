"""/access-requests/new: who wants what, what the administrator does, and nothing for those who guess."""

import re

import pytest

from authorization_server.models import Api, Application, ClientGrant
from tests.authorization_server.conftest import GEOCODING


def page(visitor, client_id="unapproved-backend", audience=GEOCODING):
    return visitor.get("/access-requests/new", client_id=client_id, audience=audience)


def test_it_names_application_and_api_and_leads_to_the_administrator_s_form(visitor):
    answer = page(visitor)
    text = answer.content.decode()
    application, api = Application.objects.get(client_id="unapproved-backend"), Api.objects.get(audience=GEOCODING)
    assert answer.status_code == 200
    assert "New backend has no permission for the Geocoding API" in text
    assert f"/admin/authorization_server/clientgrant/add/?application={application.pk}&amp;api={api.pk}" in text


def test_it_holds_no_secret_and_no_name_of_a_person(visitor):
    text = page(visitor).content.decode()
    for word in ('secret"', "demo-secret", "Dora", "Gina", Application.objects.get(client_id="unapproved-backend").secret_sha256):
        assert word not in text


def test_unknown_application_and_unknown_api_lead_to_the_same_page(visitor):
    pages = [
        page(visitor, "nobody"),
        page(visitor, audience="https://nobody.example/"),
        page(visitor, "nobody", "x"),
        visitor.get("/access-requests/new"),
    ]
    assert {answer.status_code for answer in pages} == {400}
    assert len({re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", answer.content) for answer in pages}) == 1


@pytest.mark.parametrize("bad", ["\x00", "é\x07", "x" * 5000, "<script>alert(1)</script>"])
def test_odd_values_do_not_crash_it(visitor, bad):
    assert page(visitor, bad).status_code == 400
    assert page(visitor, audience=bad).status_code == 400
    assert b"<script>alert" not in page(visitor, audience=bad).content


def test_with_a_grant_it_says_that_there_is_one(visitor):
    ClientGrant.objects.create(application=Application.objects.get(client_id="unapproved-backend"), api=Api.objects.get(audience=GEOCODING))
    assert "New backend has permission for the Geocoding API" in page(visitor).content.decode()


def test_where_machines_are_denied_it_promises_nothing(visitor):
    text = page(visitor, audience="api.calendar").content.decode()
    assert "The Calendar API admits no machines" in text
    assert "/admin/" not in text


def test_it_changes_nothing(visitor):
    assert visitor.post("/access-requests/new").status_code == 400
    page(visitor)
    assert ClientGrant.objects.count() == 2
