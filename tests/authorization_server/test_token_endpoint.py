"""/oauth/token as a door: methods, encodings, odd bodies. Nothing that is sent there ends in a 500."""

import json

import pytest
from django.db import OperationalError

from tests.authorization_server.conftest import assert_refused

GOOD = {
    "grant_type": "client_credentials",
    "client_id": "geocoding-backend",
    "client_secret": "geocoding-backend-demo-secret",
    "audience": "https://api.example.com/geocoding/v1/",
}


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head", "options"])
def test_only_post_is_allowed_rfc6749_section_3_2(back_channel, method):
    answer = getattr(back_channel.client, method)("/oauth/token")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert method == "head" or answer.json() == {"error": "invalid_request", "error_description": "Send a POST."}
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("origin", "may_read"), [("http://localhost:8000", True), ("https://evil.example", False), ("null", False)])
def test_scripts_of_registered_origins_alone_may_read_the_answer_cors(back_channel, origin, may_read):
    headers = {"Origin": origin}
    preflight = back_channel.client.options("/oauth/token", headers={**headers, "Access-Control-Request-Method": "POST"})
    answer = back_channel.client.post("/oauth/token", json.dumps(GOOD), content_type="application/json", headers=headers)
    for response in (preflight, answer):
        assert (response.get("Access-Control-Allow-Origin") == origin) == may_read
        assert "Access-Control-Allow-Credentials" not in response


def test_no_csrf_token_is_needed_because_no_cookie_counts(back_channel):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    assert client.post("/oauth/token", json.dumps(GOOD), content_type="application/json").status_code == 200


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/x-www-form-urlencoded; charset=UTF-8"]
)
def test_content_types_are_compared_without_case_and_parameters(back_channel, content_type):
    body = json.dumps(GOOD) if "json" in content_type.lower() else "&".join(f"{name}={value}" for name, value in GOOD.items())
    assert back_channel.client.post("/oauth/token", body, content_type=content_type).status_code == 200


def test_a_form_that_claims_another_character_set_does_not_crash(back_channel):
    body = "&".join(f"{name}={value}" for name, value in GOOD.items())
    for charset in ("utf-16", "nonsense", "latin-1"):
        answer = back_channel.client.generic(
            "POST", "/oauth/token", body, content_type=f"application/x-www-form-urlencoded; charset={charset}"
        )
        assert answer.status_code == 200, charset  # read as UTF-8, which is what the encoding is


@pytest.mark.parametrize(
    "content_type", ["text/plain", "multipart/form-data; boundary=x", "application/xml", "application/jwt", "json", ""]
)
def test_other_content_types_are_an_invalid_request(back_channel, content_type):
    answer = back_channel.client.generic("POST", "/oauth/token", json.dumps(GOOD), content_type=content_type)
    assert_refused(answer, error="invalid_request")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "true",
        "12",
        '"text"',
        "[]",
        '["grant_type", "client_credentials"]',
        "{",
        "{}{}",
        "{'grant_type': 'client_credentials'}",
        "NaN",
        '{"grant_type": NaN}',
        '{"grant_type": Infinity}',
        '{"grant_type": 1}',
        '{"grant_type": null}',
        '{"grant_type": true}',
        '{"grant_type": ["client_credentials"]}',
        '{"grant_type": {"a": "b"}}',
        '{"grant_type": {}}',
        '{"grant_type": ' + "1" * 6000 + "}",
        '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
        "[" * 100_000,
        '{"a":' * 50_000,
        '{"grant_type": "client_credentials", "grant_type": "client_credentials"}',
        '{"grant_type": "client_credentials", "client_id": "\\u0000"}',
        '{"grant_type": "client_credentials", "client_id": "\\ud800"}',
        '{"grant_type": "client_credentials", "\\ud800": "x"}',
        json.dumps({f"p{n}": "x" for n in range(1000)}),
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"grant_type": "\xff"}',
    ],
    ids=lambda body: str(body[:40]),
)
def test_a_json_body_that_is_no_object_of_strings_is_an_invalid_request(back_channel, body):
    assert_refused(back_channel.json(body), error="invalid_request")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"grant_type",
        b"&&&",
        b"grant_type=client_credentials&grant_type=client_credentials",
        b"grant_type=client_credentials&client_id=%00",
        b"grant_type=client_credentials&client_id=%ff",
        b"grant_type=client_credentials&client_id=\xff",
        b"grant_type=client_credentials&client_id=%ED%A0%80",
        "&".join(f"p{n}=1" for n in range(5000)).encode(),
        b"=&=&=",
    ],
    ids=lambda body: str(body[:40]),
)
def test_a_form_that_cannot_be_read_is_an_invalid_request(back_channel, body):
    answer = back_channel.client.post("/oauth/token", body, content_type="application/x-www-form-urlencoded")
    assert_refused(answer, error="invalid_request")


