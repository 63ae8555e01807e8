# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""`WWW-Authenticate`: what a refused client is told, in the parameters of RFC 6750 section 3 and RFC 9728 section 5.1."""

from access_tokens.rejections import InsufficientScope, InvalidToken, KeysUnavailable, MissingToken, Rejection


def quoted(value: str) -> str:
    """A header parameter's value between quotes, of the characters of RFC 6750 section 3 alone: what is not, is replaced.

    Nothing is escaped, because readers of these headers do not unescape: `"` becomes `'`, a backslash a slash, the rest `?`.
    """
    value = value.replace('"', "'").replace("\\", "/")
    return '"' + "".join(character if " " <= character <= "~" else "?" for character in value) + '"'


def challenge(rejection: Rejection, *, realm: str, metadata_url: str, explain: bool) -> str:
    """The header's value for `rejection`; empty where the status has no challenge (503).

    Bearer realm="calendar", error="invalid_token", error_description="exp was 61 s ago …", resource_metadata="https://…"
    """
    if isinstance(rejection, KeysUnavailable):
        return ""
    parameters = {"realm": realm}
    if not isinstance(rejection, MissingToken):  # who sent nothing is told nothing more: RFC 6750 section 3.1
        parameters["error"] = error_of(rejection)
        if explain:
            parameters["error_description"] = f"{rejection.title}: {rejection.detail}"
        if isinstance(rejection, InsufficientScope) and rejection.needed:  # clients offer to ask for more only where this is said
            parameters["scope"] = " ".join(sorted(rejection.needed))
    parameters["resource_metadata"] = metadata_url
    return "Bearer " + ", ".join(f"{name}={quoted(value)}" for name, value in parameters.items())


def public(rejection: Rejection) -> Rejection | type[Rejection]:
    """What a caller learns where rejections are not explained: of steps 1 to 3 only that the token is not valid."""
    return InvalidToken if isinstance(rejection, InvalidToken) else rejection


def error_of(rejection: Rejection) -> str:
    """The `error` of RFC 6750 section 3.1, of which there are three."""
    if isinstance(rejection, InvalidToken):
        return "invalid_token"
    return "invalid_request" if rejection.status == 400 else "insufficient_scope"
