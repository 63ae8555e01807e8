# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""One token, looked at for people: each check's result and the two values it compared, with the very functions of `verify`.

Where `verify` stops at the first failure, this goes on with all that can be judged, so that a person sees everything at once.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any, Literal

from access_tokens import callers, verify
from access_tokens.rejections import KeysUnavailable, Rejection, shown
from access_tokens.verify import Caller, Expectations, Issuer, Json

TITLES = {1: "Well formed", 2: "Signature", 3: "Standard claims", 4: "Permissions"}


class Result(StrEnum):
    """How a check or a step ended. `impossible`: it cannot be judged here. `unreached`: what it looks at could not be read."""

    PASSED = "passed"
    FAILED = "failed"
    IMPOSSIBLE = "impossible"
    UNREACHED = "unreached"


@dataclass(frozen=True)
class Check:
    """One comparison: what the token has, what was wanted, and for a failure its rejection. Both texts are short printable ASCII."""

    name: str
    result: Result
    found: str
    wanted: str
    rejection: Rejection | None = None


@dataclass(frozen=True)
class Step:
    """One of the four steps: failed when one of its checks failed, impossible or unreached when one was, else passed."""

    number: int
    checks: tuple[Check, ...] = ()

    @property
    def title(self) -> str:
        """The step's name for people."""
        return TITLES[self.number]

    @property
    def result(self) -> Result:
        """The worst result of its checks."""
        results = {check.result for check in self.checks}
        worst = (Result.FAILED, Result.IMPOSSIBLE, Result.UNREACHED, Result.PASSED)
        return next((result for result in worst if result in results), Result.UNREACHED)


@dataclass(frozen=True)
class Report:
    """All four steps, header and claims as far as they could be read, and the rejection that an API would answer with."""

    steps: tuple[Step, ...]
    header: Json = field(default_factory=dict)
    claims: Json = field(default_factory=dict)
    rejection: Rejection | None = None


def examine(
    token: str,
    *,
    expected: Expectations,
    served: Literal["users", "machines", "all"] = "all",
    needed_scopes: frozenset[str] = frozenset(),
) -> Report:
    """Steps 1 to 4 of one token at an API that serves `served`, for an operation that needs `needed_scopes`."""
    try:
        header, claims = verify.check_well_formed(token)
    except Rejection as rejection:
        check = Check(rejection.check or "format", Result.FAILED, rejection.detail, _WELL_FORMED, rejection)
        return Report((Step(1, (check,)), Step(2), Step(3), Step(4)), rejection=rejection)
    issuer, iss = _issuer(claims, expected)
    steps = (
        Step(1, (Check("format", Result.PASSED, "three parts, two JSON objects", _WELL_FORMED), _type(header, claims, issuer, expected))),
        Step(2, (_signature(token, header, issuer),)),
        Step(3, (iss, *_standard_claims(header, claims, expected))),
        Step(4, tuple(_permissions(claims, issuer, served, needed_scopes))),
    )
    rejections = [check.rejection for step in steps for check in step.checks if check.rejection]
    return Report(steps, header, claims, rejections[0] if rejections else None)


_ID_TOKEN = frozenset({"nonce", "at_hash", "c_hash"})
_WELL_FORMED = "a signed JWT: three parts of base64url, two JSON objects"


def _run(name: str, check: Callable[[], object], found: str, wanted: str) -> Check:
    try:
        check()
    except KeysUnavailable as problem:
        return Check(name, Result.IMPOSSIBLE, found, f"{wanted}, which cannot be had: {problem.detail}", problem)
    except Rejection as rejection:
        return Check(name, Result.FAILED, found, wanted, rejection)
    return Check(name, Result.PASSED, found, wanted)


def _issuer(claims: Json, expected: Expectations) -> tuple[Issuer | None, Check]:
    wanted = " or ".join(shown(name) for name in expected.issuers) or "nobody"
    check = _run("iss", partial(verify.trusted_issuer, claims, expected.issuers), shown(claims.get("iss")), wanted)
    return (None if check.rejection else expected.issuers[claims["iss"]]), check


def _type(header: Json, claims: Json, issuer: Issuer | None, expected: Expectations) -> Check:
    found = shown(header.get("typ"))
    if issuer is None:  # a stranger's token is held to what any trusted issuer writes
        if not expected.issuers:
            return Check("typ", Result.IMPOSSIBLE, found, "not possible: nobody is trusted")
        types = frozenset[str]().union(*(trusted.types for trusted in expected.issuers.values()))
        issuer = replace(next(iter(expected.issuers.values())), types=types)
    return _run("typ", partial(verify.check_type, header, claims, issuer, expected), found, " or ".join(sorted(issuer.types)))


def _signature(token: str, header: Json, issuer: Issuer | None) -> Check:
    found = f"alg {shown(header.get('alg'))}, kid {shown(header.get('kid'))}"
    if issuer is None:
        return Check("signature", Result.IMPOSSIBLE, found, "not possible: no trusted key")
    wanted = f"alg {' or '.join(sorted(issuer.algorithms))}, a key of {shown(issuer.name)}"
    return _run("signature", partial(verify.check_signature, token, header, issuer), found, wanted)


def _standard_claims(header: Json, claims: Json, expected: Expectations) -> Iterator[Check]:
    now = _time(int(time.time()))
    compared = {
        "check_no_id_token": ("kind", ", ".join(sorted(_ID_TOKEN & claims.keys())) or "none", "no claim that only ID tokens have"),
        "check_exp": ("exp", _time(claims.get("exp")), f"after {now}, leeway {expected.leeway_seconds} s"),
        "check_nbf_and_iat": ("iat", _time(claims.get("iat")), f"before {now}, leeway {expected.leeway_seconds} s"),
        "check_aud": ("aud", shown(claims.get("aud")), shown(expected.audience)),
        "check_names": ("sub", shown(claims.get("sub")), "whom it is about; with at+jwt also client_id and jti"),
        "check_cnf": ("cnf", shown(claims.get("cnf")), "not there"),
    }
    for check in verify.STANDARD_CLAIMS:
        name, found, wanted = compared[check.__name__]
        checked = _run(name, partial(check, header, claims, expected), found, wanted)
        culprit = checked.rejection.check if checked.rejection else None
        yield replace(checked, name=culprit, found=shown(claims.get(culprit))) if culprit and culprit != name else checked


def _permissions(claims: Json, issuer: Issuer | None, served: str, needed: frozenset[str]) -> Iterator[Check]:
    if issuer is None:
        yield Check("caller", Result.IMPOSSIBLE, shown(claims.get("sub")), "not possible: nobody trusted says who it is")
        return
    read: list[Caller] = []
    by = _run("caller", lambda: read.append(issuer.caller(claims)), shown(claims.get("sub")), "a user or a machine, with readable scopes")
    if not read:
        yield by
        return
    ((_, scopes, is_machine),) = read
    check = {"users": callers.check_is_user, "machines": callers.check_is_machine}.get(served, _anybody)
    yield _run("caller", partial(check, is_machine=is_machine), "a machine" if is_machine else "a user", served)
    found, wanted = (shown(" ".join(sorted(names)) or "none") for names in (scopes, needed))
    yield _run("scope", partial(callers.check_scopes, scopes, needed=needed), found, wanted)


def _anybody(*, is_machine: bool) -> None:
    """An API may serve both."""


def _time(value: Any) -> str:
    is_time = type(value) is int and 0 <= value <= verify.LATEST_TIME
    return datetime.fromtimestamp(value, UTC).isoformat() if is_time else shown(value)
