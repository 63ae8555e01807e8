"""Story 1 from the application's side: what Daybook asks, which answers it uses, and how often."""

import hashlib
from base64 import urlsafe_b64encode

import jwt
import pytest

from demo_client.models import DaybookSession, SignIn


def test_the_request_has_everything_that_the_document_and_pkce_ask_for(services, alice):
    asked = alice.begin()
    assert {name: asked[name] for name in ("response_type", "audience", "scope", "client_id", "redirect_uri", "code_challenge_method")} == {
        "response_type": "code",
        "audience": "api.calendar",
        "scope": "read",
        "client_id": "calendar-web",
        "redirect_uri": "http://localhost:8000/callback",
        "code_challenge_method": "S256",
    }
    assert len(asked["state"]) >= 43
    assert len(asked["nonce"]) >= 43


def test_state_nonce_and_challenge_are_new_each_time(services, alice):
    first, second = alice.begin(), alice.begin()
    assert all(first[name] != second[name] for name in ("state", "nonce", "code_challenge"))


def test_the_code_is_exchanged_with_the_verifier_of_the_challenge_rfc7636_section_4_5(services, alice):
    asked = alice.begin()
    alice.come_back(services, asked["state"], code="the-code")
    (sent,) = services.codes_offered()
    challenge = urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).decode().rstrip("=")
    assert challenge == asked["code_challenge"]
    assert (sent["grant_type"], sent["code"], sent["redirect_uri"]) == ("authorization_code", "the-code", "http://localhost:8000/callback")


def test_the_token_stays_on_the_server(services, alice):
    response = alice.sign_in(services)
    assert response["Location"] == "/daybook"
    page = alice.get("/daybook").content.decode()
    (asked,) = services.sent_to("/calendar/v1/events")
    token = asked["headers"]["Authorization"].removeprefix("Bearer ")
    assert token not in str(response.headers) + str(response.cookies) + page


def test_the_trace_id_of_a_sign_in_is_the_hash_of_its_state(services, alice):
    state = alice.begin()["state"]
    alice.come_back(services, state)
    offered = [request for request in services.sent_to("/oauth/token") if "code=" in request["body"]]
    assert offered[0]["headers"]["traceparent"][3:35] == hashlib.sha256(state.encode()).hexdigest()[:32]


def assert_not_used(response, services, *, status, says):
    assert response.status_code == status
    assert says in response.content.decode()
    assert services.codes_offered() == []


def test_a_state_is_good_once(services, alice):
    state = alice.begin()["state"]
    alice.come_back(services, state)
    response = alice.come_back(services, state)
    assert response.status_code == 400
    assert "Daybook does not wait for this answer" in response.content.decode()
    assert "Go on to your calendar" in response.content.decode()
    assert len(services.codes_offered()) == 1


def test_a_state_belongs_to_the_browser_that_began_rfc9700_section_4_7(services, alice, somebody_else):
    somebody_else.begin()
    assert_not_used(somebody_else.come_back(services, alice.begin()["state"]), services, status=400, says="unknown state")


def test_a_state_without_any_session_is_not_used(services, alice, somebody_else):
    assert_not_used(somebody_else.come_back(services, alice.begin()["state"]), services, status=400, says="unknown state")


@pytest.mark.parametrize("state", [None, "", "made-up", "\x00", "x" * 5000])
def test_an_answer_without_a_state_of_ours_is_not_used(services, alice, state):
    alice.begin()
    assert_not_used(alice.come_back(services, state), services, status=400, says="unknown state")


def test_a_state_is_good_for_an_hour(services, alice):
    state = alice.begin()["state"]
    SignIn.objects.update(begun_at="2026-01-01T00:00:00Z")
    assert_not_used(alice.come_back(services, state), services, status=400, says="unknown state")


@pytest.mark.parametrize("iss", ["http://evil.example/", None, "", "without the slash"])
def test_an_answer_of_another_issuer_is_not_used_rfc9207_section_2_4(services, alice, iss):
    iss = services.url if iss == "without the slash" else iss
    response = alice.come_back(services, alice.begin()["state"], iss=iss)
    assert_not_used(response, services, status=400, says="not from the authorization server that Daybook asked")


def test_the_issuer_is_checked_before_an_error_is_believed_rfc9207_section_2_4(services, alice):
    response = alice.come_back(services, alice.begin()["state"], iss="http://evil.example/", code=None, error="access_denied")
    assert_not_used(response, services, status=400, says="wrong issuer")


