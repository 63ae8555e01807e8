"""`/places`: the other story. A backend asks for itself, and somebody has to have allowed that before (client grant)."""

from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from demo_client.api_clients import place_names
from demo_client.events import Point
from demo_client.exchanges import Recorder
from demo_client.failures import Failure, TokenRequestRefused
from demo_client.flows.client_credentials import TOKENS, machine_client
from demo_client.happenings import recorded, recording_of
from demo_client.inspector import subject
from demo_client.own_pages import log_failure, own_page, show
from demo_client.sessions import DaybookRequest
from demo_client.world import pins

# Where Alice has been, and Point Nemo, 1,600 km away from any land.
PLACES: tuple[Point, ...] = (
    (52.4977, 13.4036),
    (51.5033, -0.0865),
    (35.658, 139.7016),
    (41.8887, 12.4689),
    (-1.2648, 36.8028),
    (-12.1203, -77.0299),
    (-48.8767, -123.3933),
)


@dataclass
class Asked:
    """What a backend got: names by point, with a ticket whose `sub` is `subject`, or the failure that it met.

    `wants_permission` when an administrator's yes is all that lacks.
    """

    client_id: str
    name: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    subject: str = ""
    failure: Failure | None = None

    @property
    def wants_permission(self) -> bool:
        """No client grant: asking its administrator helps, and nothing else."""
        return isinstance(self.failure, TokenRequestRefused) and self.failure.error == "access_denied"


@require_safe
@own_page
@recorded("opens-a-page", "The browser opens the page about place names.")
def places(request: DaybookRequest) -> HttpResponse:
    """`/places`: two backends ask for the same places with secrets that are both right; one of them has permission."""
    recording = recording_of(request)
    recording.also_matter = frozenset({"machine-token"})
    recorder = recording.recorder
    allowed = _asked(settings.GEOCODING_BACKEND_CLIENT_ID, "Daybook backend", recorder)
    refused = _asked(settings.UNAPPROVED_BACKEND_CLIENT_ID, "New backend", recorder)
    for asked in (allowed, refused):
        if asked.failure and not asked.wants_permission:
            log_failure(request, asked.failure)
    named = [(words.split(",")[0], *point) for point, (_, words) in zip(PLACES, allowed.rows, strict=False) if "open sea" not in words]
    return show(request, "places.html", {"allowed": allowed, "refused": refused, "pins": pins(named)})


def _asked(client_id: str, name: str, recorder: Recorder) -> Asked:
    asked = Asked(client_id, name)
    try:
        client = machine_client(client_id)
        names = place_names(PLACES, client=client, recorder=recorder)
        kept = TOKENS.token_for(client, audience=settings.GEOCODING_AUDIENCE, recorder=recorder)
    except Failure as failure:
        asked.failure = failure
        return asked
    asked.subject = subject(kept.access_token, settings.GEOCODING_AUDIENCE)
    for point in PLACES:
        place = names[point]
        words = ", ".join(filter(None, (place.name, place.country))) if place else "No place within range: open sea"
        asked.rows.append((f"{point[0]:.4f}, {point[1]:.4f}".replace("-", "−"), words))
    return asked
