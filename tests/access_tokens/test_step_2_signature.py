"""Step 2: the signature is checked with a key and an algorithm that the API trusts, not those that the token asks for."""

import base64
import hashlib
import hmac
import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from access_tokens.callers import caller_profile
from access_tokens.keys import KeySource
from access_tokens.verify import Expectations, Issuer, verify
from tests.access_tokens.conftest import refused

PROFILE = caller_profile(scope_claim="scope", machine_rule="auth0")


def trusting(issuer, jwks, *algorithms):
    """What an API expects that trusts `issuer` with these keys and algorithms."""
    source = KeySource(lambda: (jwks, 60))
    return Expectations("api.calendar", {issuer.url: Issuer(issuer.url, source, PROFILE, frozenset(algorithms))})


def test_a_changed_claim_breaks_the_signature(calendar, issuer):
    header, claims, signature = issuer.access_token().split(".")
    changed = json.loads(base64.urlsafe_b64decode(claims + "==")) | {"sub": "usr_456"}
    forged = base64.urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=").decode()
    with refused("bad_signature"):
        calendar(f"{header}.{forged}.{signature}")


@pytest.mark.parametrize("signature", ["", "AAAA", "A" * 344])
def test_an_empty_cut_or_invented_signature_is_refused(calendar, issuer, signature):
    with refused("bad_signature"):
        calendar(issuer.access_token().rpartition(".")[0] + "." + signature)


def test_a_foreign_key_under_our_kid_is_refused(calendar, issuer):
    foreign = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with refused("bad_signature"):
        calendar(jwt.encode(issuer.user_claims(), foreign, algorithm="RS256", headers={"typ": "at+jwt", "kid": issuer.kid}))


@pytest.mark.parametrize("kid", ["unknown", "", "../../dev/null", "' OR 1=1 --", "test-key\0", "TEST-KEY"])
def test_an_unknown_kid_is_refused_rfc7515_section_4_1_4(calendar, issuer, kid):
    with refused("unknown_key", check="kid"):
        calendar(issuer.access_token(headers={"kid": kid}))


@pytest.mark.parametrize("kid", ["null", "1", "[]", "{}", '["test-key"]', "true"])
def test_a_kid_that_is_no_text_is_refused(calendar, issuer, kid):
    header = f'{{"alg":"RS256","typ":"at+jwt","kid":{kid}}}'.encode()
    _, claims, signature = issuer.access_token().split(".")
    with refused("unknown_key"):
        calendar(f"{base64.urlsafe_b64encode(header).rstrip(b'=').decode()}.{claims}.{signature}")


def test_a_missing_kid_is_as_bad_as_an_unknown_one(calendar, issuer):
    with refused("unknown_key", detail="None"):
        calendar(jwt.encode(issuer.user_claims(), issuer.private_key, algorithm="RS256", headers={"typ": "at+jwt"}))


@pytest.mark.parametrize("secret", ["pem", "jwk", "der", "empty"])
def test_the_public_key_never_serves_as_an_hmac_secret_rfc8725_section_2_1(calendar, issuer, secret):
    public = issuer.private_key.public_key()
    secrets = {
        "pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "der": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "jwk": json.dumps(issuer.jwks()["keys"][0]).encode(),
        "empty": b"",
    }
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "typ": "at+jwt", "kid": issuer.kid}).encode()).rstrip(b"=")
    signing_input = header + b"." + base64.urlsafe_b64encode(json.dumps(issuer.user_claims()).encode()).rstrip(b"=")
    signature = base64.urlsafe_b64encode(hmac.new(secrets[secret], signing_input, hashlib.sha256).digest()).rstrip(b"=")
    with refused("wrong_algorithm", check="alg"):
        calendar((signing_input + b"." + signature).decode())


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_another_algorithm_than_the_pinned_one_is_refused_though_the_key_is_right(calendar, issuer, algorithm):
    with refused("wrong_algorithm"):
        calendar(jwt.encode(issuer.user_claims(), issuer.private_key, algorithm=algorithm, headers={"typ": "at+jwt", "kid": issuer.kid}))


def test_an_algorithm_pinned_for_the_issuer_must_also_be_the_keys(issuer):
    token = jwt.encode(issuer.user_claims(), issuer.private_key, algorithm="PS256", headers={"typ": "at+jwt", "kid": issuer.kid})
    with refused("wrong_algorithm", detail="the key is for RS256"):
        verify(token, expected=trusting(issuer, issuer.jwks(), "RS256", "PS256"))


def test_a_key_of_the_issuer_for_an_algorithm_that_is_not_pinned_is_not_used(issuer):
    key = ec.generate_private_key(ec.SECP256R1())
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    token = jwt.encode(issuer.user_claims(), key, algorithm="ES256", headers={"typ": "at+jwt", "kid": "ec"})
    with refused("wrong_algorithm", detail="this issuer signs with RS256"):
        verify(token, expected=trusting(issuer, {"keys": [{**jwk, "kid": "ec", "alg": "ES256"}]}, "RS256"))


def test_es256_is_verified(issuer):
    key = ec.generate_private_key(ec.SECP256R1())
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    expected = trusting(issuer, {"keys": [{**jwk, "kid": "ec", "alg": "ES256"}]}, "ES256")
    token = jwt.encode(issuer.user_claims(), key, algorithm="ES256", headers={"typ": "at+jwt", "kid": "ec"})
    assert verify(token, expected=expected).subject == "usr_123"
    with refused("bad_signature"):
        verify(token[:-4] + "AAAA", expected=expected)
    with refused("bad_signature"):
        verify(token.rpartition(".")[0] + ".AAAA", expected=expected)


def test_nothing_is_read_for_an_issuer_that_is_not_trusted(issuer):
    def never() -> tuple[object, float]:
        raise AssertionError("keys were read for a stranger")

    expected = Expectations("api.calendar", {issuer.url: Issuer(issuer.url, KeySource(never), PROFILE)})
    with refused("wrong_issuer"):
        verify(issuer.access_token(iss="https://stranger.example/"), expected=expected)


def test_of_several_trusted_issuers_only_the_one_in_iss_vouches(issuer):
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(other.public_key(), as_dict=True)
    theirs = KeySource(lambda: ({"keys": [{**jwk, "kid": "theirs", "alg": "RS256"}]}, 60))
    ours = KeySource(lambda: (issuer.jwks(), 60))
    issuers = {issuer.url: Issuer(issuer.url, ours, PROFILE), "https://other.example/": Issuer("https://other.example/", theirs, PROFILE)}
    expected = Expectations("api.calendar", issuers)

    def signed(iss: str) -> str:
        return jwt.encode(issuer.user_claims(iss=iss), other, algorithm="RS256", headers={"typ": "at+jwt", "kid": "theirs"})

    assert verify(signed("https://other.example/"), expected=expected).owner == ("https://other.example/", "usr_123")
    with refused("unknown_key"):
        verify(signed(issuer.url), expected=expected)
