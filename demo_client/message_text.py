"""A recorded message as text for a page: line by line, in pieces that are drawn apart, and its parts with what they mean."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from demo_client.failures import SERVICES
from demo_client.masking import MASK
from demo_client.models import RecordedMessage
from demo_client.telling import MEANINGS

_JWT = re.compile(r"(eyJ[\w-]*)\.([\w-]+)\.([\w-]*)")
_BEGIN, _END = 15, 6  # letters of a part that are shown at its ends
_CLASSES = ("p-header", "p-claims", "p-signature")
_LONGEST_PARAMETER = 60
_NOT_EXPLAINED = frozenset({"host", "user-agent", "accept", "accept-encoding", "connection", "content-length", "cookie"})


@dataclass(frozen=True)
class Piece:
    """Some letters that are drawn alike: `css` is a class of the design, or empty. `at` is their place in a ticket, from 1."""

    text: str
    css: str = ""
    at: int = 0
    whole: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a message; the first of all is bold."""

    pieces: tuple[Piece, ...]
    is_first: bool = False

    def with_changed_letter(self, letter: int) -> "Line":
        """The line with that letter of its ticket set apart, wherever the rest is shortened."""
        return replace(self, pieces=tuple(cut for piece in self.pieces for cut in _around(piece, letter)))


def lines(message: dict[str, Any], *, shows_all: bool) -> list[Line]:
    """The lines of a kept message, first line, headers and body; without `shows_all` tickets are shortened in the middle."""
    if not message:
        return []
    first = Line(tuple(_ticket_apart(message["first_line"], shows_all=shows_all)), is_first=True)
    headers = [Line((Piece(f"{name}:", "k"), Piece(" "), *_ticket_apart(value, shows_all=shows_all))) for name, value in message["headers"]]
    body = [Line(tuple(_ticket_apart(line, shows_all=shows_all))) for line in message["body"].splitlines()]
    return [first, *headers, *([Line((Piece(""),)), *body] if body else [])]


def parameters(message: RecordedMessage) -> list[tuple[str, str, str]]:
    """Name, value and meaning of each part that has one: parameters of the address, headers, parameters of the body."""
    if not message.request:
        return []
    target = message.request["first_line"].split(" ")[1]
    named = [*parse_qsl(target.partition("?")[2]), *(tuple(header) for header in message.request["headers"])]
    named += _in_body(message.request["body"])
    named += [part for part in _in_body(message.answer.get("body", "")) if part[0] == "refresh_token"]
    named += [tuple(header) for header in message.answer.get("headers", []) if header[0].lower() in {"www-authenticate", "server-timing"}]
    explained = [(name, _short(value), MEANINGS[name.lower()]) for name, value in named if name.lower() in MEANINGS.keys() - _NOT_EXPLAINED]
    return list({name: (name, value, meaning) for name, value, meaning in explained}.values())


def as_curl(message: RecordedMessage) -> str:
    """The request as a command for a terminal; empty for one that Daybook did not send itself, or whose ticket is not kept."""
    if message.sender != "application" or not message.request or MASK in message.request["first_line"]:
        return ""
    method, target, _ = message.request["first_line"].split(" ")
    headers = dict(message.request["headers"])
    if any(MASK in value for value in (*headers.values(), message.request["body"])):
        return ""
    public = urlsplit(getattr(settings, SERVICES[message.receiver].setting))
    internal = (settings.ISSUER_INTERNAL_URL, settings.CALENDAR_API_INTERNAL_URL, settings.GEOCODING_API_INTERNAL_URL)
    # A name that only containers know is of no use in a terminal beside them.
    host = public.netloc if headers["Host"] in {urlsplit(url).netloc for url in internal} else headers["Host"]
    url = f"{public.scheme}://{host}{target}"
    sent = [f"-H {shlex.quote(f'{name}: {headers[name]}')}" for name in ("Authorization", "Accept", "Content-Type") if name in headers]
    body = [f"--data {shlex.quote(message.request['body'])}"] if message.request["body"] else []
    return " \\\n  ".join([f"curl -i -X {method} {shlex.quote(url)}" if method != "GET" else f"curl -i {shlex.quote(url)}", *sent, *body])


def _in_body(body: str) -> list[tuple[str, str]]:
    try:
        members = json.loads(body)
    except (ValueError, RecursionError):
        return parse_qsl(body) if "=" in body and "{" not in body else []
    return [(name, str(value)) for name, value in members.items()] if isinstance(members, dict) else []


def _ticket_apart(text: str, *, shows_all: bool) -> Iterator[Piece]:
    last = 0
    for found in _JWT.finditer(text):
        yield Piece(text[last : found.start()])
        at = 1
        for number, (css, part) in enumerate(zip(_CLASSES, found.groups(), strict=True)):
            if number:
                yield Piece(".")
            yield Piece(part if shows_all else _shortened(part), css, at, part)
            at += len(part) + 1
        last = found.end()
    yield Piece(text[last:])


def _around(piece: Piece, letter: int) -> Iterator[Piece]:
    at = letter - piece.at
    if not piece.at or not 0 <= at < len(piece.whole):
        yield piece
        return
    before, after = piece.whole[:at], piece.whole[at + 1 :]
    shortened = piece.text != piece.whole
    yield Piece(_shortened(before) if shortened else before, piece.css)
    yield Piece(piece.whole[at], "changed")
    yield Piece(_shortened(after) if shortened else after, piece.css)


def _shortened(part: str) -> str:
    return part if len(part) <= _BEGIN + _END + 1 else f"{part[:_BEGIN]}…{part[-_END:]}"


def _short(value: str) -> str:
    value = _JWT.sub(lambda found: f"{found[0][:8]}…{found[0][-5:]}", value)
    return value if len(value) <= _LONGEST_PARAMETER else f"{value[:_LONGEST_PARAMETER]}…"
