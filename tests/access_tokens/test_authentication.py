"""From the `Authorization` header to `request.user` or an answer that says why not (RFC 6750, VERIFYING's answers)."""

import logging

import pytest

from access_tokens.conf import verifier
from access_tokens.verify import verify

METADATA = 'resource_metadata="https://api.example/.well-known/oauth-protected-resource/notes/v1"'


@pytest.mark.parametrize("header", ["Bearer {}", "bearer {}", "BEARER {}", "bEaReR {}", "Bearer   {}", "Bearer\t{}", "  Bearer {}  "])
def test_the_scheme_is_compared_without_case_rfc7235_section_2_1(api, issuer, header):
    assert api.call(headers={"Authorization": header.format(issuer.access_token())}).status_code == 200


@pytest.mark.parametrize(
    "header", [None, "", " ", "Basic YWxpY2U6c2VjcmV0", "Digest username=alice", "Token abc", "Bear er", "Bearerabc", "\0", "é", "=,=,="]
)
def test_no_credentials_or_another_scheme_is_401_and_nothing_else_is_said_rfc6750_section_3(api, header):
    answer = api.call(headers={} if header is None else {"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "missing_token")
    assert answer["WWW-Authenticate"] == f'Bearer realm="notes", {METADATA}'


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "bearer ",
        "Bearer a b",
        "Bearer a, Bearer b",
        "Bearer a,Bearer b",
        "Bearer a,b",
        "Basic YWI=, Bearer a",
        "Bearer a, Basic YWI=",
    ],
)
def test_nothing_behind_bearer_or_two_credentials_is_400_rfc6750_section_3_1(api, header):
    answer = api.call(headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert 'error="invalid_request"' in answer["WWW-Authenticate"]


@pytest.mark.parametrize("with_header", [True, False])
@pytest.mark.parametrize("where", ["query", "form"])
def test_a_token_in_query_or_form_is_400_and_never_used_or_logged_rfc6750_section_2(api, issuer, caplog, where, with_header):
    token = issuer.access_token()
    headers = {"Authorization": f"Bearer {token}"} if with_header else {}
    with caplog.at_level(logging.DEBUG):
        if where == "query":
            answer = api.call(f"/notes?access_token={token}", headers=headers)
        else:
            form = "application/x-www-form-urlencoded; charset=utf-8"
            answer = api.call(method="POST", data=f"access_token={token}", content_type=form, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert token not in caplog.text
    assert token not in str(answer.headers) + answer.content.decode()


def test_only_a_form_is_searched_for_a_token(api, issuer):
    answer = api.call(method="POST", data='{"text": "?", "access_token": 1}', content_type="application/json", token=issuer.access_token())
    assert answer.status_code == 201
    answer = api.call(method="POST", data="access_token=1", content_type="text/plain", token=issuer.access_token())
    assert answer.status_code == 415


@pytest.mark.parametrize("token", ["x", "é", "\x7f", "a\0b", "x" * 9000, "....", "eyJ.e.", "~+/=", "'\"<script>", "\ud7ff"])
def test_no_token_whatever_breaks_the_api(api, token):
    answer = api.call(headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]
    assert answer["WWW-Authenticate"].isascii()


def test_an_explained_rejection_says_what_was_compared_and_the_cure(api, issuer):
    answer = api.call(token=issuer.access_token(aud="https://other.example/"), headers={"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"})
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "http://localhost:8000/learn/rejections/wrong_audience",
        "title": "Access token is for another API",
        "status": 401,
        "detail": "aud is 'https://other.example/'; this API is 'api.calendar'",
        "code": "wrong_audience",
        "step": 3,
        "check": "aud",
        "cure": "Ask the authorization server for a token with this API's audience.",
        "trace_id": "ab" * 16,
    }
    description = "Access token is for another API: aud is 'https://other.example/'; this API is 'api.calendar'"
    assert answer["WWW-Authenticate"] == f'Bearer realm="notes", error="invalid_token", error_description="{description}", {METADATA}'


@pytest.mark.parametrize(
    "changes", [{"exp": 1}, {"aud": "x"}, {"iss": "x"}, {"sub": None}, {"nonce": "n"}, {"headers": {"typ": "x"}}, {"headers": {"kid": "x"}}]
)
def test_a_terse_rejection_of_steps_1_to_3_says_only_that_the_token_is_not_valid(api, issuer, terse, changes):
    answer = api.call(token=issuer.access_token(**changes))
    body = answer.json()
    assert len(body.pop("trace_id")) == 32
    assert body == {
        "type": "http://localhost:8000/learn/rejections/invalid_token",
        "title": "The access token is not valid",
        "status": 401,
        "code": "invalid_token",
    }
    assert answer["WWW-Authenticate"] == f'Bearer realm="notes", error="invalid_token", {METADATA}'
    assert "Server-Timing" not in answer


def test_a_terse_rejection_of_step_4_keeps_its_code_and_the_scopes(api, issuer, terse):
    answer = api.call(token=issuer.access_token(scope="write"))
    assert set(answer.json()) == {"type", "title", "status", "code", "trace_id"}
    assert answer.json()["code"] == "insufficient_scope"
    assert answer["WWW-Authenticate"] == f'Bearer realm="notes", error="insufficient_scope", scope="read", {METADATA}'


@pytest.mark.parametrize("mode", ["explaining", "terse"])
def test_the_log_has_the_precise_code_jti_and_trace_id_and_never_the_token(api, issuer, caplog, request, mode):
    if mode == "terse":
        request.getfixturevalue("terse")
    token = issuer.access_token(exp=1, jti="the-jti")
    with caplog.at_level(logging.DEBUG):
        answer = api.call(token=token)
    (record,) = [record for record in caplog.records if record.name == "access_tokens"]
    assert (record.code, record.step, record.check, record.jti) == ("token_expired", 3, "exp", "the-jti")
    assert record.trace_id == answer.json()["trace_id"]
    for part in token.split("."):
        assert part not in str([vars(record) for record in caplog.records])


def test_a_successful_answer_names_its_checks_only_where_rejections_are_explained(api, issuer, terse, settings):
    assert "Server-Timing" not in api.call(token=issuer.access_token())
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "EXPLAIN_REJECTIONS": True}
    timing = api.call(token=issuer.access_token())["Server-Timing"]
    names = [entry.partition(";dur=")[0] for entry in timing.split(", ")]
    assert names == ["well_formed", "signature", "standard_claims", "permissions"]
    assert all(0 <= float(entry.partition(";dur=")[2]) < 1000 for entry in timing.split(", "))
    assert "Server-Timing" not in api.call(token=issuer.access_token(scope="write"))


