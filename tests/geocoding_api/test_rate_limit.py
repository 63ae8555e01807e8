"""Each client may send so many requests a minute, is told how many are left, and what to do when none are."""

import re
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine

from geocoding_api.rate_limit import _count
from tests.geocoding_api.conftest import assert_problem

NOON = 1_795_521_600  # 2026-11-24 12:00:00 UTC, where a window begins


@pytest.fixture
def noon(issuer, settings):
    settings.GEOCODING_RATE_LIMIT = 3
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def machine(noon, caller_with, issuer):
    """`machine("name")`: a machine with a token given out at noon."""
    return lambda client_id="geocoding-backend", **changes: caller_with(issuer.machine_token(client_id, **changes))


def test_every_answer_says_what_is_left_ietf_draft_ratelimit_headers(machine):
    caller = machine()
    response = caller.asks()
    assert response["RateLimit-Policy"] == '"per-minute";q=3;w=60'
    assert response["RateLimit"] == '"per-minute";r=2;t=60'
    assert caller.asks()["RateLimit"] == '"per-minute";r=1;t=60'


def test_refusals_count_and_say_so_too(machine):
    assert machine().asks({"lat": "x", "lon": "1"})["RateLimit"] == '"per-minute";r=2;t=60'


def test_one_request_too_many_is_429_with_the_seconds_to_wait(machine, noon):
    caller = machine()
    assert [caller.asks().status_code for _ in range(3)] == [200, 200, 200]
    noon.move_to(NOON + 18)
    response = caller.asks()
    problem = assert_problem(response, 429, "rate_limit_exceeded")
    assert response["Retry-After"] == "42"
    assert response["RateLimit"] == '"per-minute";r=0;t=42'
    assert "3 requests a minute" in problem["detail"]
    assert_problem(caller.sends({"points": [{"lat": 1, "lon": 2}]}), 429, "rate_limit_exceeded")


def test_after_the_wait_requests_are_taken_again(machine, noon):
    caller = machine()
    for _ in range(4):
        last = caller.asks()
    noon.shift(int(last["Retry-After"]))
    assert caller.asks().status_code == 200


def test_clients_are_counted_apart(machine):
    for _ in range(4):
        machine("one").asks()
    assert machine("one").asks().status_code == 429
    assert machine("two").asks().status_code == 200


def test_a_new_token_is_no_new_client(machine):
    for number in range(4):
        machine(jti=f"token-{number}").asks()
    assert machine(jti="another").asks().status_code == 429


def test_a_request_without_a_good_token_is_not_counted(machine, nobody, caller_with, issuer, settings):
    for _ in range(5):
        assert "RateLimit" not in nobody.asks()
        assert "RateLimit" not in caller_with(issuer.access_token(aud=settings.GEOCODING_AUDIENCE, client_id="geocoding-backend")).asks()
    assert machine().asks()["RateLimit"] == '"per-minute";r=2;t=60'


def test_a_batch_counts_as_one_request(machine):
    assert machine().sends({"points": [{"lat": 1, "lon": 2}] * 50})["RateLimit"] == '"per-minute";r=2;t=60'


def test_the_usual_limit_is_600(backend):
    assert re.match(r'"per-minute";q=600;w=60$', backend.asks()["RateLimit-Policy"])


@pytest.fixture
def impatient_threads():
    """Threads take turns after every few instructions, so that a read and a write apart from it get torn apart."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_no_two_requests_get_the_same_number(noon, impatient_threads):
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: _count("same"), range(2000)))
    assert sorted(numbers) == list(range(1, 2001))
