"""The dashboard's changes: each page says first what its button does, and each change is in the log with who made it."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.utils import timezone

from access_tokens import conf
from authorization_server import housekeeping, keys
from authorization_server.models import Api, Application, ClientGrant, LogEntry, SigningKey, User
from tests.authorization_server.conftest import (
    GEOCODING,
    Browser,
    api_form,
    application_form,
    assert_refused,
    text_of,
    verified,
)

KEYS = "/admin/authorization_server/signingkey/"


def key_in(state):
    return SigningKey.objects.get(state=state)


def entries(event):
    return list(LogEntry.objects.filter(event=event).values_list("reason", "by", "detail"))


# ---- Rotation and revocation ------------------------------------------------------------------------------------------


def test_rotating_says_first_what_it_does_and_changes_nothing_by_a_link(admin):
    before = {key.kid: key.state for key in SigningKey.objects.all()}
    page = text_of(admin.get(f"{KEYS}rotate/"))
    assert "The next key signs from now on" in page
    assert "tokens that it signed stay good until they expire" in page
    assert {key.kid: key.state for key in SigningKey.objects.all()} == before


def test_rotating_lets_the_next_key_sign_and_keeps_the_old_one_published(admin, back_channel):
    old, coming = key_in("current"), key_in("next")
    token = back_channel.machine_token().json()["access_token"]
    answer = admin.post(f"{KEYS}rotate/")
    assert (answer.status_code, answer["Location"]) == (303, KEYS)
    assert (key_in("current").kid, key_in("previous").kid) == (coming.kid, old.kid)
    assert key_in("next").kid not in {old.kid, coming.kid}
    verified(token, GEOCODING)
    verified(back_channel.machine_token().json()["access_token"], GEOCODING)
    assert entries("keys.rotated") == [("", "usr_100", f"signs now: {coming.kid}")]


def test_revoking_says_first_what_it_does_and_for_how_long_the_key_may_still_count(admin, settings):
    settings.JWKS_MAX_AGE_SECONDS = 120
    page = text_of(admin.get(f"{KEYS}{key_in('current').kid}/revoke/"))
    assert "whatever it signed is refused, everywhere, 120 seconds from now at most" in page
    assert "It signs at present: the next key takes its place at once." in page
    assert "It signs at present" not in text_of(admin.get(f"{KEYS}{key_in('next').kid}/revoke/"))


def test_revoking_the_current_key_publishes_it_no_more_and_the_next_one_signs_at_once(admin, back_channel, client):
    old, coming = key_in("current"), key_in("next")
    admin.post(f"{KEYS}{old.kid}/revoke/")
    assert (key_in("revoked").kid, key_in("current").kid) == (old.kid, coming.kid)
    assert old.kid not in {key["kid"] for key in client.get("/.well-known/jwks.json").json()["keys"]}
    assert SigningKey.objects.filter(state="next").exists()
    assert back_channel.machine_token().status_code == 200
    assert entries("keys.revoked") == [("current", "usr_100", f"revoked: {old.kid}")]


@pytest.mark.parametrize("state", ["next", "previous"])
def test_revoking_another_leaves_the_current_one(admin, seeded, state):
    keys.rotate()
    current = key_in("current").kid
    admin.post(f"{KEYS}{key_in(state).kid}/revoke/")
    assert key_in("current").kid == current
    assert SigningKey.objects.filter(state="next").count() == 1


def test_a_key_is_revoked_once_and_an_unknown_one_is_not_there(admin):
    kid = key_in("current").kid
    admin.post(f"{KEYS}{kid}/revoke/")
    for gone in (kid, "made-up"):
        assert admin.get(f"{KEYS}{gone}/revoke/").status_code == 404
        assert admin.post(f"{KEYS}{gone}/revoke/").status_code == 404


@pytest.mark.parametrize("path", ["rotate/", "{kid}/revoke/"])
def test_who_may_only_look_at_keys_changes_none(seeded, path):
    gina = User.objects.get(username="gina")
    gina.is_staff = True
    gina.save()
    from django.contrib.auth.models import Permission

    gina.user_permissions.add(Permission.objects.get(codename="view_signingkey"))
    browser = Browser().is_signed_in_as("gina")
    url = KEYS + path.format(kid=key_in("current").kid)
    assert browser.get(url).status_code == 403
    assert browser.post(url).status_code == 403
    assert "Rotate the keys" not in text_of(browser.get(KEYS))
    assert not SigningKey.objects.filter(state__in=["previous", "revoked"]).exists()


def test_how_long_the_published_keys_may_be_kept_is_a_setting(client, seeded, settings):
    settings.JWKS_MAX_AGE_SECONDS = 77
    assert "max-age=77" in client.get("/.well-known/jwks.json")["Cache-Control"]


# ---- Every change is in the log ---------------------------------------------------------------------------------------


def test_an_application_is_added_changed_and_deleted(admin):
    url = "/admin/authorization_server/application/"
    admin.post(f"{url}add/", **application_form())
    pk = Application.objects.get(client_id="new-app").pk
    admin.post(f"{url}{pk}/change/", **application_form(name="Renamed"))
    admin.post(f"{url}{pk}/delete/", post="yes")
    logged = LogEntry.objects.filter(event="configuration.changed")
    assert [(entry.reason, entry.client_id, entry.by) for entry in logged] == [
        ("added", "new-app", "usr_100"),
        ("changed", "new-app", "usr_100"),
        ("deleted", "new-app", "usr_100"),
    ]
    assert logged[1].detail == "application: Changed Name."


def test_a_new_secret_is_said_to_be_new_and_nothing_of_it_is_said(admin):
    application = Application.objects.get(client_id="geocoding-backend")
    admin.post("/admin/authorization_server/application/", action="replace_secret", _selected_action=application.pk)
    assert entries("configuration.changed") == [("changed", "usr_100", "application: Replaced the secret.")]


def test_a_scope_that_is_added_to_an_api(admin):
    api = Api.objects.get(audience=GEOCODING)
    scope = {
        "scopes-TOTAL_FORMS": "1",
        "scopes-0-name": "bulk",
        "scopes-0-description": "Ask for many",
        "scopes-0-id": "",
        "scopes-0-api": api.pk,
    }
    admin.post(f"/admin/authorization_server/api/{api.pk}/change/", **api_form(api, **scope))
    (entry,) = LogEntry.objects.filter(event="configuration.changed")
    assert (entry.reason, entry.audience, entry.by) == ("changed", GEOCODING, "usr_100")
    assert "Added scope" in entry.detail


def test_people_and_groups(admin):
    bob = User.objects.get(username="bob")
    form = {
        "username": "bob",
        "first_name": "Robert",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00:00",
        "is_active": "on",
        "is_demo": "on",
    }
    assert admin.post(f"/admin/authorization_server/user/{bob.pk}/change/", **form).status_code == 302
    admin.post("/admin/auth/group/add/", name="guests")
    assert Group.objects.filter(name="guests").exists()
    assert [(entry.reason, entry.user) for entry in LogEntry.objects.filter(event="configuration.changed")] == [
        ("changed", "usr_456"),
        ("added", ""),
    ]


def test_a_row_that_could_not_be_saved_is_no_change(admin):
    admin.post("/admin/authorization_server/application/add/", **application_form(client_id="calendar-web"))
    assert not LogEntry.objects.filter(event="configuration.changed").exists()


# ---- What the pages say ---------------------------------------------------------------------------------------------


def test_after_a_grant_is_saved_the_page_says_what_succeeds_now(admin, back_channel):
    application = Application.objects.get(client_id="unapproved-backend")
    api = Api.objects.get(audience=GEOCODING)
    admin.post("/admin/authorization_server/clientgrant/add/", application=application.pk, api=api.pk)
    page = text_of(admin.get("/admin/authorization_server/clientgrant/"))
    assert "New backend gets tokens for the Geocoding API from now on: the request that was refused succeeds." in page
    assert back_channel.machine_token("unapproved-backend").status_code == 200


def test_after_a_grant_is_saved_with_an_end_that_is_past_it_says_that(admin, back_channel):
    grant = ClientGrant.objects.get(application__client_id="geocoding-backend")
    url = f"/admin/authorization_server/clientgrant/{grant.pk}/change/"
    admin.post(url, application=grant.application_id, api=grant.api_id, ends_at="2020-01-01T00:00")
    page = text_of(admin.get("/admin/authorization_server/clientgrant/"))
    assert "Daybook backend gets no token for the Geocoding API: the end of this grant is past." in page
    assert_refused(back_channel.machine_token(), error="access_denied", status=403)


def test_the_list_of_grants_shows_their_scopes(admin):
    assert "read:trails" in text_of(admin.get("/admin/authorization_server/clientgrant/"))


def test_an_api_without_scopes_is_said_to_have_none(admin):
    api = Api.objects.get(audience=GEOCODING)
    page = text_of(admin.get("/admin/authorization_server/clientgrant/add/", api=api.pk))
    assert "The Geocoding API has no scopes: the permission itself is all there is to give." in page


def test_the_log_s_list_shows_seconds_and_what_can_be_searched_for(admin, back_channel):
    back_channel.machine_token()
    entry = LogEntry.objects.get(event="token.issued")
    page = text_of(admin.get("/admin/authorization_server/logentry/"))
    for shown in (f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.jti, entry.trace_id, "geocoding-backend", GEOCODING):
        assert shown in page


def test_the_list_of_people_says_what_each_may(admin):
    page = text_of(admin.get("/admin/authorization_server/user/"))
    assert "everything" in page
    assert "decides for: Geocoding API, Places Admin API" in page


@pytest.mark.parametrize("table", ["clientgrant", "user", "logentry", "signingkey", "refreshtokenfamily"])
def test_a_list_costs_a_fixed_number_of_queries(admin, alice, bob, back_channel, table, django_assert_max_num_queries):
    for browser in (alice, bob):
        back_channel.redeem(browser.code(scope="read offline_access"))
    with django_assert_max_num_queries(12):
        admin.get(f"/admin/authorization_server/{table}/")


def test_what_a_revoked_key_signed_is_refused_at_both_apis_when_they_read_the_keys_anew(alice, back_channel, client, seeded):
    backends = back_channel.machine_token().json()["access_token"]
    alices = back_channel.redeem(alice.code()).json()["access_token"]
    requests = {"/calendar/v1/events": alices, "/geocoding/v1/reverse?lat=35.66&lon=139.7": backends}

    def statuses():
        return [client.get(url, headers={"Authorization": f"Bearer {token}"}).status_code for url, token in requests.items()]

    assert statuses() == [200, 200]
    keys.revoke(key_in("current").kid)
    with time_machine.travel(timezone.now() + timedelta(seconds=conf.LOCAL_KEYS_FRESH_SECONDS + 1), tick=False):
        assert statuses() == [401, 401]


@pytest.mark.parametrize(("lifetime_days", "stays_for"), [(1, 30), (40, 40)])
def test_a_previous_key_goes_when_all_that_it_signed_has_expired(seeded, lifetime_days, stays_for):
    Api.objects.filter(audience=GEOCODING).update(access_token_lifetime_seconds=lifetime_days * 86400)
    keys.rotate()
    for days, left in ((stays_for - 1, 1), (stays_for + 1, 0)):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            housekeeping.delete_expired()
        assert SigningKey.objects.filter(state="previous").count() == left
    assert SigningKey.objects.filter(state__in=["current", "next"]).count() == 2


def test_new_keys_are_of_the_kind_that_signs_after_a_revocation_too(admin):
    keys.rotate("ES256")
    keys.rotate("ES256")
    for path in ("rotate/", f"{key_in('next').kid}/revoke/", f"{key_in('current').kid}/revoke/"):
        admin.post(KEYS + path)
        assert (key_in("current").algorithm, key_in("next").algorithm) == ("ES256", "ES256")


def test_two_who_revoke_a_key_at_once_are_no_fault_of_the_server(admin, monkeypatch):
    kid, revoke = key_in("current").kid, keys.revoke

    def first_by_somebody_else(kid):
        revoke(kid)
        return revoke(kid)

    monkeypatch.setattr(keys, "revoke", first_by_somebody_else)
    assert admin.post(f"{KEYS}{kid}/revoke/").status_code == 404
