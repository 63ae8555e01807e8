"""Daybook's calls to the two APIs: a user's events with her token, place names with the backend's own."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import requests
from django.conf import settings
from requests.utils import parse_dict_header

from demo_client.events import Event, PlaceName, Point
from demo_client.exchanges import Recorder, json_in
from demo_client.failures import CALENDAR_API, GEOCODING_API, NoAnswer, Refused, Service, TokenRefused, UnusableAnswer
from demo_client.flows.client_credentials import TOKENS, MachineClient, machine_client
from demo_client.flows.token_answer import TokenAnswer
from demo_client.inspector import Door
from demo_client.months import Month
from demo_client.weeks import ZONE, Week

_A_PAGE = 250
_MOST_PAGES = 20


def events_of(period: Week | Month, *, access_token: str, recorder: Recorder) -> list[Event]:
    """The events of the token's user that touch `period`, in order (`GET events`, all of its pages).

    Raises `TokenRefused` (401), `Refused` (4xx), `NoAnswer`, `UnusableAnswer`.
    """
    window = {
        "timeMin": period.start.isoformat(),
        "timeMax": period.end.isoformat(),
        "timeZone": ZONE.key,
        "singleEvents": "true",  # a weekly meeting comes as one event a week
        "orderBy": "startTime",
        "maxResults": _A_PAGE,
    }
    url, door = _events_url(), calendar_door("read")
    events: list[Event] = []
    page_token: str | None = None
    for _ in range(_MOST_PAGES):
        parameters = {**window, **({"pageToken": page_token} if page_token else {})}
        meaning = "Daybook shows the ticket. The Calendar API checks it four times and opens."
        request = requests.Request("GET", f"{url}?{urlencode(parameters)}")
        answer = _answer(
            request, url, CALENDAR_API, access_token=access_token, recorder=recorder, meaning=meaning, kind="events", door=door
        )
        try:
            events += [Event.from_api(item) for item in answer["items"] if item.get("status") != "cancelled"]
            page_token = answer.get("nextPageToken")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnusableAnswer(
                CALENDAR_API, url, what=f"answered 200 with events that cannot be read ({type(error).__name__})"
            ) from error
        if not page_token:
            return events
    raise UnusableAnswer(CALENDAR_API, url, what=f"has more than {_MOST_PAGES * _A_PAGE} events in one {period.view}")


def create_event(event: dict[str, Any], *, access_token: str, recorder: Recorder) -> None:
    """Put `event` into the calendar of the token's user (`POST events`); its `id` is ours, so that sending it twice makes one event.

    Raises what `events_of` raises; `Refused` with `needed` where the token lacks a scope, with `errors` where fields are wrong.
    """
    url = _events_url()
    request = requests.Request("POST", url, json=event)
    meaning = f"Daybook adds “{event['summary']}”. The Calendar API checks the ticket again, now for writing."
    _answer(
        request,
        url,
        CALENDAR_API,
        access_token=access_token,
        recorder=recorder,
        meaning=meaning,
        kind="new-event",
        door=calendar_door("write"),
        wanted_status=201,
    )


def place_names(points: Sequence[Point], *, recorder: Recorder, client: MachineClient | None = None) -> dict[Point, PlaceName | None]:
    """The readable name of each (latitude, longitude), None where there is no place: one call for all, of Daybook's backend or `client`.

    Raises what `reverse` raises.
    """
    if not points:
        return {}
    url = f"{settings.GEOCODING_API_INTERNAL_URL}/geocoding/v1/reverse"
    asked = {"points": [{"lat": lat, "lon": lon} for lat, lon in points]}
    backend = client or machine_client(settings.GEOCODING_BACKEND_CLIENT_ID)
    who = "Daybook’s backend" if client is None else backend.client_id
    meaning = f"{who}, with a ticket of its own, turns {len(points)} coordinate{'s' if len(points) > 1 else ''} into place names."
    answer = _as_backend(requests.Request("POST", url, json=asked), url, backend, recorder=recorder, meaning=meaning)
    try:
        names = [PlaceName.from_api(entry["result"]) if entry["result"] else None for entry in answer["results"]]
        return dict(zip(points, names, strict=True))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnusableAnswer(GEOCODING_API, url, what="answered 200 with place names that cannot be read") from error


def reverse(latitude: str, longitude: str, *, client: MachineClient, recorder: Recorder) -> str | None:
    """The readable name of one place (`GET reverse?lat=35.6586&lon=139.7454`), None where there is none; the text goes out as it is.

    Raises `TokenRequestRefused`, `SecretMissing`, `TokenRefused`, `Refused`, `NoAnswer`, `UnusableAnswer`.
    """
    url = f"{settings.GEOCODING_API_INTERNAL_URL}/geocoding/v1/reverse"
    request = requests.Request("GET", f"{url}?{urlencode({'lat': latitude, 'lon': longitude})}")
    meaning = "The backend shows its ticket. The Geocoding API checks it four times and answers with a place name."
    answer = _as_backend(request, url, client, recorder=recorder, meaning=meaning)
    try:
        name = answer["result"] and answer["result"]["display_name"]
    except (KeyError, TypeError) as error:
        raise UnusableAnswer(GEOCODING_API, url, what="answered 200 with a place name that cannot be read") from error
    return str(name) if name else None


def _events_url() -> str:
    return f"{settings.CALENDAR_API_INTERNAL_URL}/calendar/v1/events"


def calendar_door(scope: str) -> Door:
    """What opens the Calendar API for reading (`read`) or writing (`write`)."""
    return Door(settings.CALENDAR_AUDIENCE, "users", frozenset({scope}))


def _as_backend(request: requests.Request, url: str, client: MachineClient, *, recorder: Recorder, meaning: str) -> dict[str, Any]:
    """Call the Geocoding API with the machine's token; where a kept one is no longer taken, once more with a new one."""

    def called(token: TokenAnswer) -> dict[str, Any]:
        return _answer(
            request,
            url,
            GEOCODING_API,
            access_token=token.access_token,
            recorder=recorder,
            meaning=meaning,
            is_of_a_machine=True,
            kind="place-names",
            door=Door(settings.GEOCODING_AUDIENCE, "machines"),
        )

    token = TOKENS.token_for(client, audience=settings.GEOCODING_AUDIENCE, recorder=recorder)
    try:
        return called(token)
    except TokenRefused:
        TOKENS.forget(token)
    return called(TOKENS.token_for(client, audience=settings.GEOCODING_AUDIENCE, recorder=recorder))


