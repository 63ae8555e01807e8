"""Tokens that are not three parts of base64url, or too long to be read at all. Step 1 (RFC 7519 section 7.2)."""

import os
import zlib
from functools import partial

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from forgeries.forgery import Forgery
from forgeries.good import Good, as_json, base64url

_malformed = partial(Forgery, step=1, code="malformed_token")
_too_large = partial(Forgery, step=1, code="token_too_large")

_THREE_PARTS = "Take nothing but three parts of base64url, separated by two full stops; send other tokens back before decoding them."
_STRICT_BASE64URL = "Decode base64url strictly: A–Z a–z 0–9 - _ without padding, and only the one spelling of the same bytes."
_SMALL = "Measure the token before decoding it; 8 KiB are more than any access token needs."

_LIMIT = 8 * 1024


def _jwe(good: Good, plaintext: str) -> str:
    """`plaintext` encrypted to the issuer's public key: RFC 7516 compact serialization, RSA-OAEP-256 and A256GCM."""
    header = base64url(as_json({"alg": "RSA-OAEP-256", "enc": "A256GCM", "typ": good.typ, "cty": "JWT", "kid": good.kid}))
    content_key, nonce = AESGCM.generate_key(bit_length=256), os.urandom(12)
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    wrapped_key = good.private_key.public_key().encrypt(content_key, oaep)
    sealed = AESGCM(content_key).encrypt(nonce, plaintext.encode("ascii"), header.encode("ascii"))
    return ".".join([header, *(base64url(part) for part in (wrapped_key, nonce, sealed[:-16], sealed[-16:]))])


def _unsigned(good: Good) -> str:
    header = as_json({"alg": "none", "typ": good.typ})
    return f"{base64url(header)}.{base64url(as_json(dict(good.claims)))}."


def _two_parts(good: Good) -> str:
    header, claims, _ = good.parts()
    return f"{header}.{claims}"


def _padded(good: Good) -> str:
    header, claims, signature = good.parts()
    return f"{header}.{claims}.{signature}=="


def _with_other_characters(good: Good) -> str:
    return f"{good.token()}~~~~"


def _other_spelling_of_the_signature(good: Good) -> str:
    # 256 octets fill 341 1/3 letters: the last letter's lower four bits mean nothing, so sixteen spellings decode alike.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = good.token()
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]


