"""`/account`: a person sees what applications may do in their name, and takes it back."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from authorization_server.models import Api, Application, AuthorizationCode, Consent, LogEntry, RefreshTokenFamily, User
from tests.authorization_server.conftest import Browser, assert_refused, decisions, sent_back, text_of

OFFLINE = "read offline_access"


@pytest.fixture
def connected(alice, back_channel):
    """Daybook may read Alice's calendar and keep that up; the refresh token that it holds."""
    return back_channel.redeem(alice.code(scope=OFFLINE)).json()["refresh_token"]


def take_back(browser, consent=None):
    """Press the button of a consent, of the only one unless told."""
    return browser.post("/account", consent=(consent or Consent.objects.get()).pk)


def test_who_is_not_signed_in_signs_in_first_and_comes_back(visitor):
    answer = visitor.get("/account")
    assert (answer.status_code, answer["Location"]) == (302, "/login?next=%2Faccount")
    assert visitor.post("/login", username="alice", password="alice-demo", next="/account")["Location"] == "/account"


def test_whoever_signs_in_without_a_request_that_waits_comes_here(visitor):
    assert visitor.post("/login", username="alice", password="alice-demo")["Location"] == "/account"


def test_nothing_is_said_to_be_nothing(bob):
    assert "Nothing. When an application asks, this server shows you a page" in text_of(bob.get("/account"))


def test_it_names_application_api_each_permission_and_since_when(alice, connected):
    page = text_of(alice.get("/account"))
    today = f"{timezone.now():%-d %B %Y}"
    assert "Daybook may" in page
    assert "Calendar API" in page
    assert f"read your scheduled events permission (scope) read , since {today}" in page
    assert f"keep this access while you are away permission (scope) offline_access , since {today}; 1 refresh token in use" in page
    assert "create and change events" not in re.sub(r"Daybook for Work.*", "", page)


def test_it_says_what_taking_back_does_before_it_is_done(alice, connected):
    page = text_of(alice.get("/account"))
    assert "It ends 1 refresh token at once." in page
    assert "A ticket (access token) that Daybook holds already stays good until it expires, for 24 hours at most" in page


@pytest.mark.parametrize(("seconds", "words"), [(10, "10 seconds"), (600, "10 minutes"), (7200, "2 hours"), (86400 * 3, "3 days")])
def test_how_long_a_ticket_stays_good_is_the_application_s_or_the_api_s(alice, connected, daybook, seconds, words):
    Application.objects.filter(pk=daybook.pk).update(access_token_lifetime_seconds=seconds)
    assert f"for {words} at most" in text_of(alice.get("/account"))


def test_what_an_administrator_allowed_is_shown_and_cannot_be_taken_back_here(alice, bob):
    page = alice.get("/account")
    assert "Daybook for Work may, because an administrator said so" in text_of(page)
    assert "everybody in the group employees" in text_of(page)
    assert 'name="consent"' not in page.content.decode()
    assert "Daybook for Work" not in text_of(bob.get("/account"))


def test_taking_back_ends_the_consent_and_every_refresh_token_that_rests_on_it(alice, back_channel, connected):
    other = back_channel.redeem(alice.code(scope=OFFLINE)).json()["refresh_token"]
    answer = take_back(alice)
    assert (answer.status_code, answer["Location"]) == (303, "/account")
    assert "Daybook has no permission from you for the Calendar API any more. Refresh tokens ended: 2." in text_of(alice.get("/account"))
    for refresh_token in (connected, other):
        assert_refused(back_channel.refresh(refresh_token), error="invalid_grant")
    assert "Daybook wants to:" in text_of(alice.authorize())


def test_a_code_that_is_on_its_way_ends_with_it(alice, back_channel):
    code = alice.code(scope=OFFLINE)
    take_back(alice)
    assert_refused(back_channel.redeem(code), error="invalid_grant")
    assert not AuthorizationCode.objects.exists()


def test_allowing_again_brings_no_old_refresh_token_back(alice, back_channel, connected):
    take_back(alice)
    alice.code(scope=OFFLINE)
    assert_refused(back_channel.refresh(connected), error="invalid_grant")


def test_what_other_people_and_other_applications_have_stays(alice, bob, back_channel, connected):
    bobs = back_channel.redeem(bob.code(scope=OFFLINE)).json()["refresh_token"]
    short = {"client_id": "calendar-short", "client_secret": "calendar-short-demo-secret"}
    shorts = back_channel.redeem(alice.code(client_id="calendar-short", scope=OFFLINE), **short).json()["refresh_token"]
    take_back(alice, Consent.objects.get(user__username="alice", application__client_id="calendar-web"))
    assert back_channel.refresh(bobs).status_code == 200
    assert back_channel.refresh(shorts, **short).status_code == 200


