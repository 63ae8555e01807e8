"""What just happened, as pages show it: the drawer at the foot of each page, and the list beside an opened message."""

from collections.abc import Iterable
from dataclasses import dataclass

from demo_client import telling
from demo_client.failures import SERVICES
from demo_client.happenings import trail_of
from demo_client.models import Happening, RecordedMessage
from demo_client.people import Person, person
from demo_client.sessions import DaybookRequest


@dataclass(frozen=True)
class Arrow:
    """One message as a list shows it. `number` counts in the whole trail, repeats not counted."""

    message: RecordedMessage
    number: int

    @property
    def to_role(self) -> str:
        """The role that is asked: `application`, `issuer`, `api`."""
        return SERVICES[self.message.receiver].sign

    @property
    def to_name(self) -> str:
        """Its name."""
        return SERVICES[self.message.receiver].name

    @property
    def reporter(self) -> str:
        """Who told Daybook of it, where Daybook did not see it itself."""
        return SERVICES[self.message.reported_by].said if self.message.reported_by else ""


@dataclass(frozen=True)
class Drawer:
    """One happening: all its arrows, and the few that matter."""

    happening: Happening
    arrows: tuple[Arrow, ...]
    headline: str
    is_open: bool = False

    @property
    def few(self) -> tuple[Arrow, ...]:
        """Those that matter; all where none does."""
        return tuple(arrow for arrow in self.arrows if arrow.message.matters) or self.arrows

    @property
    def person(self) -> Person:
        """Whom it is about."""
        return person(self.happening.subject)


def drawer(request: DaybookRequest) -> Drawer | None:
    """The drawer of this page: open with what the page itself set off, closed with what happened before; None where nothing did."""
    trail = trail_of(request.daybook)
    if not trail:
        return None
    own = request.recording.happening if request.recording and request.recording.recorder.exchanges else None
    happening = own or Happening.objects.of(trail).order_by("-pk").first()
    if happening is None or not happening.pk:
        return None
    return of_happening(happening, is_open=own is not None)


def of_happening(happening: Happening, *, is_open: bool = False) -> Drawer:
    """All of one happening. A message that was sent again is shown as it went the last time, in its old place."""
    before = RecordedMessage.objects.filter(happening__in=Happening.objects.of(happening.trail), happening__lt=happening.pk, repeats=None)
    arrows = tuple(Arrow(message, number) for number, message in enumerate(latest(happening.messages.all()), start=before.count() + 1))
    return Drawer(happening, arrows, telling.headline([arrow.message for arrow in arrows]), is_open)


def latest(messages: Iterable[RecordedMessage]) -> list[RecordedMessage]:
    """Each message as it was sent the last time, in the order in which they were sent first."""
    shown: dict[int, RecordedMessage] = {}
    for message in messages:  # repeats come after what they repeat
        shown[message.first_pk] = message
    return list(shown.values())