def test_keys_that_cannot_be_had_are_503_with_retry_after_and_no_challenge(api, issuer, settings):
    ours, *_ = settings.ACCESS_TOKENS["ISSUERS"]
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "ISSUERS": [{**ours, "public_keys": lambda: {"keys": []}}]}
    answer = api.call(token=issuer.access_token())
    assert (answer.status_code, answer.json()["code"]) == (503, "keys_unavailable")
    assert int(answer["Retry-After"]) >= 1
    assert "WWW-Authenticate" not in answer


def test_drfs_own_exception_handler_still_answers_401_with_a_challenge(api, issuer, settings):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "EXCEPTION_HANDLER": "rest_framework.views.exception_handler"}
    answer = api.call(token=issuer.access_token(exp=1))
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]
    assert api.call().status_code == 401
    assert api.call(token=issuer.access_token(scope="x")).status_code == 403


def test_the_audience_is_declared_by_the_view_not_by_a_setting(api, issuer):
    assert api.call(token=issuer.access_token(aud="https://api.example.com/geocoding/v1/")).json()["code"] == "wrong_audience"


def test_an_api_that_remembers_verified_tokens_answers_the_same(api, issuer, settings):
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "VERIFIED_TOKENS_SECONDS": 30}
    token = issuer.access_token()
    assert [api.call(token=token).status_code for _ in range(2)] == [200, 200]
    assert api.call(token=token[:-10] + "A" * 10).status_code == 401


def test_verified_tokens_are_remembered_only_where_that_is_switched_on(settings, api):
    assert verifier() is verify
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "VERIFIED_TOKENS_SECONDS": 30}
    assert verifier() is not verify
