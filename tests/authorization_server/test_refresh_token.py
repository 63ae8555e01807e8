"""The refresh token grant: RFC 6749 section 6, RFC 9700 section 4.14, and what OpenID Connect Core section 11 says of `offline_access`."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from authorization_server import demo_identities, housekeeping, keys
from authorization_server.models import (
    AccessPolicy,
    Api,
    ApiScope,
    Application,
    AuthorizationCode,
    ClientGrant,
    Consent,
    LogEntry,
    PreconfiguredConsent,
    RefreshTokenFamily,
    SigningKey,
    User,
)
from tests.authorization_server.conftest import (
    COMPANY_CALLBACK,
    GEOCODING,
    SPA_CALLBACK,
    assert_refused,
    basic,
    decisions,
    in_fragment,
    sent_back,
    text_of,
    verified,
)

OFFLINE = "read offline_access"
OF_NO_USE = "The refresh token is unknown, used, expired, revoked, or was made for another application. Let the person sign in again."


@pytest.fixture
def signed_in(alice, back_channel):
    """What Daybook gets when Alice lets it read her calendar while she is away."""
    return back_channel.redeem(alice.code(scope=OFFLINE)).json()


@pytest.fixture
def refresh_token(signed_in):
    return signed_in["refresh_token"]


def family():
    return RefreshTokenFamily.objects.get()


def later(**time):
    return time_machine.travel(timezone.now() + timedelta(**time), tick=False)


def assert_of_no_use(answer):
    assert assert_refused(answer, error="invalid_grant")["error_description"] == OF_NO_USE


# ---- Asked for and consented to -------------------------------------------------------------------------------------


def test_there_is_none_without_offline_access(alice, back_channel):
    assert "refresh_token" not in back_channel.redeem(alice.code()).json()
    assert not RefreshTokenFamily.objects.exists()


def test_the_dialog_names_it_as_what_it_is(alice):
    page = text_of(alice.authorize(scope=OFFLINE))
    assert "keep this access while you are away" in page
    assert "permission (scope) offline_access" in page


def test_the_answer_says_that_it_was_granted_and_the_token_does_not_since_it_is_no_scope_of_the_api_rfc9068_section_2_2_3(signed_in):
    assert signed_in["scope"] == OFFLINE
    assert verified(signed_in["access_token"]).scopes == {"read"}


def test_it_can_be_had_for_an_api_without_any_scope_of_it(alice, back_channel):
    answer = back_channel.redeem(alice.code(scope="offline_access")).json()
    assert answer["scope"] == "offline_access"
    assert "scope" not in verified(answer["access_token"]).claims
    again = back_channel.refresh(answer["refresh_token"]).json()
    assert again["scope"] == "offline_access"


def test_a_consent_without_it_is_asked_again_and_for_that_alone(alice):
    alice.code()
    page = text_of(alice.authorize(scope=OFFLINE))
    assert "now also wants to: keep this access while you are away new" in page
    assert "read your scheduled events already allowed" in page


def test_it_is_remembered_like_every_other_scope(alice):
    alice.code(scope=OFFLINE)
    assert "code" in sent_back(alice.authorize(scope=OFFLINE))
    assert Consent.objects.get().offline_access_since


def test_a_later_request_without_it_gets_none_though_it_was_allowed_once(alice, back_channel):
    alice.code(scope=OFFLINE)
    assert "refresh_token" not in back_channel.redeem(alice.code()).json()
    assert alice.authorize(scope=OFFLINE).status_code == 303  # a request that did not ask took nothing away


def test_no_administrator_can_allow_it_in_people_s_name(alice):
    page = alice.authorize(client_id="company-calendar", redirect_uri=COMPANY_CALLBACK, scope=OFFLINE)
    assert "keep this access while you are away new" in text_of(page)


def test_an_application_that_may_not_have_one_is_told_so(alice):
    Application.objects.filter(client_id="calendar-web").update(allows_refresh_token=False)
    parameters = sent_back(alice.authorize(scope=OFFLINE))
    assert parameters["error"] == "invalid_scope"
    assert "refresh token is off" in parameters["error_description"]


def test_it_never_goes_through_the_browser_rfc6749_section_4_2_2(alice):
    Application.objects.filter(client_id="calendar-spa").update(allows_refresh_token=True)
    assert in_fragment(alice.document_s_request(scope=OFFLINE))["error"] == "invalid_scope"


@pytest.mark.parametrize("name", ["offline_access", "openid"])
def test_no_api_may_have_a_scope_of_that_name(admin, name):
    api = Api.objects.get(audience=GEOCODING)
    form = {"scopes-TOTAL_FORMS": "1", "scopes-0-name": name, "scopes-0-description": "x", "scopes-0-id": "", "scopes-0-api": api.pk}
    from tests.authorization_server.conftest import api_form

    page = admin.post(f"/admin/authorization_server/api/{api.pk}/change/", **api_form(api, **form))
    assert "own scopes. Choose another name." in text_of(page)
    assert not ApiScope.objects.filter(name=name).exists()


# ---- Rotation -------------------------------------------------------------------------------------------------------


def test_each_use_brings_a_new_access_token_and_a_new_refresh_token_rfc6749_section_6(back_channel, signed_in):
    answer = back_channel.refresh(signed_in["refresh_token"])
    again = answer.json()
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert set(again) == {"access_token", "token_type", "expires_in", "refresh_token", "scope"}
    assert again["refresh_token"] != signed_in["refresh_token"]
    old, new = verified(signed_in["access_token"]), verified(again["access_token"])
    same = ("iss", "sub", "aud", "client_id", "azp", "scope")
    assert [new.claims[name] for name in same] == [old.claims[name] for name in same]
    assert new.claims["jti"] != old.claims["jti"]
    assert again["expires_in"] == new.claims["exp"] - new.claims["iat"]


def test_it_goes_on_as_often_as_one_likes(back_channel, refresh_token):
    for _ in range(5):
        answer = back_channel.refresh(refresh_token).json()
        refresh_token = answer["refresh_token"]
        assert answer["scope"] == OFFLINE


def test_a_used_one_ends_the_whole_family_at_once_rfc9700_section_4_14_2(back_channel, refresh_token, caplog):
    caplog.set_level("INFO")
    newest = back_channel.refresh(refresh_token).json()["refresh_token"]
    assert_of_no_use(back_channel.refresh(refresh_token))
    assert_of_no_use(back_channel.refresh(newest))
    assert (family().revoked_because, bool(family().revoked_at)) == ("refresh_token_reused", True)
    assert decisions(caplog, "refresh_tokens.revoked") == [("refresh_tokens.revoked", "refresh_token_reused")]
    assert decisions(caplog, "request.refused")[-1] == ("request.refused", "refresh_token_revoked")


def test_one_from_long_ago_ends_it_too(back_channel, refresh_token):
    newest = refresh_token
    for _ in range(3):
        newest = back_channel.refresh(newest).json()["refresh_token"]
    assert_of_no_use(back_channel.refresh(refresh_token))
    assert_of_no_use(back_channel.refresh(newest))


def test_another_family_of_the_same_person_and_application_goes_on(alice, back_channel, refresh_token):
    other = back_channel.redeem(alice.code(scope=OFFLINE)).json()["refresh_token"]
    back_channel.refresh(refresh_token)
    assert_of_no_use(back_channel.refresh(refresh_token))
    assert back_channel.refresh(other).status_code == 200


def test_there_is_no_grace_period(back_channel, refresh_token):
    with time_machine.travel(timezone.now(), tick=False):
        back_channel.refresh(refresh_token)
        assert_of_no_use(back_channel.refresh(refresh_token))


@pytest.mark.parametrize("sent", ["made-up", "a.b", ".", "x" * 4000, "é"])
def test_an_unknown_one_is_refused_and_ends_nothing(back_channel, refresh_token, sent):
    assert_of_no_use(back_channel.refresh(sent))
    assert back_channel.refresh(refresh_token).status_code == 200


def test_only_a_hash_of_its_secret_part_is_stored(refresh_token, django_db_blocker):
    row = RefreshTokenFamily.objects.values().get()
    secret = refresh_token.partition(".")[2]
    assert len(secret) >= 43
    assert not any(secret in str(value) for value in row.values())
    assert not any(secret in str(entry) for entry in LogEntry.objects.values())


# ---- Whose it is ----------------------------------------------------------------------------------------------------


def test_the_client_proves_itself_first_rfc6749_section_6(back_channel, refresh_token):
    assert_refused(back_channel.refresh(refresh_token, client_secret="wrong"), error="invalid_client", status=401)
    assert_refused(back_channel.refresh(refresh_token, client_secret=None), error="invalid_client", status=401)
    assert back_channel.refresh(refresh_token).status_code == 200


def test_the_secret_may_stand_in_the_header(back_channel, refresh_token):
    header = basic("calendar-web", "calendar-web-demo-secret")
    assert back_channel.refresh(refresh_token, header, client_id=None, client_secret=None).status_code == 200


def test_another_client_s_attempt_neither_uses_nor_revokes_it(back_channel, refresh_token):
    stranger = {"client_id": "calendar-short", "client_secret": "calendar-short-demo-secret"}
    assert_of_no_use(back_channel.refresh(refresh_token, **stranger))
    used = refresh_token
    newest = back_channel.refresh(refresh_token).json()["refresh_token"]
    assert_of_no_use(back_channel.refresh(used, **stranger))
    assert back_channel.refresh(newest).status_code == 200


def test_a_public_application_has_one_too_and_it_is_rotated_rfc9700_section_2_2_2(alice, back_channel):
    Application.objects.filter(client_id="calendar-spa").update(allows_refresh_token=True)
    as_spa = {"client_id": "calendar-spa", "client_secret": None}
    code = alice.code(client_id="calendar-spa", redirect_uri=SPA_CALLBACK, scope=OFFLINE)
    first = back_channel.redeem(code, redirect_uri=SPA_CALLBACK, **as_spa).json()["refresh_token"]
    newest = back_channel.refresh(first, **as_spa).json()["refresh_token"]
    assert_of_no_use(back_channel.refresh(first, **as_spa))
    assert_of_no_use(back_channel.refresh(newest, **as_spa))


def test_an_application_that_lost_the_grant_is_unauthorized_and_the_token_stays(back_channel, refresh_token):
    Application.objects.filter(client_id="calendar-web").update(allows_refresh_token=False)
    assert_refused(back_channel.refresh(refresh_token), error="unauthorized_client")
    Application.objects.filter(client_id="calendar-web").update(allows_refresh_token=True)
    assert back_channel.refresh(refresh_token).status_code == 200


def test_it_must_be_there(back_channel, seeded):
    assert_refused(back_channel.refresh(""), error="invalid_request")


# ---- For what -------------------------------------------------------------------------------------------------------


def test_fewer_scopes_may_be_asked_for_and_the_rest_is_not_lost_rfc6749_section_6(alice, back_channel):
    refresh_token = back_channel.redeem(alice.code(scope="read write offline_access")).json()["refresh_token"]
    narrow = back_channel.refresh(refresh_token, scope="read").json()
    assert verified(narrow["access_token"]).scopes == {"read"}
    assert narrow["scope"] == OFFLINE
    wide = back_channel.refresh(narrow["refresh_token"]).json()
    assert verified(wide["access_token"]).scopes == {"read", "write"}


@pytest.mark.parametrize("scope", ["write", "read write", "admin", "openid"])
def test_more_scopes_are_refused_and_nothing_is_used_up_rfc6749_section_6(alice, back_channel, refresh_token, scope):
    alice.code(scope="read write")  # allowed elsewhere meanwhile: still not what this family stands for
    assert_refused(back_channel.refresh(refresh_token, scope=scope), error="invalid_scope")
    assert back_channel.refresh(refresh_token).status_code == 200


def test_the_api_may_be_repeated_and_never_changed_rfc8707_section_2_2(back_channel, refresh_token):
    assert_refused(back_channel.refresh(refresh_token, audience=GEOCODING), error="invalid_target")
    answer = back_channel.refresh(refresh_token, audience="api.calendar").json()
    answer = back_channel.refresh(answer["refresh_token"], resource="http://localhost:8000/calendar/v1").json()
    assert verified(answer["access_token"]).claims["aud"] == "api.calendar"


def test_a_scope_that_the_api_lost_is_left_out_and_the_answer_says_so(alice, back_channel):
    refresh_token = back_channel.redeem(alice.code(scope="read write offline_access")).json()["refresh_token"]
    ApiScope.objects.get(api__audience="api.calendar", name="write").delete()
    answer = back_channel.refresh(refresh_token).json()
    assert answer["scope"] == OFFLINE
    assert verified(answer["access_token"]).scopes == {"read"}


def test_what_only_an_administrator_allowed_ends_with_that_consent(alice, back_channel):
    for_work = {"client_id": "company-calendar", "redirect_uri": COMPANY_CALLBACK}
    as_work = {"client_id": "company-calendar", "client_secret": "company-calendar-demo-secret"}
    code = alice.code(**for_work, scope=OFFLINE)
    answer = back_channel.redeem(code, redirect_uri=COMPANY_CALLBACK, **as_work).json()
    answer = back_channel.refresh(answer["refresh_token"], **as_work).json()
    assert answer["scope"] == OFFLINE
    PreconfiguredConsent.objects.all().delete()
    answer = back_channel.refresh(answer["refresh_token"], **as_work).json()
    assert answer["scope"] == "offline_access"
    assert "scope" not in verified(answer["access_token"]).claims


def test_an_api_that_admits_no_people_any_more_refuses(back_channel, refresh_token):
    Api.objects.filter(audience="api.calendar").update(user_access=AccessPolicy.DENY)
    assert_refused(back_channel.refresh(refresh_token), error="access_denied", status=403)


def test_a_client_grant_that_the_api_requires_is_the_ceiling(alice, back_channel):
    refresh_token = back_channel.redeem(alice.code(scope="read write offline_access")).json()["refresh_token"]
    api = Api.objects.get(audience="api.calendar")
    Api.objects.filter(pk=api.pk).update(user_access=AccessPolicy.REQUIRE_GRANT)
    assert_refused(back_channel.refresh(refresh_token), error="access_denied", status=403)
    grant = ClientGrant.objects.create(api=api, application=Application.objects.get(client_id="calendar-web"))
    grant.scopes.set(api.scopes.filter(name="read"))
    assert back_channel.refresh(refresh_token).json()["scope"] == OFFLINE


# ---- For how long ---------------------------------------------------------------------------------------------------


def test_unused_it_is_good_for_15_days(back_channel, refresh_token):
    with later(days=15, seconds=1):
        assert_of_no_use(back_channel.refresh(refresh_token))
    with later(days=14, hours=23):
        assert back_channel.refresh(refresh_token).status_code == 200


def test_each_use_starts_the_15_days_anew_and_after_30_days_it_is_over_all_the_same(back_channel, refresh_token):
    for days in (14, 28):
        with later(days=days):
            refresh_token = back_channel.refresh(refresh_token).json()["refresh_token"]
    with later(days=30, seconds=1):
        assert_of_no_use(back_channel.refresh(refresh_token))


def test_after_a_use_it_is_idle_again_from_then_on(back_channel, refresh_token):
    with later(days=14):
        refresh_token = back_channel.refresh(refresh_token).json()["refresh_token"]
    with later(days=29, seconds=1):  # 15 days after its last use, and a day before its end
        assert_of_no_use(back_channel.refresh(refresh_token))


def test_both_are_the_application_s_and_are_changed_in_the_dashboard(alice, back_channel, admin, daybook):
    Application.objects.filter(pk=daybook.pk).update(refresh_token_idle_seconds=60, refresh_token_absolute_seconds=90)
    refresh_token = back_channel.redeem(alice.code(scope=OFFLINE)).json()["refresh_token"]
    with later(seconds=50):
        refresh_token = back_channel.refresh(refresh_token).json()["refresh_token"]
    with later(seconds=91):
        assert_of_no_use(back_channel.refresh(refresh_token))


def test_an_expired_one_is_refused_for_its_age_and_not_as_used_twice(back_channel, refresh_token, caplog):
    caplog.set_level("INFO")
    with later(days=16):
        back_channel.refresh(refresh_token)
    assert decisions(caplog, "request.refused") == [("request.refused", "refresh_token_expired")]
    assert family().revoked_at is None


def test_what_has_expired_is_deleted_and_what_could_still_be_tried_is_kept(alice, back_channel, refresh_token):
    alice.code()
    with later(days=29):
        deleted = housekeeping.delete_expired()
        assert (deleted["families of refresh tokens"], deleted["codes"]) == (0, 1)
    with later(days=31):
        deleted = housekeeping.delete_expired()
        assert (deleted["families of refresh tokens"], deleted["codes"]) == (1, 1)
    assert not AuthorizationCode.objects.exists()


# ---- What ends it ---------------------------------------------------------------------------------------------------


def test_a_code_used_twice_ends_what_its_first_use_brought_rfc6749_section_4_1_2(alice, back_channel, caplog):
    caplog.set_level("INFO")
    code = alice.code(scope=OFFLINE)
    refresh_token = back_channel.redeem(code).json()["refresh_token"]
    refresh_token = back_channel.refresh(refresh_token).json()["refresh_token"]
    assert_refused(back_channel.redeem(code), error="invalid_grant")
    assert_of_no_use(back_channel.refresh(refresh_token))
    assert family().revoked_because == "code_reused"
    assert decisions(caplog, "refresh_tokens.revoked") == [("refresh_tokens.revoked", "code_reused")]


def test_a_code_used_again_after_days_ends_it_still(alice, back_channel):
    code = alice.code(scope=OFFLINE)
    refresh_token = back_channel.redeem(code).json()["refresh_token"]
    with later(days=10):
        housekeeping.delete_expired()
        assert_refused(back_channel.redeem(code), error="invalid_grant")
        assert_of_no_use(back_channel.refresh(refresh_token))


def test_another_client_s_attempt_at_a_used_code_ends_nothing(alice, back_channel):
    code = alice.code(scope=OFFLINE)
    refresh_token = back_channel.redeem(code).json()["refresh_token"]
    back_channel.redeem(code, client_id="calendar-short", client_secret="calendar-short-demo-secret")
    assert back_channel.refresh(refresh_token).status_code == 200


def test_a_person_who_may_not_sign_in_any_more_is_nobody_to_act_for(back_channel, refresh_token):
    User.objects.filter(username="alice").update(is_active=False)
    assert_of_no_use(back_channel.refresh(refresh_token))
    User.objects.filter(username="alice").update(is_active=True)
    assert back_channel.refresh(refresh_token).status_code == 200


def test_where_demo_identities_are_off_a_demo_person_s_token_renews_nothing(back_channel, refresh_token, settings):
    settings.DEMO_IDENTITIES = False
    Application.objects.filter(client_id="calendar-web").update(is_demo=False)
    assert_of_no_use(back_channel.refresh(refresh_token))


def test_without_a_key_to_sign_with_nothing_is_used_up(back_channel, refresh_token, settings):
    key = settings.SIGNING_KEYS_ENCRYPTION_KEY
    SigningKey.objects.all().delete()
    assert_refused(back_channel.refresh(refresh_token), error="temporarily_unavailable", status=503)
    settings.SIGNING_KEYS_ENCRYPTION_KEY = key
    keys.create_missing()
    assert back_channel.refresh(refresh_token).status_code == 200


def test_signing_out_at_the_server_ends_no_refresh_token_since_it_is_for_when_nobody_is_there(alice, back_channel, refresh_token):
    alice.post("/logout")
    assert back_channel.refresh(refresh_token).status_code == 200


def test_seeding_again_leaves_consents_and_refresh_tokens(back_channel, refresh_token):
    demo_identities.write_all()
    assert back_channel.refresh(refresh_token).status_code == 200
