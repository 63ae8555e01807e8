"""The one token of a request (RFC 6750 section 2); `test_authentication.py` shows the answers."""

import pytest
from django.test import RequestFactory

from access_tokens.bearer import bearer_token, is_preflight
from tests.access_tokens.conftest import refused

requests = RequestFactory()


@pytest.mark.parametrize("header", ["Bearer abc.def", "bearer  abc.def", " BEARER\tabc.def "])
def test_the_token_stands_behind_the_scheme(header):
    assert bearer_token(requests.get("/", headers={"Authorization": header})) == "abc.def"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic abc"}, {"Authorization": "Bearerabc"}])
def test_no_credentials_or_another_scheme_is_no_token(headers):
    assert bearer_token(requests.get("/", headers=headers)) == ""


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Bearer a,b", "Bearer a, Bearer b", "Basic x, bearer y"])
def test_nothing_or_more_than_one_is_an_invalid_request(header):
    with refused("invalid_request"):
        bearer_token(requests.get("/", headers={"Authorization": header}))


def test_query_and_form_are_never_looked_at_rfc9700_section_4_3_2():
    with refused("invalid_request"):
        bearer_token(requests.get("/?access_token=x", headers={"Authorization": "Bearer x"}))
    with refused("invalid_request"):
        bearer_token(requests.post("/", "access_token=x", content_type="application/x-www-form-urlencoded"))


def test_a_preflight_is_options_that_asks_for_a_method():
    asks = {"Access-Control-Request-Method": "POST"}
    assert is_preflight(requests.options("/", headers=asks))
    assert not is_preflight(requests.options("/"))
    assert not is_preflight(requests.get("/", headers=asks))
