"""Genuine tokens that do not open this door: the wrong permissions or kind of caller (step 4), or none that can be read (step 3)."""

from functools import partial
from typing import Any

from forgeries.forgery import AppliesTo, Forgery
from forgeries.good import Good

_scope = partial(Forgery, step=4, code="insufficient_scope", applies_to=AppliesTo.OPERATIONS_WITH_SCOPES)
_unreadable = partial(Forgery, step=3, code="invalid_claim", applies_to=AppliesTo.OPERATIONS_WITH_SCOPES)
_undecidable = partial(Forgery, step=3, code="invalid_claim", applies_to=AppliesTo.ISSUERS_WITH_GTY)
_machine = partial(Forgery, step=4, code="machine_token_refused", applies_to=AppliesTo.USERS_APIS)
_user = partial(Forgery, step=4, code="user_token_refused", applies_to=AppliesTo.MACHINES_APIS)

_REQUIRE = "Name the scopes of every operation, and refuse a token that does not list them all."
_WHOLE_WORDS = "Split scope at single blanks and compare whole words, letter by letter: never “contains”."
_STRICT = "Take scopes as one text with single blanks, or as a list of words; refuse the token when they are anything else."
_ONE_CLAIM = "Read scopes from the one claim that you configured, and ignore the others."
_BOTH_SIGNS = "Require both signs of a machine's token or neither; refuse a token whose kind has to be guessed."
_PEOPLE_ONLY = (
    "Decide in one place whether a token is a machine's, by the issuer's own rule, and refuse machines where data are a person's."
)
_MACHINES_ONLY = (
    "Decide in one place whether a token is a machine's, by the issuer's own rule, and refuse people where only machines may call."
)


def _needed(good: Good) -> list[str]:
    return sorted(good.scopes_needed)


def _as_text(good: Good) -> str:
    return " ".join(_needed(good))


def _in_the_other_claims(good: Good) -> str:
    claims: dict[str, Any] = dict.fromkeys(("scope", "scp", "permissions"), _needed(good))
    return good.token(**{**claims, good.scope_claim: None})