def test_nobody_takes_back_what_another_person_gave(alice, bob, back_channel, connected):
    assert take_back(bob).status_code == 400
    assert back_channel.refresh(connected).status_code == 200


@pytest.mark.parametrize("number", ["", "0", "999999", "-1", "x", "１", "9" * 40, "\x00"])
def test_what_is_no_consent_gets_a_page_that_says_so(alice, connected, number):
    answer = alice.post("/account", consent=number)
    assert answer.status_code == 400
    assert "There is no such permission of yours any more" in text_of(answer)
    assert Consent.objects.exists()


def test_twice_in_two_tabs_is_once(alice, connected):
    consent = Consent.objects.get()
    take_back(alice, consent)
    assert take_back(alice, consent).status_code == 400


def test_a_link_changes_nothing_and_csrf_is_checked(alice, connected):
    alice.get("/account", consent=Consent.objects.get().pk)
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="alice"))
    assert client.post("/account", {"consent": Consent.objects.get().pk}).status_code == 403
    assert Consent.objects.exists()


def test_refresh_tokens_that_have_ended_are_not_counted(alice, back_channel, connected):
    back_channel.refresh(connected)
    back_channel.refresh(connected)  # a second use: the family ends
    assert "no refresh tokens in use" in text_of(alice.get("/account"))
    back_channel.redeem(alice.code(scope=OFFLINE))
    with time_machine.travel(timezone.now() + timedelta(days=16)):
        alice.is_signed_in_as("alice")
        assert "no refresh tokens in use" in text_of(alice.get("/account"))


def test_the_log_says_what_ended_and_who_did_it(alice, connected, caplog):
    caplog.set_level("INFO")
    take_back(alice)
    assert decisions(caplog, "consent.withdrawn") == [("consent.withdrawn", "by_the_person")]
    entry = LogEntry.objects.get(event="consent.withdrawn")
    assert (entry.client_id, entry.user, entry.audience) == ("calendar-web", "usr_123", "api.calendar")
    assert entry.detail == "refresh tokens ended: 1"


def test_an_administrator_takes_it_back_in_the_dashboard_is_told_what_ends_and_is_named_in_the_log(alice, admin, back_channel, connected):
    url = f"/admin/authorization_server/consent/{Consent.objects.get().pk}/delete/"
    assert "It ends 1 refresh token." in text_of(admin.get(url))
    admin.post(url, post="yes")
    assert_refused(back_channel.refresh(connected), error="invalid_grant")
    entry = LogEntry.objects.get(event="consent.withdrawn")
    assert (entry.reason, entry.user, entry.by, entry.detail) == ("by_an_administrator", "usr_123", "usr_100", "refresh tokens ended: 1")


def test_several_at_once_in_the_dashboard_are_each_in_the_log(alice, bob, admin, back_channel, connected):
    back_channel.redeem(bob.code(scope=OFFLINE))
    selected = {"action": "delete_selected", "_selected_action": [consent.pk for consent in Consent.objects.all()]}
    assert "It ends 2 refresh tokens." in text_of(admin.post("/admin/authorization_server/consent/", **selected))
    admin.post("/admin/authorization_server/consent/", **selected, post="yes")
    assert LogEntry.objects.filter(event="consent.withdrawn").count() == 2
    assert not RefreshTokenFamily.objects.exists()


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("application", lambda: Application.objects.get(client_id="calendar-web")),
        ("api", lambda: Api.objects.get(audience="api.calendar")),
        ("user", lambda: User.objects.get(username="alice")),
    ],
)
def test_deleting_what_a_consent_hangs_on_says_how_many_refresh_tokens_it_ends(admin, connected, table, row):
    assert "It ends 1 refresh token." in text_of(admin.get(f"/admin/authorization_server/{table}/{row().pk}/delete/"))


def test_the_number_of_queries_does_not_grow_with_the_consents(alice, connected, django_assert_num_queries):
    few = 8
    with django_assert_num_queries(few):
        alice.get("/account")
    alice.code(client_id="calendar-short", scope="read write")
    with django_assert_num_queries(few):
        alice.get("/account")


def test_it_may_be_framed_and_kept_by_nobody(alice):
    page = alice.get("/account")
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert "no-store" in page["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in page


def test_signing_out_is_one_link_away_and_the_other_way_round(alice):
    assert 'href="/logout"' in alice.get("/account").content.decode()
    assert 'href="/account"' in alice.get("/logout").content.decode()


def test_a_consent_for_no_scope_at_all_is_told_too(alice):
    alice.code(scope=None)
    assert "Daybook may speak to the Calendar API in your name" in text_of(alice.get("/account"))
    assert "code" in sent_back(alice.authorize(scope=None))


def test_nobody_signed_in_takes_nothing_back(seeded, connected):
    assert Browser().post("/account", consent=Consent.objects.get().pk).status_code == 302
    assert Consent.objects.exists()
