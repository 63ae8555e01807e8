"""The admin: a client grant in a few clicks, secrets shown once, private keys never."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError

from authorization_server.models import Api, ApiScope, Application, ClientGrant, Consent, SigningKey, User
from authorization_server.models.applications import check_redirect_uri
from tests.authorization_server.conftest import GEOCODING, Browser, api_form

TABLES = ["api", "application", "authorizationcode", "clientgrant", "consent", "logentry", "preconfiguredconsent", "signingkey", "user"]


@pytest.fixture
def gina_may(seeded):
    """Make gina staff with these permissions."""

    def may(*codenames):
        gina = User.objects.get(username="gina")
        gina.is_staff = True
        gina.save()
        gina.user_permissions.set(Permission.objects.filter(codename__in=codenames))

    return may


def application_form(**changes):
    return {
        "client_id": "new-app",
        "name": "New app",
        "authentication_method": "client_secret_basic",
        "allows_client_credentials": "on",
        "redirect_uris-TOTAL_FORMS": "1",
        "redirect_uris-INITIAL_FORMS": "0",
        "redirect_uris-0-uri": "",
        **changes,
    }


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_its_list(admin, alice, table):
    alice.code()
    assert admin.get(f"/admin/authorization_server/{table}/").status_code == 200


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_its_page(admin, alice, table):
    from django.apps import apps

    alice.code()
    row = apps.get_model("authorization_server", table).objects.first()
    assert admin.get(f"/admin/authorization_server/{table}/{row.pk}/change/").status_code == 200


@pytest.mark.parametrize("username", ["alice", "gina"])
def test_others_are_sent_to_sign_in(seeded, username):
    answer = Browser().is_signed_in_as(username).get("/admin/authorization_server/application/")
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_the_access_request_page_s_link_opens_a_filled_in_form_and_saving_it_is_the_yes(admin, back_channel):
    where = back_channel.machine_token("unapproved-backend").json()["error_uri"]
    page = admin.client.get(where.removeprefix("http://localhost:8000")).content.decode()
    (link,) = re.findall(r'href="(/admin/authorization_server/clientgrant/add/[^"]*)"', page)
    link = link.replace("&amp;", "&")
    form = admin.client.get(link)
    application, api = Application.objects.get(client_id="unapproved-backend"), Api.objects.get(audience=GEOCODING)
    assert f'<option value="{application.pk}" selected>' in form.content.decode()
    assert f'<option value="{api.pk}" selected>' in form.content.decode()
    assert admin.post(link, application=application.pk, api=api.pk, ends_at_0="", ends_at_1="").status_code == 302
    assert back_channel.machine_token("unapproved-backend").status_code == 200


def test_a_grant_s_scopes_must_be_those_of_its_api(admin):
    stranger = ApiScope.objects.get(name="read", api__audience="api.calendar")
    application, api = Application.objects.get(client_id="unapproved-backend"), Api.objects.get(audience=GEOCODING)
    answer = admin.post("/admin/authorization_server/clientgrant/add/", application=application.pk, api=api.pk, scopes=stranger.pk)
    assert answer.status_code == 200
    assert "These belong to another API" in answer.content.decode()
    assert not ClientGrant.objects.filter(application=application).exists()


def test_a_new_application_s_secret_is_shown_once(admin, back_channel):
    url = "/admin/authorization_server/application/"
    answer = admin.post(f"{url}add/", **application_form())
    shown = re.search(r"The secret of new-app: <code>([\w-]{43})</code>", answer.content.decode())
    application = Application.objects.get(client_id="new-app")
    assert shown
    assert application.has_secret(shown[1])
    assert "no-store" in answer["Cache-Control"]
    for page in (admin.get(url), admin.get(f"{url}{application.pk}/change/")):
        assert shown[1] not in page.content.decode()
        assert application.secret_sha256 not in page.content.decode()


def test_a_secret_goes_through_no_cookie_and_no_session(admin):
    admin.post("/admin/authorization_server/application/add/", **application_form())
    for application in Application.objects.all():
        admin.post("/admin/authorization_server/application/", action="replace_secret", _selected_action=application.pk)
    assert set(admin.client.cookies) <= {"authorization_server_session", "all_csrf"}
    for session in Session.objects.all():
        assert "The secret of" not in str(session.get_decoded())


def test_changing_an_application_leaves_its_secret(admin):
    application = Application.objects.get(client_id="unapproved-backend")
    before = application.secret_sha256
    form = application_form(client_id="unapproved-backend", name="Renamed", is_demo="on")
    assert admin.post(f"/admin/authorization_server/application/{application.pk}/change/", **form).status_code == 302
    application.refresh_from_db()
    assert (application.name, application.secret_sha256) == ("Renamed", before)


def test_a_public_application_has_none_and_cannot_act_for_itself(admin):
    url = "/admin/authorization_server/application/add/"
    refused = admin.post(url, **application_form(authentication_method="none"))
    assert refused.status_code == 200
    assert "A public application cannot use client credentials" in refused.content.decode()
    public = {name: value for name, value in application_form(authentication_method="none").items() if name != "allows_client_credentials"}
    assert admin.post(url, **public).status_code == 302
    assert Application.objects.get(client_id="new-app").secret_sha256 == ""


def test_replacing_a_secret_shows_the_new_one_once_and_ends_the_old_one(admin, back_channel):
    application = Application.objects.get(client_id="geocoding-backend")
    url = "/admin/authorization_server/application/"
    answer = admin.post(url, action="replace_secret", _selected_action=application.pk)
    shown = re.search(r"The secret of geocoding-backend: <code>([\w-]{43})</code>", answer.content.decode())
    assert shown
    assert "Replaced the secret" in admin.get(f"{url}{application.pk}/history/").content.decode()
    assert back_channel.machine_token().status_code == 401
    assert back_channel.machine_token(client_secret=shown[1]).status_code == 200


def test_who_may_only_look_at_applications_cannot_replace_a_secret(seeded, gina_may):
    gina_may("view_application")
    application = Application.objects.get(client_id="geocoding-backend")
    url = "/admin/authorization_server/application/"
    gina = Browser().is_signed_in_as("gina")
    assert gina.get(url).status_code == 200
    gina.post(url, action="replace_secret", _selected_action=application.pk)
    assert Application.objects.get(pk=application.pk).secret_sha256 == application.secret_sha256


@pytest.mark.parametrize(
    ("table", "lookup"),
    [
        ("signingkey", "private_key_encrypted__startswith=g"),
        ("authorizationcode", "code_sha256__startswith=a"),
        ("authorizationcode", "user__password__startswith=p"),
        ("application", "secret_sha256__startswith=a"),
        ("user", "password__startswith=p"),
        ("user", "username=%00"),
        ("user", "sub__regex=("),
        ("api", "name=%00"),
        ("consent", "given_at__regex=("),
    ],
)
def test_a_list_cannot_be_filtered_by_what_it_does_not_offer(admin, table, lookup):
    assert admin.get(f"/admin/authorization_server/{table}/?{lookup}").status_code == 400


@pytest.mark.parametrize("lookup", ["is_staff__exact=1", "is_demo__exact=1", "groups__id__exact=1"])
def test_a_list_can_be_filtered_by_what_it_offers(admin, lookup):
    assert admin.get(f"/admin/authorization_server/user/?{lookup}").status_code == 200


def test_a_search_for_nul_finds_nothing(admin):
    where = "app_label=authorization_server&model_name=application&field_name=owner&term=%00"
    assert admin.get(f"/admin/autocomplete/?{where}").json()["results"] == []
    assert admin.get("/admin/auth/group/?name=%00").status_code == 400


@pytest.mark.parametrize("uri", ["https://a.example;script-src/", "https://a.example,b/", "https://a'b/", "https://a|b/"])
def test_a_redirect_uri_s_host_brings_nothing_into_a_page_s_policy(uri):
    with pytest.raises(ValidationError):
        check_redirect_uri(uri)


@pytest.mark.parametrize("uri", ["https://a_b-c.example:8443/cb?x=1", "http://[::1]:8000/cb", "http://127.0.0.1/cb", "com.example.app:/cb"])
def test_a_redirect_uri_may_have_every_usual_host(uri):
    check_redirect_uri(uri)


def test_a_redirect_uri_is_checked_before_it_is_saved(admin):
    form = application_form(**{"redirect_uris-0-uri": "https://app.example/cb#x"})
    answer = admin.post("/admin/authorization_server/application/add/", **form)
    assert "without blanks, fragment" in answer.content.decode()


def test_no_private_key_and_no_code_is_shown(admin, alice):
    alice.code()
    key = SigningKey.objects.get(state="current")
    page = admin.get(f"/admin/authorization_server/signingkey/{key.pk}/change/").content.decode()
    assert key.kid in page
    assert key.private_key_encrypted not in page
    assert "PRIVATE" not in page


def test_keys_codes_and_consents_are_not_made_by_hand(admin):
    for table in ("signingkey", "authorizationcode", "consent"):
        assert admin.get(f"/admin/authorization_server/{table}/add/").status_code == 403


def test_a_consent_can_be_taken_back(admin, alice):
    alice.code()
    consent = Consent.objects.get()
    admin.post(f"/admin/authorization_server/consent/{consent.pk}/delete/", post="yes")
    assert not Consent.objects.exists()
    assert alice.authorize().status_code == 200


def test_an_api_s_scopes_are_edited_on_its_page(admin):
    api = Api.objects.get(name="Geocoding API")
    form = api_form(api, **{"scopes-TOTAL_FORMS": "1", "scopes-0-name": "look:up", "scopes-0-description": "Look places up"})
    assert admin.post(f"/admin/authorization_server/api/{api.pk}/change/", **form).status_code == 302
    assert api.scopes.get().name == "look:up"


def test_a_person_s_sub_cannot_be_changed(admin):
    alice = User.objects.get(username="alice")
    page = admin.get(f"/admin/authorization_server/user/{alice.pk}/change/").content.decode()
    assert "usr_123" in page
    assert 'name="sub"' not in page
