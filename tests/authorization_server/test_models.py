"""What the tables themselves refuse, so that no code path can write it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from authorization_server.models import Api, ApiScope, Application, AuthenticationMethod, ClientGrant, RedirectUri, User
from authorization_server.models.applications import check_redirect_uri, origin_of


@pytest.mark.parametrize(
    ("model", "row"),
    [
        (User, {"username": "x", "sub": "calendar-web@clients"}),
        (User, {"username": "x", "sub": ""}),
        (User, {"username": "x", "sub": "usr_123"}),
        (Api, {"name": "x", "audience": ""}),
        (Api, {"name": "x", "audience": "api.calendar"}),
        (Api, {"name": "x", "audience": "x", "machine_access": "perhaps"}),
        (Api, {"name": "x", "audience": "x", "access_token_lifetime_seconds": 9}),
        (Api, {"name": "x", "audience": "x", "browser_token_lifetime_seconds": 9}),
        (Api, {"name": "x", "audience": "x", "typ": "jwt"}),
        (Api, {"name": "x", "audience": "x", "signed_with": "HS256"}),
        (Api, {"name": "x", "audience": "x", "signed_with": "shared_secret"}),
        (Api, {"name": "x", "audience": "x", "shared_secret_encrypted": "x"}),
        (Application, {"client_id": "", "name": "x", "secret_sha256": "0"}),
        (Application, {"client_id": "calendar-web", "name": "x", "secret_sha256": "0"}),
        (Application, {"client_id": "x@clients", "name": "x", "secret_sha256": "0"}),
        (Application, {"client_id": "x", "name": "x", "secret_sha256": ""}),
        (Application, {"client_id": "x", "name": "x", "secret_sha256": "0", "authentication_method": "none"}),
        (Application, {"client_id": "x", "name": "x", "authentication_method": "none", "allows_client_credentials": True}),
        (Application, {"client_id": "x", "name": "x", "secret_sha256": "0", "access_token_lifetime_seconds": 1}),
    ],
    ids=lambda value: str(value),
)
def test_a_row_that_must_not_be_is_refused_by_the_database(seeded, model, row):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(**row)


@pytest.mark.parametrize("name", ["", "two words"])
def test_a_scope_is_one_word(seeded, name):
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiScope.objects.create(api=Api.objects.get(name="Calendar API"), name=name, description="x")


def test_one_client_grant_per_application_and_api(seeded):
    existing = ClientGrant.objects.get(application__client_id="geocoding-backend")
    with pytest.raises(IntegrityError), transaction.atomic():
        ClientGrant.objects.create(application=existing.application, api=existing.api)


def test_no_application_s_id_equals_an_audience_or_a_sub(seeded):
    for client_id in ("api.calendar", "usr_123"):
        with pytest.raises(ValidationError, match="Choose another client id"):
            Application(client_id=client_id, name="x", authentication_method=AuthenticationMethod.NONE).full_clean()


def test_no_audience_equals_an_application_s_id(seeded):
    with pytest.raises(ValidationError, match="Choose another audience"):
        Api(name="x", audience="calendar-web").full_clean()


def test_no_person_s_sub_equals_an_application_s_id(seeded):
    with pytest.raises(ValidationError, match="Choose another sub"):
        User(username="x", password="x", sub="calendar-web").full_clean()


def test_a_new_person_gets_a_sub_that_says_nothing(db):
    first, second = User.objects.create_user("one"), User.objects.create_user("two")
    assert first.sub != second.sub
    assert first.sub.startswith("usr_")
    assert "one" not in first.sub


@pytest.mark.parametrize(
    "uri", ["https://app.example/cb", "http://localhost:8000/cb", "https://app.example/cb?tenant=1", "com.example.app:/cb"]
)
def test_redirect_uris_that_may_be_registered_rfc6749_section_3_1_2(uri):
    check_redirect_uri(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/cb",
        "app.example/cb",
        "https://app.example/cb#x",
        "https://app.example/cb#",
        "https://*.example/cb",
        "https://user@app.example/cb",
        "https://app.example:x/cb",
        "https:///cb",
        "https://[::1/cb",
        "https://app.example/ä",
        "https://app.example/a b",
        "https://app.example/\n",
        "javascript:alert(1)",
        "data:text/html,x",
        "myapp:/cb",
    ],
)
def test_redirect_uris_that_may_not(uri):
    with pytest.raises(ValidationError):
        check_redirect_uri(uri)


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://App.Example/cb", "https://app.example"),
        ("https://app.example:443/cb", "https://app.example"),
        ("http://localhost:8000/cb?x=1", "http://localhost:8000"),
        ("http://[::1]:8000/cb", "http://[::1]:8000"),
        ("com.example.app:/cb", "com.example.app:"),
    ],
)
def test_the_origin_is_written_as_browsers_write_it(seeded, uri, origin):
    assert origin_of(uri) == origin
    application = Application.objects.get(client_id="calendar-spa")
    assert RedirectUri.objects.create(application=application, uri=uri).origin == origin
