"""The implicit grant, asked for exactly as the document asks: who may, what comes back, and that all of it is in the fragment."""

import pytest

from authorization_server.models import Api, Application, AuthorizationCode, SigningKey
from tests.authorization_server.conftest import (
    CALLBACK,
    GEOCODING,
    SPA_CALLBACK,
    BackChannel,
    assert_refused,
    decisions,
    in_fragment,
    sent_back,
    text_of,
    verified,
)

ISS = "http://localhost:8000/"


def token_of(alice, **changes):
    """The members of the answer when Alice allows everything."""
    answer = alice.document_s_request(**changes)
    if answer.status_code == 200:
        answer = alice.decide(answer, "allow")
    return in_fragment(answer)


# ---- What comes back (RFC 6749 section 4.2.2) -----------------------------------------------------------------------


def test_the_document_s_request_is_answered_with_a_token_in_the_fragment_rfc6749_section_4_2_2(alice):
    page = alice.document_s_request()
    assert "read your scheduled events" in text_of(page)
    assert "create and change events" in text_of(page)
    answer = alice.decide(page, "allow")
    assert answer["Location"].startswith(f"{SPA_CALLBACK}#")
    assert "no-store" in answer["Cache-Control"]
    members = in_fragment(answer)
    assert set(members) == {"access_token", "token_type", "expires_in", "scope", "state", "iss"}
    assert (members["token_type"], members["expires_in"], members["scope"]) == ("Bearer", "7200", "read write")


def test_the_answer_carries_state_and_iss_in_the_fragment_rfc9207_section_2(alice):
    members = token_of(alice)
    assert (members["state"], members["iss"]) == ("Yb3k9wQ", ISS)


def test_without_a_state_the_answer_has_none(alice):
    assert "state" not in token_of(alice, state=None)


def test_the_token_says_what_it_would_for_a_code(alice):
    members = token_of(alice)
    token = verified(members["access_token"])
    assert set(token.claims) == {"iss", "sub", "aud", "iat", "exp", "jti", "client_id", "azp", "scope"}
    assert (token.subject, token.client_id, token.scopes, token.is_machine) == ("usr_123", "calendar-spa", {"read", "write"}, False)
    assert token.claims["aud"] == "api.calendar"


def test_there_is_no_refresh_token_and_no_code_rfc6749_section_4_2_2(alice):
    Application.objects.filter(client_id="calendar-spa").update(allows_refresh_token=True)
    members = token_of(alice)
    assert not {"refresh_token", "code", "id_token"} & set(members)
    assert not AuthorizationCode.objects.exists()


def test_the_nonce_is_accepted_and_unused(alice):
    with_nonce, without = token_of(alice), token_of(alice, nonce=None)
    assert "nonce" not in verified(with_nonce["access_token"]).claims
    assert set(with_nonce) == set(without)


def test_the_query_of_a_registered_redirect_uri_stays_where_it_is(alice):
    uri = f"{SPA_CALLBACK}?tenant=one"
    Application.objects.get(client_id="calendar-spa").redirect_uris.create(uri=uri)
    answer = alice.decide(alice.document_s_request(redirect_uri=uri), "allow")
    assert answer["Location"].startswith(f"{uri}#access_token=")
    refused = alice.document_s_request(redirect_uri=uri, scope="delete")
    assert refused["Location"].startswith(f"{uri}#error=invalid_scope")


def test_a_token_without_scopes_states_none(alice):
    members = token_of(alice, audience=GEOCODING, scope=None)
    assert "scope" not in members
    assert "scope" not in verified(members["access_token"], GEOCODING).claims


def test_pkce_is_not_asked_for_and_locks_nothing(alice):
    page = alice.document_s_request(code_challenge="anything")
    assert "There is no code for it to lock" in text_of(page)
    assert "access_token" in in_fragment(alice.decide(page, "allow"))


def test_the_calendar_opens_with_it(alice, client):
    token = token_of(alice)["access_token"]
    assert client.get("/calendar/v1/events", headers={"Authorization": f"Bearer {token}"}).status_code == 200


# ---- Consent is the same as for a code ------------------------------------------------------------------------------


def test_no_dialog_when_consent_has_already_been_granted(alice):
    token_of(alice)
    assert "access_token" in in_fragment(alice.document_s_request())


def test_what_was_allowed_for_a_token_needs_no_dialog_for_a_code(alice):
    token_of(alice)
    assert "code" in sent_back(alice.authorize(client_id="calendar-spa", redirect_uri=SPA_CALLBACK, scope="read write"))


def test_a_refusal_goes_into_the_fragment_rfc6749_section_4_2_2_1(alice):
    members = in_fragment(alice.decide(alice.document_s_request(), "deny"))
    assert (members["error"], members["state"], members["iss"]) == ("access_denied", "Yb3k9wQ", ISS)


def test_the_token_is_logged_by_its_jti_and_the_trace_of_its_state(alice, caplog):
    caplog.set_level("INFO")
    members = token_of(alice)
    (entry,) = [record for record in caplog.records if getattr(record, "decision", "") == "token.issued"]
    assert entry.jti == verified(members["access_token"]).claims["jti"]
    assert decisions(caplog)[0] == ("consent.shown", "first_time")
    assert len({record.trace_id for record in caplog.records if hasattr(record, "decision")}) == 1
    assert members["access_token"] not in caplog.text


