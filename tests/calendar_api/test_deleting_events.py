"""DELETE events/{id}: gone for every reader; only the id is kept."""

from calendar_api.models import Calendar, Event
from tests.calendar_api.conftest import assert_problem


def test_a_deleted_event_is_204_and_then_404_everywhere(alice):
    event = alice.creates()
    response = alice.delete(f"events/{event['id']}")
    assert (response.status_code, response.content) == (204, b"")
    assert_problem(alice.get(f"events/{event['id']}"), 404, "not_found")
    assert_problem(alice.patch(f"events/{event['id']}", {"summary": "x"}), 404, "not_found")
    assert_problem(alice.delete(f"events/{event['id']}"), 404, "not_found")
    assert alice.lists() == []


def test_a_deleted_event_is_404_whatever_was_seen_of_it(alice):
    event = alice.creates()
    alice.delete(f"events/{event['id']}")
    assert alice.get(f"events/{event['id']}", headers={"If-None-Match": '"v2"'}).status_code == 404
    assert alice.delete(f"events/{event['id']}", headers={"If-Match": '"v2"'}).status_code == 404


def test_nothing_personal_is_kept_of_a_deleted_event(alice):
    alice.creates(summary="Dentist", description="tooth", location="Berlin", geo={"lat": 52, "lon": 13})
    alice.delete(f"events/{Event.objects.get().event_id}")
    left = Event.objects.get()
    assert [left.summary, left.description, left.location, left.lat, left.lon, left.start_instant, left.end_instant] == [
        "",
        "",
        "",
        *[None] * 4,
    ]
    assert left.status == "cancelled"


def test_a_deleted_event_makes_room_in_the_calendar(alice):
    event = alice.creates()
    assert Calendar.objects.get().event_count == 1
    alice.delete(f"events/{event['id']}")
    assert Calendar.objects.get().event_count == 0


def test_an_all_day_event_can_be_deleted(alice):
    event = alice.creates_at("2026-11-25", "2026-11-26")
    assert alice.delete(f"events/{event['id']}").status_code == 204


def test_a_body_is_not_looked_at(alice):
    event = alice.creates()
    assert alice.delete(f"events/{event['id']}", raw=b"{not json").status_code == 204
