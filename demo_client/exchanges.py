"""The recorder: sends every request that Daybook makes, and keeps what went over the wire, without its secrets."""

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import responses
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.cookies import extract_cookies_to_jar
from urllib3.exceptions import HTTPError, ReadTimeoutError

from demo_client import telling
from demo_client.failures import NoAnswer, Service, UnusableAnswer
from demo_client.inspector import Door, report
from demo_client.masking import header_without_credentials, header_without_secrets, text_without_credentials, text_without_secrets

LIMIT_SECONDS = 3.0
LARGEST_ANSWER_BYTES = 8 * 1024 * 1024  # ten thousand place names are about three
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")  # as JSON escapes one, alone or as half of a pair
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Message:
    """A request or an answer as it went over the wire, secrets taken out: first line, headers in order, body as text."""

    first_line: str
    headers: tuple[tuple[str, str], ...]
    body: str

    def as_text(self, *, reveals_credentials: bool) -> str:
        """The message as HTTP writes it. Without `reveals_credentials`, tokens and codes leave only their length."""
        shown = self if reveals_credentials else self.without_credentials()
        lines = [shown.first_line, *(f"{name}: {value}" for name, value in shown.headers)]
        return "\n".join([*lines, "", shown.body] if shown.body else lines)

    def without_credentials(self) -> "Message":
        """The message without tokens and codes: each leaves only its length."""
        return Message(
            text_without_credentials(self.first_line),
            tuple((name, header_without_credentials(name, value)) for name, value in self.headers),
            text_without_credentials(self.body),
        )


@dataclass(frozen=True)
class Exchange:
    """One request and its answer (None: nobody answered), who sent it to whom, and what it means in one plain sentence.

    `kind` is one of `telling.KINDS`, `checks` what `inspector.report` says of the access token in it, `decisions` what the authorization
    server's log says of it.
    """

    number: int
    sender: str
    receiver: Service
    meaning: str
    request: Message
    answer: Message | None
    status: int | None
    duration_ms: int
    is_of_a_machine: bool
    started_at: datetime
    kind: str
    checks: tuple[dict[str, Any], ...] = ()
    decisions: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class _Sending:
    """What is known of an exchange before its answer."""

    receiver: Service
    meaning: str
    sender: str
    is_of_a_machine: bool
    kind: str
    door: Door | None
    started: float = field(default_factory=time.monotonic)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass
class Recorder:
    """Sends requests and keeps the exchanges, for one sign-in, page or command.

    `trace_id` (32 hex digits) travels in `traceparent`, so that the services' logs name these requests alike.
    `known_secrets` are taken out of everything. `when_recorded` is told of each exchange as soon as it is over.
    """

    trace_id: str = field(default_factory=lambda: secrets.token_hex(16))
    known_secrets: tuple[str, ...] = ()
    when_recorded: Callable[[Exchange], None] = lambda exchange: None
    limit_seconds: float = LIMIT_SECONDS
    exchanges: list[Exchange] = field(default_factory=list)

    def send(
        self,
        request: requests.Request,
        receiver: Service,
        *,
        meaning: str,
        sender: str = "application",
        session: requests.Session | None = None,
        is_of_a_machine: bool = False,
        kind: str = "",
        door: Door | None = None,
    ) -> requests.Response:
        """Send `request` and return the answer, whatever its status; redirects are not followed.

        `session` keeps a browser's cookies; without one nothing is remembered. `sender` is `application` or `browser`.
        Where `door` says what the receiver expects, the four checks of the access token in the request are kept with it.
        Raises `NoAnswer` (no connection, or not the whole answer in time), `UnusableAnswer` (too large, or not HTTP).
        """
        with requests.Session() as own_session:
            chosen = session or own_session
            chosen.trust_env = False  # otherwise a .netrc would replace the Authorization header
            prepared = self._prepare(request, chosen, sender, receiver)
            sending = _Sending(receiver, meaning, sender, is_of_a_machine, kind, door)
            try:
                answer = _sent(chosen, prepared, receiver, self.limit_seconds)
            except (NoAnswer, UnusableAnswer):
                self._record(prepared, None, sending)
                raise
            self._record(prepared, answer, sending)
            return answer

    def _prepare(self, request: requests.Request, session: requests.Session, sender: str, receiver: Service) -> requests.PreparedRequest:
        session.headers.clear()
        name = "Daybook" if sender == "application" else "Daybook (as a browser)"
        request.headers = {"User-Agent": name, "Accept-Encoding": "identity", **(request.headers or {})}
        if sender == "application":
            request.headers["traceparent"] = f"00-{self.trace_id}-{secrets.token_hex(8)}-01"
        try:
            return session.prepare_request(request)
        except (requests.exceptions.RequestException, ValueError) as error:
            raise UnusableAnswer(receiver, str(request.url).partition("?")[0], what="is no address that can be called") from error

    def _record(self, prepared: requests.PreparedRequest, answer: requests.Response | None, sending: _Sending) -> None:
        duration_ms = round((time.monotonic() - sending.started) * 1000)
        status = None if answer is None else answer.status_code
        scheme, _, token = str(prepared.headers.get("Authorization", "")).partition(" ")
        exchange = Exchange(
            number=len(self.exchanges) + 1,
            sender=sending.sender,
            receiver=sending.receiver,
            meaning=telling.as_it_went(sending.kind, sending.meaning, status=status),
            request=self._request_message(prepared),
            answer=None if answer is None else self._answer_message(answer),
            status=status,
            duration_ms=duration_ms,
            is_of_a_machine=sending.is_of_a_machine,
            started_at=sending.started_at,
            kind=sending.kind,
            checks=tuple(report(token, sending.door)) if sending.door and scheme == "Bearer" else (),
        )
        self.exchanges.append(exchange)
        self.when_recorded(exchange)

    def _request_message(self, prepared: requests.PreparedRequest) -> Message:
        parts = urlsplit(str(prepared.url))
        body = prepared.body.decode("utf-8", "replace") if isinstance(prepared.body, bytes) else prepared.body or ""
        headers = {"Host": parts.netloc, **prepared.headers}
        return self._message(f"{prepared.method} {prepared.path_url} HTTP/1.1", headers, str(body))

    def _answer_message(self, answer: requests.Response) -> Message:
        reason = responses.get(answer.status_code, "")
        answer.encoding = answer.encoding or "utf-8"
        return self._message(f"HTTP/1.1 {answer.status_code} {reason}".rstrip(), _header_lines(answer), answer.text)

    def _message(self, first_line: str, headers: Mapping[str, str] | list[tuple[str, str]], body: str) -> Message:
        listed = headers.items() if isinstance(headers, Mapping) else headers
        return Message(
            first_line=text_without_secrets(first_line, self.known_secrets),
            headers=tuple((name, text_without_secrets(header_without_secrets(name, value), self.known_secrets)) for name, value in listed),
            body=text_without_secrets(body, self.known_secrets),
        )


