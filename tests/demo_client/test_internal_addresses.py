"""Where services have internal addresses, Daybook's own calls go there; whatever people are shown to use names the public ones."""

from demo_client.message_text import as_curl
from demo_client.models import RecordedMessage


def test_daybooks_own_calls_go_to_the_internal_addresses(alice, services, settings):
    settings.CALENDAR_API_URL, settings.GEOCODING_API_URL = "https://calendar.example", "https://places.example"
    alice.sign_in(services)
    assert alice.get("/daybook").status_code == 200
    assert services.sent_to("/calendar/v1/events")
    assert services.sent_to("/geocoding/v1/reverse")


def test_a_request_that_is_sent_again_goes_there_too(alice, services, settings):
    settings.CALENDAR_API_URL = "https://calendar.example"
    alice.sign_in(services)
    alice.get("/daybook")
    recorded = RecordedMessage.objects.filter(receiver="calendar_api").latest("pk")
    assert alice.post(f"/messages/{recorded.pk}/send-again").status_code == 303
    assert len(services.sent_to("/calendar/v1/events")) == 2


def test_a_command_for_the_terminal_names_the_public_address(alice, services, settings):
    settings.CALENDAR_API_URL = "https://calendar.example"
    alice.sign_in(services)
    alice.get("/daybook")
    recorded = RecordedMessage.objects.filter(receiver="calendar_api").latest("pk")
    assert dict(recorded.request["headers"])["Host"] == services.url.removeprefix("http://"), "what was sent stays as it was"
    assert "https://calendar.example/calendar/v1/events?" in as_curl(recorded)
