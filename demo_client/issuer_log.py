"""What the authorization server decided, at a sign-in or when a refresh token came, from its own log: exact, and nothing without it.

Daybook does not see what happens between a browser and the authorization server. It may ask afterwards, through the Management API,
with a ticket of the machine `trail-reader`, and only for trace ids that it drew itself.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import requests
from django.conf import settings

from demo_client.discovery import below_issuer, internal, json_object
from demo_client.exchanges import Exchange, Recorder
from demo_client.failures import AUTHORIZATION_SERVER, Failure, UnusableAnswer
from demo_client.flows.client_credentials import TOKENS, MachineClient
from demo_client.models import RecordedMessage
from demo_client.people import Person, person

logger = logging.getLogger("four_checks.daybook")
_ANSWERED = "request.answered"
_MOST_ENTRIES = 500  # as many as the Management API gives
_LONGEST_VALUE = 200
_LONGEST_MS = 24 * 60 * 60 * 1000
# A word for each reason that the log can give. Why the sign-in page is shown,
_WHY_ASKED_WHO = {
    "not_signed_in": "nobody is signed in there yet",
    "prompt_login": "Daybook wanted a new sign-in",
    "max_age": "the last sign-in is longer ago than Daybook accepts",
}
# the consent page,
_WHY_SHOWN = {
    "first_time": "it is the first time",
    "scope_added": "something is new",
    "prompt_consent": "Daybook wanted the page to be shown",
}
# or not;
_WHY_SKIPPED = {
    "remembered": "{name} has said yes before, so no page was shown.",
    "preconfigured": "An administrator has said yes for {name}, so no page was shown.",
}
# and why a refresh token brings a ticket, or none.
_WHY_RENEWED = {
    "refresh_token": "{name} has said yes before, so nobody is asked.",
    "refresh_token_expired": "Its time is over.",
    "refresh_token_reused": "It was used before, by Daybook or by a thief, so all that followed from it has ended.",
    "refresh_token_revoked": "It was ended before its time.",
    "unknown_refresh_token": "The authorization server does not know it, or no longer.",
    "user_may_not_sign_in": "{name} may not sign in any more.",
}


def front_channel(trace_id: str, *, scope: str, sent_to: str) -> tuple[list[RecordedMessage], str]:
    """The messages between browser and authorization server of one sign-in, in order, and the `sub` of whoever signed in.

    `sent_to` is the address that Daybook sent the browser to, which is all that it knows by itself; `scope` is what it asked for.
    Without an answer from the log there are no messages, and a line in Daybook's own log.
    """
    messages, subject = _messages(_logged(trace_id))
    who, why_asked = person(subject), ""
    for message in messages:
        message.kind, message.meaning, message.matters = _told(message, who, why_asked)
        why_asked = _reasons(message).get("sign_in.shown", "")  # decided at /authorize, and the page comes with the next request
    for first in messages[:1]:
        first.kind, first.meaning, first.matters = "authorize", _sent_to_ask(messages, who, scope), True
        first.request = _as_request(sent_to)
    return messages, subject


def with_its_decisions(exchanges: Sequence[Exchange], *, trace_id: str, subject: str) -> list[Exchange]:
    """The exchanges of one refresh, of the refresh token of `subject`, with what the log has of them and why it went as it did.

    Without an answer, or without the log's, they stay as they are.
    """
    if not any(exchange.kind == "refresh" and exchange.status for exchange in exchanges):
        return list(exchanges)
    decisions = tuple(_decision(entry) for entry in _logged(trace_id) if entry.get("event") != _ANSWERED)
    words = [_WHY_RENEWED[decision["reason"]] for decision in decisions if decision["reason"] in _WHY_RENEWED]
    why = words[-1].format(name=person(subject).name) if words else ""
    return [
        replace(exchange, decisions=decisions, meaning=f"{exchange.meaning} {why}".rstrip()) if exchange.kind == "refresh" else exchange
        for exchange in exchanges
    ]


def _logged(trace_id: str) -> list[dict[str, Any]]:
    """The log's entries, none where it cannot be read."""
    try:
        return _entries(trace_id)
    except Failure as failure:
        fields = {"failure": type(failure).__name__, "label": failure.label, "trace_id": trace_id}
        logger.info("The authorization server's log cannot be read: %s", failure.headline, extra=fields)
        return []


def _entries(trace_id: str) -> list[dict[str, Any]]:
    machine = MachineClient(settings.TRAIL_READER_CLIENT_ID, settings.TRAIL_READER_CLIENT_SECRET, "TRAIL_READER_CLIENT_SECRET")
    management = below_issuer("api/v2/")
    aside = Recorder()  # asking what happened is no part of what happened
    token = TOKENS.token_for(machine, audience=management, recorder=aside)
    url = f"{internal(management)}logs"
    headers = {"Authorization": f"Bearer {token.access_token}", "Accept": "application/json"}
    request = requests.Request("GET", f"{url}?{urlencode({'trace_id': trace_id})}", headers=headers)
    answer = aside.send(request, AUTHORIZATION_SERVER, meaning="Daybook reads the log of this trace.", is_of_a_machine=True)
    if answer.status_code == 401:
        TOKENS.forget(token)
    entries = json_object(answer, url).get("entries")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UnusableAnswer(AUTHORIZATION_SERVER, url, what="answered 200 without a list of entries")
    return entries[:_MOST_ENTRIES]


