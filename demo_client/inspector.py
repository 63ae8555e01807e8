"""The four checks of a ticket as Daybook sees them: run by `examine()` with the API's published settings, said in plain words.

The API runs its own, and its answer is what counts; where the two differ, the page says so.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from access_tokens.conf import expectations
from access_tokens.examine import Check, Report, Result, Step, examine
from access_tokens.rejections import shown
from access_tokens.verify import Expectations

# What is shown of a check that passed; the rest would say only that something is not there.
_WORTH_A_ROW = frozenset({"typ", "signature", "iss", "aud", "exp", "sub", "scope"})
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")
_WANTED = {"sub": "present"}
_STOPPED = "Not reached: the first check that says no ends it."
_UNREAD = "Claims under a broken seal prove nothing, so nobody reads them."


@dataclass(frozen=True)
class Door:
    """What opens an API's operation: its audience, whom it serves, and the scopes that it needs."""

    audience: str
    served: Literal["users", "machines"]
    scopes: frozenset[str] = frozenset()


def report(token: str, door: Door) -> list[dict[str, Any]]:
    """The four checks of `token` at `door`, in order, ready to be kept as JSON:

        {"number": 2, "name": "Signature", "result": "failed", "code": "bad_signature", "say": "The letters no longer match the seal.",
         "rows": [{"name": "signature", "found": "alg RS256, kid …", "wanted": "…"}]}

    `result` is passed, failed, impossible, or unreached: as at the API, the first check that fails ends it.
    """
    expected = expectations(door.audience)
    examined = examine(token, expected=expected, served=door.served, needed_scopes=door.scopes)
    failing = next((step.number for step in examined.steps if step.result == Result.FAILED), 5)
    rows = [_row(step, door) if step.number <= failing else _unreached(step, failing) for step in examined.steps]
    if failing >= 2:
        rows[1]["rows"] = _seal(examined, expected)
    return rows


def subject(token: str, audience: str) -> str:
    """Whose ticket it is, its `sub`, if its first three checks pass; else an empty text."""
    examined: Report = examine(token, expected=expectations(audience))
    return str(examined.claims.get("sub", "")) if all(step.result == Result.PASSED for step in examined.steps[:3]) else ""


def _row(step: Step, door: Door) -> dict[str, Any]:
    rejection = next((check.rejection for check in step.checks if check.rejection), None)
    told = [check for check in step.checks if check.result != Result.PASSED or check.name in _WORTH_A_ROW]
    return {
        "number": step.number,
        "name": step.title,
        "result": step.result.value,
        "code": rejection.code if rejection else "",
        "say": _words(step, door),
        "rows": [
            {"name": check.name, "found": _bare(check.found), "wanted": _WANTED.get(check.name) or _bare(check.wanted)} for check in told
        ],
    }


def _seal(examined: Report, expected: Expectations) -> list[dict[str, str]]:
    """What the header says of the seal, beside what is pinned for the issuer."""
    issuer = expected.issuers.get(str(examined.claims.get("iss")))
    pinned = f"{' or '.join(sorted(issuer.algorithms))}, pinned for this issuer" if issuer else "nobody trusted has made it"
    return [
        {"name": "kid", "found": _bare(shown(examined.header.get("kid"))), "wanted": "one of the keys that the issuer publishes"},
        {"name": "alg", "found": _bare(shown(examined.header.get("alg"))), "wanted": pinned},
    ]


def _unreached(step: Step, failing: int) -> dict[str, Any]:
    say = _UNREAD if (failing, step.number) == (2, 3) else _STOPPED
    return {"number": step.number, "name": step.title, "result": Result.UNREACHED.value, "code": "", "say": say, "rows": []}


def _words(step: Step, door: Door) -> str:
    failed = next((check for check in step.checks if check.result == Result.FAILED and check.rejection), None)
    if failed:
        return _refusal(failed)
    if step.result != Result.PASSED:
        return "Daybook cannot judge this one: it has no trusted key, or nothing to read."
    return {
        1: "Three parts; header and claims are JSON; nothing brought along that does not belong.",
        2: "The seal fits these letters. The key is the authorization server’s, not one that the ticket named.",
        3: "From the right place, for this API, still good.",
        4: _PERMITTED[door.served] + (" It carries what this needs." if door.scopes else ""),
    }[step.number]


def _bare(value: str) -> str:
    """A text without the quotation marks that logs need around it; times as people write them."""
    value = value[1:-1] if len(value) > 1 and value[0] == value[-1] == "'" else value
    return _MOMENT.sub(_written_out, value)


def _written_out(found: re.Match[str]) -> str:
    try:
        moment = datetime.fromisoformat(found[0])
    except ValueError:  # a text out of a ticket that only looks like a time
        return found[0]
    return f"{moment.day} {moment:%b %Y %H:%M:%S} UTC"


_PERMITTED = {"users": "A person’s ticket at an API for people.", "machines": "A machine’s ticket at an API for machines."}


def _refusal(check: Check) -> str:
    code = check.rejection.code if check.rejection else ""
    if code == "insufficient_scope":
        return f"The ticket is good. It is a ticket for {'reading' if _bare(check.found) == 'read' else 'something else'}."
    said = {
        "bad_signature": "The letters no longer match the seal.",
        "token_expired": "The ticket has run out.",
        "wrong_audience": "The ticket is for another door (audience).",
        "user_token_refused": "The ticket is a person’s, and this door is for machines.",
        "machine_token_refused": "The ticket is a machine’s, and this door is for people.",
    }
    return said.get(code, f"{check.rejection.title}." if check.rejection else "")
