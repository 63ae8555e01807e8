"""Signing keys: encrypted at rest, decrypted once, rotated without a restart."""

import jwt
import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import IntegrityError, transaction

from authorization_server import keys
from authorization_server.models import KeyState, SigningKey
from tests.authorization_server.conftest import GEOCODING, verified


def kid_of(answer):
    return jwt.get_unverified_header(answer.json()["access_token"])["kid"]


def kid_in(state):
    return SigningKey.objects.get(state=state).kid


def test_the_private_part_is_stored_encrypted_alone(seeded, settings):
    for key in SigningKey.objects.all():
        assert "PRIVATE KEY" not in str(vars(key))
        assert b"PRIVATE KEY" in Fernet(settings.SIGNING_KEYS_ENCRYPTION_KEY).decrypt(key.private_key_encrypted.encode())


def test_the_current_key_signs(back_channel):
    assert kid_of(back_channel.machine_token()) == kid_in(KeyState.CURRENT)


def test_a_rotation_takes_effect_with_the_next_token_and_earlier_tokens_stay_good(back_channel):
    before, next_kid = back_channel.machine_token(), kid_in(KeyState.NEXT)
    keys.rotate()
    after = back_channel.machine_token()
    assert kid_of(after) == next_kid == kid_in(KeyState.CURRENT)
    assert kid_of(before) == kid_in(KeyState.PREVIOUS)
    for answer in (before, after):
        assert verified(answer.json()["access_token"], GEOCODING).is_machine


def test_a_key_is_decrypted_once_and_not_for_each_token(back_channel, monkeypatch):
    back_channel.machine_token()

    def fail(*args):
        raise AssertionError("decrypted again")

    monkeypatch.setattr(keys, "Fernet", fail)
    assert back_channel.machine_token().status_code == 200


def test_es256_is_a_choice(back_channel, settings):
    keys.rotate("ES256")
    keys.rotate("ES256")
    answer = back_channel.machine_token()
    assert jwt.get_unverified_header(answer.json()["access_token"])["alg"] == "ES256"
    ours, *others = settings.ACCESS_TOKENS["ISSUERS"]
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "ISSUERS": [{**ours, "algorithms": ["ES256"]}, *others]}
    assert verified(answer.json()["access_token"], GEOCODING).is_machine


def test_another_encryption_key_is_named_as_the_cause(seeded, settings):
    settings.SIGNING_KEYS_ENCRYPTION_KEY = Fernet.generate_key().decode()
    with pytest.raises(keys.NoUsableKey, match="SIGNING_KEYS_ENCRYPTION_KEY"):
        keys.current_signer()


def test_the_database_holds_one_current_and_one_next_key(seeded):
    key = SigningKey.objects.get(state=KeyState.CURRENT)
    for state in (KeyState.CURRENT, KeyState.NEXT):
        key.pk, key.kid, key.state = None, f"another-{state}", state
        with pytest.raises(IntegrityError), transaction.atomic():
            key.save()


def test_create_signing_keys_creates_what_is_missing_and_nothing_else(db, capsys):
    call_command("create_signing_keys", algorithm="ES256")
    kids = set(SigningKey.objects.values_list("kid", flat=True))
    call_command("create_signing_keys")
    assert len(kids) == 2
    assert set(SigningKey.objects.values_list("kid", flat=True)) == kids
    assert set(SigningKey.objects.values_list("algorithm", flat=True)) == {"ES256"}
    assert "PRIVATE" not in capsys.readouterr().out
