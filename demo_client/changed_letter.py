"""One letter of a ticket changed, so that its claims still read well and say something else: what a forger would like to do."""

import base64
import binascii
import json
from dataclasses import dataclass
from string import ascii_letters, digits

_ALPHABET = ascii_letters + digits + "-_"  # RFC 4648 section 5


@dataclass(frozen=True)
class ChangedLetter:
    """The ticket with its letter number `letter` (from 1) changed from `sealed` to `sent`; `now_says` is its subject now, if readable."""

    token: str
    letter: int
    sealed: str
    sent: str
    now_says: str


def change_one_letter(token: str) -> ChangedLetter:
    """`token` (a JWT) with one letter of its claims changed.

    Of all ways to change one, the last that leaves the claims readable JSON with another `sub` of the same length is taken; without
    such a one, any other letter in the middle. Raises ValueError when it has no three parts.
    """
    header, claims, signature = token.split(".")
    before = _claims(claims)
    for at in reversed(range(len(claims))):
        for other in _ALPHABET:
            after = _claims(claims[:at] + other + claims[at + 1 :]) if other != claims[at] else None
            if after and before and _differs_in_subject_alone(before, after):
                return _changed(header, claims, signature, at, other, str(after["sub"]))
    middle = len(claims) // 2
    return _changed(header, claims, signature, middle, "A" if claims[middle : middle + 1] != "A" else "B", "")


def _changed(header: str, claims: str, signature: str, at: int, other: str, now_says: str) -> ChangedLetter:
    changed = f"{header}.{claims[:at]}{other}{claims[at + 1 :]}.{signature}"
    return ChangedLetter(changed, len(header) + 1 + at + 1, claims[at : at + 1], other, now_says)


def _differs_in_subject_alone(before: dict[str, object], after: dict[str, object]) -> bool:
    subject = after.get("sub")
    return (
        isinstance(subject, str)
        and subject.isascii()
        and subject.replace("_", "").isalnum()
        and subject != before.get("sub")
        and {**after, "sub": before.get("sub")} == before
    )


def _claims(part: str) -> dict[str, object] | None:
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None