def json_in(answer: requests.Response) -> Any:
    """The JSON value in an answer, None where there is none. Half a surrogate pair, which no page could show, becomes a question mark."""
    text = answer.text  # decoded at each reading
    try:
        value = json.loads(text)
        if _SURROGATE.search(text):
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return value


def _sent(session: requests.Session, prepared: requests.PreparedRequest, receiver: Service, limit_seconds: float) -> requests.Response:
    url = str(prepared.url).partition("?")[0]
    deadline = time.monotonic() + limit_seconds
    try:
        # The adapter and not the session: that would read a redirect's body whole, and offer to follow it.
        answer = session.get_adapter(url).send(prepared, timeout=limit_seconds, **_way_to(url))
        extract_cookies_to_jar(session.cookies, prepared, answer.raw)  # type: ignore[no-untyped-call]  # requests' stubs lack it
        answer._content = _whole_body(answer, deadline)
    except (requests.exceptions.Timeout, ReadTimeoutError, TimeoutError) as error:
        raise NoAnswer(receiver, url, why=f"no answer for {limit_seconds:g} seconds") from error
    except (requests.exceptions.ConnectionError, HTTPError, OSError) as error:
        why = "nobody accepts the connection" if isinstance(error, requests.exceptions.ConnectionError) else "the answer broke off"
        raise NoAnswer(receiver, url, why=why) from error
    except (requests.exceptions.RequestException, ValueError) as error:
        raise UnusableAnswer(receiver, url, what=f"cannot be spoken to ({type(error).__name__})") from error
    except _TooLarge as error:
        raise UnusableAnswer(receiver, url, what=f"sent more than {LARGEST_ANSWER_BYTES} bytes") from error
    return answer


def _way_to(url: str) -> dict[str, Any]:
    """Proxies and certificate authorities from the environment; never a proxy on the way to this machine itself."""
    ways = requests.Session().merge_environment_settings(url, {}, True, None, None)
    return {**ways, "proxies": {}} if urlsplit(url).hostname in _LOOPBACK else dict(ways)


class _TooLarge(Exception):
    """The answer is over the limit."""


def _whole_body(answer: requests.Response, deadline: float) -> bytes:
    body = bytearray()
    try:
        while piece := answer.raw.read1(64 * 1024, decode_content=True):  # what is there, without waiting for more
            body += piece
            if len(body) > LARGEST_ANSWER_BYTES:
                raise _TooLarge
            if time.monotonic() > deadline:
                raise TimeoutError
    finally:
        answer.close()
    return bytes(body)


def _header_lines(answer: requests.Response) -> list[tuple[str, str]]:
    """Every header line: joined in one mapping, several Set-Cookie lines would read as one."""
    return [(name, value) for name, value in answer.raw.headers.items()]
