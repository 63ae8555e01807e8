"""docs/one-request.md: a real request calls the functions of each walk in their order, and a walk is short enough to be taken."""

import re
import sys
from pathlib import Path

from tests.authorization_server.conftest import alice, back_channel, quick_secrets, seeded  # noqa: F401  fixtures

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "authorization_server"
PAGE = (ROOT / "docs" / "one-request.md").read_text()
MOST_FILES, MOST_LINES = 6, 400


def steps(text):
    """File and function of each row."""
    return re.findall(r"^\| \d+ \| `([\w/.]+)` \| `(\w+)` \|", text, flags=re.MULTILINE)


AT_AUTHORIZE, AT_TOKEN = (steps(part) for part in PAGE.split("## `/authorize`")[1].split("## `/oauth/token`"))


def calls_of(request):
    """File and name of each of the authorization server's functions that a request enters or goes on with, in order."""
    seen = []

    def note(frame, event, _):
        if event == "call" and frame.f_code.co_filename.startswith(str(SERVER)):
            seen.append((str(Path(frame.f_code.co_filename).relative_to(ROOT)), frame.f_code.co_name))
        elif event == "return" and frame.f_back and frame.f_back.f_code.co_filename.startswith(str(SERVER)):
            back = frame.f_back.f_code
            seen.append((str(Path(back.co_filename).relative_to(ROOT)), back.co_name))

    sys.setprofile(note)
    try:
        answer = request()
    finally:
        sys.setprofile(None)
    return seen, answer


def assert_in_order(walk, seen):
    """Each step comes after the one before it."""
    place = 0
    for step in walk:
        assert step in seen[place:], f"{step} is not called after the steps before it"
        place = seen.index(step, place) + 1


def test_the_walk_through_authorize_is_what_happens(alice):  # noqa: F811
    seen, page = calls_of(alice.authorize)
    assert_in_order(AT_AUTHORIZE[:8], seen)
    seen, answer = calls_of(lambda: alice.decide(page, "allow"))
    assert answer.status_code == 303
    assert_in_order(AT_AUTHORIZE[8:], seen)


def test_the_walk_through_the_token_endpoint_is_what_happens(alice, back_channel):  # noqa: F811
    code = alice.code()
    seen, answer = calls_of(lambda: back_channel.redeem(code))
    assert answer.status_code == 200
    assert_in_order(AT_TOKEN, seen)


def test_each_walk_is_at_most_six_files_and_400_lines():
    for walk in (AT_AUTHORIZE, AT_TOKEN):
        files = {file for file, _ in walk}
        lines = sum(len((ROOT / file).read_text().splitlines()) for file in files)
        assert walk
        assert len(files) <= MOST_FILES
        assert lines <= MOST_LINES, f"{lines} lines"