FORGERIES = (
    _scope(
        id="scope-missing",
        name="No permissions",
        changed="scope was left out: the person has allowed nothing.",
        source="RFC 6750 section 3.1",
        cure=_REQUIRE,
        make=lambda good: good.with_scope(None),
    ),
    _scope(
        id="scope-empty",
        name="Empty permissions",
        changed="scope is a text without letters.",
        source="RFC 6749 section 3.3",
        cure=_REQUIRE,
        make=lambda good: good.with_scope(""),
    ),
    _scope(
        id="scope-other",
        name="Other permissions",
        changed="scope lists permissions that have nothing to do with this operation.",
        source="RFC 6750 section 3.1",
        cure=_REQUIRE,
        make=lambda good: good.with_scope("openid profile email"),
    ),
    _scope(
        id="scope-substring",
        name="The permission inside a longer word",
        changed="scope contains the needed word only as a part of another, as read is a part of readwrite.",
        source="RFC 6749 section 3.3",
        cure=_WHOLE_WORDS,
        make=lambda good: good.with_scope(f"pre{'-'.join(_needed(good))}fix readwrite"),
    ),
    _scope(
        id="scope-namespaced",
        name="The permission for something else",
        changed="scope has the needed word with a colon and a thing behind it: another permission.",
        source="RFC 6749 section 3.3",
        cure=_WHOLE_WORDS,
        make=lambda good: good.with_scope(" ".join(f"{scope}:clients" for scope in _needed(good))),
    ),
    _scope(
        id="scope-upper-case",
        name="The permission in capital letters",
        changed="scope is written in capital letters; scopes are case-sensitive.",
        source="RFC 6749 section 3.3",
        cure=_WHOLE_WORDS,
        make=lambda good: good.with_scope(_as_text(good).upper()),
    ),
    _scope(
        id="scope-with-commas",
        name="Permissions with commas between",
        changed="scope separates its words with commas instead of blanks, so they are one word that nobody needs.",
        source="RFC 6749 section 3.3",
        cure=_WHOLE_WORDS,
        make=lambda good: good.with_scope(",".join(["profile", *_needed(good)])),
    ),
    _scope(
        id="scope-in-another-claim",
        name="Permissions in another claim",
        changed="The needed words stand in claims that this API does not read, as in scp and permissions instead of scope.",
        source="RFC 9068 section 2.2.3; auth0/docs issue 7375",
        cure=_ONE_CLAIM,
        make=_in_the_other_claims,
    ),
    _unreadable(
        id="scope-list-of-one-text",
        name="Permissions in a list, two in one word",
        changed="scope is a list whose one member is two words with a blank between: split again, it would give both.",
        source="RFC 6749 section 3.3",
        cure=_STRICT,
        make=lambda good: good.with_scope([f"profile {_as_text(good)}"]),
    ),
    _unreadable(
        id="scope-list-of-lists",
        name="Permissions in a list in a list",
        changed="scope is a list whose one member is the list of the needed words.",
        source="RFC 9068 section 2.2.3",
        cure=_STRICT,
        make=lambda good: good.with_scope([_needed(good)]),
    ),
    _unreadable(
        id="scope-an-object",
        name="Permissions as an object",
        changed="scope is a JSON object with the needed words as names: “is it in there?” says yes.",
        source="RFC 9068 section 2.2.3",
        cure=_STRICT,
        make=lambda good: good.with_scope(dict.fromkeys(_needed(good), False)),
    ),
    _unreadable(
        id="scope-with-a-tab",
        name="Permissions with a tab between",
        changed="scope separates its words with a tab, at which some programs split and others do not.",
        source="RFC 6749 section 3.3",
        cure=_STRICT,
        make=lambda good: good.with_scope("\t".join(["profile", *_needed(good)])),
    ),
    _undecidable(
        id="machine-by-gty-alone",
        name="Half a machine (gty)",
        changed="gty says that a machine asked, but sub is a person's.",
        source="RFC 9068 section 5",
        cure=_BOTH_SIGNS,
        make=lambda good: good.token(sub="usr_123", gty="client-credentials"),
    ),
    _undecidable(
        id="machine-by-sub-alone",
        name="Half a machine (sub)",
        changed="sub is an application's, but gty is missing.",
        source="RFC 9068 section 5",
        cure=_BOTH_SIGNS,
        make=lambda good: good.token(sub=f"{good.client_id}@clients", gty=None),
    ),
    _undecidable(
        id="machine-of-another-application",
        name="One machine in the name of another",
        changed="sub names another application than client_id does.",
        source="RFC 9068 section 5",
        cure=_BOTH_SIGNS,
        make=lambda good: good.token(sub="another-backend@clients", gty="client-credentials"),
    ),
    _machine(
        id="machine-at-a-users-api",
        name="A machine at a person's door",
        changed="A machine's own token was sent, with all permissions; but there is no person whose data it could ask for.",
        source="thephpleague/oauth2-server issue 1456; RFC 9068 section 5",
        cure=_PEOPLE_ONLY,
        make=lambda good: good.token(**good.other_caller),
    ),
    _user(
        id="user-at-a-machines-api",
        name="A person at a machine's door",
        changed="A person's token was sent to an API that only machines may call.",
        source="RFC 9068 section 5",
        cure=_MACHINES_ONLY,
        make=lambda good: good.token(**good.other_caller),
    ),
    _scope(
        id="scope-wildcard",
        name="All permissions at once",
        changed="scope is an asterisk.",
        source="RFC 6749 section 3.3",
        cure=_WHOLE_WORDS,
        make=lambda good: good.with_scope("*"),
    ),
    _unreadable(
        id="scope-with-two-blanks",
        name="Permissions with two blanks between",
        changed="Two blanks stand between the words: split at each, one permission has no letters.",
        source="RFC 6749 section 3.3",
        cure=_STRICT,
        make=lambda good: good.with_scope("  ".join(["profile", *_needed(good)])),
    ),
    _unreadable(
        id="scope-lookalike",
        name="A permission in letters that look alike",
        changed="One letter of the needed word is another alphabet's, which no scope may have.",
        source="RFC 6749 section 3.3",
        cure=_STRICT,
        make=lambda good: good.with_scope(_as_text(good) + "\u0435"),
    ),
)
