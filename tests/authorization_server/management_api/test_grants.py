"""`grants`: what people have allowed, read and taken back."""

from authorization_server.models import Consent, LogEntry, RefreshTokenFamily
from tests.authorization_server.management_api.conftest import assert_problem


def test_what_a_person_allowed(alice, bob, provisioner):
    alice.code(scope="read write offline_access")
    bob.code(scope="read")
    (row,) = provisioner.lists("grants", user="usr_123")
    assert [scope["name"] for scope in row["scopes"]] == ["read", "write"]
    assert (row["client_id"], row["audience"], row["offline_access_since"] is not None) == ("calendar-web", "api.calendar", True)
    assert len(provisioner.lists("grants", client_id="calendar-web", audience="api.calendar")) == 2
    assert provisioner.lists("grants", user="usr_12") == []


def test_taking_it_back_ends_its_refresh_tokens_and_the_log_says_who_did(alice, back_channel, provisioner):
    answer = back_channel.redeem(alice.code(scope="read offline_access")).json()
    path = f"grants/{provisioner.lists('grants')[0]['id']}"
    assert provisioner.delete(path).status_code == 204
    assert not Consent.objects.exists()
    assert not RefreshTokenFamily.objects.exists()
    assert back_channel.refresh(answer["refresh_token"]).json()["error"] == "invalid_grant"
    entry = LogEntry.objects.get(event="consent.withdrawn")
    assert (entry.user, entry.by, entry.reason) == ("usr_123", "provisioner@clients", "by_an_administrator")
    assert_problem(provisioner.delete(path), 404, "not_found")
    assert alice.authorize(prompt="none")["Location"].partition("error=")[2].startswith("consent_required")
