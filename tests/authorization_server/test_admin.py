"""The admin: a client grant in a few clicks, secrets shown once, private keys never."""

import html
import re
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError

from authorization_server.management_api.scopes import SCOPES
from authorization_server.models import Api, ApiScope, Application, ClientGrant, Consent, PreconfiguredConsent, SigningKey, User
from authorization_server.models.applications import check_redirect_uri
from tests.authorization_server.conftest import GEOCODING, Browser, api_form, application_form, sent_back, text_of

TABLES = [
    "api",
    "application",
    "authorizationcode",
    "clientgrant",
    "consent",
    "logentry",
    "preconfiguredconsent",
    "refreshtokenfamily",
    "signingkey",
    "user",
]


@pytest.fixture
def gina_may(seeded):
    """Make gina staff with these permissions."""

    def may(*codenames):
        gina = User.objects.get(username="gina")
        gina.is_staff = True
        gina.save()
        gina.user_permissions.set(Permission.objects.filter(codename__in=codenames))

    return may


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_its_list(admin, alice, table):
    alice.code()
    assert admin.get(f"/admin/authorization_server/{table}/").status_code == 200


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_its_page(admin, alice, back_channel, table):
    back_channel.redeem(alice.code(scope="read offline_access"))
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
    assert admin.post(link, application=application.pk, api=api.pk, ends_at="").status_code == 302
    assert back_channel.machine_token("unapproved-backend").status_code == 200


def test_a_grant_s_scopes_must_be_those_of_its_api(admin):
    stranger = ApiScope.objects.get(name="read", api__audience="api.calendar")
    application, api = Application.objects.get(client_id="unapproved-backend"), Api.objects.get(audience=GEOCODING)
    answer = admin.post("/admin/authorization_server/clientgrant/add/", application=application.pk, api=api.pk, scopes=stranger.pk)
    assert answer.status_code == 200
    assert "These belong to another API" in answer.content.decode()
    assert not ClientGrant.objects.filter(application=application).exists()


def boxes(page):
    """The scopes that a form offers to tick."""
    return re.findall(r'name="scopes" value="\d+"[^>]*>\s*([\w:]+): ', page.content.decode())


@pytest.mark.parametrize("table", ["clientgrant", "preconfiguredconsent"])
def test_a_form_offers_the_scopes_of_the_chosen_api_alone(admin, table):
    calendar, places = Api.objects.get(audience="api.calendar"), Api.objects.get(name="Places Admin API")
    add = f"/admin/authorization_server/{table}/add/"
    assert boxes(admin.get(add, api=calendar.pk)) == ["read", "write"]
    assert boxes(admin.post(add, api=places.pk)) == ["correct:places", "import:places"]
    assert set(boxes(admin.get(add))) >= {"read", "write", "correct:places", "import:places", "read:trails"}
    page = admin.get(add).content.decode()
    assert page.index("Calendar API</label>") < page.index("read: Read your scheduled events") < page.index("Places Admin API</label>")


@pytest.mark.parametrize("table", ["clientgrant", "preconfiguredconsent"])
@pytest.mark.parametrize("api", ["", "x", "0", "-1", "9" * 60, "\x00"])
def test_an_api_that_is_none_is_no_fault_of_the_server(admin, table, api):
    add = f"/admin/authorization_server/{table}/add/"
    assert admin.get(add, api=api).status_code == 200
    assert admin.post(add, api=api, scopes="x").status_code == 200


def test_a_saved_grant_s_page_offers_its_api_s_scopes_with_its_own_ticked(admin):
    grant = ClientGrant.objects.get(application__client_id="trail-reader")
    page = admin.get(f"/admin/authorization_server/clientgrant/{grant.pk}/change/")
    assert boxes(page) == list(SCOPES)
    assert re.findall(r'name="scopes" value="(\d+)"[^>]* checked', page.content.decode()) == [str(grant.scopes.get().pk)]


