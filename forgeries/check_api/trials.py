"""What is sent to the API: good tokens that it must take, forgeries that it must refuse, and requests that bring a token wrongly."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from forgeries.catalogue import forgeries_for
from forgeries.forgery import AppliesTo
from forgeries.good import Good

Error = Literal["", "invalid_token", "invalid_request", "insufficient_scope"]

_FOLLOWED = "Never fetch an address that a token names (jku, x5u, kid, iss): take keys from the configured issuer alone."
_NO_CREDENTIALS = "Answer a request without a Bearer token 401, with WWW-Authenticate: Bearer realm=… and no error."
_HEADER_ONLY = "Take access tokens from the Authorization header alone, and exactly one: refuse a request that brings another."


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One request and how it must be answered: with success, or with one of `statuses` and a challenge of this `error`.

    `error` is that of RFC 6750 section 3.1; empty means that the challenge must have none. `cure` is what an API has to change
    that answers otherwise. `scopes` are those that an `insufficient_scope` must name.
    """

    id: str
    name: str
    changed: str
    source: str
    cure: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    is_good: bool = False
    statuses: frozenset[int] = frozenset({401})
    error: Error = "invalid_token"
    scopes: frozenset[str] = frozenset()


_good = partial(Trial, is_good=True)


def bearer(token: str, scheme: str = "Bearer") -> dict[str, str]:
    """The `Authorization` header with `token`."""
    return {"Authorization": f"{scheme} {token}"}


def good_trials(good: Good) -> Iterator[Trial]:
    """Tokens that every API takes that reads its standards; refusing them locks people out. The first is the plain good one."""
    yield _good(
        id="good",
        name="The good token",
        changed="Nothing.",
        source="RFC 6750 section 2.1",
        cure="Start the API with the three settings.",
        headers=bearer(good.token()),
    )
    yield _good(
        id="good-scheme",
        name="The scheme in small letters",
        changed="The header says bearer.",
        source="RFC 9110 section 11.1",
        cure="Compare the scheme of the Authorization header without regard to case.",
        headers=bearer(good.token(), "bearer"),
    )
    yield _good(
        id="good-audience-list",
        name="Several audiences",
        changed="aud is a list, and this API is in it.",
        source="RFC 7519 section 4.1.3",
        cure="Take aud as text or as a list, and look for your own audience in it.",
        headers=bearer(good.token(aud=[good.other_audience, good.audience])),
    )
    yield _good(
        id="good-unknown-members",
        name="Members that nobody knows",
        changed="Header and claims have one more member each.",
        source="RFC 7519 section 7.2",
        cure="Ignore header members and claims that you do not know; those that bring keys or say crit are not among them.",
        headers=bearer(good.token(header={"x5t": "bm90LWEta2V5"}, colour="green")),
    )
    yield _good(
        id="good-clock",
        name="A clock that is three seconds fast",
        changed="iat and nbf are three seconds ahead.",
        source="RFC 7519 section 4.1.5",
        cure="Allow a few seconds of leeway: two clocks are never the same.",
        headers=bearer(good.token(iat=good.now + 3, nbf=good.now + 3)),
    )


def new_key_trial(good: Good, *, kid: str, key: RSAPrivateKey) -> Trial:
    """A good token signed with a key that the issuer has only now published: keys change, and an API must notice."""
    return _good(
        id="good-new-key",
        name="A new key of the issuer",
        changed="The issuer published another key and signed with it.",
        source="RFC 7517 section 4.5",
        cure="Fetch the key set again when kid is unknown, at most once a minute; never only at the start.",
        headers=bearer(replace(good, kid=kid, private_key=key).token()),
    )


def forgery_trials(good: Good) -> Iterator[Trial]:
    """The catalogue, as far as it applies to this API and operation."""
    for forgery in forgeries_for(good):
        permission = forgery.step == 4
        statuses = {403 if permission else 401}
        if forgery.applies_to is AppliesTo.OPERATIONS_WITH_SCOPES or forgery.code == "id_token_refused":
            statuses.add(403)  # whoever cannot read the scopes of a token may say so as well by “not enough of them”
        if forgery.code == "token_too_large":
            statuses |= {400, 413, 431}  # the server in front of the API may have said so before it
        yield Trial(
            id=forgery.id,
            name=forgery.name,
            changed=forgery.changed,
            source=forgery.source,
            cure=forgery.cure,
            headers=bearer(forgery.make(good)),
            statuses=frozenset(statuses),
            error="insufficient_scope" if permission else "invalid_token",
            scopes=good.scopes_needed if forgery.code == "insufficient_scope" else frozenset(),
        )


def following_trials(good: Good, address: str) -> Iterator[Trial]:
    """A token that names an address here: the check sees it when the API goes there."""
    for member in ("jku", "x5u"):
        yield Trial(
            id=f"followed-{member}",
            name=f"An address in {member} that is watched",
            changed=f"The forger signed, and {member} leads to an address where this check sees who comes.",
            source="RFC 8725 section 3.10",
            cure=_FOLLOWED,
            headers=bearer(good.token(header={member: address}, key=good.foreign_key)),
        )


def request_trials(good: Good) -> Iterator[Trial]:
    """Requests that bring no token, or bring one wrongly: RFC 6750 section 2."""
    token = good.token()
    without = partial(Trial, source="RFC 6750 section 3", cure=_NO_CREDENTIALS, error="")
    wrongly = partial(Trial, source="RFC 6750 section 2.1", cure=_HEADER_ONLY, statuses=frozenset({400, 401}), error="invalid_request")
    yield without(id="no-token", name="No token", changed="There is no Authorization header.")
    basic = {"Authorization": "Basic YWxpY2U6c2VjcmV0"}
    yield without(id="other-scheme", name="Another scheme", changed="Authorization says Basic.", headers=basic)
    nothing = {"Authorization": "Bearer"}
    yield wrongly(id="nothing-behind-bearer", name="Nothing behind Bearer", changed="The header ends there.", headers=nothing)
    yield wrongly(id="two-tokens", name="Two tokens", changed="The good token stands there twice.", headers=bearer(f"{token} {token}"))
    yield wrongly(
        id="token-in-query",
        name="The token in the address",
        changed="The good token is sent as ?access_token= alone.",
        source="RFC 9700 section 4.3.2",
        query={"access_token": token},
    )
