"""Tokens that play with the name of the key, or were signed with another key than the issuer's. Step 2."""

import base64
from functools import partial

from forgeries.forgery import Forgery
from forgeries.good import Good, as_json, base64url

_unknown_key = partial(Forgery, step=2, code="unknown_key")
_bad_signature = partial(Forgery, step=2, code="bad_signature")

_KID_IS_A_NAME = "Look kid up among the issuer's keys by exact text, as in a dictionary; never put it into a path, a query or an address."
_NO_FALLBACK = "Refuse a kid that the issuer's key set does not have; do not try the other keys instead."
_CHECK_THE_SIGNATURE = "Check the signature over exactly the bytes received, before you read a claim."


def _signature_from_elsewhere(good: Good) -> str:
    header, claims, _ = good.parts()
    _, _, other_signature = good.token(jti="of-another-token").split(".")
    return f"{header}.{claims}.{other_signature}"


def _signature(good: Good, octets: bytes) -> str:
    header, claims, _ = good.parts()
    return f"{header}.{claims}.{base64url(octets)}"


def _cut_signature(good: Good) -> str:
    header, claims, signature = good.parts()
    return f"{header}.{claims}.{signature[:172]}"


def _changed_letter(good: Good) -> str:
    token = good.token()
    start = token.rindex(".") + 1
    return token[:start] + ("A" if token[start] != "A" else "B") + token[start + 1 :]


def _other_algorithm_than_it_says(good: Good) -> str:
    return good.signed(as_json(good.header), as_json(dict(good.claims)), algorithm="RS512")


