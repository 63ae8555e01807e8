"""Tokens of another issuer than the trusted one, often by one letter. Step 3; no key is fetched for them."""

from functools import partial
from urllib.parse import urlsplit

from forgeries.forgery import Forgery
from forgeries.good import as_json

_wrong_issuer = partial(Forgery, step=3, code="wrong_issuer")
_missing = partial(Forgery, step=3, code="missing_claim")
_invalid = partial(Forgery, step=3, code="invalid_claim")

_EXACT = "Compare iss with the configured issuers letter by letter: no prefix, no case, no tidying of slashes."
_NOTHING_FETCHED = (
    "Let the unverified iss do no more than select among the configured issuers; fetch nothing for one that is not among them."
)
_TEXT = "Take only a text with letters in it as iss; a list is wrong, whatever it contains."


def _other_slash(issuer: str) -> str:
    return issuer[:-1] if issuer.endswith("/") else f"{issuer}/"


def _as_user_info(issuer: str) -> str:
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}@forger.example/"


FORGERIES = (
    _wrong_issuer(
        id="iss-slash",
        name="Issuer with or without its last slash",
        changed="The slash at the end of iss was taken away (or added, where the issuer has none).",
        source="okta/okta-jwt-verifier-java issue 143; RFC 8414 section 3.3",
        cure=_EXACT,
        make=lambda good: good.token(iss=_other_slash(good.issuer)),
    ),
    _wrong_issuer(
        id="iss-upper-case",
        name="Issuer in capital letters",
        changed="iss was written in capital letters.",
        source="RFC 9068 section 4; RFC 7519 section 2 (StringOrURI)",
        cure=_EXACT,
        make=lambda good: good.token(iss=good.issuer.upper()),
    ),
    _wrong_issuer(
        id="iss-foreign",
        name="Foreign issuer",
        changed="The token comes from another issuer, signed with that issuer's own key.",
        source="RFC 9068 section 4; RFC 8725 section 3.8",
        cure=_NOTHING_FETCHED,
        make=lambda good: good.token(iss="https://forger.example/", key=good.foreign_key),
    ),
    _wrong_issuer(
        id="iss-shorter",
        name="The beginning of the issuer",
        changed="iss was cut to the first half of the trusted issuer; a check for “is contained in” lets it pass.",
        source="CVE-2024-53861 (PyJWT)",
        cure=_EXACT,
        make=lambda good: good.token(iss=good.issuer[: len(good.issuer) // 2]),
    ),
    _wrong_issuer(
        id="iss-longer",
        name="An issuer that begins like ours",
        changed="A path was added to iss: another tenant on the same host.",
        source="RFC 9068 section 4; RFC 8725 section 3.8",
        cure=_EXACT,
        make=lambda good: good.token(iss=f"{good.issuer}other-tenant/"),
    ),
    _wrong_issuer(
        id="iss-user-info",
        name="Our issuer in front of an @",
        changed="iss begins like the trusted issuer, but what stands before the @ is only a user name: the host is another.",
        source="RFC 3986 section 7.6",
        cure=_NOTHING_FETCHED,
        make=lambda good: good.token(iss=_as_user_info(good.issuer), key=good.foreign_key),
    ),
    _wrong_issuer(
        id="iss-trailing-blank",
        name="A blank behind the issuer",
        changed="A blank was put behind iss.",
        source="RFC 7519 section 2 (StringOrURI)",
        cure=_EXACT,
        make=lambda good: good.token(iss=f"{good.issuer} "),
    ),
    _invalid(
        id="iss-empty",
        name="Empty issuer",
        changed="iss is a text without letters.",
        source="RFC 9068 section 4",
        cure=_TEXT,
        make=lambda good: good.token(iss=""),
    ),
    _invalid(
        id="iss-a-list",
        name="Two issuers",
        changed="iss is a list of the forger's issuer and the trusted one.",
        source="CVE-2025-30144 (fast-jwt); CVE-2026-75509 (joserfc)",
        cure=_TEXT,
        make=lambda good: good.token(iss=["https://forger.example/", good.issuer]),
    ),
    _invalid(
        id="iss-null",
        name="Issuer is null",
        changed="iss is there, but holds null.",
        source="RFC 7519 section 4.1.1",
        cure=_TEXT,
        make=lambda good: good.signed(as_json(good.header), as_json({**good.claims, "iss": None})),
    ),
    _missing(
        id="iss-missing",
        name="No issuer",
        changed="iss was left out.",
        source="RFC 9068 section 2.2",
        cure="Require iss: without it nobody can say whose key to check with.",
        make=lambda good: good.token(iss=None),
    ),
    _wrong_issuer(
        id="iss-lookalike",
        name="A letter that looks alike",
        changed="One letter of iss is another alphabet's, which looks the same.",
        source="RFC 8725 section 3.8; RFC 7519 section 2 (StringOrURI)",
        cure=_EXACT,
        make=lambda good: good.token(iss=good.issuer.replace("o", "\u043e", 1) if "o" in good.issuer else good.issuer + "\u2044"),
    ),
    _wrong_issuer(
        id="iss-percent-encoded",
        name="The issuer, percent-encoded",
        changed="The last character of iss is written as a percent sign and its number: the same address, another name.",
        source="RFC 3986 section 6.2.2; RFC 9068 section 4",
        cure=_EXACT,
        make=lambda good: good.token(iss=f"{good.issuer[:-1]}%{ord(good.issuer[-1]):02X}"),
    ),
    _wrong_issuer(
        id="client-assertion",
        name="A client's proof of who it is",
        changed="iss and sub are the client and aud is the issuer: what a client signs to prove itself at the token endpoint.",
        source="RFC 7523 section 3; RFC 8725 section 2.8",
        cure=_EXACT,
        make=lambda good: good.token(iss=good.client_id, sub=good.client_id, aud=good.issuer, key=good.foreign_key),
    ),
)
