"""Tokens of three proper parts whose header or claims are no JSON object, or JSON that parsers read differently. Step 1."""

from functools import partial

from forgeries.forgery import Forgery
from forgeries.good import Good, as_json, with_changes

_malformed = partial(Forgery, step=1, code="malformed_token")

_JSON_OBJECTS = "Parse header and claims as UTF-8 JSON, and refuse all that is not a JSON object."
_ALG_IS_TEXT = "Require alg, as text: a header without it is no JWS header."
_STRICT_JSON = "Give the JSON parser a hook that refuses what RFC 8259 does not have (NaN, Infinity) and numbers of thousands of digits."
_NO_DUPLICATES = "Give the JSON parser a hook that refuses an object with two members of one name, at any depth."
_SHALLOW = "Limit the depth of the JSON, and catch the parser's recursion error, which is no ValueError."


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
    _malformed(
        id="duplicate-claim-in-disguise",
        name="Two subjects, one spelt with an escape",
        changed="sub stands there twice, once written with an escape: only who decodes names before comparing them sees it.",
        source="RFC 8259 section 8.3; RFC 7519 section 4",
        cure=_NO_DUPLICATES,
        make=lambda good: _added_claim_text(good, '"\\u0073ub":"usr_456"'),
    ),
    _malformed(
        id="text-behind-the-claims",
        name="Something behind the claims",
        changed="After the JSON object more text follows, which some readers leave unread.",
        source="RFC 8259 section 2",
        cure=_JSON_OBJECTS,
        make=lambda good: _claims_text(good, as_json(dict(good.claims)).decode() + '{"sub":"usr_456"}'),
    ),
    _malformed(
        id="byte-order-mark",
        name="A byte order mark before the claims",
        changed="The claims begin with a mark that JSON texts must not have; what reads past it differs from what does not.",
        source="RFC 8259 section 8.1",
        cure=_JSON_OBJECTS,
        make=lambda good: _claims_text(good, "\ufeff" + as_json(dict(good.claims)).decode()),
    ),
)
