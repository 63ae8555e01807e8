"""How an API's tokens look: `typ`, what they are signed with, how long they are good; changed in the dashboard, seen at the API."""

import html
import json
import re

import jwt
import pytest
from cryptography.fernet import Fernet
from django.contrib.admin.models import LogEntry as AdminLogEntry
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError

from authorization_server import keys
from authorization_server.models import Api, Application, SignedWith
from tests.authorization_server.conftest import GEOCODING, SPA_CALLBACK, api_form, application_form, in_fragment
from tests.project.conftest import environment, read_settings  # noqa: F401  fixtures

EVENTS = "/calendar/v1/events"
MANAGEMENT = "http://localhost:8000/api/v2/"


@pytest.fixture
def calendar_api(seeded):
    return Api.objects.get(audience="api.calendar")


@pytest.fixture
def change(admin):
    """Change an API in the dashboard."""

    def changed(api, **changes):
        return admin.post(f"/admin/authorization_server/api/{api.pk}/change/", **api_form(Api.objects.get(pk=api.pk), **changes))

    return changed


@pytest.fixture
def as_its_own_process_reads_it(read_settings, settings):  # noqa: F811  the fixture above
    """Let the APIs here trust whom the Calendar API's own process would trust with these variables."""
    issuer = settings.ISSUER

    def configured(**variables):
        settings.ACCESS_TOKENS = read_settings(SERVICE="calendar_api", ISSUER=issuer, EXPLAIN_REJECTIONS="1", **variables)["ACCESS_TOKENS"]

    return configured


def secret_on(page):
    """The secret that this page shows, and shows in the setting, too."""
    found = re.search(r"The secret of api\.calendar: <code>([\w-]{43})</code>", page.content.decode())
    assert found, page.content.decode()
    assert f'TOKEN_SYMMETRIC_KEYS={{"api.calendar": "{found[1]}"}}' in html.unescape(page.content.decode())
    return found[1]


def token_for(alice, scope="read write"):
    """A token of Alice's for the Calendar API."""
    answer = alice.document_s_request(scope=scope)
    return in_fragment(alice.decide(answer, "allow") if answer.status_code == 200 else answer)["access_token"]


def events(client, token):
    return client.get(EVENTS, headers={"Authorization": f"Bearer {token}"})


def assert_refused(client, token, code):
    answer = events(client, token)
    assert (answer.status_code, answer.json()["code"]) == (401, code), answer.json()


# ---- typ (RFC 9068 section 2.1) -------------------------------------------------------------------------------------


def test_typ_is_at_jwt_unless_the_api_says_otherwise_rfc9068_section_2_1(alice, client):
    token = token_for(alice)
    assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
    assert events(client, token).status_code == 200


def test_an_api_can_have_jwt_as_in_the_document(alice, client, change, calendar_api, settings):
    assert change(calendar_api, typ="JWT").status_code == 302
    token = token_for(alice)
    assert jwt.get_unverified_header(token)["typ"] == "JWT"
    assert_refused(client, token, "wrong_type")
    ours, *others = settings.ACCESS_TOKENS["ISSUERS"]
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "ISSUERS": [{**ours, "types": ["JWT"]}, *others]}
    assert events(client, token).status_code == 200


def test_it_is_one_api_s_own_affair(change, calendar_api, back_channel):
    change(calendar_api, typ="JWT", signed_with=SignedWith.SHARED_SECRET)
    header = jwt.get_unverified_header(back_channel.machine_token().json()["access_token"])
    assert (header["alg"], header["typ"]) == ("RS256", "at+jwt")


# ---- HS256, from the dashboard to the API ---------------------------------------------------------------------------


def test_an_api_that_was_switched_to_hs256_takes_such_tokens_and_no_other(alice, client, change, calendar_api, as_its_own_process_reads_it):
    signed_with_the_server_s_key = token_for(alice)
    secret = secret_on(change(calendar_api, typ="JWT", signed_with=SignedWith.SHARED_SECRET))
    token = token_for(alice)
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}  # the document's header
    assert_refused(client, token, "wrong_type")  # still configured for RS256 and at+jwt

    as_its_own_process_reads_it(
        TOKEN_ALGORITHMS="HS256", TOKEN_TYPES="JWT at+jwt", TOKEN_SYMMETRIC_KEYS=json.dumps({"api.calendar": secret})
    )
    assert events(client, token).status_code == 200
    assert_refused(client, signed_with_the_server_s_key, "wrong_algorithm")


