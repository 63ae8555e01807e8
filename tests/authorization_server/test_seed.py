"""seed_issuer: the names and numbers of the contract, any number of times, at whatever addresses the settings name."""

import pytest
from django.core.management import CommandError, call_command

from authorization_server.applications import is_registered_origin
from authorization_server.management_api.scopes import SCOPES
from authorization_server.models import Api, ApiScope, Application, ClientGrant, PreconfiguredConsent, RedirectUri, SigningKey, User


@pytest.mark.parametrize(
    ("username", "sub", "groups"),
    [
        ("alice", "usr_123", ["employees"]),
        ("bob", "usr_456", []),
        ("dora", "usr_789", []),
        ("gina", "usr_321", []),
        ("admin", "usr_100", []),
    ],
)
def test_the_people(seeded, username, sub, groups):
    user = User.objects.get(username=username)
    assert user.sub == sub
    assert user.is_demo
    assert [group.name for group in user.groups.all()] == groups
    assert user.check_password(f"{username}-demo")
    assert user.is_superuser == (username == "admin")


@pytest.mark.parametrize(
    ("name", "audience", "resource_url", "users", "machines", "scopes", "administrator"),
    [
        ("Calendar API", "api.calendar", "http://localhost:8000/calendar/v1", "allow_all", "deny", ["read", "write"], None),
        (
            "Geocoding API",
            "https://api.example.com/geocoding/v1/",
            "http://localhost:8000/geocoding/v1",
            "allow_all",
            "require_grant",
            [],
            "gina",
        ),
        (
            "Places Admin API",
            "https://api.example.com/places-admin/v1/",
            None,
            "allow_all",
            "require_grant",
            ["correct:places", "import:places"],
            "gina",
        ),
        (
            "Management API",
            "http://localhost:8000/api/v2/",
            "http://localhost:8000/api/v2/",
            "allow_all",
            "require_grant",
            list(SCOPES),
            None,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_apis(seeded, name, audience, resource_url, users, machines, scopes, administrator):
    api = Api.objects.get(name=name)
    assert (api.audience, api.resource_url, api.user_access, api.machine_access) == (audience, resource_url, users, machines)
    assert [scope.name for scope in api.scopes.all()] == scopes
    assert (api.administrator.username if api.administrator else None) == administrator
    assert (api.access_token_lifetime_seconds, api.browser_token_lifetime_seconds) == (86400, 7200)


def test_the_scopes_in_the_api_s_words(seeded):
    words = dict(ApiScope.objects.filter(api__audience="api.calendar").values_list("name", "description"))
    assert words == {"read": "Read your scheduled events", "write": "Create and change events"}


@pytest.mark.parametrize(
    ("client_id", "is_public", "redirect_uri"),
    [
        ("calendar-web", False, "http://localhost:8000/callback"),
        ("calendar-short", False, "http://localhost:8000/callback"),
        ("calendar-spa", True, "http://localhost:8000/spa/callback"),
        ("company-calendar", False, "http://localhost:8000/company/callback"),
        ("geocoding-backend", False, None),
        ("unapproved-backend", False, None),
        ("trail-reader", False, None),
        ("workshop", False, None),
        ("calendar-api", False, None),
        ("api-docs", True, "http://localhost:8000/static/drf_spectacular_sidecar/swagger-ui-dist/oauth2-redirect.html"),
    ],
)
def test_the_applications(seeded, client_id, is_public, redirect_uri):
    application = Application.objects.get(client_id=client_id)
    assert application.is_demo
    assert application.is_public == is_public
    assert [entry.uri for entry in application.redirect_uris.all()] == ([redirect_uri] if redirect_uri else [])
    assert application.has_secret(f"{client_id}-demo-secret") != is_public


def test_who_may_do_what(seeded):
    assert Application.objects.get(client_id="calendar-short").access_token_lifetime_seconds == 30
    assert [app.client_id for app in Application.objects.filter(allows_implicit=True)] == ["calendar-spa"]
    assert Application.objects.get(client_id="unapproved-backend").owner == User.objects.get(username="dora")
    grants = {
        (grant.application.client_id, grant.api.name, tuple(s.name for s in grant.scopes.all())) for grant in ClientGrant.objects.all()
    }
    assert grants == {("geocoding-backend", "Geocoding API", ()), ("trail-reader", "Management API", ("read:trails",))}


def test_for_whom_consent_is_pre_configured(seeded):
    row = PreconfiguredConsent.objects.get()
    assert (row.application.client_id, row.api.name, row.group and row.group.name) == ("company-calendar", "Calendar API", "employees")
    assert [scope.name for scope in row.scopes.all()] == ["read", "write"]


def rows():
    models = (User, Api, ApiScope, Application, RedirectUri, ClientGrant, PreconfiguredConsent, SigningKey)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_a_second_run_changes_nothing(db):
    call_command("seed_issuer", "--quiet")
    before = rows()
    call_command("seed_issuer", "--quiet")
    assert rows() == before


def test_passwords_that_fit_are_not_hashed_again(seeded, monkeypatch):
    def fail(*args):
        raise AssertionError("hashed again")

    monkeypatch.setattr(User, "set_password", fail)
    call_command("seed_issuer", "--quiet")


def test_redirect_uris_and_resource_urls_follow_the_settings(seeded, settings):
    settings.DEMO_CLIENT_URL, settings.CALENDAR_API_URL, settings.ISSUER = (
        "http://localhost:8010",
        "http://localhost:8011",
        "http://localhost:9010/",
    )
    call_command("seed_issuer", "--quiet")
    assert [entry.uri for entry in RedirectUri.objects.filter(application__client_id="calendar-web")] == ["http://localhost:8010/callback"]
    assert Api.objects.get(name="Calendar API").resource_url == "http://localhost:8011/calendar/v1"
    assert Api.objects.get(name="Management API").audience == "http://localhost:9010/api/v2/"
    assert is_registered_origin("http://localhost:8010")
    assert not is_registered_origin("http://localhost:9999")


def test_an_api_that_an_administrator_renamed_is_found_again(seeded):
    Api.objects.filter(audience="api.calendar").update(name="Our calendar")
    call_command("seed_issuer", "--quiet")
    assert Api.objects.get(audience="api.calendar").name == "Calendar API"
    assert Api.objects.count() == 4


def test_a_grant_that_an_administrator_added_stays(seeded):
    added = ClientGrant.objects.create(
        application=Application.objects.get(client_id="unapproved-backend"), api=Api.objects.get(name="Geocoding API")
    )
    call_command("seed_issuer", "--quiet")
    assert ClientGrant.objects.filter(pk=added.pk).exists()


def test_what_an_administrator_took_out_of_a_pre_configured_consent_stays_out(seeded):
    row = PreconfiguredConsent.objects.get()
    row.scopes.remove(row.scopes.get(name="write"))
    call_command("seed_issuer", "--quiet")
    assert [scope.name for scope in row.scopes.all()] == ["read"]


def test_secrets_come_from_the_settings_where_there_is_one(db, settings):
    settings.GEOCODING_BACKEND_CLIENT_SECRET = "of-the-settings"
    call_command("seed_issuer", "--quiet")
    assert Application.objects.get(client_id="geocoding-backend").has_secret("of-the-settings")


def test_it_says_what_it_wrote_and_no_secret(db, capsys):
    call_command("seed_issuer")
    said = capsys.readouterr().out
    assert "calendar-web" in said
    assert "secret" not in said
    call_command("seed_issuer", "--quiet")
    assert capsys.readouterr().out == ""


def test_without_demo_identities_it_refuses_and_writes_nothing(db, settings):
    settings.DEMO_IDENTITIES = False
    with pytest.raises(CommandError, match="DEMO_IDENTITIES"):
        call_command("seed_issuer")
    assert not User.objects.exists()
    assert not Application.objects.exists()
