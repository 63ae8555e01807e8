"""Coordinates as callers write them: plain decimals in degrees, refused with a hint when they are anything else."""

import re
from typing import Any

LATITUDE, LONGITUDE = 90.0, 180.0
LONGEST_DISTANCE_KM = 20_000.0  # to the other side of the Earth, but for some steps
# ASCII digits only. float() alone would take nan, inf, 1e400, 1_0 and full-width digits.
_DECIMAL = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]+)?")
_DISTANCE = re.compile(r"[0-9]{1,5}(\.[0-9]+)?")
# Form and range in one, for the OpenAPI document (ECMA-262): a `number` there could be written as 1e-7, which is not taken here.
LATITUDE_PATTERN = r"^[+-]?(0?[0-8]?[0-9](\.[0-9]+)?|0?90(\.0+)?)$"
LONGITUDE_PATTERN = r"^[+-]?((0?[0-9]{1,2}|1[0-7][0-9])(\.[0-9]+)?|180(\.0+)?)$"
DISTANCE_PATTERN = r"^(?=.*[1-9])([01]?[0-9]{1,4}(\.[0-9]+)?|20000(\.0+)?)$"


class BadNumber(ValueError):
    """What is wrong with a number: `code` for programs, the text for people."""

    def __init__(self, code: str, says: str) -> None:
        super().__init__(says)
        self.code = code


def degrees(text: str, limit: float) -> float:
    """The number that a query parameter holds, from `-limit` to `limit`. Raises `BadNumber`."""
    if not _DECIMAL.fullmatch(text):
        raise BadNumber("malformed", _hint(text))
    return _within(float(text), limit)


def degrees_of_number(value: Any, limit: float) -> float:
    """The same for a value out of JSON: a number, never a text or true. Raises `BadNumber`."""
    if type(value) not in (int, float):
        raise BadNumber("not_a_number", "Send a JSON number, without quotation marks.")
    return _within(value, limit)


def kilometres(text: str) -> float:
    """The distance that a query parameter holds, more than 0. Raises `BadNumber`."""
    if not _DISTANCE.fullmatch(text):
        raise BadNumber("malformed", "Write a plain decimal number of kilometres, as 25 or 2.5.")
    return _distance(float(text))


def kilometres_of_number(value: Any) -> float:
    """The same for a value out of JSON. Raises `BadNumber`."""
    if type(value) not in (int, float):
        raise BadNumber("not_a_number", "Send a JSON number of kilometres, without quotation marks.")
    return _distance(value)


def normalised(latitude: float, longitude: float) -> tuple[float, float]:
    """One way of writing each point: no minus zero, 180 for −180 (one meridian), longitude 0 at a pole (where it means nothing)."""
    if abs(latitude) == LATITUDE:
        longitude = 0.0
    if longitude == -LONGITUDE:
        longitude = LONGITUDE
    return latitude + 0.0, longitude + 0.0


def _within(value: float, limit: float) -> float:
    # Compared before it is converted: a whole number of 400 digits has no float. Infinity and not-a-number fail the comparison.
    if not -limit <= value <= limit:
        raise BadNumber("out_of_range", f"This must be from -{limit:g} to {limit:g} degrees.")
    return float(value)


def _distance(value: float) -> float:
    if not 0 < value <= LONGEST_DISTANCE_KM:
        raise BadNumber("out_of_range", f"This must be more than 0 and at most {LONGEST_DISTANCE_KM:g} km.")
    return float(value)


def _hint(text: str) -> str:
    if "," in text:
        return "Write decimals with a point, not a comma, as 35.658; latitude and longitude go into parameters of their own."
    if text.startswith(" "):
        return "Leave out the blank. A plus sign is written %2B in an address, or left out."
    return "Write a plain decimal number of degrees, as 35.658 or -12.5."
