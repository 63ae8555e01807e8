"""Requests that reach no view, or break one, end in a page that says what happened; at an API's path in problem+json."""

import pytest
from django.db import OperationalError
from django.test import Client


def test_a_form_without_its_csrf_value_ends_in_a_page_that_says_what_to_do():
    response = Client(enforce_csrf_checks=True).post("/sign-out")
    assert response.status_code == 403
    assert "This form is out of date" in response.content.decode()
    assert "reload the page" in response.content.decode()


def test_an_unknown_address_ends_in_a_page():
    response = Client().get("/no-such-page")
    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()
    assert response["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/calendar/v1/nothing", "/calandar/v1/nothing", "/geocoding/v1/nothing", "/oauth/nothing"])
def test_an_unknown_path_at_an_api_ends_in_problem_json_rfc9457(path):
    response = Client().get(path)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_found"
    assert len(response.json()["trace_id"]) == 32


@pytest.mark.django_db
def test_a_broken_view_says_nothing_of_the_inside(monkeypatch):
    monkeypatch.setattr("demo_client.pages.show", lambda *_: 1 / 0)
    response = Client(raise_request_exception=False).get("/", headers={"host": "localhost:8000"})
    assert response.status_code == 500
    assert "ZeroDivisionError" not in response.content.decode()
    assert "trace" in response.content.decode()


def locked(*_, **__):
    raise OperationalError("database is locked")


@pytest.mark.django_db
def test_a_database_that_stays_locked_is_503_with_retry_after_on_a_page_too(monkeypatch):
    monkeypatch.setattr("demo_client.pages.show", locked)
    response = Client(raise_request_exception=False).get("/", headers={"host": "localhost:8000"})
    assert response.status_code == 503
    assert response["Retry-After"] == "2"
    assert "Nothing was changed" in response.content.decode()


@pytest.mark.django_db
def test_a_database_that_stays_locked_is_503_with_retry_after_at_an_api(monkeypatch, issuer):
    monkeypatch.setattr("calendar_api.windows.Window.walk", locked)
    response = Client(raise_request_exception=False).get(
        "/calendar/v1/events", headers={"authorization": f"Bearer {issuer.access_token()}"}
    )
    assert response.status_code == 503
    assert response["Retry-After"] == "2"
    assert response.json()["code"] == "database_busy"
