"""Tokens that are no JWT of three readable parts: step 1 refuses them before any key is looked at (RFC 7519 section 7.2)."""

import os
from functools import partial

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from forgeries.forgery import Forgery
from forgeries.good import Good, as_json, base64url, with_changes

_malformed = partial(Forgery, step=1, code="malformed_token")
_too_large = partial(Forgery, step=1, code="token_too_large")

_THREE_PARTS = "Take nothing but three parts of base64url, separated by two full stops; send other tokens back before decoding them."
_STRICT_BASE64URL = "Decode base64url strictly: A–Z a–z 0–9 - _ without padding, and only the one spelling of the same bytes."
_JSON_OBJECTS = "Parse header and claims as UTF-8 JSON, and refuse all that is not a JSON object."
_ALG_IS_TEXT = "Require alg, as text: a header without it is no JWS header."
_STRICT_JSON = "Give the JSON parser a hook that refuses what RFC 8259 does not have (NaN, Infinity) and numbers of thousands of digits."
_NO_DUPLICATES = "Give the JSON parser a hook that refuses an object with two members of one name, at any depth."
_SHALLOW = "Limit the depth of the JSON, and catch the parser's recursion error, which is no ValueError."
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


def _claims_text(good: Good, text: str) -> str:
    return good.signed(as_json(good.header), text.encode())


def _added_claim_text(good: Good, member: str) -> str:
    """The good claims with one member added as raw text: what no JSON library would write."""
    return _claims_text(good, as_json(dict(good.claims)).decode()[:-1] + f",{member}}}")


def _changed_claim_text(good: Good, name: str, value: str) -> str:
    without = as_json(with_changes(good.claims, {name: None})).decode()
    return _claims_text(good, f'{without[:-1]},"{name}":{value}}}')


def _header_text(good: Good, text: str) -> str:
    return good.signed(text.encode(), as_json(dict(good.claims)))


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
    _malformed(
        id="header-not-json",
        name="Header is not JSON",
        changed="The header is the text “hello” instead of a JSON object.",
        source="RFC 7519 section 7.2",
        cure=_JSON_OBJECTS,
        make=lambda good: _header_text(good, "hello"),
    ),
    _malformed(
        id="header-a-list",
        name="Header is a list",
        changed="The header is a JSON list that holds the good header, instead of the header itself.",
        source="RFC 7519 section 7.2",
        cure=_JSON_OBJECTS,
        make=lambda good: good.signed(as_json([good.header]), as_json(dict(good.claims))),
    ),
    _malformed(
        id="alg-missing",
        name="No algorithm",
        changed="alg was left out of the header.",
        source="RFC 7515 section 4.1.1",
        cure=_ALG_IS_TEXT,
        make=lambda good: good.token(header={"alg": None}),
    ),
    _malformed(
        id="alg-a-list",
        name="Two algorithms",
        changed="alg is a list of two algorithms, none among them.",
        source="RFC 7515 section 4.1.1",
        cure=_ALG_IS_TEXT,
        make=lambda good: good.token(header={"alg": ["RS256", "none"]}),
    ),
    _malformed(
        id="claims-not-json",
        name="Claims are not JSON",
        changed="The claims are the text “hello”, properly signed.",
        source="RFC 7519 section 7.2",
        cure=_JSON_OBJECTS,
        make=lambda good: _claims_text(good, "hello"),
    ),
    _malformed(
        id="claims-a-list",
        name="Claims are a list",
        changed="The claims are a JSON list, properly signed: it has no exp, iss or aud that a lenient reader could find wrong.",
        source="CVE-2026-107723 (fast-jwt)",
        cure=_JSON_OBJECTS,
        make=lambda good: good.signed(as_json(good.header), as_json([dict(good.claims)])),
    ),
    _malformed(
        id="claims-null",
        name="Claims are null",
        changed="The claims are the JSON value null, properly signed.",
        source="RFC 7519 section 7.2",
        cure=_JSON_OBJECTS,
        make=lambda good: _claims_text(good, "null"),
    ),
    _malformed(
        id="claims-not-utf-8",
        name="Claims are not UTF-8",
        changed="The claims were written in UTF-16, which some JSON parsers guess and others read as something else.",
        source="RFC 8725 section 3.7; RFC 7519 section 7.2",
        cure=_JSON_OBJECTS,
        make=lambda good: good.signed(as_json(good.header), as_json(dict(good.claims)).decode().encode("utf-16")),
    ),
    _malformed(
        id="duplicate-header-member",
        name="Two algorithms in the header",
        changed="The header names alg twice, none and RS256: which of them counts depends on the parser.",
        source="RFC 7515 section 4",
        cure=_NO_DUPLICATES,
        make=lambda good: _header_text(good, '{"alg":"none",' + as_json(good.header).decode()[1:]),
    ),
    _malformed(
        id="duplicate-claim",
        name="Two subjects",
        changed="The claims name sub twice: one program reads the first person, another the second.",
        source="RFC 7519 section 4",
        cure=_NO_DUPLICATES,
        make=lambda good: _added_claim_text(good, '"sub":"usr_456"'),
    ),
    _malformed(
        id="duplicate-nested-member",
        name="Two members of one name, deep inside",
        changed="A claim that is itself an object names one of its members twice.",
        source="RFC 7519 section 4; RFC 8259 section 4",
        cure=_NO_DUPLICATES,
        make=lambda good: _added_claim_text(good, '"act":{"sub":"one","sub":"two"}'),
    ),
    _malformed(
        id="nested-claims",
        name="Claims nested two thousand deep",
        changed="A claim was added that is a list in a list in a list, two thousand deep, to break the parser.",
        source="CVE-2025-53864 (Nimbus JOSE + JWT); CVE-2026-101918 (PyJWT)",
        cure=_SHALLOW,
        make=lambda good: _added_claim_text(good, f'"deep":{"[" * 2000}{"]" * 2000}'),
    ),
    _malformed(
        id="nested-header",
        name="Header nested two thousand deep",
        changed="The header holds a list in a list, two thousand deep; headers are parsed before any signature is checked.",
        source="CVE-2026-102265 (PyJWT)",
        cure=_SHALLOW,
        make=lambda good: _header_text(good, as_json(good.header).decode()[:-1] + f',"deep":{"[" * 2000}{"]" * 2000}}}'),
    ),
    _malformed(
        id="number-of-5000-digits",
        name="A number of five thousand digits",
        changed="exp is a whole number of five thousand digits: to read it costs time, and some parsers fail.",
        source="RFC 8259 section 6",
        cure=_STRICT_JSON,
        make=lambda good: _changed_claim_text(good, "exp", "9" * 5000),
    ),
    _malformed(
        id="exp-not-a-number",
        name="exp is NaN",
        changed="exp is NaN, which JSON does not have: every comparison with it is false, also “is it past?”.",
        source="RFC 8259 section 6",
        cure=_STRICT_JSON,
        make=lambda good: _changed_claim_text(good, "exp", "NaN"),
    ),
    _malformed(
        id="exp-infinity",
        name="exp is Infinity",
        changed="exp is Infinity, which JSON does not have: the token would never expire.",
        source="RFC 8259 section 6",
        cure=_STRICT_JSON,
        make=lambda good: _changed_claim_text(good, "exp", "Infinity"),
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
)


def _filled_to(good: Good, size: int) -> str:
    """The good token with a claim that makes it `size` letters long, or up to three letters longer."""
    filler = (size - len(good.token(filler=""))) * 3 // 4
    while len(token := good.token(filler="x" * filler)) < size:
        filler += 1
    return token
