"""Tokens that pick their own algorithm, above all HS256 with the public key as the secret. Step 2: the algorithm is pinned, not read."""

import json
from collections.abc import Callable
from functools import partial

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from forgeries.forgery import Forgery
from forgeries.good import Good, as_json, base64url, with_changes

_wrong_algorithm = partial(Forgery, step=2, code="wrong_algorithm")

_PIN = "Write the algorithm beside the issuer's keys and compare the header with it; never choose it from the header."
_PIN_NOT_BLOCKLIST = "Pin the algorithm to the issuer's keys. Looking whether a secret resembles a public key is not enough: see this list."
_LONG_KEYS_ONLY = "Pin the algorithm to the issuer's keys; where HS256 is meant, refuse secrets of less than 32 bytes at start."

_SubjectPublicKeyInfo = PublicFormat.SubjectPublicKeyInfo


def _pem_without_last_line_feed(good: Good) -> bytes:
    return good.public_pem().rstrip(b"\n")


def _pem_behind_blanks(good: Good) -> bytes:
    return b" \r\n" + good.public_pem().replace(b"\n", b"\r\n")


def _pem_behind_a_line_of_text(good: Good) -> bytes:
    return b"public key of the issuer\n" + good.public_pem()


def _pkcs1_pem(good: Good) -> bytes:
    return good.public_bytes(Encoding.PEM, PublicFormat.PKCS1)


def _der(good: Good) -> bytes:
    return good.public_bytes(Encoding.DER, _SubjectPublicKeyInfo)


def _openssh(good: Good) -> bytes:
    return good.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)


def _jwk(good: Good) -> bytes:
    return as_json(good.public_jwk())


def _jwks(good: Good) -> bytes:
    return json.dumps({"keys": [good.public_jwk()]}).encode()


def _modulus(good: Good) -> bytes:
    return str(good.public_jwk()["n"]).encode("ascii")


# (id, form in words, the secret, source)
_PUBLIC_KEYS_AS_SECRETS: tuple[tuple[str, str, Callable[[Good], bytes], str], ...] = (
    ("pem", "PEM", Good.public_pem, "CVE-2015-9235 (jsonwebtoken); CVE-2024-37568 (Authlib); RFC 8725 section 2.1"),
    ("pem-trimmed", "PEM without its last line feed", _pem_without_last_line_feed, "CVE-2022-23541 (jsonwebtoken)"),
    ("pem-behind-blanks", "PEM behind a blank", _pem_behind_blanks, "CVE-2026-34950 (fast-jwt); CVE-2026-102268 (PyJWT)"),
    ("pem-behind-text", "PEM behind a line of text", _pem_behind_a_line_of_text, "CVE-2026-114615 (Authlib)"),
    ("pkcs1-pem", "PEM, PKCS #1", _pkcs1_pem, "CVE-2017-11424 (PyJWT)"),
    ("der", "DER", _der, "CVE-2026-85394 (python-jose)"),
    ("openssh", "OpenSSH", _openssh, "CVE-2022-29217 (PyJWT); CVE-2024-33663 (python-jose)"),
    ("jwk", "JWK", _jwk, "CVE-2026-48526 (PyJWT, GHSA-xgmm-8j9v-c9wx)"),
    ("jwks", "key set (JWKS)", _jwks, "CVE-2026-102273 (PyJWT)"),
    ("modulus", "bare number n", _modulus, "RFC 8725 section 2.1"),
)


def _hmac_with(good: Good, secret: Callable[[Good], bytes]) -> str:
    return good.with_hmac(secret(good))


def _signed_with(good: Good, algorithm: str) -> str:
    header = with_changes(good.header, {"alg": algorithm})
    return good.signed(as_json(header), as_json(dict(good.claims)), algorithm=algorithm)


def _with_signature(good: Good, alg: object, signature: bytes) -> str:
    header = as_json({**good.header, "alg": alg})
    return f"{base64url(header)}.{base64url(as_json(dict(good.claims)))}.{base64url(signature)}"


FORGERIES = (
    *(
        _wrong_algorithm(
            id=f"hs256-with-public-key-{form}",
            name=f"HS256 with the public key ({words})",
            changed=f"The header says HS256, and the token was signed with the issuer's public key as {words}, which everybody has.",
            source=source,
            cure=_PIN_NOT_BLOCKLIST,
            make=partial(_hmac_with, secret=secret),
        )
        for form, words, secret, source in _PUBLIC_KEYS_AS_SECRETS
    ),
    _wrong_algorithm(
        id="hs256-empty-key",
        name="HS256 with an empty secret",
        changed="The header says HS256, and the token was signed with a secret of no letters at all.",
        source="CVE-2026-114616 (Authlib); CVE-2026-102266 (PyJWT); CVE-2026-45363 (ruby-jwt); CVE-2026-44699 (LibJWT)",
        cure=_LONG_KEYS_ONLY,
        make=lambda good: good.with_hmac(b""),
    ),
    _wrong_algorithm(
        id="hs256-guessed-secret",
        name="HS256 with a guessed secret",
        changed="The header says HS256, and the token was signed with the word secret.",
        source="RFC 8725 section 2.2",
        cure=_LONG_KEYS_ONLY,
        make=lambda good: good.with_hmac(b"secret"),
    ),
    *(
        _wrong_algorithm(
            id=f"{algorithm.lower()}-with-the-right-key",
            name=f"{algorithm} with the right key",
            changed=f"The issuer's own key was used with {algorithm}, which this issuer does not sign with.",
            source="RFC 8725 section 3.1",
            cure=_PIN,
            make=partial(_signed_with, algorithm=algorithm),
        )
        for algorithm in ("RS384", "RS512", "PS256")
    ),
    _wrong_algorithm(
        id="es256-of-zeros",
        name="ES256 with a signature of zeros",
        changed="The header says ES256, and the signature is sixty-four zero bytes: broken libraries found that right for every text.",
        source="CVE-2022-21449 (Java)",
        cure=_PIN,
        make=lambda good: _with_signature(good, "ES256", b"\0" * 64),
    ),
    _wrong_algorithm(
        id="alg-lower-case",
        name="Algorithm in small letters",
        changed="The header says rs256; names of algorithms are compared letter by letter.",
        source="RFC 7515 section 4.1.1",
        cure=_PIN,
        make=lambda good: good.token(header={"alg": "rs256"}),
    ),
    _wrong_algorithm(
        id="alg-unknown",
        name="An algorithm that nobody knows",
        changed="The header says XX999.",
        source="RFC 7515 section 4.1.1",
        cure=_PIN,
        make=lambda good: good.token(header={"alg": "XX999"}),
    ),
    _wrong_algorithm(
        id="alg-of-encryption",
        name="An algorithm of encryption",
        changed="alg says RSA-OAEP, which encrypts and signs nothing; the token is signed as ever.",
        source="RFC 7516 section 9; RFC 8725 section 3.2",
        cure=_PIN,
        make=lambda good: good.token(header={"alg": "RSA-OAEP"}),
    ),
    _wrong_algorithm(
        id="alg-empty",
        name="Empty algorithm",
        changed="alg is a text without letters, and the signature was taken off: to some that means none.",
        source="RFC 7515 section 4.1.1; RFC 8725 section 3.1",
        cure=_PIN,
        make=lambda good: good.token(header={"alg": ""}).rpartition(".")[0] + ".",
    ),
)
