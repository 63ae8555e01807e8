"""One letter of a ticket changed: exactly one, in the claims, and where it can be so that they still read well."""

import base64
import json
from string import ascii_letters, digits

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo_client.changed_letter import change_one_letter

CLAIMS = {"iss": "http://localhost:9000/", "sub": "usr_123", "aud": "api.calendar", "iat": 1, "exp": 2, "scope": "read"}


def token(claims):
    part = base64.urlsafe_b64encode(json.dumps(claims, separators=(",", ":")).encode()).rstrip(b"=").decode()
    return f"eyJhbGciOiJSUzI1NiJ9.{part}.c2lnbmF0dXJl"


def differences(before, after):
    return [at for at, (one, other) in enumerate(zip(before, after, strict=True), start=1) if one != other]


def test_the_claims_still_read_well_and_name_somebody_else():
    changed = change_one_letter(token(CLAIMS))
    claims = jwt.decode(changed.token, options={"verify_signature": False})
    assert claims == {**CLAIMS, "sub": changed.now_says}
    assert changed.now_says not in {"", "usr_123"}


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["iss", "aud", "sub", "scope", "jti"]), st.text(ascii_letters + digits + ":/._@", max_size=40)))
def test_exactly_one_letter_differs_and_it_stands_in_the_claims(claims):
    before = token(claims)
    changed = change_one_letter(before)
    assert differences(before, changed.token) == [changed.letter]
    assert (before[changed.letter - 1], changed.token[changed.letter - 1]) == (changed.sealed, changed.sent)
    assert before.index(".") + 1 < changed.letter <= before.rindex(".")


def test_claims_without_a_subject_are_changed_all_the_same():
    changed = change_one_letter(token({"aud": "x"}))
    assert changed.now_says == ""
    assert len(differences(token({"aud": "x"}), changed.token)) == 1


@pytest.mark.parametrize("opaque", ["opaque", "a.b", "a.b.c.d.e", ""])
def test_what_has_not_three_parts_is_no_ticket_to_change(opaque):
    with pytest.raises(ValueError, match="unpack"):
        change_one_letter(opaque)
