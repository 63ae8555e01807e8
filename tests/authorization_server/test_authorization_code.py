"""The authorization code grant: what may be asked, where refusals go, and what a code is good for."""

import pytest
import time_machine
from django.utils import timezone

from authorization_server.models import Api, ApiScope, Application, AuthorizationCode, RedirectUri, User
from authorization_server.models.applications import sha256_of
from tests.authorization_server.conftest import (
    CALLBACK,
    CODE_CHALLENGE,
    CODE_VERIFIER,
    application_form,
    assert_refused,
    basic,
    challenge_of,
    sent_back,
    text_of,
    verified,
)

# ---- The request is validated before anybody signs in ---------------------------------------------------------------


def assert_a_page(answer, text):
    assert answer.status_code == 400
    assert "Location" not in answer
    assert text in answer.content.decode()


@pytest.mark.parametrize("client_id", ["nobody", "", "calendar-web\x00", "calendar web", "x" * 300])
def test_an_unknown_client_gets_a_page_never_a_redirect_rfc6749_section_4_1_2_1(visitor, client_id):
    assert_a_page(visitor.authorize(client_id=client_id), "client id" if client_id != "calendar-web\x00" else "cannot be read")


@pytest.mark.parametrize(
    "redirect_uri",
    [
        None,
        "",
        "http://localhost:8000/callback/",
        "http://localhost:8000/Callback",
        "http://localhost:8000/callback?x=1",
        "https://localhost:8000/callback",
        "http://localhost:8000/callback%2F..",
        "http://evil.example/callback",
        "javascript:alert(1)",
        "http://localhost:8000/spa/callback",
    ],
)
def test_a_redirect_uri_that_is_not_registered_letter_by_letter_gets_a_page_rfc9700_section_4_1_3(visitor, redirect_uri):
    assert_a_page(visitor.authorize(redirect_uri=redirect_uri), "answer")


def test_a_repeated_client_or_redirect_uri_gets_a_page_rfc6749_section_3_1(visitor):
    query = f"response_type=code&client_id=calendar-web&client_id=calendar-spa&redirect_uri={CALLBACK}"
    assert_a_page(visitor.client.get(f"/authorize?{query}"), "once")


@pytest.mark.parametrize(
    "query", ["client_id=%ff", "&".join(f"p{n}=1" for n in range(100)), "state=" + "x" * 9000], ids=["utf-8", "many", "long"]
)
def test_a_query_that_cannot_be_read_gets_a_page(visitor, query):
    assert_a_page(visitor.client.get(f"/authorize?{query}"), "cannot be read")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "code code"}, "unsupported_response_type"),
        ({"response_type": "none"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"response_type": 'x"\\'}, "unsupported_response_type"),
        ({"audience": None}, "invalid_request"),
        ({"audience": "https://other.example/"}, "invalid_target"),
        ({"audience": "API.calendar"}, "invalid_target"),
        ({"resource": "http://localhost:8000/geocoding/v1"}, "invalid_target"),
        ({"audience": None, "resource": "http://localhost:8000/calendar/v1/"}, "invalid_target"),
        ({"scope": "read delete"}, "invalid_scope"),
        ({"scope": "READ"}, "invalid_scope"),
        ({"scope": "read\x00"}, "invalid_request"),
        ({"state": "a\x07b"}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": CODE_CHALLENGE + "="}, "invalid_request"),
        ({"code_challenge": CODE_VERIFIER[:20]}, "invalid_request"),
    ],
    ids=lambda value: str(value),
)
def test_every_other_refusal_goes_to_the_application_with_state_and_iss_rfc9207(visitor, changes, error):
    answer = visitor.authorize(**changes)
    parameters = sent_back(answer)
    assert answer["Location"].startswith(f"{CALLBACK}?")
    assert parameters["error"] == error
    assert parameters["iss"] == "http://localhost:8000/"
    assert parameters["state"] == changes.get("state", "Yb3k9wQ")
    assert all(" " <= c <= "~" and c not in '"\\' for c in parameters["error_description"])


@pytest.mark.parametrize("name", ["state", "scope", "audience", "response_type", "code_challenge", "nonce", "made_up"])
def test_a_repeated_parameter_is_an_invalid_request_rfc6749_section_3_1(visitor, name):
    known = f"response_type=code&client_id=calendar-web&redirect_uri={CALLBACK}&audience=api.calendar&code_challenge={CODE_CHALLENGE}"
    answer = visitor.client.get(f"/authorize?{known}&code_challenge_method=S256&{name}=a&{name}=b")
    assert sent_back(answer)["error"] == "invalid_request"


