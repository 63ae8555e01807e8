"""The verifier's parsers on whatever Hypothesis makes up: they accept what an independent statement of the rule accepts, or reject."""

import base64
import json
import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm

from access_tokens import rejections
from access_tokens.keys import usable_keys
from access_tokens.rejections import KeysUnavailable, MalformedToken, Rejection
from access_tokens.verify import _base64url, check_well_formed, verify

tried = settings(max_examples=200, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["iss", "aud", "sub", "exp", "iat", "nbf", "jti", "client_id", "scope", "cnf", "nonce", "gty", "azp"])
MEMBERS = st.sampled_from(["typ", "alg", "kid", "crit", "jwk", "x"])
PARTS = st.sampled_from(["kty", "kid", "n", "e", "alg", "use", "k", "d"])
LETTERS = st.sampled_from("abcXYZ019-_=+/ .\n")


def b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


@tried
@given(st.binary(max_size=64))
def test_base64url_reads_what_it_writes_rfc4648_section_5(octets):
    assert _base64url(b64(octets), "part") == octets


@tried
@given(st.text(LETTERS, max_size=12) | st.text(max_size=12))
def test_base64url_has_one_spelling_or_none(text):
    try:
        octets = _base64url(text, "part")
    except MalformedToken:
        return
    assert b64(octets) == text


@tried
@given(st.text(max_size=200) | st.lists(st.text(LETTERS, max_size=20), max_size=5).map(".".join))
def test_any_text_is_a_rejection_and_never_another_error(expected, text):
    with pytest.raises(Rejection) as caught:  # nobody makes up a signature
        verify(text, expected=expected)
    assert caught.value.detail.isascii()
    assert len(caught.value.detail) < 500


@tried
@given(JSON, JSON)
def test_what_is_read_is_what_json_says_and_only_objects(header, claims):
    token = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}."
    try:
        read = check_well_formed(token)
    except Rejection:
        return
    assert isinstance(header, dict)
    assert isinstance(claims, dict)
    assert read == (json.loads(json.dumps(header)), json.loads(json.dumps(claims)))


@tried
@given(st.lists(st.tuples(st.text(max_size=6), JSON), min_size=2, max_size=5), st.data())
def test_two_members_of_one_name_are_never_read_rfc7519_section_4(members, data):
    twice, _ = data.draw(st.sampled_from(members))
    texts = [f"{json.dumps(name)}:{json.dumps(value)}" for name, value in [*members, (twice, 1)]]
    text = "{" + ",".join(texts) + "}"
    token = f"{b64(text.encode())}.{b64(b'{}')}."
    try:
        check_well_formed(token)
    except MalformedToken:
        return
    raise AssertionError(text)


@tried
@given(st.dictionaries(NAMES, JSON, max_size=4), st.dictionaries(MEMBERS, JSON, max_size=2))
def test_a_signed_token_with_any_claims_is_taken_by_the_rules_or_rejected(expected, issuer, changes, header):
    header = {"alg": "RS256", "typ": "at+jwt", "kid": issuer.kid, **header}
    signed = ".".join(b64(json.dumps(part).encode()) for part in (header, {**issuer.user_claims(), **changes}))
    signature = RSAAlgorithm(RSAAlgorithm.SHA256).sign(signed.encode(), issuer.private_key)
    try:
        access_token = verify(f"{signed}.{b64(signature)}", expected=expected)
    except Rejection:
        return
    claims, now = access_token.claims, time.time()
    assert claims["iss"] in expected.issuers
    assert claims["aud"] == expected.audience or (isinstance(claims["aud"], list) and expected.audience in claims["aud"])
    assert type(claims["exp"]) is int
    assert claims["exp"] + 6 > now
    assert claims["iat"] - 6 < now
    assert "cnf" not in claims
    assert "nonce" not in claims
    assert all(isinstance(claims[name], str) and claims[name].isprintable() and claims[name] for name in ("sub", "client_id", "jti"))
    assert not access_token.header.keys() & {"crit", "jwk", "jku", "x5u", "x5c"}


@tried
@given(JSON | st.fixed_dictionaries({"keys": st.lists(st.dictionaries(PARTS, JSON))}))
def test_any_json_is_a_key_set_without_usable_keys_or_keys_unavailable(jwks):
    try:
        keys = usable_keys(jwks)
    except KeysUnavailable:
        return
    assert all(isinstance(kid, str) for kid in keys)


@tried
@given(JSON | st.text())
def test_what_is_shown_is_short_printable_ascii(value):
    assert re.fullmatch(r"[ -~]{0,80}", rejections.shown(value))
