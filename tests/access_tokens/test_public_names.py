"""`access_tokens.__all__` is the whole public surface; each file says which version it is."""

import ast
from pathlib import Path

import pytest

import access_tokens
from access_tokens.rejections import ALL

FILES = sorted(Path(access_tokens.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("name", access_tokens.__all__)
def test_every_public_name_is_there(name):
    assert getattr(access_tokens, name).__name__ == name


def test_the_lazy_names_are_those_in_all():
    assert sorted(name for names in access_tokens._HOMES.values() for name in names) == access_tokens.__all__
    with pytest.raises(AttributeError, match="no public name"):
        access_tokens.nonsense  # noqa: B018  that it is asked for is the test


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_opens_with_its_origin_its_version_and_one_sentence(path):
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[0].startswith(f"# Four Checks, access_tokens {access_tokens.__version__}, MIT licence.")
    assert (ast.get_docstring(ast.parse(text)) or "").split("\n")[0]


def test_what_is_copied_first_is_small_and_not_the_longest():
    lines = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert lines["verify.py"] + lines["keys.py"] + lines["rejections.py"] <= 450
    assert max(lines, key=lambda name: lines[name]) not in {"verify.py", "authentication.py"}


@pytest.mark.parametrize("rejection", ALL.values(), ids=ALL)
def test_every_rejection_says_what_a_person_needs(rejection):
    assert rejection.title
    assert rejection.source
    assert rejection.cure.endswith(".")
    assert rejection.status in {400, 401, 403, 503}
    assert (rejection.step is None) == (rejection.code in {"invalid_token", "missing_token", "invalid_request", "keys_unavailable"})
    assert (rejection.title + rejection.cure).isascii()


def test_the_codes_are_exactly_these():
    steps = {step: {code for code, rejection in ALL.items() if rejection.step == step} for step in (1, 2, 3, 4, None)}
    assert steps == {
        1: {"malformed_token", "token_too_large", "unsigned_token", "forbidden_header", "wrong_type"},
        2: {"unknown_key", "wrong_algorithm", "bad_signature"},
        3: {
            *{"token_expired", "token_not_yet_valid", "wrong_issuer", "wrong_audience"},
            *{"missing_claim", "invalid_claim", "id_token_refused"},
        },
        4: {"insufficient_scope", "machine_token_refused", "user_token_refused"},
        None: {"invalid_token", "missing_token", "invalid_request", "keys_unavailable"},
    }
