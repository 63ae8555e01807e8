"""`prompt` and `max_age`: which pages a request insists on, or will not have (OpenID Connect Core section 3.1.2.1)."""

import re
from enum import StrEnum

from authorization_server.errors import InvalidRequest
from authorization_server.parameters import Parameters

_SECONDS = re.compile(r"[0-9]{1,9}")


class Prompt(StrEnum):
    """The values there are here. Without any, a page is shown where one is needed."""

    NONE = "none"
    LOGIN = "login"
    CONSENT = "consent"


def requested_prompts(parameters: Parameters) -> frozenset[Prompt]:
    """The words of `prompt`, separated by spaces. Raises `InvalidRequest` for one that is unknown, and for `none` beside another."""
    words = set(filter(None, parameters.get("prompt").split(" ")))
    unknown = sorted(words - set(Prompt))
    if unknown:
        raise InvalidRequest(f"prompt={' '.join(unknown)} is not to be had here. To be had: {', '.join(Prompt)}.", reason="unknown_prompt")
    if Prompt.NONE in words and len(words) > 1:
        raise InvalidRequest("prompt=none stands alone: it forbids the page that the other value asks for.", reason="prompt_none_not_alone")
    return frozenset(map(Prompt, words))


def requested_max_age(parameters: Parameters) -> int | None:
    """How many seconds ago the person may have signed in at most, if the request says so. Raises `InvalidRequest`."""
    value = parameters.get("max_age")
    if value and not _SECONDS.fullmatch(value):
        raise InvalidRequest("max_age is a number of seconds: digits alone, nine at most.", reason="max_age_malformed")
    return int(value) if value else None
