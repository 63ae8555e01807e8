"""Tokens whose header asks for something: no signature, a key it brought along, an extension, another type. Step 1."""

import base64
import datetime
from functools import partial

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from forgeries.forgery import AppliesTo, Forgery
from forgeries.good import Good, as_json, base64url, with_changes

_unsigned = partial(Forgery, step=1, code="unsigned_token")
_forbidden = partial(Forgery, step=1, code="forbidden_header")
_wrong_type = partial(Forgery, step=1, code="wrong_type")

_NEVER_NONE = "Refuse alg none, compared without regard to case, before you look for a key; pin the algorithm beside the issuer's keys."
_OWN_KEYS = "Take keys from the configured issuer only. Refuse jwk, jku, x5u and x5c; never follow them."
_CRITICAL = "Refuse every crit: its extensions must be understood, and you understand none."
_TYPES = "Compare typ, without regard to case, with the types that your profile allows: at+jwt and application/at+jwt (RFC 9068)."


def _without_signature(good: Good, alg: str) -> str:
    header = as_json(with_changes(good.header, {"alg": alg}))
    return f"{base64url(header)}.{base64url(as_json(dict(good.claims)))}."


def _none_with_the_old_signature(good: Good) -> str:
    _, claims, signature = good.parts()
    return f"{base64url(as_json(with_changes(good.header, {'alg': 'none'})))}.{claims}.{signature}"


