"""The body of a request, read as JSON with nothing that JSON (RFC 8259) or this API has no place for."""

import json
from typing import Any

from rest_framework.request import Request

from access_tokens.problems import Problem
from calendar_api.fields import quoted

PATCHES = ("application/merge-patch+json", "application/json")  # what a merge patch (RFC 7396) may be sent as
LARGEST_BODY = 64 * 1024  # bytes
DEEPEST = 16  # levels; an event has two


def json_object(request: Request, *media_types: str) -> dict[str, Any]:
    """The JSON object in the body. `media_types` are those that may be sent, the endpoint's own first.

    Raises `Problem`: 415 for another media type, 413 for more than 64 KiB (also when no length was announced),
    400 for what is no JSON object.
    """
    if request.content_type.partition(";")[0].strip().lower() not in media_types:
        raise Problem(
            status=415,
            code="unsupported_media_type",
            title="This media type is not taken here",
            detail=f"Send the header Content-Type: {media_types[0]}.",
            headers={"Accept-Patch" if request.method == "PATCH" else "Accept": ", ".join(media_types)},
        )
    try:
        parsed = json.loads(_body(request).decode(), object_pairs_hook=_members_once, parse_constant=_refused)
    except RecursionError:
        raise _malformed("Its arrays or objects are nested too deep.") from None
    except ValueError as error:  # no UTF-8, no JSON, a member twice, NaN, a number of thousands of digits
        raise _malformed(quoted(str(error))) from error
    if not isinstance(parsed, dict):
        raise _malformed("Send a JSON object.")
    if _depth(parsed) > DEEPEST:
        raise _malformed("Its arrays or objects are nested too deep.")
    return parsed


def _body(request: Request) -> bytes:
    environ = request.META
    announced = str(environ.get("CONTENT_LENGTH") or "")
    # Django reads nothing from a body without Content-Length; a server that ends such a stream itself says so.
    streamed = not announced and environ.get("wsgi.input_terminated")
    source = environ["wsgi.input"] if streamed else request._request
    if announced.isdigit() and int(announced) > LARGEST_BODY:
        raise _too_large()
    body = b""
    try:
        while len(body) <= LARGEST_BODY and (part := source.read(LARGEST_BODY + 1 - len(body))):
            body += part
    except OSError as error:  # the caller hung up
        raise _malformed("It ended before its announced length.") from error
    if len(body) > LARGEST_BODY:
        raise _too_large()
    return body


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("It has a member twice in one object.")
    return members


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON.")


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level:
        depth += 1
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one) if isinstance(inner, (dict, list))]
    return depth


def _malformed(why: str) -> Problem:
    return Problem(status=400, code="malformed_body", title="The body is no JSON object that can be read", detail=why)


def _too_large() -> Problem:
    return Problem(status=413, code="body_too_large", title="The body is too large", detail=f"Send at most {LARGEST_BODY:,} bytes.")
