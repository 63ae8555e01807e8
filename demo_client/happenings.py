"""What just happened, as it happens: one request to Daybook and everything that it sets off, kept for the person whose session it is.

Secrets are gone before anything is kept. Tokens and codes are kept only where they may be shown, so that nothing else has to guard them.
"""

import secrets
import time
from collections.abc import Callable
from functools import wraps
from http.client import responses
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from demo_client import telling
from demo_client.exchanges import Exchange, Message, Recorder
from demo_client.failures import DAYBOOK
from demo_client.masking import header_without_secrets, text_without_secrets
from demo_client.models import Happening, RecordedMessage
from demo_client.sessions import DaybookRequest, SessionStore

LONGEST_BODY = 256 * 1024  # characters of one body that are kept
_TRAIL = "trail"
View = Callable[..., HttpResponse]


class Recording:
    """One request to Daybook: its own message, and those that `recorder` sends for it. `keep` writes down what is new.

    A request that sets nothing off leaves nothing behind, unless it `begins` something, or goes on with what was begun before.
    `also_matter` are kinds of messages that are the point of this very page, and else only on the way to something.
    """

    def __init__(self, request: DaybookRequest, *, kind: str, meaning: str, goes_on: bool = False) -> None:
        self._session, self._started = request.daybook, time.monotonic()
        self.also_matter: frozenset[str] = frozenset()
        self._is_kept = False
        self.happening = (_that_goes_on(request.daybook) if goes_on else None) or Happening(trace_id=request.trace_id)
        request.trace_id = self.happening.trace_id
        self.recorder = Recorder(trace_id=self.happening.trace_id)
        self._own = RecordedMessage(
            kind=kind,
            meaning=meaning,
            sender="browser",
            receiver=DAYBOOK.log_prefix,
            asked=f"{request.method} {request.path}"[:300],
            request=_as_json(_arrived(request), is_of_a_machine=False),
            status=200,  # until it is known otherwise: this page is being made
        )
        self._waiting = [self._own]
        self._written = 0

    def is_about(self, *, trace_id: str = "", happening: Happening | None = None, subject: str = "") -> None:
        """Go on under the trace id of a sign-in, within a happening that was begun before, or about this person."""
        self.happening = happening or self.happening
        self.happening.trace_id = trace_id or self.happening.trace_id
        self.happening.subject = subject[:255] or self.happening.subject
        self.recorder.trace_id = self.happening.trace_id

    def was_sent_to(self) -> str:
        """The address that the browser was last sent to within this happening, as far as it may be shown; else an empty text."""
        answers = self.happening.messages.filter(receiver=DAYBOOK.log_prefix) if self.happening.pk else RecordedMessage.objects.none()
        last = answers.last()
        headers = dict(last.answer.get("headers", [])) if last else {}
        return str(headers.get("Location", ""))

    def happened_before(self, messages: list[RecordedMessage]) -> None:
        """Messages between others, which Daybook was told of afterwards: they stand before this request's own."""
        self._waiting = [*messages, *self._waiting]

    def begins(self, *, trace_id: str) -> None:
        """A sign-in begins here, under its own trace id: it is kept, whether or not Daybook sends anything for it."""
        self._is_kept = True
        self.is_about(trace_id=trace_id)

    def goes_on_at_next_page(self) -> None:
        """The page that the browser is sent to now still belongs to this happening."""
        self.happening.goes_on = True

    def keep(self) -> None:
        """Write down what is new: one INSERT for the messages."""
        sent = self.recorder.exchanges[self._written :]
        self._written += len(sent)
        self._waiting += [row_of(exchange, also_matter=self.also_matter) for exchange in sent]
        if not self._waiting or not (self._is_kept or self._written or self.happening.pk):
            return
        if not self._session.get(_TRAIL):
            self._session[_TRAIL] = secrets.token_hex(16)
        self.happening.trail = self._session[_TRAIL]
        self.happening.save()
        last = self.happening.messages.count()
        for position, message in enumerate(self._waiting, start=last + 1):
            message.happening, message.position = self.happening, position
        RecordedMessage.objects.bulk_create(self._waiting)
        self._waiting = []

    def finish(self, response: HttpResponse) -> None:
        """The answer is known: complete this request's own message, and keep what is not kept yet."""
        facts: dict[str, Any] = {
            "status": response.status_code,
            "duration_ms": round((time.monotonic() - self._started) * 1000),
            "answer": _as_json(_answered(response), is_of_a_machine=False),
        }
        for name, value in facts.items():
            setattr(self._own, name, value)
        self.keep()
        if self._own.pk:
            RecordedMessage.objects.filter(pk=self._own.pk).update(**facts)


