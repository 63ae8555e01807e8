"""Random calendars: whatever was created, moved and cancelled, every window and page has what a slow reading of all instances has."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from calendar_api.instance_keys import key_of
from calendar_api.models import Event
from calendar_api.series import series_of, times_of
from calendar_api.times import AllDay, midnight
from tests.calendar_api.conftest import ids

RULES = ["DAILY", "DAILY;INTERVAL=3;COUNT=9", "WEEKLY", "WEEKLY;INTERVAL=2;COUNT=4", "MONTHLY", "MONTHLY;COUNT=3", "YEARLY"]
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Pacific/Apia", "UTC"]
FIRST = datetime(2026, 2, 20)


def a_calendar(alice, draw):
    """Series, single events, changed and cancelled instances around the days on which clocks change."""
    for number in range(7):
        begins = FIRST + timedelta(days=draw.randrange(40), hours=draw.choice([0, 2, 2.5, 10, 23]))
        times = [begins, begins + timedelta(hours=draw.choice([1, 3, 30]), days=draw.choice([0, 0, 40]))]
        start, end = (f"{time:%Y-%m-%dT%H:%M:%S}" for time in times)
        if draw.random() < 0.4:
            start, end = start[:10], f"{begins + timedelta(days=draw.choice([1, 2, 40])):%Y-%m-%d}"
        if draw.random() < 0.2:
            utc = "Z" if "T" in start else ""
            alice.creates_at(start + utc, end + utc, id=f"event{number}")
        else:
            rule, zone = f"RRULE:FREQ={draw.choice(RULES)}", draw.choice(ZONES)
            alice.creates_series(rule, start=start, end=end, zone=zone, id=f"event{number}")
    instances = alice.instances(time_min="2026-02-20T00:00:00Z", time_max="2026-05-01T00:00:00Z", maxResults=250)
    for instance in draw.sample(instances, min(12, len(instances))):
        path, day = f"events/{instance['id']}", FIRST + timedelta(days=draw.randrange(60))
        if "recurringEventId" not in instance or draw.random() < 0.3:
            alice.delete(path)
        elif "date" in instance["start"]:
            alice.patch(path, {"start": {"date": f"{day:%Y-%m-%d}"}, "end": {"date": f"{day + timedelta(days=2):%Y-%m-%d}"}})
        else:
            alice.patch(path, {"start": {"dateTime": f"{day:%Y-%m-%d}T02:30:00"}, "end": {"dateTime": f"{day:%Y-%m-%d}T09:00:00"}})


def slowly(earliest, latest, zone):
    """The ids in the window, from all there is."""
    found = []
    own = set(Event.objects.filter(kind="instance").values_list("event_id", "original"))
    for event in Event.objects.living():
        if not event.is_series:
            found.append((event.start, event.end, event.event_id, event.original))
            continue
        for original in series_of(event).starts(latest=series_of(event).start + timedelta(days=500)):
            if (event.event_id, key_of(original)) not in own:
                found.append((*times_of(event, original), event.event_id, key_of(original)))

    def instant(moment):
        return midnight(moment.day, zone) if isinstance(moment, AllDay) else moment.instant

    inside = [(instant(start), *names) for start, end, *names in found if instant(start) < latest and instant(end) > earliest]
    return [f"{event_id}_{key}" if key else event_id for _, event_id, key in sorted(inside)]


@pytest.mark.parametrize("seed", range(3))
def test_every_window_and_page_has_what_a_slow_reading_of_everything_has(alice, seed):
    draw = random.Random(seed)  # noqa: S311 - the same calendars every time
    a_calendar(alice, draw)
    for _ in range(4):
        earliest = (FIRST + timedelta(days=draw.randrange(80), hours=draw.randrange(24))).replace(tzinfo=UTC)
        latest, zone = earliest + timedelta(hours=draw.choice([1, 24, 24 * 7, 24 * 31])), draw.choice(ZONES)
        window = {"time_min": f"{earliest:%Y-%m-%dT%H:%M:%SZ}", "time_max": f"{latest:%Y-%m-%dT%H:%M:%SZ}", "timeZone": zone}
        whole = slowly(earliest, latest, ZoneInfo(zone))
        assert ids(alice.instances(**window, maxResults=250)) == whole[:250]
        query = {"timeMin": window["time_min"], "timeMax": window["time_max"], "timeZone": zone, "singleEvents": "true"}
        pages = alice.pages_of_ids("events", **query, maxResults=draw.choice([3, 10, 40]))
        assert list(itertools.chain(*pages)) == whole
        for event_id in {one.partition("_")[0] for one in whole if "_" in one}:
            own = alice.instances(f"events/{event_id}/instances", **window, maxResults=250)
            assert ids(own) == [one for one in whole if one.startswith(f"{event_id}_")]