def _own_certificate(good: Good) -> str:
    """A certificate that the forger signed for the forger's own key, DER in base64 as `x5c` has it (RFC 7515 section 4.1.6)."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "forger")])
    start = datetime.datetime.fromtimestamp(good.now, datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(good.foreign_key.public_key())
        .serial_number(1)
        .not_valid_before(start - datetime.timedelta(days=1))
        .not_valid_after(start + datetime.timedelta(days=365))
        .sign(good.foreign_key, hashes.SHA256())
    )
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii")


FORGERIES = (
    _unsigned(
        id="alg-none",
        name="No signature (alg none)",
        changed="The header says alg none, and the signature was taken off.",
        source="CVE-2022-23540 (jsonwebtoken); CVE-2026-28802 (Authlib); RFC 8725 section 2.1",
        cure=_NEVER_NONE,
        make=lambda good: _without_signature(good, "none"),
    ),
    *(
        _unsigned(
            id=f"alg-none-spelt-{place}",
            name=f"No signature (alg “{spelling}”)",
            changed=f"The header says alg “{spelling}”: a check that knows only the small letters of none lets it pass.",
            source="RFC 8725 section 2.1",
            cure=_NEVER_NONE,
            make=partial(_without_signature, alg=spelling),
        )
        for place, spelling in (("capitalised", "None"), ("upper", "NONE"), ("mixed", "nOnE"), ("with-a-blank", "none "))
    ),
    _unsigned(
        id="alg-none-with-old-signature",
        name="alg none, signature left in place",
        changed="The header was changed to alg none; the good token's signature still stands there, for show.",
        source="RFC 7518 section 3.6",
        cure=_NEVER_NONE,
        make=_none_with_the_old_signature,
    ),
    _forbidden(
        id="crit-unknown",
        name="Unknown critical extension",
        changed="The header names an extension in crit that must be understood, and nobody does.",
        source="CVE-2026-32597 (PyJWT); CVE-2025-59420 (Authlib); RFC 7515 section 4.1.11",
        cure=_CRITICAL,
        make=lambda good: good.token(header={"crit": ["example-policy"], "example-policy": "only on Mondays"}),
    ),
    _forbidden(
        id="crit-empty",
        name="Empty list of critical extensions",
        changed="The header has an empty crit, which no producer may write.",
        source="RFC 7515 section 4.1.11",
        cure=_CRITICAL,
        make=lambda good: good.token(header={"crit": []}),
    ),
    _forbidden(
        id="crit-unencoded-payload",
        name="Unencoded payload (b64 false)",
        changed="The header says that the claims are not in base64url: two readers then see two different texts.",
        source="GHSA-w7vc-732c-9m39 (PyJWT); RFC 7797 section 6",
        cure=_CRITICAL,
        make=lambda good: good.token(header={"b64": False, "crit": ["b64"]}),
    ),
    _forbidden(
        id="embedded-jwk",
        name="The forger's key, brought along",
        changed="The forger signed with a key of their own and put its public half into the header as jwk.",
        source="CVE-2018-0114 (node-jose); CVE-2026-27962 (Authlib)",
        cure=_OWN_KEYS,
        make=lambda good: good.token(header={"jwk": good.public_jwk(good.foreign_key)}, key=good.foreign_key),
    ),
    _forbidden(
        id="jku",
        name="Address of the forger's keys",
        changed="The forger signed with a key of their own, and jku in the header says where its public half can be fetched.",
        source="RFC 8725 section 3.10; RFC 7515 section 4.1.2",
        cure=_OWN_KEYS,
        make=lambda good: good.token(header={"jku": "https://forger.example/jwks.json"}, key=good.foreign_key),
    ),
    _forbidden(
        id="jku-below-the-issuer",
        name="Address of keys that looks like the issuer's",
        changed="jku begins like the issuer's address but leads to another host.",
        source="RFC 8725 section 3.10",
        cure=_OWN_KEYS,
        make=lambda good: good.token(header={"jku": f"{good.issuer.rstrip('/')}@forger.example/jwks.json"}, key=good.foreign_key),
    ),
    _forbidden(
        id="x5u",
        name="Address of the forger's certificate",
        changed="The forger signed with a key of their own, and x5u in the header says where its certificate can be fetched.",
        source="RFC 8725 section 3.10; RFC 7515 section 4.1.5",
        cure=_OWN_KEYS,
        make=lambda good: good.token(header={"x5u": "https://forger.example/certificate.pem"}, key=good.foreign_key),
    ),
    _forbidden(
        id="x5c",
        name="The forger's certificate, brought along",
        changed="The forger signed with a key of their own and put a certificate for it, issued by themselves, into the header.",
        source="RFC 7515 section 4.1.6",
        cure=_OWN_KEYS,
        make=lambda good: good.token(header={"x5c": [_own_certificate(good)]}, key=good.foreign_key),
    ),
    _wrong_type(
        id="typ-missing",
        name="No type",
        changed="typ was left out of the header, so the token does not say that it is an access token.",
        source="RFC 9068 section 4",
        cure=_TYPES,
        make=lambda good: good.token(header={"typ": None}),
        applies_to=AppliesTo.RFC_9068_APIS,
    ),
    _wrong_type(
        id="typ-jwt",
        name="Type JWT",
        changed="typ says JWT, as on ID tokens and a hundred other things, where this API takes at+jwt.",
        source="RFC 9068 section 4; RFC 8725 section 3.11",
        cure=_TYPES,
        make=lambda good: good.token(header={"typ": "JWT"}),
        applies_to=AppliesTo.RFC_9068_APIS,
    ),
    _wrong_type(
        id="typ-logout-token",
        name="Logout token",
        changed="typ says logout+jwt: a message from the same issuer, signed with the same key, that was never meant to open anything.",
        source="OpenID Connect Back-Channel Logout 1.0 section 2.4; RFC 8725 section 3.11",
        cure=_TYPES,
        make=lambda good: good.token(header={"typ": "logout+jwt"}),
    ),
    _wrong_type(
        id="typ-dpop-proof",
        name="DPoP proof",
        changed="typ says dpop+jwt, which a client signs itself.",
        source="RFC 9449 section 4.2; RFC 8725 section 3.11",
        cure=_TYPES,
        make=lambda good: good.token(header={"typ": "dpop+jwt"}),
    ),
    _wrong_type(
        id="typ-longer",
        name="A type that only begins like ours",
        changed="typ says at+jwt-preview: longer than the type that is allowed.",
        source="RFC 8725 section 3.11",
        cure=_TYPES,
        make=lambda good: good.token(header={"typ": "at+jwt-preview"}),
    ),
    _wrong_type(
        id="typ-a-list",
        name="Type is a list",
        changed="typ is a list that contains at+jwt, instead of text.",
        source="RFC 7515 section 4.1.9",
        cure=_TYPES,
        make=lambda good: good.token(header={"typ": [good.typ]}),
    ),
    _wrong_type(
        id="typ-security-event",
        name="Security event",
        changed="typ says secevent+jwt: a message of the same issuer about something that happened.",
        source="RFC 8417 section 2.3; RFC 8725 section 3.11",
        cure=_TYPES,
        make=lambda good: good.token(header={"typ": "secevent+jwt"}),
    ),
    _wrong_type(
        id="typ-introspection-answer",
        name="Signed introspection answer",
        changed="typ says token-introspection+jwt: what the issuer told another API about a token.",
        source="RFC 9701 section 5; RFC 8725 section 3.11",
        cure=_TYPES,
        make=lambda good: good.token(header={"typ": "token-introspection+jwt"}),
    ),
    _wrong_type(
        id="typ-authorization-request",
        name="Signed authorization request",
        changed="typ says oauth-authz-req+jwt: what a client asked for, signed.",
        source="RFC 9101 section 10.8; RFC 8725 section 3.11",
        cure=_TYPES,
        make=lambda good: good.token(header={"typ": "oauth-authz-req+jwt"}),
    ),
)
