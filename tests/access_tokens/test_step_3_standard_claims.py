"""Step 3: the standard claims, where missing is as bad as wrong (RFC 9068 section 4, RFC 7519 section 4.1)."""

import base64
import json
from dataclasses import replace

import jwt
import pytest
import time_machine

from access_tokens.rejections import Rejection
from access_tokens.verify import verify
from tests.access_tokens.conftest import refused

NOW = 1_795_000_000


@pytest.fixture
def clock():
    """The time stands still at NOW."""
    with time_machine.travel(NOW, tick=False) as stopped:
        yield stopped


def with_raw_claim(issuer, name: str, raw: str) -> str:
    """A well-signed token, one claim of which is raw JSON text."""
    claims = json.dumps(issuer.user_claims(**{name: None}))[:-1] + f', "{name}": {raw}}}'
    return jwt.api_jws.encode(claims.encode(), issuer.private_key, algorithm="RS256", headers={"typ": "at+jwt", "kid": issuer.kid})


@pytest.mark.parametrize("name", ["exp", "iat", "iss", "aud", "sub", "client_id", "jti"])
def test_each_claim_must_be_there_rfc9068_section_2_2(calendar, issuer, name):
    with refused("missing_claim", check=name):
        calendar(issuer.access_token(**{name: None}))


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize(
    "raw", ['"1795003600"', "true", "null", "-1", "1795003600.0", "1e400", "1e10", "[]", "{}", "253402300800", "9" * 400]
)
def test_times_are_whole_seconds_up_to_the_year_9999_rfc7519_section_2(calendar, issuer, name, raw):
    with refused("invalid_claim", check=name):
        calendar(with_raw_claim(issuer, name, raw))


@pytest.mark.parametrize(("exp", "passes"), [(NOW + 1, True), (NOW, True), (NOW - 4, True), (NOW - 5, False), (NOW - 6, False), (0, False)])
def test_a_token_expires_at_exp_with_five_seconds_leeway_rfc7519_section_4_1_4(clock, calendar, issuer, exp, passes):
    token = issuer.access_token(exp=exp, iat=0)
    if passes:
        assert calendar(token).expires_at.timestamp() == exp
    else:
        with refused("token_expired", check="exp", detail=f"exp was {NOW - exp} s ago"):
            calendar(token)


def test_a_token_that_expires_while_it_is_used_is_refused_then(clock, calendar, issuer):
    token = issuer.access_token(exp=NOW + 30)
    assert calendar(token)
    clock.shift(36)
    with refused("token_expired", detail="now 2026-11-"):
        calendar(token)


@pytest.mark.parametrize("name", ["nbf", "iat"])
@pytest.mark.parametrize(("ahead", "passes"), [(0, True), (5, True), (6, False), (3600, False)])
def test_a_token_from_the_future_is_refused_beyond_the_leeway_rfc7519_section_4_1_5(clock, calendar, issuer, name, ahead, passes):
    token = issuer.access_token(**{name: NOW + ahead})
    if passes:
        assert calendar(token)
    else:
        with refused("token_not_yet_valid", check=name, detail=f"{ahead} s ahead"):
            calendar(token)


def test_the_leeway_can_be_chosen(clock, issuer, expected):
    with refused("token_expired"):
        verify(issuer.access_token(exp=NOW), expected=replace(expected, leeway_seconds=0))


@pytest.mark.parametrize(
    "iss",
    [
        "http://localhost:8000",
        "http://LOCALHOST:8000/",
        "HTTP://localhost:8000/",
        "http://localhost:8000//",
        "http://localhost:8000/ ",
        "https://localhost:8000/",
        "http://127.0.0.1:8000/",
    ],
)
def test_iss_is_compared_character_by_character_rfc9068_section_4(calendar, issuer, iss):
    with refused("wrong_issuer", check="iss"):
        calendar(issuer.access_token(iss=iss))


def test_a_missing_last_slash_is_shown_to_people(calendar, issuer):
    with refused(
        "wrong_issuer", detail="iss is 'http://localhost:8000', trusted is 'http://localhost:8000/': '' instead of '/' from character 22 on"
    ):
        calendar(issuer.access_token(iss="http://localhost:8000"))


@pytest.mark.parametrize("raw", ["null", "1", "[]", '["http://localhost:8000/"]', "{}", '""', '"\\u0000"', '"\\ud800"'])
def test_an_iss_that_is_no_text_is_refused(calendar, issuer, raw):
    with refused("invalid_claim", check="iss"):
        calendar(with_raw_claim(issuer, "iss", raw))