FORGERIES = (
    _unknown_key(
        id="kid-unknown",
        name="Unknown key",
        changed="kid names a key that the issuer does not have.",
        source="RFC 7515 section 4.1.4; auth0-samples/auth0-python-api-samples issue 36",
        cure=_NO_FALLBACK,
        make=lambda good: good.token(header={"kid": "no-such-key"}, key=good.foreign_key),
    ),
    _unknown_key(
        id="kid-unknown-right-key",
        name="Unknown key, right signature",
        changed="Signed with the issuer's key, but kid names another: whoever tries all keys would let it pass.",
        source="RFC 7515 section 4.1.4",
        cure=_NO_FALLBACK,
        make=lambda good: good.token(header={"kid": f"{good.kid}-2"}),
    ),
    _unknown_key(
        id="kid-path",
        name="kid is a path",
        changed="kid leads up to a file whose content everybody knows, in case that keys are read from files.",
        source="RFC 8725 section 3.10",
        cure=_KID_IS_A_NAME,
        make=lambda good: good.token(header={"kid": "../../../../../../dev/null"}, key=good.foreign_key),
    ),
    _unknown_key(
        id="kid-sql",
        name="kid is SQL",
        changed="kid is a piece of SQL that would select a key of the forger's choice, in case that keys are read from a database.",
        source="RFC 8725 section 3.10",
        cure=_KID_IS_A_NAME,
        make=lambda good: good.token(header={"kid": f"{good.kid}' UNION SELECT 'forged' --"}, key=good.foreign_key),
    ),
    _unknown_key(
        id="kid-address",
        name="kid changes the address",
        changed="kid goes up in the path and begins a query, in case that the address of the key is put together from it.",
        source="CVE-2026-81829 (SmallRye JWT)",
        cure=_KID_IS_A_NAME,
        make=lambda good: good.token(header={"kid": f"../{good.kid}?redirect=https://forger.example/"}, key=good.foreign_key),
    ),
    _unknown_key(
        id="kid-a-number",
        name="kid is a number",
        changed="kid is the number 0 instead of a name, in case that it picks from a list, or a letter from a text.",
        source="RFC 7515 section 4.1.4",
        cure=_KID_IS_A_NAME,
        make=lambda good: good.token(header={"kid": 0}),
    ),
    _unknown_key(
        id="kid-upper-case",
        name="kid in capital letters",
        changed="kid is the right key's name in capital letters; the name is compared letter by letter.",
        source="RFC 7515 section 4.1.4",
        cure=_KID_IS_A_NAME,
        make=lambda good: good.token(header={"kid": good.kid.swapcase()}),
    ),
    _bad_signature(
        id="foreign-key",
        name="Foreign key with the same kid",
        changed="The forger signed with a key of their own and gave it the name of the issuer's key.",
        source="RFC 7515 section 5.2",
        cure=_CHECK_THE_SIGNATURE,
        make=lambda good: good.token(key=good.foreign_key),
    ),
    _bad_signature(
        id="empty-signature",
        name="Empty signature",
        changed="The header still says RS256, but nothing stands behind the last full stop.",
        source="CVE-2020-28042 (ServiceStack)",
        cure=_CHECK_THE_SIGNATURE,
        make=lambda good: _signature(good, b""),
    ),
    _bad_signature(
        id="cut-signature",
        name="Half a signature",
        changed="The second half of the signature was cut off.",
        source="CVE-2020-28042 (ServiceStack)",
        cure=_CHECK_THE_SIGNATURE,
        make=_cut_signature,
    ),
    _bad_signature(
        id="signature-of-zeros",
        name="Signature of zeros",
        changed="The signature was replaced by as many zero bytes.",
        source="RFC 8017 section 8.2.2",
        cure=_CHECK_THE_SIGNATURE,
        make=lambda good: _signature(good, b"\0" * 256),
    ),
    _bad_signature(
        id="one-letter-of-the-signature",
        name="One letter of the signature",
        changed="One letter of the signature was changed; the claims are the good ones.",
        source="RFC 7515 section 5.2",
        cure=_CHECK_THE_SIGNATURE,
        make=_changed_letter,
    ),
    _bad_signature(
        id="signature-of-another-token",
        name="Signature of another token",
        changed="The signature was taken from another good token of the same person.",
        source="RFC 7515 section 5.2",
        cure=_CHECK_THE_SIGNATURE,
        make=_signature_from_elsewhere,
    ),
    _bad_signature(
        id="other-algorithm-than-it-says",
        name="Another algorithm than the header says",
        changed="The header says RS256; the signature was made with RS512 and the issuer's key.",
        source="CVE-2026-48523 (PyJWT)",
        cure="Check the signature with the pinned algorithm alone, whatever the key could do besides.",
        make=_other_algorithm_than_it_says,
    ),
    _unknown_key(
        id="kid-prototype",
        name="Key named after a built-in member",
        changed="kid is __proto__, a name that every object of some languages knows.",
        source="RFC 8725 section 3.10",
        cure=_KID_IS_A_NAME,
        make=lambda good: good.token(header={"kid": "__proto__"}, key=good.foreign_key),
    ),
    _unknown_key(
        id="kid-command",
        name="Key with a command in its name",
        changed="kid holds a command, for the program that would be called with it.",
        source="RFC 8725 section 3.10",
        cure=_KID_IS_A_NAME,
        make=lambda good: good.token(header={"kid": f"{good.kid};cat$IFS/etc/passwd"}, key=good.foreign_key),
    ),
    _unknown_key(
        id="kid-a-list",
        name="A list of keys",
        changed="kid is a list in which the good key's name stands.",
        source="RFC 7515 section 4.1.4",
        cure=_KID_IS_A_NAME,
        make=lambda good: good.token(header={"kid": [good.kid]}),
    ),
    _bad_signature(
        id="longer-signature",
        name="Something behind the signature",
        changed="A byte was added after the good signature.",
        source="RFC 8017 section 8.2.2",
        cure=_CHECK_THE_SIGNATURE,
        make=lambda good: ".".join([*good.parts()[:2], base64url(base64.urlsafe_b64decode(good.parts()[2] + "==") + b"\0")]),
    ),
)
