"""The client credentials grant: an administrator's yes to one application at one API, and nobody signs in."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from authorization_server.models import Api, ApiScope, Application, ClientGrant
from tests.authorization_server.conftest import GEOCODING, assert_refused, verified

PLACES_ADMIN = "https://api.example.com/places-admin/v1/"


@pytest.fixture
def places_grant(seeded):
    """The backend may correct places, and not import them."""
    api = Api.objects.get(audience=PLACES_ADMIN)
    client_grant = ClientGrant.objects.create(application=Application.objects.get(client_id="geocoding-backend"), api=api)
    client_grant.scopes.add(ApiScope.objects.get(api=api, name="correct:places"))
    return client_grant


def test_the_document_s_own_json_request_is_answered_with_a_bearer_token_for_86400_seconds(back_channel):
    text = (
        '{"grant_type":"client_credentials","client_id": "geocoding-backend",'
        '"client_secret": "geocoding-backend-demo-secret","audience": "https://api.example.com/geocoding/v1/"}'
    )
    answer = back_channel.json(text)
    body = answer.json()
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    assert {name: body[name] for name in ("token_type", "expires_in")} == {"token_type": "Bearer", "expires_in": 86400}
    assert set(body) == {"access_token", "token_type", "expires_in"}


def test_form_encoding_works_as_well_rfc6749_section_4_4_2(back_channel):
    assert back_channel.machine_token().status_code == 200


def test_a_machine_s_token_says_so_in_sub_and_gty(back_channel):
    token = verified(back_channel.machine_token().json()["access_token"], GEOCODING)
    assert token.is_machine
    assert set(token.claims) == {"iss", "sub", "aud", "iat", "exp", "jti", "client_id", "azp", "gty"}
    assert token.claims["sub"] == "geocoding-backend@clients"
    assert token.claims["gty"] == "client-credentials"
    assert token.claims["client_id"] == token.claims["azp"] == "geocoding-backend"


def test_resource_names_the_api_as_well_rfc8707(back_channel):
    answer = back_channel.machine_token(audience=None, resource="http://localhost:8000/geocoding/v1")
    assert verified(answer.json()["access_token"], GEOCODING).claims["aud"] == GEOCODING


def test_without_a_client_grant_access_is_denied_with_the_page_that_helps(back_channel):
    body = assert_refused(back_channel.machine_token("unapproved-backend"), error="access_denied", status=403)
    assert body["error_uri"].startswith("http://localhost:8000/access-requests/new?")
    assert body["error_uri"] in body["error_description"]
    assert parse_qs(urlsplit(body["error_uri"]).query) == {"client_id": ["unapproved-backend"], "audience": [GEOCODING]}


def test_the_page_in_error_uri_says_what_the_administrator_has_to_do(back_channel, visitor):
    body = back_channel.machine_token("unapproved-backend").json()
    page = visitor.client.get(body["error_uri"].removeprefix("http://localhost:8000"))
    assert page.status_code == 200
    assert "New backend has no permission for the Geocoding API" in page.content.decode()
    assert "/admin/authorization_server/clientgrant/add/?application=" in page.content.decode()


def test_a_client_grant_is_what_it_takes(back_channel):
    ClientGrant.objects.create(application=Application.objects.get(client_id="unapproved-backend"), api=Api.objects.get(audience=GEOCODING))
    assert back_channel.machine_token("unapproved-backend").status_code == 200


def test_an_ended_grant_is_none(back_channel):
    ClientGrant.objects.filter(application__client_id="geocoding-backend").update(ends_at=timezone.now() - timedelta(seconds=1))
    assert_refused(back_channel.machine_token(), error="access_denied", status=403)


def test_a_grant_whose_end_is_to_come_holds(back_channel):
    ClientGrant.objects.filter(application__client_id="geocoding-backend").update(ends_at=timezone.now() + timedelta(hours=1))
    assert back_channel.machine_token().status_code == 200


def test_a_grant_for_one_api_is_none_for_another(back_channel):
    assert_refused(back_channel.machine_token(audience=PLACES_ADMIN), error="access_denied", status=403)


def test_the_calendar_api_admits_no_machines_and_says_why(back_channel):
    body = assert_refused(back_channel.machine_token(audience="api.calendar"), error="access_denied", status=403)
    assert "admits no machines" in body["error_description"]
    assert "error_uri" not in body


def test_a_grant_does_not_help_where_machines_are_denied(back_channel):
    ClientGrant.objects.create(
        application=Application.objects.get(client_id="geocoding-backend"), api=Api.objects.get(audience="api.calendar")
    )
    assert_refused(back_channel.machine_token(audience="api.calendar"), error="access_denied", status=403)


def test_where_all_machines_are_allowed_no_grant_is_needed(back_channel):
    Api.objects.filter(audience=PLACES_ADMIN).update(machine_access="allow_all")
    body = back_channel.machine_token("unapproved-backend", audience=PLACES_ADMIN, scope="import:places").json()
    assert body["scope"] == "import:places"


@pytest.mark.parametrize("audience", ["https://nobody.example/", "https://api.example.com/geocoding/v1", "api.calendar "])
def test_an_unknown_audience_is_an_invalid_target_rfc8707_section_2(back_channel, audience):
    assert_refused(back_channel.machine_token(audience=audience), error="invalid_target")


def test_a_missing_audience_names_the_cure(back_channel):
    body = assert_refused(back_channel.machine_token(audience=None), error="invalid_request")
    assert "audience=" in body["error_description"]


def test_audience_and_resource_that_contradict_are_an_invalid_target(back_channel):
    answer = back_channel.machine_token(resource="http://localhost:8000/calendar/v1")
    assert_refused(answer, error="invalid_target")


@pytest.mark.parametrize("scope", ["import:places", "correct:places import:places", "unheard:of", "correct", 'a"b\\'])
def test_a_scope_above_the_grant_is_an_invalid_scope_rfc6749_section_5_2(back_channel, places_grant, scope):
    assert_refused(back_channel.machine_token(audience=PLACES_ADMIN, scope=scope), error="invalid_scope")


def test_a_scope_within_the_grant_is_in_token_and_answer(back_channel, places_grant):
    body = back_channel.machine_token(audience=PLACES_ADMIN, scope="correct:places").json()
    assert body["scope"] == "correct:places"
    assert verified(body["access_token"], PLACES_ADMIN).scopes == {"correct:places"}


def test_asking_for_no_scope_means_all_that_was_granted_rfc6749_section_3_3(back_channel, places_grant):
    assert back_channel.machine_token(audience=PLACES_ADMIN).json()["scope"] == "correct:places"


def test_a_public_application_gets_no_token_for_itself_rfc6749_section_4_4(back_channel):
    answer = back_channel.machine_token("calendar-spa", client_secret=None)
    assert_refused(answer, error="unauthorized_client")


def test_an_application_for_people_gets_no_token_for_itself(back_channel):
    assert_refused(back_channel.machine_token("calendar-web"), error="unauthorized_client")


def test_there_is_no_refresh_token_rfc6749_section_4_4_3(back_channel):
    assert "refresh_token" not in back_channel.machine_token().json()


def test_the_audience_alone_may_stand_in_the_query_for_swagger_ui(back_channel):
    fields = {"grant_type": "client_credentials", "client_id": "geocoding-backend", "client_secret": "geocoding-backend-demo-secret"}
    assert back_channel.form(query="?audience=https://api.example.com/geocoding/v1/", **fields).status_code == 200
    twice = back_channel.form(query="?audience=api.calendar", audience=GEOCODING, **fields)
    assert_refused(twice, error="invalid_request")


def test_a_token_needs_at_most_8_queries(back_channel, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert back_channel.machine_token().status_code == 200


def test_a_name_in_any_script_still_gives_an_answer_in_ascii(back_channel):
    Application.objects.filter(client_id="unapproved-backend").update(name='Größe "neu" \\ 新')
    body = assert_refused(back_channel.machine_token("unapproved-backend"), error="access_denied", status=403)
    assert json.dumps(body, ensure_ascii=False).isascii()
