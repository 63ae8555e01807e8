"""`keys`: public parts alone, rotation, revocation."""

import json

import pytest
from django.db import IntegrityError

from authorization_server import keys
from authorization_server.models import LogEntry, SigningKey
from tests.authorization_server.management_api.conftest import assert_problem, assert_wrong


def states(provisioner):
    return {row["kid"]: row["state"] for row in provisioner.lists("keys")}


def kid_of(state):
    return SigningKey.objects.get(state=state).kid


def test_only_public_parts_come_out(provisioner):
    rows = provisioner.lists("keys")
    assert sorted(row["state"] for row in rows) == ["current", "next"]
    for row in rows:
        assert row.keys() == {"kid", "algorithm", "state", "public_jwk", "created_at", "state_changed_at"}
        assert row["public_jwk"].keys() == {"kty", "n", "e", "kid", "use", "alg"}
    text = json.dumps(rows)
    assert not [key for key in SigningKey.objects.all() if key.private_key_encrypted in text]


def test_rotating_signs_with_the_next_key_and_the_log_says_who_did(provisioner, client):
    was_current, was_next = kid_of("current"), kid_of("next")
    answer = provisioner.post("keys/rotate", {"algorithm": "ES256"}).json()
    assert (answer["kid"], answer["state"]) == (was_next, "current")
    assert "private" not in json.dumps(answer)
    assert states(provisioner) == {was_current: "previous", was_next: "current", kid_of("next"): "next"}
    assert SigningKey.objects.get(state="next").algorithm == "ES256"
    published = {key["kid"] for key in client.get("/.well-known/jwks.json").json()["keys"]}
    assert published == {was_current, was_next, kid_of("next")}
    entry = LogEntry.objects.get(event="keys.rotated")
    assert (entry.by, was_next in entry.detail) == ("provisioner@clients", True)


def test_revoking_the_current_key_publishes_it_no_more(provisioner, client):
    was_current, was_next = kid_of("current"), kid_of("next")
    answer = provisioner.post(f"keys/{was_current}/revoke")
    assert (answer.status_code, answer.json()["state"]) == (200, "revoked")
    assert kid_of("current") == was_next
    assert was_current not in {key["kid"] for key in client.get("/.well-known/jwks.json").json()["keys"]}
    entry = LogEntry.objects.get(event="keys.revoked")
    assert (entry.by, entry.reason, was_current in entry.detail) == ("provisioner@clients", "current", True)


def test_a_new_key_is_of_the_current_one_s_kind_unless_another_is_named(provisioner):
    for algorithm, then in (("ES256", "ES256"), (None, "RS256"), (None, "ES256")):  # the second: what was current before was RS256
        provisioner.post("keys/rotate", {"algorithm": algorithm} if algorithm else {})
        assert SigningKey.objects.get(state="next").algorithm == then


def test_a_key_that_is_unknown_or_revoked_is_a_404(provisioner):
    previous = kid_of("current")
    keys.rotate()
    provisioner.post(f"keys/{previous}/revoke")
    assert_problem(provisioner.post(f"keys/{previous}/revoke"), 404, "not_found")
    assert_problem(provisioner.post("keys/none/revoke"), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "wrong"), [({"algorithm": "HS256"}, {"algorithm": "invalid_choice"}), ({"now": True}, {"now": "unknown_field"})], ids=str
)
def test_what_cannot_be_rotated(provisioner, body, wrong):
    before = states(provisioner)
    assert_wrong(provisioner.post("keys/rotate", body), **wrong)
    assert states(provisioner) == before


def test_a_revocation_takes_no_fields(provisioner):
    assert_wrong(provisioner.post(f"keys/{kid_of('current')}/revoke", {"reason": "stolen"}), reason="unknown_field")
    assert provisioner.post(f"keys/{kid_of('current')}/revoke", {}).status_code == 200


@pytest.mark.parametrize("path", ["keys/rotate", "keys/{}/revoke"])
def test_who_comes_second_by_a_moment_is_told_so(provisioner, monkeypatch, path):
    def too_late(*args):
        raise IntegrityError("UNIQUE constraint failed: one_current_key")

    monkeypatch.setattr(keys, "rotate", too_late)
    monkeypatch.setattr(keys, "revoke", too_late)
    assert_problem(provisioner.post(path.format(kid_of("current")), {}), 409, "already_there")
    assert not LogEntry.objects.filter(event__startswith="keys.").exists()