def test_a_grant_s_end_is_one_field_in_utc_and_counts(admin, back_channel):
    grant = ClientGrant.objects.get(application__client_id="geocoding-backend")
    url = f"/admin/authorization_server/clientgrant/{grant.pk}/change/"
    assert admin.post(url, application=grant.application_id, api=grant.api_id, ends_at="2020-02-29T12:30").status_code == 302
    assert ClientGrant.objects.get(pk=grant.pk).ends_at == datetime(2020, 2, 29, 12, 30, tzinfo=UTC)
    assert 'type="datetime-local"' in admin.get(url).content.decode()
    assert 'value="2020-02-29T12:30"' in admin.get(url).content.decode()
    assert back_channel.machine_token().json()["error"] == "access_denied"
    assert admin.post(url, application=grant.application_id, api=grant.api_id, ends_at="soon").status_code == 200


# ---- Pre-configured consent -----------------------------------------------------------------------------------------


def preconfigured_form(**changes):
    calendar = Api.objects.get(audience="api.calendar")
    form = {
        "application": Application.objects.get(client_id="calendar-web").pk,
        "api": calendar.pk,
        "scopes": [scope.pk for scope in calendar.scopes.all()],
        "group": Group.objects.get(name="employees").pk,
        **changes,
    }
    return {name: value for name, value in form.items() if value is not None}


ADD_PRECONFIGURED = "/admin/authorization_server/preconfiguredconsent/add/"


def test_an_administrator_spares_a_group_the_dialog_and_takes_it_back(admin, alice, bob):
    assert admin.post(ADD_PRECONFIGURED, **preconfigured_form()).status_code == 302
    assert "code" in sent_back(alice.authorize(scope="read write"))
    assert bob.authorize(scope="read write").status_code == 200
    row = PreconfiguredConsent.objects.get(application__client_id="calendar-web")
    admin.post(f"/admin/authorization_server/preconfiguredconsent/{row.pk}/delete/", post="yes")
    assert alice.authorize(scope="read write").status_code == 200


def test_everybody_has_to_be_said(admin, bob):
    refused = admin.post(ADD_PRECONFIGURED, **preconfigured_form(group=None))
    assert "Choose a group, or tick that it is for everybody" in refused.content.decode()
    refused = admin.post(ADD_PRECONFIGURED, **preconfigured_form(for_everybody="on"))
    assert "not both" in refused.content.decode()
    assert PreconfiguredConsent.objects.count() == 1  # the seeded one
    assert admin.post(ADD_PRECONFIGURED, **preconfigured_form(group=None, for_everybody="on")).status_code == 302
    assert "code" in sent_back(bob.authorize(scope="read write"))
    row = PreconfiguredConsent.objects.get(group=None)
    page = admin.get(f"/admin/authorization_server/preconfiguredconsent/{row.pk}/change/").content.decode()
    assert re.search(r'name="for_everybody"[^>]* checked', page)


@pytest.mark.parametrize("what", ["public application", "foreign scope", "second of the same"])
def test_what_no_administrator_may_say_yes_to_names_its_field(admin, what):
    changes, said = {
        "public application": (
            {"application": Application.objects.get(client_id="calendar-spa").pk},
            "A public application cannot prove who it is",
        ),
        "foreign scope": ({"scopes": ApiScope.objects.get(name="import:places").pk}, "These belong to another API: import:places"),
        "second of the same": (
            {"application": Application.objects.get(client_id="company-calendar").pk},
            "There is one for this application, API and group already",
        ),
    }[what]
    refused = admin.post(ADD_PRECONFIGURED, **preconfigured_form(**changes))
    assert refused.status_code == 200
    assert said in html.unescape(refused.content.decode())
    assert PreconfiguredConsent.objects.count() == 1


def test_public_applications_are_not_even_offered(admin):
    page = admin.get(ADD_PRECONFIGURED).content.decode()
    assert "(calendar-web)" in page
    assert "(calendar-spa)" not in page