def test_an_api_configured_for_rs256_refuses_hs256_rfc8725_section_3_1(alice, client, change, calendar_api):
    change(calendar_api, signed_with=SignedWith.SHARED_SECRET)
    assert_refused(client, token_for(alice), "wrong_algorithm")


def test_another_api_s_secret_opens_nothing(alice, client, change, calendar_api, as_its_own_process_reads_it):
    change(calendar_api, signed_with=SignedWith.SHARED_SECRET)
    as_its_own_process_reads_it(TOKEN_ALGORITHMS="HS256", TOKEN_SYMMETRIC_KEYS=json.dumps({"api.calendar": "of another API" * 4}))
    assert_refused(client, token_for(alice), "bad_signature")


def test_replacing_the_secret_ends_the_old_one_once_the_api_has_the_new(
    alice, client, admin, change, calendar_api, as_its_own_process_reads_it
):
    first = secret_on(change(calendar_api, signed_with=SignedWith.SHARED_SECRET))
    before = token_for(alice)
    second = secret_on(admin.post("/admin/authorization_server/api/", action="replace_shared_secret", _selected_action=calendar_api.pk))
    assert first != second
    as_its_own_process_reads_it(TOKEN_ALGORITHMS="HS256", TOKEN_SYMMETRIC_KEYS=json.dumps({"api.calendar": second}))
    assert events(client, token_for(alice)).status_code == 200
    assert_refused(client, before, "bad_signature")


def test_switching_back_signs_with_the_server_s_key_and_forgets_the_secret(alice, client, change, calendar_api):
    change(calendar_api, signed_with=SignedWith.SHARED_SECRET)
    assert change(calendar_api, signed_with=SignedWith.SERVER_KEY).status_code == 302
    calendar_api.refresh_from_db()
    assert calendar_api.shared_secret_encrypted == ""
    assert events(client, token_for(alice)).status_code == 200


# ---- The secret -----------------------------------------------------------------------------------------------------


def test_it_has_256_random_bits_rfc7518_section_3_2(change, calendar_api):
    secret = secret_on(change(calendar_api, signed_with=SignedWith.SHARED_SECRET))
    assert len(secret.encode()) >= 32
    assert len(set(secret)) > 16


def test_it_is_shown_once_and_goes_through_no_cookie_session_log_or_history(admin, change, calendar_api, caplog):
    caplog.set_level("DEBUG")
    page = change(calendar_api, signed_with=SignedWith.SHARED_SECRET)
    secret = secret_on(page)
    assert "no-store" in page["Cache-Control"]
    assert change(calendar_api, name="Calendar").status_code == 302
    calendar_api.refresh_from_db()
    for path in ("", f"{calendar_api.pk}/change/", f"{calendar_api.pk}/history/"):
        again = admin.get(f"/admin/authorization_server/api/{path}").content.decode()
        assert secret not in again
        assert calendar_api.shared_secret_encrypted not in again
    assert not any(secret in str(session.get_decoded()) for session in Session.objects.all())
    assert not any(secret in cookie.value for cookie in admin.client.cookies.values())
    assert secret not in caplog.text
    assert secret not in str(list(AdminLogEntry.objects.values()))


def test_changing_something_else_leaves_it(change, calendar_api):
    change(calendar_api, signed_with=SignedWith.SHARED_SECRET)
    before = Api.objects.get(pk=calendar_api.pk).shared_secret_encrypted
    change(calendar_api, access_token_lifetime_seconds=60)
    assert Api.objects.get(pk=calendar_api.pk).shared_secret_encrypted == before


def test_it_is_stored_encrypted_alone(change, calendar_api, settings):
    secret = secret_on(change(calendar_api, signed_with=SignedWith.SHARED_SECRET))
    calendar_api.refresh_from_db()
    assert secret not in str(Api.objects.values().get(pk=calendar_api.pk))
    stored = Fernet(settings.SIGNING_KEYS_ENCRYPTION_KEY).decrypt(calendar_api.shared_secret_encrypted.encode())
    assert stored.decode() == secret


def test_it_is_in_no_key_set(change, calendar_api, client):
    change(calendar_api, signed_with=SignedWith.SHARED_SECRET)
    published = client.get("/.well-known/jwks.json").json()["keys"]
    assert {key["kty"] for key in published} == {"RSA"}
    assert not any("k" in key for key in published)


