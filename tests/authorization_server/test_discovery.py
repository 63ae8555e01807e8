"""The issuer's metadata: two addresses, one document, every URL from ISSUER, and nothing in it that is not there."""

import sys
from types import ModuleType
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import path

from authorization_server import urls
from authorization_server.endpoints import discovery
from project import preferences
from tests.authorization_server.conftest import CALLBACK, CODE_CHALLENGE

OIDC, OAUTH = "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"


def test_both_addresses_give_the_same_document_rfc8414_section_3(client):
    assert client.get(OIDC).json() == client.get(OAUTH).json()


def test_issuer_is_the_exact_string_of_the_setting_rfc8414_section_3_3(client, settings):
    assert client.get(OIDC).json()["issuer"] == settings.ISSUER


def test_every_url_is_made_of_the_issuer_never_of_the_host_header(client, settings):
    settings.ISSUER = "https://issuer.example/"
    document = client.get(OIDC, headers={"Host": "127.0.0.1"}).json()
    addresses = [value for name, value in document.items() if name.endswith(("_endpoint", "_uri"))]
    assert len(addresses) == 3
    assert all(address.startswith("https://issuer.example/") for address in addresses)


def test_every_endpoint_in_it_is_there(client, db):
    document = client.get(OIDC).json()
    for name, value in document.items():
        if name.endswith(("_endpoint", "_uri")):
            assert client.get(urlsplit(value).path).status_code in {200, 400, 405}, name


def test_what_is_not_built_is_not_promised(client):
    document = client.get(OIDC).json()
    assert document["response_types_supported"] == ["code", "token"]
    assert document["response_modes_supported"] == ["query", "fragment"]
    assert document["grant_types_supported"] == ["authorization_code", "client_credentials", "refresh_token", "implicit"]
    assert document["scopes_supported"] == ["offline_access"]
    assert document["prompt_values_supported"] == ["none", "login", "consent"]
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["authorization_response_iss_parameter_supported"] is True
    for name in ("userinfo_endpoint", "revocation_endpoint", "introspection_endpoint", "registration_endpoint", "end_session_endpoint"):
        assert name not in document


def test_it_may_be_kept_for_a_while(client):
    assert set(client.get(OIDC)["Cache-Control"].split(", ")) == {"max-age=300", "public"}


def test_any_origin_may_read_it(client):
    assert client.get(OIDC, headers={"Origin": "https://anywhere.example"})["Access-Control-Allow-Origin"] in {
        "*",
        "https://anywhere.example",
    }


@pytest.mark.parametrize("path", [OIDC, OAUTH, "/.well-known/jwks.json"])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_other_methods_are_not_allowed(path, method):
    client = Client(enforce_csrf_checks=True)  # a stale form is not what is wrong here
    answer = getattr(client, method)(path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


# ---- An issuer with a path ------------------------------------------------------------------------------------------


@pytest.fixture
def tenant(settings, monkeypatch):
    """A browser at an issuer whose address has a path."""
    module = ModuleType("tests.urls_below_a_path")
    of_every_page = path("preferences", preferences.change, name="preferences")
    vars(module)["urlpatterns"] = [of_every_page, *urls.all_below("tenants/one")]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    settings.ROOT_URLCONF = module.__name__
    settings.ISSUER = "http://localhost:8000/tenants/one/"
    return Client()


def test_an_issuer_with_a_path_openid_appends_and_rfc8414_inserts(tenant):
    appended = tenant.get("/tenants/one/.well-known/openid-configuration")
    inserted = tenant.get("/.well-known/oauth-authorization-server/tenants/one")
    assert appended.status_code == inserted.status_code == 200
    assert appended.json() == inserted.json()
    assert appended.json()["token_endpoint"] == "http://localhost:8000/tenants/one/oauth/token"


def test_the_endpoints_of_an_issuer_with_a_path_are_below_it(tenant, db):
    document = discovery.document()
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        assert tenant.get(urlsplit(document[name]).path).status_code != 404
    assert tenant.get("/oauth/token").status_code == 404


def test_its_pages_lead_to_its_own_paths(tenant, seeded):
    request = {
        "response_type": "code",
        "client_id": "calendar-web",
        "redirect_uri": CALLBACK,
        "audience": "api.calendar",
        "code_challenge": CODE_CHALLENGE,
        "code_challenge_method": "S256",
    }
    assert tenant.get("/tenants/one/authorize", request)["Location"].startswith("/tenants/one/login?ticket=")