def test_an_issuer_that_does_not_promise_iss_may_leave_it_out(services, alice):
    changed = services.metadata(authorization_response_iss_parameter_supported=False)
    services.answers["/.well-known/openid-configuration"] = (200, changed)
    assert alice.come_back(services, alice.begin()["state"], iss=None).status_code == 302
    assert alice.come_back(services, alice.begin()["state"], iss="http://evil.example/").status_code == 400


def test_a_repeated_parameter_is_not_used_rfc6749_section_3_1(services, alice):
    state = alice.begin()["state"]
    response = alice.get(f"/callback?code=a&code=b&state={state}&iss={services.issuer}")
    assert_not_used(response, services, status=400, says="unknown state")


def test_a_person_who_does_not_allow_it_is_told_that_nothing_happened(services, alice):
    response = alice.come_back(services, alice.begin()["state"], code=None, error="access_denied", error_description="Alice said no.")
    assert_not_used(response, services, status=403, says="Daybook may not read your calendar")
    assert "Ask again" in response.content.decode()


def test_any_other_error_is_shown_with_its_reason_and_nothing_in_it_is_markup(services, alice):
    response = alice.come_back(services, alice.begin()["state"], code=None, error="invalid_scope", error_description="<script>x</script>")
    assert_not_used(response, services, status=403, says="&lt;script&gt;")


def test_an_answer_with_neither_code_nor_error_is_named_so(services, alice):
    response = alice.come_back(services, alice.begin()["state"], code=None)
    assert_not_used(response, services, status=502, says="neither code nor error")


def test_a_code_that_is_not_taken_leads_to_signing_in_again(services, alice):
    services.answers["/oauth/token"] = (400, {"error": "invalid_grant", "error_description": "The code was used before."})
    response = alice.come_back(services, alice.begin()["state"])
    assert response.status_code == 502
    assert "The code was used before." in response.content.decode()
    assert 'href="/sign-in"' in response.content.decode()


def test_a_wrong_client_secret_names_what_to_compare(services, alice):
    services.answers["/oauth/token"] = (401, {"error": "invalid_client"})
    assert "Compare the secret" in alice.come_back(services, alice.begin()["state"]).content.decode()


def test_a_missing_client_secret_names_its_setting(services, alice, settings):
    settings.CALENDAR_WEB_CLIENT_SECRET = ""
    assert "CALENDAR_WEB_CLIENT_SECRET" in alice.come_back(services, alice.begin()["state"]).content.decode()


@pytest.mark.parametrize("nonce", ["another", None, 7])
def test_an_id_token_for_another_request_is_refused_openid_connect_core_section_3_1_3_7(services, alice, nonce):
    id_token = jwt.encode({"sub": "usr_123", **({} if nonce is None else {"nonce": nonce})}, "k" * 32, algorithm="HS256")
    services.answers["/oauth/token"] = (200, services.token_answer(id_token=id_token))
    response = alice.come_back(services, alice.begin()["state"])
    assert response.status_code == 502
    assert "belongs to another sign-in" in response.content.decode()
    assert alice.get("/daybook").status_code == 403


def test_an_id_token_with_our_nonce_is_accepted(services, alice):
    asked = alice.begin()
    id_token = jwt.encode({"sub": "usr_123", "nonce": asked["nonce"]}, "k" * 32, algorithm="HS256")
    services.answers["/oauth/token"] = (200, services.token_answer(id_token=id_token))
    assert alice.come_back(services, asked["state"]).status_code == 302


def test_several_tabs_sign_in_at_once(services, alice):
    first, second = alice.begin()["state"], alice.begin()["state"]
    assert alice.come_back(services, second).status_code == 302
    assert alice.come_back(services, first).status_code == 302  # the session got a new key in between


def test_a_browser_waits_for_at_most_twenty_answers(services, alice):
    states = [alice.begin()["state"] for _ in range(22)]
    assert SignIn.objects.count() == 20
    assert alice.come_back(services, states[0]).status_code == 400
    assert alice.come_back(services, states[-1]).status_code == 302


def test_what_nobody_finished_is_forgotten_when_the_next_sign_in_begins(services, alice, somebody_else):
    somebody_else.begin()
    SignIn.objects.update(begun_at="2026-01-01T00:00:00Z")
    DaybookSession.objects.update(expire_date="2026-01-01T00:00:00Z")
    alice.begin()
    assert (SignIn.objects.count(), DaybookSession.objects.count()) == (1, 1)
