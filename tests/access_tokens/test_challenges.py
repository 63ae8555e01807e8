"""`WWW-Authenticate` is written by one function, whatever a token brought along (RFC 6750 section 3, RFC 9728 section 5.1)."""

import re

import pytest

from access_tokens.challenges import challenge, quoted
from access_tokens.rejections import ALL, InsufficientScope, KeysUnavailable, WrongAudience

ALLOWED = re.compile(r'"[\x20-\x21\x23-\x5b\x5d-\x7e]*"')


@pytest.mark.parametrize("value", ["plain", 'a"b', "a\\b", "a\r\nSet-Cookie: x=y", "é", "\0", "\x7f", "\ud800", "𝛼"])
def test_values_hold_only_the_characters_of_rfc6750_section_3(value):
    assert ALLOWED.fullmatch(quoted(value))


def test_a_hostile_claim_cannot_add_a_parameter():
    rejection = WrongAudience("aud is 'x\", realm=\"mine'")
    header = challenge(rejection, realm="notes", metadata_url="https://api.example/m", explain=True)
    assert re.findall(r'(\w+)="', header) == ["realm", "error", "error_description", "resource_metadata"]


@pytest.mark.parametrize("code", sorted(ALL))
def test_every_rejection_has_a_well_formed_challenge_or_none(code):
    header = challenge(ALL[code]("detail"), realm="notes", metadata_url="https://api.example/m", explain=True)
    if ALL[code] is KeysUnavailable:
        assert header == ""
    else:
        assert re.fullmatch(r'Bearer \w+="[^"]*"(, \w+="[^"]*")*', header)
        assert set(re.findall(r'error="(\w+)"', header)) <= {"invalid_token", "invalid_request", "insufficient_scope"}


def test_all_needed_scopes_are_named_in_order():
    rejection = InsufficientScope("…", needed=frozenset({"write", "read"}))
    assert 'scope="read write"' in challenge(rejection, realm="r", metadata_url="m", explain=False)
