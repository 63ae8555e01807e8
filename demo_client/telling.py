"""The words for what just happened: which messages matter, what an opened one is called, and what its parts say."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from demo_client.models import RecordedMessage
from demo_client.people import Person


@dataclass(frozen=True)
class Kind:
    """One kind of message: whether it is among the few that matter, and what its own page is called and says first."""

    title: str
    lead: str = ""
    matters: bool = False


# `{owns}` is whose calendar it is, `{name}` the person's name inside a sentence.
KINDS = {
    "begins": Kind("Daybook sends the browser to the authorization server", "The redirect says what Daybook asks for, and for whom."),
    "discovery": Kind("Where are the endpoints?", "Daybook knows one address, the issuer. Everything else stands in this document."),
    "authorize": Kind(
        "Daybook asks for permission, by way of the browser",
        "No secret is in this request. What it asks for, {name} decides at the authorization server.",
        matters=True,
    ),
    "sign-in-page": Kind("Who are you?", "The authorization server asks, in its own colour and at its own address."),
    "signed-in": Kind("{owns} password goes to the authorization server alone", "Daybook never sees it."),
    "not-signed-in": Kind("Name and password do not fit", "The authorization server asks again. Daybook learns nothing of it."),
    "dialog": Kind("The authorization server shows what was asked", "Nothing is given before somebody says yes."),
    "consent": Kind(
        "A yes becomes a code",
        "The code travels through the browser, where others might read it. So it is good once, for 60 seconds, and for Daybook alone.",
        matters=True,
    ),
    "refusal": Kind("A no is an answer too", "The browser carries it back as access_denied. Daybook gets nothing.", matters=True),
    "comes-back": Kind("The browser is back with an answer", "Daybook compares state and iss before it believes any of it."),
    "code-for-token": Kind(
        "The code becomes a ticket",
        "From server to server, with Daybook’s own secret and the key to the lock it sent first (PKCE). The browser sees none of it.",
        matters=True,
    ),
    "refresh": Kind(
        "A refresh token becomes a new ticket",
        "From server to server, while nobody is asked. Each refresh token is good once: the answer brings the next one.",
        matters=True,
    ),
    "opens-the-week": Kind("The browser opens the calendar’s page"),
    "events": Kind(
        "The ticket opens the calendar",
        "Daybook asks for {owns} events and shows the ticket. The request names no user: whose calendar it is, the ticket says.",
        matters=True,
    ),
    "new-event": Kind(
        "The ticket may write, and the event is there", "The API checked the ticket as before; this time it had to say write.", matters=True
    ),
    "sends-the-form": Kind("The browser sends the form to Daybook"),
    "machine-token": Kind(
        "A backend gets a ticket of its own",
        "Nobody signs in. The backend’s secret says who it is; an administrator’s yes (client grant) says that it may.",
    ),
    "place-names": Kind(
        "A machine’s ticket opens the Geocoding API",
        "No user stands behind this ticket: its subject is the backend itself.",
        matters=True,
    ),
    "opens-a-page": Kind("The browser opens a page of Daybook"),
}
_PLAIN = Kind("One message")
# The sentence of a message that was answered with a no, or not at all; others say what happens as it is meant to.
_REFUSED = {
    "events": "Daybook shows the ticket. The Calendar API does not open.",
    "new-event": "Daybook tries to add an event. The Calendar API does not take it.",
    "code-for-token": "Daybook offers the code. It gets no ticket for it.",
    "refresh": "Daybook offers its refresh token. It gets no ticket for it.",
    "machine-token": "A backend asks for a ticket of its own, with the right secret. It gets none.",
    "place-names": "A backend shows its ticket. The Geocoding API does not open.",
}
_MISSING_SCOPE = {
    "new-event": "Daybook tries to add an event. The ticket does not say that it may.",
    "events": "Daybook wants to read. The ticket does not say that it may.",
}
_UNANSWERED = {
    "events": "Daybook asks for the events. Nobody answers.",
    "new-event": "Daybook tries to add an event. Nobody answers.",
    "code-for-token": "Daybook offers the code. Nobody answers.",
    "refresh": "Daybook offers its refresh token. Nobody answers.",
    "machine-token": "A backend asks for a ticket of its own. Nobody answers.",
    "place-names": "A backend asks for place names. Nobody answers.",
}
_NUMBERS = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")

# What the parts of a message say, by their name: headers, and parameters of address and form.
MEANINGS = {
    "authorization": "The ticket. Whoever shows it gets in (Bearer), so it travels in this header only.",
    "timemin": "From here on, with its offset.",
    "timemax": "Until here.",
    "timezone": "Days begin at midnight of this place.",
    "orderby": "The earliest first.",
    "maxresults": "As many on one page.",
    "traceparent": "Ties this message to the others in this list. It opens nothing.",
    "content-type": "How the body is written.",
    "www-authenticate": "The challenge: what is wrong with the ticket, and what would open the door.",
    "server-timing": "The checks that the API ran, and how long each took.",
    "grant_type": "What is offered for a ticket.",
    "code": "The code from the redirect. It is used up now.",
    "code_verifier": "The key to the lock in the first request (PKCE): only who sent that one has it.",
    "client_id": "Which application asks.",
    "client_secret": "Its secret. Daybook does not even record it.",
    "refresh_token": "For the ticket after this one, good once. Daybook keeps it like a secret: it is not even recorded.",
    "redirect_uri": "Where the answer goes, or went: it must be the registered one, letter by letter.",
    "audience": "Which API the ticket is for, and no other.",
    "scope": "What the ticket is to allow there.",
    "response_type": "Answer with a code, not with the ticket itself.",
    "state": "Daybook’s bookmark: it must come back unchanged, to the same browser, once.",
    "nonce": "A mark of this one request, for an ID token.",
    "code_challenge": "A lock that only Daybook can open later (PKCE).",
    "code_challenge_method": "How the lock is made from the key.",
    "prompt": "Which pages are to be shown, whatever is remembered.",
    "iss": "Who answers. Daybook compares it with whom it asked.",
    "etag": "The version of the answer.",
    "location": "Where the browser, or the caller, goes next.",
    "error": "Why there is no ticket.",
}


def as_it_went(kind: str, meaning: str, *, status: int | None) -> str:
    """The sentence of a message of this kind, `meaning` where it went as it was meant to."""
    if status is None:
        return _UNANSWERED.get(kind, meaning)
    if status == 403 and kind in _MISSING_SCOPE:
        return _MISSING_SCOPE[kind]
    return _REFUSED.get(kind, meaning) if status >= 400 else meaning


def kind_of(name: str) -> Kind:
    """What is said of messages of this kind; of an unknown one, little."""
    return KINDS.get(name, _PLAIN)


def title(message: RecordedMessage, person: Person) -> str:
    """The headline of an opened message: the check that says no, else what it is about."""
    if check := message.failed_check:
        return f"{check['number']} {check['name']}: {_inside(check['say'])}"
    if message.status is None and not message.reported_by:
        return "Nobody answered"
    if message.is_refused and message.kind == "machine-token":
        return "The right secret, and still no ticket"
    if message.is_refused:
        return f"The answer is {message.status}"
    return kind_of(message.kind).title.format(owns=person.owns, name=person.inside)


def lead(message: RecordedMessage, person: Person) -> str:
    """The sentence below it."""
    if (check := message.failed_check) and message.receiver == "calendar_api":
        may_not = f"Daybook may read {person.owns} calendar, not change it."
        return may_not if check["code"] == "insufficient_scope" else f"{person.owns} calendar stayed closed."
    if message.is_refused and message.kind != "machine-token":
        return "" if message.status else "Daybook waited as long as it waits, and then went on without."
    return kind_of(message.kind).lead.format(owns=person.owns, name=person.inside)


def difference(message: RecordedMessage) -> str:
    """Where the API's own checks ended otherwise than Daybook's rows: a sentence; else an empty text."""
    check, code = message.failed_check, _code_in(message)
    if message.status is None or not message.checks:
        return ""
    if message.status < 400:
        return "The API itself opened all the same: its own checks are what counts." if check else ""
    # Without explanations the API says only that one of the first three checks refused.
    agrees = not code or code == (check["code"] if check else "") or (code == "invalid_token" and check and check["number"] <= 3)
    return "" if agrees else f"The API itself answered {code}: its own checks are what counts."


def _code_in(message: RecordedMessage) -> str:
    try:
        problem = json.loads(message.answer.get("body", ""))
    except (ValueError, RecursionError):
        return ""
    code = problem.get("code") if isinstance(problem, dict) else None
    return code[:80] if isinstance(code, str) else ""


def headline(messages: Sequence[RecordedMessage]) -> str:
    """How many messages there were: `12 messages. Five matter.`"""
    few = [message for message in messages if message.matters]
    total = f"{len(messages)} message{'' if len(messages) == 1 else 's'}."
    number = _NUMBERS[len(few)] if len(few) < len(_NUMBERS) else str(len(few))
    matter = f"{number} {'matters' if len(few) == 1 else 'matter'}"
    if any(message.status is None and not message.reported_by for message in few):
        return f"{total} {matter}, and one got no answer."
    refused = sum(message.is_refused for message in few)
    if refused:
        return f"{total} {matter}, and {'it' if len(few) == 1 else 'one' if refused == 1 else str(refused)} was refused."
    return f"{total} {matter}."


def _inside(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