def test_several_resources_are_an_invalid_target_rfc8707_section_2(visitor):
    known = f"response_type=code&client_id=calendar-web&redirect_uri={CALLBACK}&code_challenge={CODE_CHALLENGE}&code_challenge_method=S256"
    answer = visitor.client.get(
        f"/authorize?{known}&resource=http://localhost:8000/calendar/v1&resource=http://localhost:8000/geocoding/v1"
    )
    assert sent_back(answer)["error"] == "invalid_target"


def test_unknown_parameters_are_ignored_even_one_with_the_name_of_ours_rfc6749_section_3_1(alice):
    assert alice.authorize(ticket="a-client's-own", made_up="x").status_code == 200


def test_without_a_state_the_answer_has_none(visitor):
    assert "state" not in sent_back(visitor.authorize(state=None, scope="delete"))


@pytest.mark.parametrize("between", ["\u00a0", "\u2003", "\u2028"])
def test_scopes_are_separated_by_the_space_alone_rfc6749_section_3_3(visitor, between):
    assert "error=invalid_scope" in visitor.authorize(scope=f"read{between}write")["Location"]


def test_a_missing_challenge_names_the_cure(visitor):
    assert "Send one with code_challenge_method=S256" in sent_back(visitor.authorize(code_challenge=None))["error_description"]


def test_a_missing_audience_names_the_cure(visitor):
    assert "audience=" in sent_back(visitor.authorize(audience=None))["error_description"]


def test_an_application_that_may_not_sign_people_in_is_refused_rfc6749_section_4_1_2_1(visitor, daybook):
    Application.objects.filter(pk=daybook.pk).update(allows_authorization_code=False, allows_refresh_token=False)
    assert sent_back(visitor.authorize())["error"] == "unauthorized_client"


def test_an_api_that_admits_no_people_is_refused_before_sign_in(visitor):
    Api.objects.filter(audience="api.calendar").update(user_access="deny")
    parameters = sent_back(visitor.authorize())
    assert (parameters["error"], parameters["error_description"]) == ("access_denied", "The Calendar API admits machines only.")


def test_where_people_need_a_client_grant_an_application_without_one_is_refused(visitor):
    Api.objects.filter(audience="api.calendar").update(user_access="require_grant")
    parameters = sent_back(visitor.authorize())
    assert parameters["error"] == "access_denied"
    assert parameters["error_uri"].startswith("http://localhost:8000/access-requests/new?client_id=calendar-web")


@pytest.mark.parametrize("method", ["put", "delete", "patch", "head"])
def test_other_methods_are_not_allowed(visitor, method):
    assert getattr(visitor.client, method)("/authorize").status_code == 405


# ---- The code -------------------------------------------------------------------------------------------------------


def test_a_person_s_yes_becomes_a_code_with_state_and_iss_rfc9207(alice):
    answer = alice.decide(alice.authorize(), "allow")
    parameters = sent_back(answer)
    assert answer["Location"].startswith(f"{CALLBACK}?")
    assert set(parameters) == {"code", "state", "iss"}
    assert (parameters["state"], parameters["iss"]) == ("Yb3k9wQ", "http://localhost:8000/")
    assert "no-store" in answer["Cache-Control"]


def test_the_query_of_a_registered_redirect_uri_stays(alice, daybook):
    RedirectUri.objects.create(application=daybook, uri=f"{CALLBACK}?tenant=one")
    parameters = sent_back(alice.decide(alice.authorize(redirect_uri=f"{CALLBACK}?tenant=one"), "allow"))
    assert parameters["tenant"] == "one"
    assert "code" in parameters


def test_only_a_hash_of_the_code_is_stored(alice):
    code = alice.code()
    assert AuthorizationCode.objects.get().code_sha256 == sha256_of(code)
    assert code not in str(AuthorizationCode.objects.values().get())


def test_a_code_becomes_a_token_for_the_api_and_the_scopes_that_were_asked_for(alice, back_channel):
    answer = back_channel.redeem(alice.code(scope="read write"))
    body = answer.json()
    token = verified(body["access_token"])
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert set(body) == {"access_token", "token_type", "expires_in", "scope"}
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 86400, "read write")
    assert (token.subject, token.client_id, token.scopes, token.is_machine) == ("usr_123", "calendar-web", {"read", "write"}, False)


def test_a_token_holds_the_claims_of_the_contract_and_no_other(alice, back_channel):
    body = back_channel.redeem(alice.code()).json()
    token = verified(body["access_token"])
    assert set(token.claims) == {"iss", "sub", "aud", "iat", "exp", "jti", "client_id", "azp", "scope"}
    assert set(token.header) == {"alg", "kid", "typ"}
    assert (token.header["alg"], token.header["typ"]) == ("RS256", "at+jwt")
    assert token.claims["exp"] - token.claims["iat"] == body["expires_in"]