# ---- Only where it is switched on -----------------------------------------------------------------------------------


def test_where_it_is_not_switched_on_the_client_is_unauthorized_rfc6749_section_4_2_2_1(visitor):
    answer = visitor.document_s_request(client_id="calendar-web", redirect_uri=CALLBACK)
    members = in_fragment(answer)
    assert answer["Location"].startswith(f"{CALLBACK}#")
    assert (members["error"], members["state"], members["iss"]) == ("unauthorized_client", "Yb3k9wQ", ISS)
    assert "implicit is off" in members["error_description"]


def test_a_token_needs_no_right_to_codes_and_codes_none_to_tokens(alice):
    spa = Application.objects.filter(client_id="calendar-spa")
    spa.update(allows_authorization_code=False)
    assert "access_token" in token_of(alice)
    assert sent_back(alice.authorize(client_id="calendar-spa", redirect_uri=SPA_CALLBACK))["error"] == "unauthorized_client"
    spa.update(allows_authorization_code=True, allows_implicit=False)
    assert in_fragment(alice.document_s_request())["error"] == "unauthorized_client"
    assert "code" in sent_back(alice.authorize(client_id="calendar-spa", redirect_uri=SPA_CALLBACK))


def test_switching_it_off_counts_for_a_dialog_that_is_open(alice):
    page = alice.document_s_request()
    Application.objects.filter(client_id="calendar-spa").update(allows_implicit=False)
    assert in_fragment(alice.decide(page, "allow"))["error"] == "unauthorized_client"


def test_the_token_endpoint_knows_no_such_grant_rfc6749_section_4_2(seeded):
    assert_refused(BackChannel().form(grant_type="implicit", client_id="calendar-spa"), error="unsupported_grant_type")


# ---- Every error goes into the fragment, too ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"audience": None}, "invalid_request"),
        ({"audience": "https://other.example/"}, "invalid_target"),
        ({"scope": "read delete"}, "invalid_scope"),
        ({"scope": "read\x00"}, "invalid_request"),
        ({"prompt": "maybe"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"response_type": "token code"}, "unsupported_response_type"),
        ({"response_type": "id_token token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
    ],
    ids=lambda value: str(value),
)
def test_an_error_goes_where_the_token_would_have_gone_rfc6749_section_4_2_2_1(visitor, changes, error):
    members = in_fragment(visitor.document_s_request(**changes))
    assert (members["error"], members["state"], members["iss"]) == (error, "Yb3k9wQ", ISS)


@pytest.mark.parametrize("name", ["state", "scope", "nonce", "response_type", "made_up"])
def test_a_repeated_parameter_is_refused_in_the_fragment_rfc6749_section_3_1(visitor, name):
    known = (
        f"response_type=token&client_id=calendar-spa&redirect_uri={SPA_CALLBACK}&audience=api.calendar&state=x&nonce=x&scope=read&made_up=x"
    )
    members = in_fragment(visitor.client.get(f"/authorize?{known}&{name}=again"))
    assert (members["error"], members["iss"]) == ("invalid_request", ISS)


def test_no_destination_no_redirection_rfc6749_section_4_2_2_1(visitor):
    for changes in ({"client_id": "nobody"}, {"redirect_uri": f"{SPA_CALLBACK}/"}, {"redirect_uri": None}):
        answer = visitor.document_s_request(**changes)
        assert (answer.status_code, "Location" in answer) == (400, False)


def test_without_a_signing_key_the_fragment_says_that_it_may_be_tried_again(alice):
    SigningKey.objects.all().delete()
    assert token_of(alice)["error"] == "temporarily_unavailable"


def test_the_response_mode_that_it_has_anyway_may_be_named(alice):
    assert "access_token" in token_of(alice, response_mode="fragment")
    assert "code" in sent_back(alice.authorize(client_id="calendar-spa", redirect_uri=SPA_CALLBACK, response_mode="query"))


# ---- How long it lives ----------------------------------------------------------------------------------------------


def lifetime(members):
    claims = verified(members["access_token"]).claims
    assert int(members["expires_in"]) == claims["exp"] - claims["iat"]
    return int(members["expires_in"])


def test_it_lives_7200_s_by_default_shorter_than_a_token_for_a_code(alice):
    assert lifetime(token_of(alice)) == 7200
    assert Api.objects.get(audience="api.calendar").access_token_lifetime_seconds == 86400


def test_the_api_has_a_lifetime_of_its_own_for_tokens_through_the_browser(alice):
    Api.objects.filter(audience="api.calendar").update(browser_token_lifetime_seconds=60)
    assert lifetime(token_of(alice)) == 60


def test_the_application_s_own_lifetime_goes_before_both(alice):
    Application.objects.filter(client_id="calendar-spa").update(access_token_lifetime_seconds=30)
    assert lifetime(token_of(alice)) == 30
