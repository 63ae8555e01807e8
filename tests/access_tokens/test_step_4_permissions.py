"""Step 4, over HTTP: scopes and kind of caller, which the view names in one place."""

import pytest


def test_a_user_with_the_scope_is_let_in(api, issuer):
    answer = api.call(token=issuer.access_token(scope="read"))
    assert (answer.status_code, answer.json()) == (200, {"sub": "usr_123", "client_id": "calendar-web"})


def test_a_missing_scope_is_403_and_names_all_that_the_operation_needs_rfc6750_section_3_1(api, issuer):
    answer = api.call(method="POST", token=issuer.access_token(scope="read"), data="{}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"], answer.json()["step"]) == (403, "insufficient_scope", 4)
    assert 'error="insufficient_scope"' in answer["WWW-Authenticate"]
    assert 'scope="read write"' in answer["WWW-Authenticate"]
    assert "missing 'write', the token has 'read'" in answer.json()["detail"]


@pytest.mark.parametrize("scope", [None, "", "readwrite", "READ", "write", "rea", "read:events"])
def test_only_the_scope_itself_counts(api, issuer, scope):
    assert api.call(token=issuer.access_token(scope=scope)).json()["code"] == "insufficient_scope"


def test_authorization_comes_before_validation(api, issuer):
    answer = api.call(method="POST", token=issuer.access_token(scope="read"), data="{not json", content_type="application/json")
    assert answer.status_code == 403


def test_a_machines_token_at_a_users_api_is_403_without_scope(api, issuer):
    answer = api.call(token=issuer.machine_token(aud="api.calendar", scope="read"))
    assert (answer.status_code, answer.json()["code"]) == (403, "machine_token_refused")
    assert 'error="insufficient_scope"' in answer["WWW-Authenticate"]
    assert "scope=" not in answer["WWW-Authenticate"].replace("insufficient_scope", "")


def test_a_users_token_at_a_machines_api_is_403_without_scope(api, issuer):
    answer = api.call("/machines", token=issuer.access_token())
    assert (answer.status_code, answer.json()["code"]) == (403, "user_token_refused")
    assert "scope=" not in answer["WWW-Authenticate"].replace("insufficient_scope", "")
    assert api.call("/machines", token=issuer.machine_token(aud="api.calendar")).json() == {"client_id": "geocoding-backend"}


def test_a_method_that_names_no_scopes_is_refused(api, issuer):
    answer = api.call(method="PUT", token=issuer.access_token())
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
    assert "names no scopes for PUT" in answer.json()["detail"]
    assert "scope=" not in answer["WWW-Authenticate"].replace("insufficient_scope", "")


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "TRACE", "FOO"])
def test_a_method_that_the_view_does_not_have_is_405(api, issuer, method):
    answer = api.call(method=method, token=issuer.access_token())
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST, PUT, HEAD, OPTIONS")
    assert api.call(method=method).status_code == 401


def test_head_needs_what_get_needs(api, issuer):
    assert api.call(method="HEAD", token=issuer.access_token(scope="read")).status_code == 200
    assert api.call(method="HEAD", token=issuer.access_token(scope="write")).status_code == 403
    assert api.call(method="HEAD").status_code == 401


def test_options_needs_a_token_but_no_scope(api, issuer):
    assert api.call(method="OPTIONS").status_code == 401
    assert api.call(method="OPTIONS", token=issuer.access_token(scope=None)).status_code == 200


def test_a_preflight_needs_no_token(api):
    headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    assert api.call(method="OPTIONS", headers=headers).status_code == 200
    assert api.call(headers=headers).status_code == 401  # only an OPTIONS request can be a preflight


def test_a_view_that_names_no_permission_serves_nobody(api, issuer):
    answer = api.call("/unprotected", token=issuer.access_token())
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert api.call("/unprotected").status_code in {401, 403}
