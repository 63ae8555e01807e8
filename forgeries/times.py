"""Tokens that are too old, too early, or whose times are no times. Step 3: missing is as bad as wrong."""

from functools import partial

from forgeries.forgery import Forgery
from forgeries.good import Good, as_json, with_changes

_expired = partial(Forgery, step=3, code="token_expired")
_too_early = partial(Forgery, step=3, code="token_not_yet_valid")
_missing = partial(Forgery, step=3, code="missing_claim")
_invalid = partial(Forgery, step=3, code="invalid_claim")

_COMPARE_EXP = "Compare exp with your clock, with a few seconds of leeway at most, and test whether it is there, not whether it is true."
_COMPARE_START = "Compare iat and nbf with your clock too, with a few seconds of leeway at most."
_REQUIRE = "Require the claim: one that is missing is as bad as one that is wrong."
_NUMBERS_ONLY = "Take only whole numbers as times; one that cannot be read is wrong, not absent."
_RANGE = "Refuse times outside a range that your language can hold and a token can have; a float's infinity is one of them."

_HOUR, _DAY, _YEAR = 3600, 86400, 365 * 86400


def _exp_text(good: Good, value: str) -> str:
    """The good claims with `exp` written as the raw JSON text `value`."""
    others = as_json(with_changes(good.claims, {"exp": None})).decode()
    return good.signed(as_json(good.header), f'{others[:-1]},"exp":{value}}}'.encode())


def _with_null(good: Good, name: str) -> str:
    return good.signed(as_json(good.header), as_json({**good.claims, name: None}))


FORGERIES = (
    _expired(
        id="expired",
        name="Expired",
        changed="exp was set an hour into the past.",
        source="RFC 9068 section 4; RFC 7519 section 4.1.4",
        cure=_COMPARE_EXP,
        make=lambda good: good.token(iat=good.now - 2 * _HOUR, exp=good.now - _HOUR),
    ),
    _expired(
        id="expired-a-minute-ago",
        name="Expired a minute ago",
        changed="exp was set sixty-one seconds into the past: more than clocks may differ.",
        source="RFC 7519 section 4.1.4; jpadilla/pyjwt issue 814",
        cure=_COMPARE_EXP,
        make=lambda good: good.token(iat=good.now - _HOUR, exp=good.now - 61),
    ),
    _expired(
        id="exp-zero",
        name="exp is 0",
        changed="exp was set to 0, the first second of 1970, which a careless check takes for “none”.",
        source="RFC 7519 section 4.1.4",
        cure=_COMPARE_EXP,
        make=lambda good: good.token(exp=0),
    ),
    _missing(
        id="exp-missing",
        name="No exp",
        changed="exp was left out: the token would be good for ever.",
        source="RFC 9068 section 2.2",
        cure=_REQUIRE,
        make=lambda good: good.token(exp=None),
    ),
    _invalid(
        id="exp-negative",
        name="exp is negative",
        changed="exp was set to −1, which is no time that a token can have.",
        source="RFC 7519 section 2 (NumericDate)",
        cure=_RANGE,
        make=lambda good: good.token(exp=-1),
    ),
    _invalid(
        id="exp-text",
        name="exp is text",
        changed="exp was put between quotation marks: a text, not a number.",
        source="CVE-2026-25537 (jsonwebtoken for Rust)",
        cure=_NUMBERS_ONLY,
        make=lambda good: good.token(exp=str(good.now + _HOUR)),
    ),
    _invalid(
        id="exp-a-date",
        name="exp is a date",
        changed="exp was written as a date, 2199-12-31T23:59:59Z.",
        source="RFC 7519 section 2 (NumericDate)",
        cure=_NUMBERS_ONLY,
        make=lambda good: good.token(exp="2199-12-31T23:59:59Z"),
    ),
    _invalid(
        id="exp-true",
        name="exp is true",
        changed="exp was set to true, which many languages also take for the number 1.",
        source="RFC 7519 section 2 (NumericDate)",
        cure=_NUMBERS_ONLY,
        make=lambda good: good.token(exp=True),
    ),
    _invalid(
        id="exp-a-list",
        name="exp is a list",
        changed="exp was put into a list.",
        source="RFC 7519 section 2 (NumericDate)",
        cure=_NUMBERS_ONLY,
        make=lambda good: good.token(exp=[good.now + _HOUR]),
    ),
    _invalid(
        id="exp-null",
        name="exp is null",
        changed="exp is there, but holds null.",
        source="RFC 7519 section 2 (NumericDate)",
        cure=_NUMBERS_ONLY,
        make=lambda good: _with_null(good, "exp"),
    ),
    _invalid(
        id="exp-float",
        name="exp with a fraction",
        changed="exp was written with half a second, as no issuer does that this API trusts.",
        source="RFC 7519 section 2 (NumericDate)",
        cure=_NUMBERS_ONLY,
        make=lambda good: good.token(exp=good.now + _HOUR + 0.5),
    ),
    _invalid(
        id="exp-huge",
        name="exp is huge",
        changed="exp was set to a number of thirty digits, beyond every calendar.",
        source="RFC 7519 section 2 (NumericDate)",
        cure=_RANGE,
        make=lambda good: good.token(exp=10**30),
    ),
    _invalid(
        id="exp-overflow",
        name="exp overflows",
        changed="exp was written as 1e999: JSON allows it, and most parsers make infinity of it.",
        source="RFC 8259 section 6",
        cure=_RANGE,
        make=lambda good: _exp_text(good, "1e999"),
    ),
    _too_early(
        id="nbf-future",
        name="Not yet valid",
        changed="nbf was set an hour into the future.",
        source="RFC 7519 section 4.1.5",
        cure=_COMPARE_START,
        make=lambda good: good.token(nbf=good.now + _HOUR),
    ),
    _too_early(
        id="iat-future",
        name="Issued in the future",
        changed="iat was set an hour into the future, so the token claims to be issued after you read it.",
        source="RFC 7519 section 4.1.6; jpadilla/pyjwt issue 814",
        cure=_COMPARE_START,
        make=lambda good: good.token(iat=good.now + _HOUR, exp=good.now + 2 * _HOUR),
    ),
    _invalid(
        id="nbf-text",
        name="nbf is text",
        changed="nbf was put between quotation marks; a lenient check then skips it.",
        source="CVE-2026-25537 (jsonwebtoken for Rust)",
        cure=_NUMBERS_ONLY,
        make=lambda good: good.token(nbf=str(good.now + _HOUR)),
    ),
    _invalid(
        id="iat-text",
        name="iat is text",
        changed="iat was put between quotation marks.",
        source="RFC 7519 section 4.1.6",
        cure=_NUMBERS_ONLY,
        make=lambda good: good.token(iat=str(good.now)),
    ),
    _missing(
        id="iat-missing",
        name="No iat",
        changed="iat was left out: nobody can say how old the token is.",
        source="RFC 9068 section 2.2",
        cure=_REQUIRE,
        make=lambda good: good.token(iat=None),
    ),
)