def _answer(
    request: requests.Request,
    url: str,
    service: Service,
    *,
    access_token: str,
    recorder: Recorder,
    meaning: str,
    kind: str,
    door: Door,
    is_of_a_machine: bool = False,
    wanted_status: int = 200,
) -> dict[str, Any]:
    """The JSON object of an answer with the wanted status; every other answer is raised as what it is."""
    request.headers = {"Accept": "application/json", "Authorization": f"Bearer {access_token}"}
    response = recorder.send(request, service, meaning=meaning, is_of_a_machine=is_of_a_machine, kind=kind, door=door)
    status = response.status_code
    members = json_in(response)
    if status == wanted_status and isinstance(members, dict):
        return members
    if not isinstance(members, dict):
        raise UnusableAnswer(service, url, what=f"answered {status} without the JSON object that belongs there")
    if 400 <= status < 500:
        needed = _scopes_of_challenge(response.headers.get("WWW-Authenticate", ""))
        raise (TokenRefused if status == 401 else Refused)(service, url, http_status=status, problem=members, needed=needed)
    detail = " ".join(str(members.get("detail") or members.get("title") or "no reason given").split())[:300].rstrip(".")
    if status == 503:
        raise NoAnswer(service, url, why=f"it answered 503, “{detail}”")
    raise UnusableAnswer(service, url, what=f"answered {status}, “{detail}”")


def _scopes_of_challenge(challenge: str) -> frozenset[str]:
    """The scopes that a `Bearer … error="insufficient_scope", scope="…"` asks for: only then does asking the person for more help."""
    scheme, _, parameters = challenge.partition(" ")
    named: dict[str, str | None] = parse_dict_header(parameters) if scheme.lower() == "bearer" else {}  # type: ignore[no-untyped-call]  # requests' own
    return frozenset((named.get("scope") or "").split()) if named.get("error") == "insufficient_scope" else frozenset()
