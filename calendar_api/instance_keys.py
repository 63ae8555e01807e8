"""The key of an instance of a series: its original local start, as `20261201T100000`, or `20261201` where days recur."""

import re
from datetime import date, datetime

from calendar_api.recurrence import Local

KEY_PATTERN = "[0-9]{8}(T[0-9]{6})?"  # as the OpenAPI document says it
_KEY = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?", re.ASCII)


def key_of(original: Local) -> str:
    """The key of the instance that was to start at `original`."""
    return original.strftime("%Y%m%dT%H%M%S" if isinstance(original, datetime) else "%Y%m%d")


def original_of(key: str) -> Local | None:
    """The original start that `key` names, None for what is no key."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    parts = [int(part) for part in match.groups() if part is not None]
    try:
        return datetime(*parts) if len(parts) > 3 else date(*parts)  # type: ignore[arg-type]  # three parts at least
    except ValueError:  # a 30th of February
        return None
