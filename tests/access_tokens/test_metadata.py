"""Protected resource metadata (RFC 9728)."""

import pytest
from django.test import Client

from access_tokens import metadata
from tests.access_tokens.api import NotesAccessToken

ADDRESS = "/.well-known/oauth-protected-resource/notes/v1"


def test_the_metadata_name_resource_issuer_and_scopes_rfc9728_section_2(api, settings):
    answer = api.call(ADDRESS)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json() == {
        "resource": "https://api.example/notes/v1",
        "authorization_servers": [settings.ISSUER],
        "scopes_supported": ["read", "write"],
        "bearer_methods_supported": ["header"],
        "resource_name": "notes",
    }


def test_the_challenge_names_that_very_address_rfc9728_section_5_1(api):
    assert f'resource_metadata="https://api.example{ADDRESS}"' in api.call()["WWW-Authenticate"]


def test_of_several_trusted_issuers_the_first_is_named(api, settings):
    ours, *_ = settings.ACCESS_TOKENS["ISSUERS"]
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "ISSUERS": [ours, {"issuer": "https://lab.example/"}]}
    assert api.call(ADDRESS).json()["authorization_servers"] == [settings.ISSUER]


def test_without_the_apis_path_it_answers_where_one_api_is_served(api, monkeypatch):
    monkeypatch.setattr(metadata, "_published", {NotesAccessToken.resource: NotesAccessToken})
    assert api.call("/.well-known/oauth-protected-resource").json()["resource"] == NotesAccessToken.resource


def test_without_the_apis_path_several_apis_name_their_addresses(api, monkeypatch):
    class Other(NotesAccessToken):
        resource = "https://api.example/other/v1"

    monkeypatch.setattr(metadata, "_published", {api.resource: api for api in (NotesAccessToken, Other)})
    answer = api.call("/.well-known/oauth-protected-resource")
    assert answer.status_code == 404
    assert "https://api.example/.well-known/oauth-protected-resource/other/v1" in answer.json()["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_it_can_only_be_read(api, method):
    client = Client(enforce_csrf_checks=True)  # a stale form is not what is wrong here
    answer = client.generic(method, ADDRESS)
    assert (answer.status_code, answer["Allow"], answer["Content-Type"]) == (405, "GET, HEAD", "application/problem+json")
