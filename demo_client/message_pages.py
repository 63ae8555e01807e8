"""What just happened at full size: all of one happening, one message opened, and a message sent again with one letter changed."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import requests
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse as url_of
from django.views.decorators.http import require_POST, require_safe

from demo_client import telling
from demo_client.api_clients import calendar_door
from demo_client.changed_letter import ChangedLetter, change_one_letter
from demo_client.drawer import Arrow, Drawer, of_happening
from demo_client.exchanges import Recorder
from demo_client.failures import CALENDAR_API, SERVICES, NoAnswer, NoSuchMessage
from demo_client.happenings import row_of, trail_of
from demo_client.message_text import Line, as_curl, lines, parameters
from demo_client.models import Happening, RecordedMessage
from demo_client.own_pages import own_page, show
from demo_client.sessions import DaybookRequest

AGAIN = frozenset({"events"})  # reading twice changes nothing


@require_safe
@own_page
def happening(request: DaybookRequest, pk: int) -> HttpResponse:
    """`/happenings/<n>`: the few messages that matter, or with `?all=1` all of them."""
    siblings = _own(request)
    context = {
        "happening": of_happening(siblings.filter(pk=pk).first() or _not_here()),
        "shows_all": request.GET.get("all") == "1",
        "earlier": siblings.filter(pk__lt=pk).order_by("-pk").first(),
        "later": siblings.filter(pk__gt=pk).order_by("pk").first(),
        "drawer": None,
    }
    return show(request, "happening.html", context)


@require_safe
@own_page
def message(request: DaybookRequest, pk: int) -> HttpResponse:
    """`/messages/<n>`: one message, its four checks, its exact bytes, and what its parts mean."""
    opened = _message(request, pk)
    around = of_happening(opened.happening)
    shows_all = request.GET.get("full") == "1"
    arrow = next(arrow for arrow in around.arrows if arrow.message.first_pk == opened.first_pk)
    context = {
        "opened": opened,
        "arrow": arrow,
        "number": arrow.number,
        "total": around.arrows[-1].number,
        "earlier": _neighbour(around, arrow, -1),
        "later": _neighbour(around, arrow, 1),
        "around": around,
        "sender": "Your browser" if opened.sender == "browser" else "Daybook",
        "receiver": SERVICES[opened.receiver],
        "title": telling.title(opened, around.person),
        "difference": telling.difference(opened),
        "lead": telling.lead(opened, around.person),
        "request_lines": list(_marked(lines(opened.request, shows_all=shows_all), opened)),
        "answer_lines": lines(opened.answer, shows_all=shows_all),
        "shows_every_letter": shows_all,
        "parameters": parameters(opened),
        "curl": as_curl(opened),
        "reporter": SERVICES[opened.reported_by] if opened.reported_by else None,
        "may_be_sent_again": may_be_sent_again(opened),
        "drawer": None,
    }
    return show(request, "message.html", context)


@require_POST
@own_page
def change_a_letter(request: DaybookRequest, pk: int) -> HttpResponse:
    """`/messages/<n>/change-a-letter`: the same request with one letter of its ticket changed."""
    return _sent_again(request, pk, changes=True)


@require_POST
@own_page
def send_again(request: DaybookRequest, pk: int) -> HttpResponse:
    """`/messages/<n>/send-again`: the same request with the same ticket."""
    return _sent_again(request, pk, changes=False)


def may_be_sent_again(recorded: RecordedMessage) -> bool:
    """Whether a message is one that only reads, and its ticket is kept with it: where rejections are explained."""
    return bool(settings.EXPLAIN_REJECTIONS and recorded.kind in AGAIN and recorded.request)


def _sent_again(request: DaybookRequest, pk: int, *, changes: bool) -> HttpResponse:
    recorded = _message(request, pk)
    original = recorded.repeats or recorded
    if not may_be_sent_again(original):
        raise NoSuchMessage
    scheme, _, token = dict(original.request["headers"])["Authorization"].partition(" ")
    try:
        changed = change_one_letter(token) if changes else None
    except ValueError as error:  # another issuer's opaque token has no letters that mean anything here
        raise NoSuchMessage from error
    _, target, _ = original.request["first_line"].split(" ")
    headers = {"Accept": "application/json", "Authorization": f"{scheme} {changed.token if changed else token}"}
    again = requests.Request("GET", f"{settings.CALENDAR_API_INTERNAL_URL}{target}", headers=headers)
    recorder = Recorder(trace_id=original.happening.trace_id)
    with suppress(NoAnswer):  # it is recorded as what it is, and shown
        recorder.send(again, CALENDAR_API, meaning=original.meaning, kind=original.kind, door=calendar_door("read"))
    repeat = _kept_repeat(recorder, original, changed)
    return HttpResponseRedirect(url_of("demo_client:message", args=[repeat.pk]), status=303)


def _kept_repeat(recorder: Recorder, original: RecordedMessage, changed: ChangedLetter | None) -> RecordedMessage:
    (exchange,) = recorder.exchanges
    repeat = row_of(exchange)
    repeat.happening, repeat.repeats, repeat.matters = original.happening, original, True
    repeat.position = original.happening.messages.count() + 1
    if changed:
        repeat.meaning = "The same request with one letter changed."
        repeat.change = {"letter": changed.letter, "sent": changed.sent, "sealed": changed.sealed, "now_says": changed.now_says}
        if check := repeat.failed_check:
            repeat.meaning += f" The Calendar API stops at check {check['number']}."
            _say_what_changed(repeat.checks, repeat.change)
    repeat.save()
    return repeat


def _say_what_changed(checks: list[dict[str, Any]], change: dict[str, Any]) -> None:
    """Beside the broken seal: the letter as it was sealed, and what the claims would now say."""
    if change["now_says"]:
        checks[0]["say"] = f"Still three parts, still JSON. It would even read well: it now says {change['now_says']}."
    kid = next((row["found"] for row in checks[1]["rows"] if row["name"] == "kid"), "")
    checks[1]["rows"] = [
        {"name": f"letter {change['letter']}", "found": change["sent"], "wanted": change["sealed"]},
        {"name": "key", "found": kid, "wanted": "known, and its seal does not fit"},
    ]
    checks[1]["heads"] = ["sent now", "when it was sealed"]


def _own(request: DaybookRequest) -> Any:
    return Happening.objects.of(trail_of(request.daybook))


def _not_here() -> Happening:
    raise NoSuchMessage


def _message(request: DaybookRequest, pk: int) -> RecordedMessage:
    """One of this session's messages; of anybody else's nobody learns that they exist."""
    found = RecordedMessage.objects.filter(pk=pk, happening__in=_own(request)).select_related("happening", "repeats").first()
    if found is None:
        raise NoSuchMessage
    return found


def _neighbour(around: Drawer, arrow: Arrow, step: int) -> Arrow | None:
    """The next of the few in this direction."""
    few = [other for other in around.few if (other.number - arrow.number) * step > 0]
    return few[0 if step > 0 else -1] if few else None


def _marked(shown: list[Line], opened: RecordedMessage) -> Iterator[Line]:
    """The lines, with the changed letter set apart."""
    letter = opened.change.get("letter")
    for line in shown:
        yield line.with_changed_letter(letter) if letter else line
