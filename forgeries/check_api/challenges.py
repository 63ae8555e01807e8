"""A strict reader of `WWW-Authenticate` (RFC 9110 section 11.6.1): what a client would have to understand."""

import re

_WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_QUOTED = r'"(?:[\t \x21\x23-\x5b\x5d-\x7e]|\\[\t\x20-\x7e])*"'
_PARAMETER = re.compile(rf"({_WORD})=({_WORD}|{_QUOTED})")


def parse_challenge(header: str) -> tuple[str, dict[str, str]]:
    """The scheme of the one challenge in `header`, and its parameters unquoted. Raises ValueError for what the grammar does not have."""
    scheme, blank, rest = header.partition(" ")
    if not re.fullmatch(_WORD, scheme) or not blank:
        raise ValueError(f"no scheme: {header!r}")
    parameters: dict[str, str] = {}
    while rest:
        if not (match := _PARAMETER.match(rest)):
            raise ValueError(f"no parameter: {rest!r}")
        name, value = match.group(1).lower(), match.group(2)
        if name in parameters:
            raise ValueError(f"{name} twice")
        parameters[name] = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
        rest = rest[match.end() :]
        if rest and not rest.startswith(", "):
            raise ValueError(f"no comma: {rest!r}")
        rest = rest[2:]
    return scheme, parameters
