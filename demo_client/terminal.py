"""How exchanges are printed for a person at a terminal."""

import sys
from collections.abc import Callable
from typing import TextIO

from django.conf import settings

from demo_client.exchanges import Exchange, Message

_RULE = "-" * 100


def printer(write: Callable[[str], object], *, leaves_out_pages: bool = False) -> Callable[[Exchange], None]:
    """A function that writes an exchange, request and answer, as HTTP has them.

    Tokens and codes of a person are shown where EXPLAIN_REJECTIONS is on, those of a machine only with DEMO_IDENTITIES.
    `leaves_out_pages` says of an HTML page only how long it is.
    """

    def write_exchange(exchange: Exchange) -> None:
        # DEMO ONLY: prints tokens in full, so that they can be looked at; production prints none
        reveals = settings.EXPLAIN_REJECTIONS and (settings.DEMO_IDENTITIES or not exchange.is_of_a_machine)
        write(_RULE)
        write(f"{exchange.number}  {exchange.meaning}")
        write(f"   {exchange.sender} -> {exchange.receiver.name}, {exchange.duration_ms} ms")
        write("")
        write(plain(exchange.request.as_text(reveals_credentials=reveals)))
        write("")
        write(plain(_shown(exchange.answer, reveals, leaves_out_pages)) if exchange.answer else "(no answer)")
        write("")

    return write_exchange


def brief_printer(write: Callable[[str], object]) -> Callable[[Exchange], None]:
    """A function that writes an exchange as two lines: its sentence, and who asked whom. No query, header or body, so no secret."""

    def write_exchange(exchange: Exchange) -> None:
        method, target = exchange.request.first_line.split(" ")[:2]
        answer = f"{exchange.status}, {exchange.duration_ms} ms" if exchange.answer else "no answer"
        write(plain(f"{exchange.number:>2}  {exchange.meaning}"))
        write(plain(f"    {exchange.sender} -> {exchange.receiver.name}: {method} {target.partition('?')[0]}  {answer}"))

    return write_exchange


def plain(text: str) -> str:
    """`text` with control characters escaped: what a service sends must not steer the terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text.replace("\r\n", "\n"))


def take_any_character(*streams: TextIO) -> None:
    """Let `?` stand for letters that a terminal cannot show (place names know many), instead of failing."""
    for stream in streams or (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")


def _shown(answer: Message, reveals: bool, leaves_out_pages: bool) -> str:
    is_page = any(name.lower() == "content-type" and "text/html" in value for name, value in answer.headers)
    if leaves_out_pages and is_page and answer.body:
        answer = Message(answer.first_line, answer.headers, f"(a page of {len(answer.body)} characters)")
    return answer.as_text(reveals_credentials=reveals)