def test_an_application_whose_people_are_not_asked_cannot_become_public(admin):
    application = Application.objects.get(client_id="company-calendar")
    form = application_form(client_id="company-calendar", name="x", authentication_method="none", is_demo="on")
    del form["allows_client_credentials"]
    refused = admin.post(f"/admin/authorization_server/application/{application.pk}/change/", **form)
    assert "Take that back before it becomes public" in refused.content.decode()
    assert not Application.objects.get(pk=application.pk).is_public


# ---- Every change says what it does ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("clientgrant/add/", "Saving is the administrator's yes"),
        ("clientgrant/{}/change/", "Saving is the administrator's yes"),
        ("clientgrant/{}/delete/", "gets no token for this API any more"),
        ("preconfiguredconsent/add/", "the people named below are not asked any more"),
        ("preconfiguredconsent/{}/delete/", "These people are then asked"),
        ("api/{}/change/", "counts for the tokens that are issued from now on"),
        ("api/{}/delete/", "Nobody gets a token for this API any more"),
        ("application/add/", "gets one, which is shown once"),
        ("application/{}/delete/", "The application can sign nobody in"),
        ("consent/{}/delete/", "has to ask this person again"),
        ("authorizationcode/{}/delete/", "can then not redeem the code"),
        ("user/{}/change/", "Who is not active can neither sign in nor stay signed in"),
        ("user/{}/delete/", "nobody gets that sub again"),
    ],
)
def test_a_page_that_changes_something_says_what_that_does(admin, alice, path, said):
    alice.code()
    row = apps.get_model("authorization_server", path.partition("/")[0]).objects.first()
    page = admin.get(f"/admin/authorization_server/{path.format(row.pk)}")
    assert page.status_code == 200
    assert said in text_of(page)


@pytest.mark.parametrize("table", ["clientgrant", "preconfiguredconsent", "application", "consent"])
def test_deleting_several_says_it_too(admin, alice, table):
    alice.code()
    rows = list(apps.get_model("authorization_server", table).objects.values_list("pk", flat=True))
    page = admin.post(f"/admin/authorization_server/{table}/", action="delete_selected", _selected_action=rows)
    assert 'class="effect"' in page.content.decode()
    assert apps.get_model("authorization_server", table).objects.count() == len(rows)


@pytest.mark.parametrize("table", TABLES)
def test_who_may_only_look_sees_each_row_and_is_told_of_no_effect(alice, back_channel, gina_may, table):
    back_channel.redeem(alice.code(scope="read offline_access"))
    gina_may(f"view_{table}")
    row = apps.get_model("authorization_server", table).objects.first()
    page = Browser().is_signed_in_as("gina").get(f"/admin/authorization_server/{table}/{row.pk}/change/")
    assert page.status_code == 200
    assert 'class="effect"' not in page.content.decode()


def test_the_start_page_says_what_there_is_to_do_and_links_only_what_one_may(admin, seeded, gina_may):
    text = text_of(admin.get("/admin/"))
    for task in ("Give an application permission for an API", "Say yes for the people of a group", "Find out what was decided"):
        assert task in text
    gina_may("add_clientgrant")
    text = text_of(Browser().is_signed_in_as("gina").get("/admin/"))
    assert "Give an application permission for an API" in text
    assert "Say yes for the people" not in text


def test_the_pages_keep_to_the_project_s_policy(admin):
    for path in ("", "authorization_server/clientgrant/add/", "authorization_server/api/"):
        page = admin.get(f"/admin/{path}")
        assert "unsafe-inline" not in page["Content-Security-Policy"]
        assert " style=" not in page.content.decode()
        assert not re.search(r"<script(?![^>]* src=)(?![^>]*application/json)", page.content.decode())


# ---- Secrets --------------------------------------------------------------------------------------------------------


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
