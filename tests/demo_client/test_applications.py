"""Daybook is registered four times: each registration signs in as itself."""

from urllib.parse import urlsplit

import pytest

from tests.demo_client.conftest import text, words

WITH_A_SECRET = {"calendar-web": "/callback", "calendar-short": "/callback", "company-calendar": "/company/callback"}


@pytest.mark.parametrize(("application", "path"), WITH_A_SECRET.items())
def test_each_asks_and_redeems_with_its_own_client_id_secret_and_redirect_uri(services, alice, application, path):
    asked = alice.begin(application)
    assert asked["client_id"] == application
    assert urlsplit(asked["redirect_uri"]).path == path
    assert alice.come_back(services, asked["state"], to=path).status_code == 302
    (redeemed,) = services.codes_offered()
    assert (redeemed["client_id"], redeemed["client_secret"]) == (application, f"{application}-demo-secret")
    assert redeemed["redirect_uri"] == asked["redirect_uri"]


def test_the_one_in_the_browser_has_a_page_of_its_own(services, alice):
    assert alice.get("/sign-in?application=calendar-spa")["Location"] == "/spa"


@pytest.mark.parametrize("unknown", ["geocoding-backend", "calendar-web'", "nobody", "\x00"])
def test_no_other_application_is_daybooks(services, alice, unknown):
    response = alice.get("/sign-in", {"application": unknown})
    assert response.status_code == 400
    assert "Daybook is no such application" in words(response)


def test_who_is_not_signed_in_may_choose(services, alice):
    page = text(alice.get("/daybook"))
    for application in (*WITH_A_SECRET, "calendar-spa"):
        assert f"/sign-in?application={application}" in page


def test_the_calendar_says_which_one_it_is(services, alice):
    alice.sign_in(services, "calendar-short")
    assert "Daybook, short tickets calendar-short this one" in words(alice.get("/daybook"))


def test_without_demo_identities_nobody_is_named(services, alice, settings):
    alice.sign_in(services)
    settings.DEMO_IDENTITIES = False
    page = words(alice.get("/daybook"))
    assert "Alice’s" not in page
    assert "Your calendar" in page
