"""Tokens that the right issuer made for somebody else: step 3 compares aud with this API's own name (RFC 9068 section 4)."""

from functools import partial

from forgeries.forgery import Forgery
from forgeries.good import Good, as_json

_wrong_audience = partial(Forgery, step=3, code="wrong_audience")
_missing = partial(Forgery, step=3, code="missing_claim")
_invalid = partial(Forgery, step=3, code="invalid_claim")

_MEMBERSHIP = "Compare aud letter by letter with this API's audience; where it is a list, one of its members must equal it."
_EMPTY_IS_WRONG = "Refuse an aud that names nobody: an empty list or text is not “for everybody”."
_ONLY_TEXTS = "Take as aud one text or a list of texts, nothing else."


def _null(good: Good) -> str:
    return good.signed(as_json(good.header), as_json({**good.claims, "aud": None}))


FORGERIES = (
    _wrong_audience(
        id="aud-other",
        name="For another API",
        changed="aud names another API of the same issuer.",
        source="RFC 9068 section 4; CVE-2023-22482 (Argo CD)",
        cure=_MEMBERSHIP,
        make=lambda good: good.token(aud=good.other_audience),
    ),
    _wrong_audience(
        id="aud-list-without-us",
        name="For several others",
        changed="aud is a list of two APIs, and this one is not among them.",
        source="RFC 7519 section 4.1.3",
        cure=_MEMBERSHIP,
        make=lambda good: good.token(aud=[good.other_audience, "https://third.example/"]),
    ),
    _wrong_audience(
        id="aud-empty-list",
        name="For nobody",
        changed="aud is an empty list.",
        source="CVE-2020-26160 (jwt-go)",
        cure=_EMPTY_IS_WRONG,
        make=lambda good: good.token(aud=[]),
    ),
    _wrong_audience(
        id="aud-empty-text",
        name="For an empty name",
        changed="aud is a text without letters.",
        source="CVE-2020-26160 (jwt-go)",
        cure=_EMPTY_IS_WRONG,
        make=lambda good: good.token(aud=""),
    ),
    _wrong_audience(
        id="aud-shorter",
        name="The beginning of our audience",
        changed="The last letter of aud was taken away: what is left is a prefix of ours.",
        source="RFC 7519 section 4.1.3",
        cure=_MEMBERSHIP,
        make=lambda good: good.token(aud=good.audience[:-1]),
    ),
    _wrong_audience(
        id="aud-longer",
        name="An audience that begins like ours",
        changed="aud goes on where ours ends.",
        source="RFC 7519 section 4.1.3",
        cure=_MEMBERSHIP,
        make=lambda good: good.token(aud=f"{good.audience}.forger.example"),
    ),
    _wrong_audience(
        id="aud-upper-case",
        name="Our audience in capital letters",
        changed="aud is this API's audience in capital letters.",
        source="RFC 7519 section 2 (StringOrURI)",
        cure=_MEMBERSHIP,
        make=lambda good: good.token(aud=good.audience.upper()),
    ),
    _wrong_audience(
        id="aud-with-blanks",
        name="Two audiences in one text",
        changed="aud is one text that names another API and this one, with a blank between.",
        source="RFC 7519 section 4.1.3",
        cure=_MEMBERSHIP,
        make=lambda good: good.token(aud=f"{good.other_audience} {good.audience}"),
    ),
    _wrong_audience(
        id="aud-account",
        name="For the issuer's own account page",
        changed="aud is account, as Keycloak writes it into every token until it is told otherwise.",
        source="keycloak/keycloak issue 12415",
        cure=_MEMBERSHIP,
        make=lambda good: good.token(aud="account"),
    ),
    _missing(
        id="aud-missing",
        name="For no API in particular",
        changed="aud was left out.",
        source="RFC 9068 section 2.2",
        cure="Require aud: a token that does not say for whom it is, is for somebody else.",
        make=lambda good: good.token(aud=None),
    ),
    _invalid(
        id="aud-null",
        name="Audience is null",
        changed="aud is there, but holds null.",
        source="RFC 7519 section 4.1.3",
        cure=_ONLY_TEXTS,
        make=_null,
    ),
    _invalid(
        id="aud-an-object",
        name="Audience is an object",
        changed="aud is a JSON object that has our audience as the name of a member: “is it in there?” says yes.",
        source="RFC 7519 section 4.1.3",
        cure=_ONLY_TEXTS,
        make=lambda good: good.token(aud={good.audience: True}),
    ),
    _invalid(
        id="aud-a-list-in-a-list",
        name="Audience is a list in a list",
        changed="aud is a list whose one member is a list that names us.",
        source="RFC 7519 section 4.1.3",
        cure=_ONLY_TEXTS,
        make=lambda good: good.token(aud=[[good.audience]]),
    ),
    _wrong_audience(
        id="aud-wildcard",
        name="For everybody",
        changed="aud is an asterisk.",
        source="RFC 7519 section 4.1.3",
        cure=_MEMBERSHIP,
        make=lambda good: good.token(aud="*"),
    ),
    _wrong_audience(
        id="aud-the-issuer",
        name="For the issuer itself",
        changed="aud is the issuer, as on what it gives out for its own endpoints.",
        source="RFC 9068 section 4; RFC 8725 section 2.8",
        cure=_MEMBERSHIP,
        make=lambda good: good.token(aud=good.issuer),
    ),
    _invalid(
        id="aud-list-with-a-number",
        name="A list with a number beside us",
        changed="aud is a list of this API and a number: no list of names.",
        source="RFC 7519 section 4.1.3",
        cure=_ONLY_TEXTS,
        make=lambda good: good.token(aud=[good.audience, 1]),
    ),
)