def test_a_body_too_large_is_413(back_channel):
    answer = back_channel.json('{"grant_type": "' + "x" * 1_100_000 + '"}')
    assert_refused(answer, error="invalid_request", status=413)


@pytest.mark.parametrize("grant_type", ["password", "implicit", 'a"b', "é", "urn:ietf:params:oauth:grant-type:token-exchange"])
def test_a_grant_that_is_not_there_is_unsupported_rfc6749_section_5_2(back_channel, grant_type):
    assert_refused(back_channel.machine_token(grant_type=grant_type), error="unsupported_grant_type")


@pytest.mark.parametrize("name", ["client_id", "client_secret", "grant_type", "code", "code_verifier", "redirect_uri", "scope", "resource"])
def test_parameters_in_the_query_are_refused_rfc6749_section_2_3_1(back_channel, name):
    body = assert_refused(back_channel.form(query=f"?{name}=x", **GOOD), error="invalid_request")
    assert name in body["error_description"]


def test_unknown_parameters_are_ignored_rfc6749_section_3_2(back_channel):
    assert back_channel.form(query="?utm_source=x", made_up="y", **GOOD).status_code == 200


def test_a_query_that_cannot_be_read_is_an_invalid_request(back_channel):
    assert_refused(back_channel.form(query="?%ff=%ff", **GOOD), error="invalid_request")
    assert_refused(back_channel.form(query="?x=" + "y" * 9000, **GOOD), error="invalid_request")


def test_without_a_signing_key_the_answer_is_503_and_the_log_names_the_cure(back_channel, caplog):
    from authorization_server.models import SigningKey

    SigningKey.objects.all().delete()
    answer = back_channel.form(**GOOD)
    assert_refused(answer, error="temporarily_unavailable", status=503)
    assert answer["Retry-After"] == "5"
    assert "create_signing_keys" in caplog.text


def test_a_database_that_does_not_answer_is_503_with_retry_after(back_channel, monkeypatch):
    def locked(*args):
        raise OperationalError("database is locked")

    monkeypatch.setattr("authorization_server.audiences._first", locked)
    assert_refused(back_channel.form(**GOOD), error="temporarily_unavailable", status=503)


def test_tokens_codes_and_secrets_are_never_logged(back_channel, alice, caplog):
    caplog.set_level("DEBUG")
    code = alice.code()
    body = back_channel.redeem(code).json()
    logged = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "token.issued" in logged
    for secret in (code, body["access_token"], "calendar-web-demo-secret"):
        assert secret not in logged


def test_the_log_names_the_issued_token_by_its_jti(back_channel, caplog):
    from tests.authorization_server.conftest import verified

    caplog.set_level("INFO")
    body = back_channel.form(**GOOD).json()
    (issued,) = [record for record in caplog.records if getattr(record, "decision", "") == "token.issued"]
    assert issued.jti == verified(body["access_token"], GOOD["audience"]).jti
    assert issued.client_id == "geocoding-backend"


def test_the_log_says_the_precise_reason_that_the_answer_does_not(back_channel, caplog):
    caplog.set_level("INFO")
    back_channel.machine_token("nobody")
    back_channel.machine_token(client_secret="wrong")
    reasons = [record.reason for record in caplog.records if getattr(record, "decision", "") == "request.refused"]
    assert reasons == ["unknown_client", "wrong_secret"]


@pytest.mark.parametrize("between", ["\u00a0", "\u2003", "\u2028", "\u3000"])
def test_scopes_are_separated_by_the_space_alone_rfc6749_section_3_3(back_channel, between):
    answer = back_channel.machine_token(scope=f"a{between}b")
    assert "a?b" in answer.json()["error_description"]


def test_a_text_in_an_answer_quotes_what_was_sent_in_bounded_length(back_channel):
    answer = back_channel.machine_token(audience="a" * 100_000)
    assert len(answer.content) < 2000
