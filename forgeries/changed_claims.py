"""Good tokens in which somebody changed a letter afterwards: the signature no longer fits. Step 2, whatever was changed."""

from functools import partial
from typing import Any

from forgeries.forgery import AppliesTo, Forgery
from forgeries.good import Good, as_json, base64url, with_changes

_bad_signature = partial(Forgery, step=2, code="bad_signature", source="RFC 7519 section 7.2; RFC 8725 section 3.3")

_CURE = "Check the signature over exactly the bytes received, and read no claim before it is right."


def _changed(good: Good, **claims: Any) -> str:
    """The good token with changed claims under the good signature."""
    header, _, signature = good.parts()
    return f"{header}.{base64url(as_json(with_changes(good.claims, claims)))}.{signature}"


def _changed_into_good(good: Good, **claims: Any) -> str:
    """The good claims under the signature of a token that differed from them in `claims`."""
    header, changed, _ = good.parts()
    return f"{header}.{changed}.{good.token(**claims).split('.')[2]}"


def _with_one_more(good: Good) -> object:
    scopes = good.claims.get(good.scope_claim, "")
    return [*scopes, "admin"] if isinstance(scopes, list) else f"{scopes} admin".strip()


def _changed_header(good: Good) -> str:
    _, claims, signature = good.parts()
    return f"{base64url(as_json({**good.header, 'note': 'added'}))}.{claims}.{signature}"


FORGERIES = (
    _bad_signature(
        id="changed-sub",
        name="Another person",
        changed="sub was changed to another person; the signature is that of the original.",
        cure=_CURE,
        make=lambda good: _changed(good, sub="usr_456"),
    ),
    _bad_signature(
        id="changed-sub-by-one-letter",
        name="One letter of the person",
        changed="The last letter of sub was changed; the signature is that of the original.",
        cure=_CURE,
        make=lambda good: _changed(good, sub=good.claims["sub"][:-1] + ("4" if good.claims["sub"][-1] != "4" else "5")),
    ),
    _bad_signature(
        id="more-scope",
        name="More permissions",
        changed="A permission was added to scope; the signature is that of the original.",
        cure=_CURE,
        make=lambda good: _changed(good, **{good.scope_claim: _with_one_more(good)}),
    ),
    _bad_signature(
        id="changed-aud",
        name="Turned round to another API",
        changed="A good token for another API was turned round to this one by changing aud.",
        cure=_CURE,
        make=lambda good: _changed_into_good(good, aud=good.other_audience),
    ),
    _bad_signature(
        id="longer-exp",
        name="Longer life",
        changed="exp was moved a day into the future; the signature is that of the original.",
        cure=_CURE,
        make=lambda good: _changed(good, exp=good.now + 2 * 86400),
    ),
    _bad_signature(
        id="promoted-to-machine",
        name="A person passed off as a machine",
        changed="sub and gty of a person's token were changed to those of a machine.",
        cure=_CURE,
        make=lambda good: _changed_into_good(good, **good.other_caller),
        applies_to=AppliesTo.MACHINES_APIS,
    ),
    _bad_signature(
        id="passed-off-as-a-person",
        name="A machine passed off as a person",
        changed="sub and gty of a machine's token were changed to those of a person.",
        cure=_CURE,
        make=lambda good: _changed_into_good(good, **good.other_caller),
        applies_to=AppliesTo.USERS_APIS,
    ),
    _bad_signature(
        id="changed-header",
        name="Header changed afterwards",
        changed="A member was added to the header; the signature covers the header too.",
        cure=_CURE,
        make=_changed_header,
    ),
)