def test_audience_and_resource_give_the_same_aud_rfc8707(alice, back_channel):
    code = alice.code(audience=None, resource="http://localhost:8000/calendar/v1")
    assert verified(back_channel.redeem(code).json()["access_token"]).claims["aud"] == "api.calendar"


def test_an_application_s_own_lifetime_goes_before_the_api_s(alice, back_channel):
    code = alice.code(client_id="calendar-short")
    body = back_channel.redeem(code, client_id="calendar-short", client_secret="calendar-short-demo-secret").json()
    token = verified(body["access_token"])
    assert body["expires_in"] == token.claims["exp"] - token.claims["iat"] == 30


def test_a_public_application_redeems_without_a_secret_rfc6749_section_2_1(alice, back_channel):
    spa = "http://localhost:8000/spa/callback"
    code = alice.code(client_id="calendar-spa", redirect_uri=spa)
    answer = back_channel.redeem(code, client_id="calendar-spa", client_secret=None, redirect_uri=spa)
    assert verified(answer.json()["access_token"]).client_id == "calendar-spa"


def test_a_code_is_good_once_rfc6749_section_4_1_2(alice, back_channel):
    code = alice.code()
    assert back_channel.redeem(code).status_code == 200
    assert_refused(back_channel.redeem(code), error="invalid_grant")


def test_of_many_that_redeem_at_once_one_conditional_update_lets_one_through(alice):
    alice.code()
    first, second = AuthorizationCode.objects.get(), AuthorizationCode.objects.get()  # both have read it before either writes
    assert (first.redeem(), second.redeem()) == (True, False)


def test_a_code_lives_60_seconds_rfc6749_section_4_1_2(alice, back_channel):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        late, in_time = alice.code(), alice.code()
        clock.shift(59)
        assert back_channel.redeem(in_time).status_code == 200
        clock.shift(2)
        assert_refused(back_channel.redeem(late), error="invalid_grant")


def test_another_client_s_attempt_neither_redeems_nor_consumes_rfc6749_section_5_2(alice, back_channel):
    code = alice.code()
    stolen = back_channel.redeem(code, client_id="calendar-short", client_secret="calendar-short-demo-secret")
    assert_refused(stolen, error="invalid_grant")
    assert back_channel.redeem(code).status_code == 200


def test_a_failed_authentication_does_not_consume_the_code(alice, back_channel):
    code = alice.code()
    assert_refused(back_channel.redeem(code, client_secret="wrong"), error="invalid_client", status=401)
    assert back_channel.redeem(code).status_code == 200


@pytest.mark.parametrize("redirect_uri", [None, f"{CALLBACK}/", "http://localhost:8000/spa/callback"])
def test_a_code_is_bound_to_its_redirect_uri_rfc6749_section_4_1_3(alice, back_channel, redirect_uri):
    code = alice.code()
    assert_refused(back_channel.redeem(code, redirect_uri=redirect_uri), error="invalid_grant")
    assert back_channel.redeem(code).status_code == 200


def test_a_wrong_verifier_is_refused_and_uses_the_code_up_rfc7636_section_4_6(alice, back_channel):
    code = alice.code()
    assert_refused(back_channel.redeem(code, code_verifier="x" * 43), error="invalid_grant")
    assert_refused(back_channel.redeem(code), error="invalid_grant")


def test_without_a_verifier_there_is_no_token_for_confidential_clients_either_rfc9700_section_2_1_1(alice, back_channel):
    assert_refused(back_channel.redeem(alice.code(), code_verifier=None), error="invalid_request")


def test_a_challenge_sent_as_verifier_is_named_as_such(alice, back_channel):
    body = assert_refused(back_channel.redeem(alice.code(), code_verifier=CODE_CHALLENGE), error="invalid_grant")
    assert "code_challenge itself" in body["error_description"]


@pytest.mark.parametrize("verifier", ["short", "x" * 129, "é" * 43, "a b" * 20])
def test_a_verifier_has_43_to_128_unreserved_characters_rfc7636_section_4_1(alice, back_channel, verifier):
    code = alice.code(code_challenge=challenge_of(verifier))
    assert_refused(back_channel.redeem(code, code_verifier=verifier), error="invalid_grant")


@pytest.mark.parametrize("code", ["", None, "unknown", "x" * 5000, "é"])
def test_an_unknown_code_is_refused(back_channel, code):
    assert_refused(back_channel.redeem(code), error="invalid_grant" if code else "invalid_request")


def test_redeeming_may_repeat_the_audience_and_never_change_it_rfc8707_section_2_2(alice, back_channel):
    code = alice.code()
    assert_refused(back_channel.redeem(code, audience="https://api.example.com/geocoding/v1/"), error="invalid_target")
    assert back_channel.redeem(code, audience="api.calendar").status_code == 200


