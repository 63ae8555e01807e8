"""Daybook's session: its own cookie, its own table, a new key at sign-in."""

import pytest
from django.http import HttpResponse

from demo_client.models import DaybookSession, SignIn
from demo_client.sessions import DaybookSessionMiddleware
from tests.demo_client.conftest import message_pk, text

COOKIE = "daybook_session"


def test_home_needs_no_session(alice):
    assert COOKIE not in alice.get("/").cookies
    assert DaybookSession.objects.count() == 0


def test_the_cookie_is_for_the_server_alone(services, alice):
    alice.begin()
    cookie = alice.cookies[COOKIE]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"], cookie["secure"]) == ("Lax", "/", "")


def test_the_cookie_is_secure_on_https(services, alice, settings):
    settings.SESSION_COOKIE_SECURE, settings.DAYBOOK_SESSION_COOKIE_NAME = True, "__Host-daybook_session"
    alice.begin()
    assert alice.cookies["__Host-daybook_session"]["secure"]


def test_signing_in_gives_the_session_a_new_key(services, alice):
    state = alice.begin()["state"]
    before = alice.cookies[COOKIE].value
    alice.come_back(services, state)
    assert alice.cookies[COOKIE].value != before
    assert list(DaybookSession.objects.values_list("pk", flat=True)) == [alice.cookies[COOKIE].value]


def test_who_knew_the_key_from_before_is_not_signed_in(services, alice, somebody_else):
    state = alice.begin()["state"]
    somebody_else.cookies[COOKIE] = alice.cookies[COOKIE].value
    alice.come_back(services, state)
    assert somebody_else.get("/daybook").status_code == 403


def test_a_key_that_the_browser_brings_along_is_not_taken(services, alice):
    alice.cookies[COOKIE] = "chosenbysomebodyelse"
    alice.begin()
    assert alice.cookies[COOKIE].value != "chosenbysomebodyelse"
    assert SignIn.objects.get().session_key == alice.cookies[COOKIE].value


@pytest.mark.parametrize("value", ["", "x", "x" * 10_000, '"\\000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"', "é", "A" * 32])
def test_an_unusable_key_is_as_good_as_none_and_is_not_looked_for(alice, django_assert_num_queries, value):
    with django_assert_num_queries(0):
        assert alice.get("/daybook", headers={"cookie": f"{COOKIE}={value}"}).status_code == 403


def test_signing_out_ends_daybooks_session_and_leaves_the_authorization_servers(services, alice, settings):
    alice.sign_in(services)
    alice.cookies[settings.SESSION_COOKIE_NAME] = "theauthorizationserversownkey123"  # of the shape that its keys have
    response = alice.post("/sign-out")
    assert (response.status_code, response["Location"]) == (303, "/")
    assert DaybookSession.objects.count() == 0
    assert response.cookies[COOKIE].value == ""
    assert settings.SESSION_COOKIE_NAME not in response.cookies
    assert alice.get("/daybook").status_code == 403


def test_signing_out_needs_a_post_with_its_csrf_value(services, alice):
    alice.sign_in(services)
    assert alice.get("/sign-out").status_code == 405
    alice.handler.enforce_csrf_checks = True
    assert alice.post("/sign-out").status_code == 403
    assert alice.get("/daybook").status_code == 200


def test_a_request_under_way_does_not_bring_a_session_back_that_was_signed_out(services, alice, rf):
    alice.sign_in(services)

    def signed_out_meanwhile(request):
        request.daybook["something"] = "new"
        DaybookSession.objects.all().delete()
        return HttpResponse()

    request = rf.get("/daybook")
    request.COOKIES[COOKIE] = alice.cookies[COOKIE].value
    response = DaybookSessionMiddleware(signed_out_meanwhile)(request)
    assert DaybookSession.objects.count() == 0
    assert COOKIE not in response.cookies


def test_a_page_about_a_service_that_is_down_keeps_what_the_request_changed(alice, services, settings):
    settings.ISSUER = settings.ISSUER_INTERNAL_URL = "http://localhost:1/"
    page = alice.get("/sign-in")
    assert page.status_code == 503
    assert alice.get(f"/messages/{message_pk(page, 'where its endpoints are')}").status_code == 200


def test_a_page_that_breaks_keeps_nothing_that_it_changed_half_way(signed_in, services, monkeypatch):
    services.grants = "read write"
    signed_in.sign_in(services)
    event = {"event_id": "0" * 20, "what": "Coffee", "day": "2026-11-26", "since": "16:00", "until": "17:00"}
    week = signed_in.post("/daybook/new", event)["Location"]
    with monkeypatch.context() as broken:
        broken.setattr("demo_client.pages.Month.of", None)
        signed_in.raise_request_exception = False
        assert signed_in.get(week).status_code == 500
    assert "“Coffee” is in the calendar." in text(signed_in.get(week))  # said once, to who can read it


def test_pages_of_a_session_are_not_kept_by_anybody(services, alice):
    alice.sign_in(services)
    response = alice.get("/daybook")
    assert "no-store" in response["Cache-Control"]
    assert "Cookie" in response["Vary"]