def test_the_page_says_that_issuer_and_api_must_be_one_trust_domain(admin, change, calendar_api):
    page = admin.get(f"/admin/authorization_server/api/{calendar_api.pk}/change/")
    assert "whoever can verify can sign, too" in page.content.decode()
    assert "HS256 is for one trust domain alone" in page.content.decode()
    shown = change(calendar_api, signed_with=SignedWith.SHARED_SECRET)
    assert "Whoever can verify with it can sign with it, too" in shown.content.decode()


def test_an_api_without_one_has_none_to_replace(admin, calendar_api):
    answer = admin.client.post(
        "/admin/authorization_server/api/", {"action": "replace_shared_secret", "_selected_action": calendar_api.pk}, follow=True
    )
    assert "shares no secret" in answer.content.decode()
    calendar_api.refresh_from_db()
    assert calendar_api.shared_secret_encrypted == ""


def test_under_another_encryption_key_nothing_is_signed_and_the_log_names_the_cause(alice, change, calendar_api, settings, caplog):
    change(calendar_api, signed_with=SignedWith.SHARED_SECRET)
    page = alice.document_s_request()
    settings.SIGNING_KEYS_ENCRYPTION_KEY = Fernet.generate_key().decode()
    assert in_fragment(alice.decide(page, "allow"))["error"] == "temporarily_unavailable"
    assert "The secret shared with api.calendar cannot be decrypted" in caplog.text
    with pytest.raises(keys.NoUsableKey, match="SIGNING_KEYS_ENCRYPTION_KEY"):
        keys.signer_for(Api.objects.get(pk=calendar_api.pk))


@pytest.mark.parametrize("changes", [{"typ": "JWT"}, {"signed_with": "shared_secret"}])
def test_tokens_for_this_server_s_own_api_stay_as_it_checks_them_itself(change, changes):
    management = Api.objects.get(audience=MANAGEMENT)
    refused = change(management, **changes)
    assert refused.status_code == 200
    assert "This server checks the tokens for this API itself" in refused.content.decode()
    assert Api.objects.get(pk=management.pk).shared_secret_encrypted == ""


# ---- How long they are good -----------------------------------------------------------------------------------------


def lifetimes(alice, back_channel):
    """Of a code's, of the browser's and of a machine's token; each as the answer and as the token says it."""
    code = alice.code(client_id="calendar-spa", redirect_uri=SPA_CALLBACK)
    answers = [
        back_channel.redeem(code, client_id="calendar-spa", client_secret=None, redirect_uri=SPA_CALLBACK).json(),
        in_fragment(alice.document_s_request(scope="read")),
        back_channel.machine_token().json(),
    ]
    for answer in answers:
        claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
        assert int(answer["expires_in"]) == claims["exp"] - claims["iat"]
    return [int(answer["expires_in"]) for answer in answers]


def test_the_lifetimes_of_the_contract(alice, back_channel):
    assert lifetimes(alice, back_channel) == [86400, 7200, 86400]


def test_each_api_s_lifetimes_are_changed_in_the_dashboard(alice, back_channel, change, calendar_api):
    assert change(calendar_api, access_token_lifetime_seconds=600, browser_token_lifetime_seconds=60).status_code == 302
    assert change(Api.objects.get(audience=GEOCODING), access_token_lifetime_seconds=10).status_code == 302
    assert lifetimes(alice, back_channel) == [600, 60, 10]


def test_an_application_s_own_lifetime_wins_and_is_changed_in_the_dashboard(alice, back_channel, admin):
    spa = Application.objects.get(client_id="calendar-spa")
    form = application_form(
        client_id=spa.client_id,
        name=spa.name,
        authentication_method=spa.authentication_method,
        allows_client_credentials=None,
        allows_authorization_code="on",
        allows_implicit="on",
        access_token_lifetime_seconds="20",
        is_demo="on",
        **{"redirect_uris-TOTAL_FORMS": "0"},
    )
    assert admin.post(f"/admin/authorization_server/application/{spa.pk}/change/", **form).status_code == 302
    assert lifetimes(alice, back_channel) == [20, 20, 86400]


@pytest.mark.parametrize("field", ["access_token_lifetime_seconds", "browser_token_lifetime_seconds"])
def test_no_lifetime_is_under_10_s(change, calendar_api, field):
    refused = change(calendar_api, **{field: 9})
    assert refused.status_code == 200
    assert "greater than or equal to 10" in refused.content.decode()
    with pytest.raises(ValidationError):
        Application(client_id="x", name="x", access_token_lifetime_seconds=9).clean_fields()