@pytest.mark.parametrize("aud", ["api.calendar", ["api.calendar"], ["https://other.example/", "api.calendar"]])
def test_aud_is_text_or_a_list_with_this_api_rfc7519_section_4_1_3(calendar, issuer, aud):
    assert calendar(issuer.access_token(aud=aud))


@pytest.mark.parametrize(
    "aud", ["https://other.example/", "api.calenda", "api.calendar2", "API.CALENDAR", "api.calendar ", "", [], [""], ["api", "calendar"]]
)
def test_a_token_for_another_api_is_refused_rfc9068_section_4(calendar, issuer, aud):
    with refused("wrong_audience", check="aud"):
        calendar(issuer.access_token(aud=aud))


@pytest.mark.parametrize(
    "raw", ["null", "1", "true", "{}", '{"api.calendar": 1}', "[1]", '["api.calendar", 1]', '["api.calendar", null]', '[["api.calendar"]]']
)
def test_an_aud_of_another_form_is_refused(calendar, issuer, raw):
    with refused("invalid_claim", check="aud"):
        calendar(with_raw_claim(issuer, "aud", raw))


def test_an_api_without_an_audience_accepts_nothing(issuer, expected):
    with refused("wrong_audience"):
        verify(issuer.access_token(aud=""), expected=replace(expected, audience=""))


@pytest.mark.parametrize("name", ["sub", "client_id", "jti"])
@pytest.mark.parametrize("raw", ["null", "1", "[]", '["usr_123"]', "{}", '""', '"a\\u0000b"', '"\\ud800"', '"a\\nb"', f'"{"x" * 256}"'])
def test_names_can_be_stored_and_shown(calendar, issuer, name, raw):
    with refused("invalid_claim", check=name):
        calendar(with_raw_claim(issuer, name, raw))


@pytest.mark.parametrize("claims", [{"nonce": "n"}, {"at_hash": "h"}, {"c_hash": "h"}, {"aud": "calendar-web"}, {"aud": ["calendar-web"]}])
def test_an_id_token_is_refused_by_its_name_rfc9068_section_4(calendar, issuer, claims):
    with refused("id_token_refused"):
        calendar(issuer.access_token(**claims))


@pytest.mark.parametrize("typ", ["JWT", "id+jwt", ["JWT"]])
def test_a_real_id_token_has_typ_jwt_and_is_still_refused_by_its_name(calendar, issuer, typ):
    token = issuer.access_token(headers={"typ": typ}, aud="calendar-web", nonce="n", jti=None, client_id=None, scope=None)
    with refused("id_token_refused", detail="nonce, aud as in an ID token"):
        calendar(token)


def test_an_id_tokens_signature_is_checked_before_it_is_named(calendar, issuer):
    token = issuer.access_token(headers={"typ": "JWT"}, aud="calendar-web", nonce="n")
    with refused("bad_signature"):
        calendar(token[:-8] + "AAAAAAAA")


def test_a_client_that_asks_itself_is_no_id_token(calendar, issuer):
    assert calendar(issuer.access_token(client_id="api.calendar", azp="api.calendar"))


def test_a_token_bound_to_a_key_is_refused_rfc7800(calendar, issuer):
    with refused("invalid_claim", check="cnf"):
        calendar(issuer.access_token(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}))


def test_the_first_failing_check_in_the_documents_order_is_the_answer(calendar, issuer):
    everything_wrong = issuer.access_token(headers={"typ": "x"}, exp=1, aud="x", sub=None)
    with refused("wrong_type"):
        calendar(everything_wrong)
    with refused("bad_signature"):
        calendar(issuer.access_token(exp=1, aud="x").rpartition(".")[0] + ".AAAA")
    with refused("token_expired"):
        calendar(issuer.access_token(exp=1, aud="x"))


def test_texts_quote_at_most_80_printable_ascii_characters_of_a_token(calendar, issuer):
    with pytest.raises(Rejection) as caught:
        calendar(issuer.access_token(aud="é\0" + "x" * 5000))
    assert "\\xe9\\x00xxx" in caught.value.detail
    assert len(caught.value.detail) < 200


def test_what_is_verified_cannot_be_changed(calendar, issuer):
    access_token = calendar(issuer.access_token())
    with pytest.raises(AttributeError):
        access_token.subject = "usr_456"


def test_no_token_is_ever_an_exceptions_text(calendar, issuer):
    for token in (issuer.access_token(exp=1), issuer.access_token()[:-5], base64.b64encode(b"x" * 300).decode()):
        with pytest.raises(Rejection) as caught:
            calendar(token)
        assert token[:40] not in str(caught.value)