def test_a_person_who_may_not_sign_in_any_more_gets_no_token(alice, back_channel):
    code = alice.code()
    User.objects.filter(username="alice").update(is_active=False)
    assert_refused(back_channel.redeem(code), error="invalid_grant")


def test_redeeming_works_with_the_secret_in_the_header_rfc6749_section_2_3_1(alice, back_channel):
    header = basic("calendar-web", "calendar-web-demo-secret")
    assert back_channel.redeem(alice.code(), authorization=header, client_id=None, client_secret=None).status_code == 200


def test_a_machine_s_application_cannot_redeem(back_channel):
    answer = back_channel.redeem("x", client_id="geocoding-backend", client_secret="geocoding-backend-demo-secret")
    assert_refused(answer, error="unauthorized_client")


def test_an_api_without_scopes_gives_a_bare_token(alice, back_channel):
    ApiScope.objects.filter(api__audience="api.calendar").delete()
    body = back_channel.redeem(alice.code(scope=None)).json()
    assert "scope" not in body
    assert "scope" not in verified(body["access_token"]).claims


# ---- Cost -----------------------------------------------------------------------------------------------------------


def test_authorize_needs_at_most_15_queries_and_one_for_the_log(alice, django_assert_max_num_queries):
    with django_assert_max_num_queries(15 + 1):
        page = alice.authorize(scope="read write")
    with django_assert_max_num_queries(15 + 1):
        alice.decide(page, "allow")
    with django_assert_max_num_queries(15 + 1):
        assert "code" in sent_back(alice.authorize())


def test_redeeming_needs_at_most_8_queries(alice, back_channel, django_assert_max_num_queries):
    code = alice.code()
    with django_assert_max_num_queries(8):
        assert back_channel.redeem(code).status_code == 200


# ---- Confidential applications that are exempt from PKCE --------------------------------------------------------------


@pytest.fixture
def exempt(daybook):
    Application.objects.filter(pk=daybook.pk).update(requires_pkce=False)


WITHOUT = {"code_challenge": None, "code_challenge_method": None}


def test_an_exempt_application_needs_no_challenge_and_the_log_says_so(alice, back_channel, exempt, caplog):
    caplog.set_level("INFO")
    assert back_channel.redeem(alice.code(**WITHOUT), code_verifier=None).status_code == 200
    (issued,) = [record for record in caplog.records if getattr(record, "decision", "") == "code.issued"]
    assert issued.detail == "without PKCE: an administrator has exempted the application"


def test_a_verifier_without_a_challenge_is_refused_and_uses_the_code_up_rfc9700_section_4_8_2(alice, back_channel, exempt):
    code = alice.code(**WITHOUT)
    assert_refused(back_channel.redeem(code), error="invalid_grant")
    assert_refused(back_channel.redeem(code, code_verifier=None), error="invalid_grant")


def test_a_challenge_that_an_exempt_application_sends_counts_all_the_same(alice, back_channel, exempt):
    assert_refused(back_channel.redeem(alice.code(), code_verifier=None), error="invalid_request")
    assert back_channel.redeem(alice.code()).status_code == 200


@pytest.mark.parametrize("method", ["plain", "S256", None])
def test_a_challenge_without_s256_is_refused_from_it_too(alice, exempt, method):
    challenge = None if method == "S256" else "x" * 43
    parameters = sent_back(alice.authorize(code_challenge=challenge, code_challenge_method=method))
    assert parameters["error"] == "invalid_request"


def test_a_public_application_cannot_be_exempted_and_the_dashboard_says_why(admin):
    spa = Application.objects.get(client_id="calendar-spa")
    form = application_form(
        client_id="calendar-spa",
        name="x",
        authentication_method="none",
        allows_client_credentials=None,
        allows_authorization_code="on",
        requires_pkce=None,
    )
    page = admin.post(f"/admin/authorization_server/application/{spa.pk}/change/", **form)
    assert "A public application cannot do without PKCE" in text_of(page)
    assert Application.objects.get(pk=spa.pk).requires_pkce


def test_exempting_one_warns_the_administrator(admin, daybook):
    form = application_form(client_id="calendar-web", name="Daybook", allows_authorization_code="on", requires_pkce=None, is_demo="on")
    url = f"/admin/authorization_server/application/{daybook.pk}/change/"
    assert admin.post(url, **form).status_code == 302
    assert "Daybook may now send no code_challenge (PKCE)" in text_of(admin.get("/admin/authorization_server/application/"))
    assert not Application.objects.get(pk=daybook.pk).requires_pkce