def recorded(kind: str, meaning: str, *, goes_on: bool = False) -> Callable[[View], View]:
    """A view whose request, and what it sets off, is kept: `request.recording`. `own_page` finishes it.

    `goes_on`: a page that redirections lead to, so that it may be the last of what was begun before.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: DaybookRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.recording = Recording(request, kind=kind, meaning=meaning, goes_on=goes_on)
            return view(request, *args, **kwargs)

        return answer

    return decorate


def recording_of(request: DaybookRequest) -> Recording:
    """The recording of a request to a `recorded` view."""
    if request.recording is None:
        raise TypeError("This view is not recorded.")
    return request.recording


def trail_of(session: SessionStore) -> str:
    """The name of this session's trail, empty when it has none. It stays the same when the session's key changes."""
    return str(session.get(_TRAIL, ""))


def forget(session: SessionStore) -> None:
    """Delete all that happened in this session."""
    if trail := trail_of(session):
        Happening.objects.filter(trail=trail).delete()


def forget_old_ones() -> None:
    """Delete what happened more than a day ago."""
    Happening.objects.filter(begun_at__lte=timezone.now() - Happening.KEPT).delete()


def row_of(exchange: Exchange, *, also_matter: frozenset[str] = frozenset()) -> RecordedMessage:
    """An exchange as a row, not saved yet. It matters by its kind, or because it was refused: that always stops somebody."""
    method, target = exchange.request.first_line.split(" ")[:2]
    row = RecordedMessage(
        kind=exchange.kind,
        meaning=exchange.meaning[:500],
        sender=exchange.sender,
        receiver=exchange.receiver.log_prefix,
        asked=f"{method} {target.partition('?')[0]}"[:300],
        request=_as_json(exchange.request, is_of_a_machine=exchange.is_of_a_machine),
        answer=_as_json(exchange.answer, is_of_a_machine=exchange.is_of_a_machine) if exchange.answer else {},
        status=exchange.status,
        duration_ms=exchange.duration_ms,
        started_at=exchange.started_at,
        checks=list(exchange.checks),
        decisions=list(exchange.decisions),
    )
    row.matters = telling.kind_of(row.kind).matters or row.kind in also_matter or row.is_refused
    return row


def reveals_credentials(*, is_of_a_machine: bool) -> bool:
    """Whether tokens and codes may be kept and shown: those of one's own session where rejections are explained.

    A machine's belong to nobody who looks at a page.
    """
    # DEMO ONLY: keeps tokens and codes, so that they can be looked at; production keeps none
    return bool(settings.EXPLAIN_REJECTIONS and (settings.DEMO_IDENTITIES or not is_of_a_machine))


def _that_goes_on(session: SessionStore) -> Happening | None:
    """The happening of this session whose last page is still to come, for the first page that asks."""
    trail = trail_of(session)
    going_on = Happening.objects.of(trail).filter(goes_on=True).order_by("-pk").first() if trail else None
    if going_on and Happening.objects.filter(pk=going_on.pk, goes_on=True).update(goes_on=False):
        going_on.goes_on = False
        return going_on
    return None


def _as_json(message: Message, *, is_of_a_machine: bool) -> dict[str, Any]:
    kept = message if reveals_credentials(is_of_a_machine=is_of_a_machine) else message.without_credentials()
    cut = len(kept.body) - LONGEST_BODY
    body = f"{kept.body[:LONGEST_BODY]}\n({cut} more characters are not kept)" if cut > 0 else kept.body
    # PostgreSQL has no NUL in its JSON.
    plain = {"first_line": kept.first_line, "headers": [list(header) for header in kept.headers], "body": body}
    return {name: _without_nul(value) for name, value in plain.items()}


def _without_nul(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_nul(member) for member in value]
    return "".join("\ufffd" if c == "\x00" or "\ud800" <= c <= "\udfff" else c for c in value)


def _arrived(request: HttpRequest) -> Message:
    headers = tuple((name, header_without_secrets(name, value)) for name, value in request.headers.items())
    body = request.POST.urlencode() if request.method == "POST" else ""
    return Message(f"{request.method} {text_without_secrets(request.get_full_path())} HTTP/1.1", headers, text_without_secrets(body))


def _answered(response: HttpResponse) -> Message:
    first_line = f"HTTP/1.1 {response.status_code} {responses.get(response.status_code, '')}".rstrip()
    headers = tuple((name, text_without_secrets(header_without_secrets(name, value))) for name, value in response.items())
    is_page = "text/html" in response.get("Content-Type", "") and response.status_code == 200
    return Message(first_line, headers, "(the page that you saw)" if is_page else "")
