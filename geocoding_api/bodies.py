"""The body of a batch, read as JSON (RFC 8259) in bounded memory."""

import json
from typing import Any

from rest_framework.request import Request

from access_tokens.problems import Problem
from geocoding_api.serializers import quoted

LARGEST_BODY = 1024 * 1024  # bytes
_JSON = "application/json"
_MANY_DIGITS = 30


def json_object(request: Request) -> dict[str, Any]:
    """The JSON object in the body.

    Raises `Problem`: 415 for another media type, 413 for more than 1 MB (also when no length was announced), 400 for what
    is no JSON object, and for a member twice in one object. Numbers that are out of every range (1e400, 5,000 digits) are
    infinite here, and NaN is not-a-number: neither is in the range of anything, so its field is refused by name.
    """
    if request.content_type.partition(";")[0].strip().lower() != _JSON:
        raise Problem(
            status=415,
            code="unsupported_media_type",
            title="This media type is not taken here",
            detail=f"Send the header Content-Type: {_JSON}.",
            headers={"Accept": _JSON},
        )
    try:
        parsed = json.loads(_body(request).decode(), object_pairs_hook=_members_once, parse_int=_whole_number)
    except RecursionError:
        raise _malformed("Its arrays or objects are nested too deep.") from None
    except ValueError as error:  # no UTF-8, no JSON, a member twice
        raise _malformed(_reason(error)) from error
    if not isinstance(parsed, dict):
        raise _malformed('Send a JSON object, as {"points": [{"lat": 35.658, "lon": 139.7016}]}.')
    return parsed


def _body(request: Request) -> bytes:
    announced = str(request.META.get("CONTENT_LENGTH") or "")
    if announced.isdigit() and int(announced[:20]) > LARGEST_BODY:
        raise _too_large()
    # Django reads nothing from a body without Content-Length; a server that ends such a stream itself says so.
    streamed = not announced and request.META.get("wsgi.input_terminated")
    source = request.META["wsgi.input"] if streamed else request._request
    parts, length = [], 0
    try:
        while part := source.read(LARGEST_BODY + 1 - length):  # one byte more than may be, and then none
            parts.append(part)
            length += len(part)
    except OSError as error:  # the caller hung up
        raise _malformed("It ended before its announced length.") from error
    if length > LARGEST_BODY:
        raise _too_large()
    return b"".join(parts)


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("It has a member twice in one object.")
    return members


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) < _MANY_DIGITS else float(digits)  # int() takes its time over thousands of them, and then refuses


def _reason(error: ValueError) -> str:
    # A decoding error's text quotes the bytes around the place: only where it is, is ours to repeat.
    if isinstance(error, UnicodeDecodeError):
        return f"It is not UTF-8 at byte {error.start}."
    return quoted(str(error))


def _malformed(why: str) -> Problem:
    return Problem(status=400, code="malformed_body", title="The body is no JSON object that can be read", detail=why)


def _too_large() -> Problem:
    return Problem(
        status=413, code="body_too_large", title="The body is too large", detail=f"Send at most {LARGEST_BODY:,} bytes; split the batch."
    )
