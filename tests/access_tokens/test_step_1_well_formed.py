"""Step 1: a token that is not exactly what RFC 7519 section 7.2 describes is refused before any key is looked at."""

import base64
import json
import sys

import pytest

from access_tokens.verify import verify
from tests.access_tokens.conftest import refused, trusting


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def token_of(header: bytes, claims: bytes = b"{}", signature: str = "AAAA") -> str:
    return f"{b64(header)}.{b64(claims)}.{signature}"


GOOD_HEADER = b'{"alg":"RS256","typ":"at+jwt","kid":"test-key"}'


def test_a_good_token_passes(calendar, issuer):
    access_token = calendar(issuer.access_token())
    assert access_token.owner == (issuer.url, "usr_123")
    assert (access_token.client_id, access_token.scopes, access_token.is_machine) == ("calendar-web", {"read", "write"}, False)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "opaque",
        "a.b",
        "a.b.c.d",
        "....",
        "." * 5000,
        "\0.\0.\0",
        "é.é.é",
        " . . ",
        token_of(GOOD_HEADER) + "=",
        token_of(GOOD_HEADER) + "\n",
        " " + token_of(GOOD_HEADER),
        token_of(GOOD_HEADER, signature="A"),
        token_of(GOOD_HEADER, signature="AB"),  # bits that decode to nothing: RFC 4648 section 3.5
        token_of(GOOD_HEADER, signature="AA+/"),
        token_of(b""),
        token_of(b"\xff\xfe"),
        token_of(GOOD_HEADER.decode().encode("utf-16")),
        token_of(b"\xef\xbb\xbf" + GOOD_HEADER),
        token_of(b"null"),
        token_of(b"[]"),
        token_of(b'"text"'),
        token_of(b"{" + GOOD_HEADER),
        token_of(b'{"alg":"none","alg":"RS256"}'),
        token_of(GOOD_HEADER, b'{"sub":"a","sub":"b"}'),
        token_of(GOOD_HEADER, b'{"act":{"sub":"a","sub":"b"}}'),
        token_of(GOOD_HEADER, b'{"exp":NaN}'),
        token_of(GOOD_HEADER, b'{"exp":-Infinity}'),
        token_of(GOOD_HEADER, b'{"exp":' + b"9" * 5000 + b"}"),
        token_of(GOOD_HEADER, b'{"deep":' + b"[" * 2500 + b"]" * 2500 + b"}"),
        token_of(GOOD_HEADER, b'{"a":' * 1000 + b"1" + b"}" * 1000),
        token_of(b"{}"),
        token_of(b'{"alg":null}'),
        token_of(b'{"alg":["RS256"]}'),
    ],
)
def test_what_is_no_jwt_is_malformed_rfc7519_section_7_2(calendar, token):
    with refused("malformed_token"):
        calendar(token)


def test_deep_nesting_is_refused_whatever_the_interpreter_can_bear(calendar):
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        with refused("malformed_token", detail="nested too deep"):
            calendar(token_of(GOOD_HEADER, b'{"deep":' + b"[" * 600 + b"]" * 600 + b"}"))
    finally:
        sys.setrecursionlimit(limit)


def test_an_opaque_token_is_recognised_for_people(calendar):
    with refused("malformed_token", detail="opaque"):
        calendar("8Yk2opaque")


def test_an_encrypted_token_is_recognised_for_people_rfc7516(calendar):
    with refused("malformed_token", detail="encrypted"):
        calendar("a.b.c.d.e")


def test_more_than_8_kib_are_not_even_split(calendar, issuer):
    with refused("token_too_large"):
        calendar(issuer.access_token(padding="x" * 6200))
    with refused("token_too_large"):
        calendar("." * 8193)


def test_8_kib_are_read(calendar, issuer):
    token = issuer.access_token(padding="x" * 5000)
    assert len(token) < 8192
    assert calendar(token)


@pytest.mark.parametrize("spelling", ["none", "None", "NONE", "nOnE", " none "])
def test_alg_none_is_refused_in_any_spelling_rfc8725_section_3_2(calendar, issuer, spelling):
    claims = json.dumps(issuer.user_claims()).encode()
    with refused("unsigned_token", check="alg"):
        calendar(token_of(json.dumps({"alg": spelling, "typ": "at+jwt"}).encode(), claims, signature=""))


@pytest.mark.parametrize("name", ["crit", "jwk", "jku", "x5u", "x5c"])
def test_keys_brought_along_and_critical_extensions_are_refused_rfc8725_section_3_10(calendar, issuer, name):
    value = {"crit": [], "jwk": {}, "jku": "https://evil.example", "x5u": "https://evil.example", "x5c": []}[name]
    token = token_of(json.dumps({"alg": "RS256", "typ": "at+jwt", "kid": issuer.kid, name: value}).encode(), b"{}")
    with refused("forbidden_header", detail=name):
        calendar(token)


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"])
def test_the_type_of_access_tokens_is_compared_without_case_rfc9068_section_2_1(calendar, issuer, typ):
    assert calendar(issuer.access_token(headers={"typ": typ}))


@pytest.mark.parametrize(
    "typ", ["JWT", "jwt", "id+jwt", "logout+jwt", "at+jwt ", "xat+jwt", "application/application/at+jwt", "", 1, ["at+jwt"], {}]
)
def test_another_type_is_refused_rfc9068_section_4(calendar, issuer, typ):
    with refused("wrong_type", check="typ"):
        calendar(issuer.access_token(headers={"typ": typ}))


def test_a_missing_type_is_as_bad_as_a_wrong_one(calendar, issuer):
    header, claims, signature = issuer.access_token().split(".")
    without = json.dumps({"alg": "RS256", "kid": issuer.kid}).encode()
    with refused("wrong_type"):
        calendar(f"{b64(without)}.{claims}.{signature}")


def test_an_issuer_may_be_configured_to_write_typ_jwt(expected, issuer):
    expected = trusting(expected, types=frozenset({"jwt"}))
    assert verify(issuer.access_token(headers={"typ": "JWT"}, client_id=None, azp=None, jti=None), expected=expected).client_id is None
    with refused("wrong_type"):
        verify(issuer.access_token(), expected=expected)