def _messages(entries: list[dict[str, Any]]) -> tuple[list[RecordedMessage], str]:
    messages: list[RecordedMessage] = []
    decisions: list[dict[str, str]] = []
    subject = ""
    for entry in entries:
        if entry.get("event") != _ANSWERED:
            decisions.append(_decision(entry))
            subject = _text(entry, "user") or subject
            continue
        messages.append(_message(entry, decisions))
        decisions = []
    return messages, subject


def _decision(entry: dict[str, Any]) -> dict[str, str]:
    return {name: _text(entry, name) for name in ("event", "reason", "detail", "scope")}


def _as_request(address: str) -> dict[str, Any]:
    """The request that a browser makes of this address, as far as it follows from it."""
    host, slash, path = address.partition("://")[2].partition("/")
    return {"first_line": f"GET {slash}{path} HTTP/1.1", "headers": [["Host", host]], "body": ""} if slash else {}


def _message(entry: dict[str, Any], decisions: list[dict[str, str]]) -> RecordedMessage:
    status, duration = entry.get("status"), entry.get("duration_ms")
    message = RecordedMessage(
        sender="browser",
        receiver=AUTHORIZATION_SERVER.log_prefix,
        asked=f"{_text(entry, 'method')} {_text(entry, 'path')}"[:300],
        status=status if isinstance(status, int) and 100 <= status <= 599 else None,
        duration_ms=round(duration) if isinstance(duration, int | float) and 0 <= duration <= _LONGEST_MS else None,
        reported_by=AUTHORIZATION_SERVER.log_prefix,
        decisions=decisions,
    )
    with suppress(ValueError, OverflowError):  # then it stands at the time at which it was told
        if (at := datetime.fromisoformat(_text(entry, "at"))).tzinfo:
            message.started_at = at.astimezone(UTC)
    return message


def _text(entry: dict[str, Any], name: str) -> str:
    """A member as a text that every database takes: short, and without NUL."""
    return str(entry.get(name) or "")[:_LONGEST_VALUE].replace("\x00", "\ufffd")


def _told(message: RecordedMessage, who: Person, why_asked: str) -> tuple[str, str, bool]:
    """Kind, sentence, and whether it matters. `why_asked` is the reason why the request before led to the sign-in page."""
    by = _reasons(message)
    if "consent.refused" in by:
        return "refusal", f"{who.name} does not allow it.", True
    if "consent.given" in by:
        return "consent", f"{who.name} says yes. {who.pronoun} comes back with a code, good once, for 60 seconds.", True
    if "sign_in.succeeded" in by:
        return "signed-in", f"{who.name} signs in. Daybook never sees this password.", False
    if "sign_in.refused" in by:
        return "not-signed-in", "The name and the password do not fit.", False
    if "consent.shown" in by:
        why = _WHY_SHOWN.get(by["consent.shown"], by["consent.shown"])
        return "dialog", f"The authorization server asks {who.inside}: {why}.", False
    if "consent.skipped" in by:
        return "dialog", _skipped(by, who), True
    if message.is_refused:
        return "", "The authorization server does not take it.", True
    why = f": {_WHY_ASKED_WHO.get(why_asked, why_asked)}" if why_asked else ""
    return "sign-in-page", f"The authorization server asks who it is{why}.", why_asked not in {"", "not_signed_in"}


def _sent_to_ask(messages: Sequence[RecordedMessage], who: Person, scope: str) -> str:
    """What Daybook asks for, and why a page was shown for it, or none."""
    by = _reasons(messages[0])
    if "consent.skipped" in by:
        return f"Daybook sends {who.inside} to ask. {_skipped(by, who)}"
    does = "read and change" if "write" in scope.split() else "read"
    stays = f", also while {who.inside} is away" if "offline_access" in scope.split() else ""
    shown = next((reason for message in messages if (reason := _reasons(message).get("consent.shown"))), "")
    why = f" The page is shown: {_WHY_SHOWN.get(shown, shown)}." if shown else ""
    if "consent.shown" in by:  # at once: nobody was asked who it is
        why += f" {who.name} was already signed in, so there was no sign-in page."
    return f"Daybook sends {who.inside} to ask: may it {does} the calendar{stays}?{why}"


def _skipped(by: dict[str, str], who: Person) -> str:
    return _WHY_SKIPPED.get(by["consent.skipped"], "No page was shown.").format(name=who.name)


def _reasons(message: RecordedMessage) -> dict[str, str]:
    return {decision["event"]: decision["reason"] for decision in message.decisions}