FORGERIES = (
    _malformed(
        id="opaque-token",
        name="Opaque token",
        changed="Instead of a JWT, a random string was sent, as authorization servers give it out when no audience was asked for.",
        source="auth0/auth0-spa-js issue 1008",
        cure="Tell the caller to ask for a token for this API's audience; if you mean to take opaque tokens, ask the issuer (RFC 7662).",
        make=lambda good: "v2-Zm91ci1jaGVja3Mtb3BhcXVlLXRva2VuLTAwMQ",
    ),
    _malformed(
        id="two-parts",
        name="Signature part missing",
        changed="The signature was cut off together with its full stop, so that two parts are left.",
        source="RFC 7519 section 7.2",
        cure=_THREE_PARTS,
        make=_two_parts,
    ),
    _malformed(
        id="four-parts",
        name="Four parts",
        changed="A fourth part was hung behind the signature of a good token.",
        source="RFC 7515 section 7.1",
        cure=_THREE_PARTS,
        make=lambda good: f"{good.token()}.{base64url(b'more')}",
    ),
    _malformed(
        id="encrypted-token",
        name="Encrypted token (JWE)",
        changed="The good token was encrypted: five parts instead of three, for somebody who has the key to open it.",
        source="RFC 7516 section 7.1; CVE-2023-51774 (json-jwt)",
        cure=_THREE_PARTS,
        make=lambda good: _jwe(good, good.token()),
    ),
    _malformed(
        id="encrypted-unsigned-token",
        name="Unsigned token inside an encrypted one",
        changed="A token without any signature was encrypted to the server's public key, which everybody has.",
        source="CVE-2026-29000 (pac4j-jwt)",
        cure=_THREE_PARTS,
        make=lambda good: _jwe(good, _unsigned(good)),
    ),
    _malformed(
        id="compression-bomb",
        name="Compressed, encrypted token",
        changed="The token says that its content is encrypted and compressed, so that a small token may unfold to gigabytes.",
        source="CVE-2024-29371 (jose4j)",
        cure=_THREE_PARTS,
        make=lambda good: ".".join(
            [base64url(as_json({"alg": "dir", "enc": "A256GCM", "zip": "DEF"})), "", *(base64url(b"\0" * 16) for _ in range(3))]
        ),
    ),
    _malformed(
        id="only-full-stops",
        name="Only full stops",
        changed="The token is a thousand full stops, so that a reader which splits at each makes a thousand pieces.",
        source="CVE-2025-30204 (golang-jwt)",
        cure="Count the full stops, or split at most three times, before you make a list of the pieces.",
        make=lambda good: "." * 1000,
    ),
    _malformed(
        id="padded-part",
        name="Padded base64",
        changed="Two equals signs were put behind the signature, as ordinary base64 has them and base64url in a token has not.",
        source="RFC 7515 section 2",
        cure=_STRICT_BASE64URL,
        make=_padded,
    ),
    _malformed(
        id="letters-outside-the-alphabet",
        name="Letters that base64url does not have",
        changed="Four letters that a lenient decoder skips were put behind the signature: another text, the same bytes.",
        source="CVE-2026-102269 (PyJWT)",
        cure=_STRICT_BASE64URL,
        make=_with_other_characters,
    ),
    _malformed(
        id="other-spelling-of-the-signature",
        name="The same signature, spelt otherwise",
        changed="The last letter of the signature was changed in bits that decode to nothing, so the bytes stayed the same.",
        source="RFC 4648 section 3.5; CVE-2026-102269 (PyJWT)",
        cure=_STRICT_BASE64URL,
        make=_other_spelling_of_the_signature,
    ),
    _too_large(
        id="too-large-claims",
        name="Twenty kilobytes of claims",
        changed="A claim of twenty thousand letters was added, and the whole was properly signed.",
        source="CVE-2025-61920 (Authlib)",
        cure=_SMALL,
        make=lambda good: good.token(filler="x" * 20_000),
    ),
    _too_large(
        id="too-large-signature",
        name="Endless signature",
        changed="The signature was made twenty thousand letters long: it must not even be decoded.",
        source="CVE-2025-61920 (Authlib)",
        cure=_SMALL,
        make=lambda good: good.token() + "A" * 20_000,
    ),
    _too_large(
        id="just-too-large",
        name="One letter over the limit",
        changed="A good token was filled up until it was just longer than 8 KiB.",
        source="CVE-2025-61920 (Authlib)",
        cure=_SMALL,
        make=lambda good: _filled_to(good, _LIMIT + 1),
    ),
    _malformed(
        id="selective-disclosure",
        name="Selective disclosure (SD-JWT)",
        changed="Disclosures hang behind the good token, each after a tilde.",
        source="RFC 9901 section 4",
        cure=_THREE_PARTS,
        make=lambda good: f"{good.token()}~WyJzYWx0IiwgIm5hbWUiLCAiQWxpY2UiXQ~",
    ),
    _malformed(
        id="detached-claims",
        name="Claims left out",
        changed="The middle part is empty: the claims would travel elsewhere, and two readers see two tokens.",
        source="RFC 7515 section 7.1; RFC 7519 section 7.2",
        cure=_THREE_PARTS,
        make=lambda good: "..".join(part for part in good.parts() if part != good.parts()[1]),
    ),
    _malformed(
        id="nested-token",
        name="A token inside of a token",
        changed="The claims are another signed token, as cty JWT announces.",
        source="RFC 7519 section 5.2",
        cure=_THREE_PARTS,
        make=lambda good: good.signed(as_json({**good.header, "cty": "JWT"}), good.token().encode()),
    ),
    _malformed(
        id="compressed-claims",
        name="Claims compressed, and signed",
        changed="The claims were compressed, which zip in the header says: allowed where a token is encrypted, never where it is signed.",
        source="RFC 7516 section 4.1.3; RFC 8725 section 3.6",
        cure=_THREE_PARTS,
        make=lambda good: good.signed(as_json({**good.header, "zip": "DEF"}), zlib.compress(as_json(dict(good.claims)))[2:-4]),
    ),
)


def _filled_to(good: Good, size: int) -> str:
    """The good token with a claim that makes it `size` letters long, or up to three letters longer."""
    filler = (size - len(good.token(filler=""))) * 3 // 4
    while len(token := good.token(filler="x" * filler)) < size:
        filler += 1
    return token
