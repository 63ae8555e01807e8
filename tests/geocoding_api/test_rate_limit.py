"""Each client may send so many requests a minute, is told how many are left, and what to do when none are."""

import re
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
import time_machine

from geocoding_api.rate_limit import _count
from tests import redis_server
from tests.geocoding_api.conftest import SHIBUYA, assert_problem, trust
from tests.issuer import TestIssuer
from tests.requirements_of_tests import missing

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


@pytest.mark.parametrize("header", ["RateLimit", "RateLimit-Policy"])
def test_each_header_is_a_list_of_one_string_with_whole_numbers_rfc9651_section_3(machine, header):
    assert re.fullmatch(r'"[ !#-\[\]-~]+"(;[a-z*][a-z0-9_.*-]*=\d{1,15})+', machine().asks()[header])


@pytest.mark.parametrize(
    "request_",
    [
        lambda caller: caller.asks({"lat": "x", "lon": "1"}),
        lambda caller: caller.asks(headers={"If-None-Match": "*"}),
        lambda caller: caller("HEAD", SHIBUYA),
        lambda caller: caller("PUT", SHIBUYA),
        lambda caller: caller.sends({"points": [{"lat": 1, "lon": 2}] * 50}),
        lambda caller: caller.sends({"points": [{"lat": 1, "lon": 2}] * 10_001}),
        lambda caller: caller.sends(raw=b"{"),
        lambda caller: caller.sends(raw=b"{}", content_type="text/plain"),
    ],
    ids=["400", "304", "HEAD", "405", "a batch", "413", "a malformed body", "415"],
)
def test_every_request_with_a_good_token_counts_as_one_and_its_answer_says_so(machine, request_):
    assert request_(machine())["RateLimit"] == '"per-minute";r=2;t=60'


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
    assert caller.asks()["RateLimit"] == '"per-minute";r=2;t=60'


@pytest.mark.parametrize(("seconds", "left"), [(0, 60), (0.9, 60), (1, 59), (59, 1), (59.9, 1), (60, 60)])
def test_retry_after_never_ends_before_the_window(machine, noon, seconds, left):
    noon.move_to(NOON + seconds)
    for _ in range(4):
        last = machine().asks()
    assert (last.status_code, last["Retry-After"], last["RateLimit"]) == (429, str(left), f'"per-minute";r=0;t={left}')


def test_a_refused_request_beyond_the_limit_makes_the_wait_no_longer(machine, noon):
    for _ in range(50):
        last = machine().asks()
    assert last["Retry-After"] == "60"
    noon.shift(60)
    assert machine().asks().status_code == 200


def test_clients_are_counted_apart(machine):
    for _ in range(4):
        machine("one").asks()
    assert machine("one").asks().status_code == 429
    assert machine("two").asks().status_code == 200


def test_one_name_at_two_issuers_is_two_clients(machine, caller_with, settings):
    other = TestIssuer("https://tenant.example/", settings.CALENDAR_AUDIENCE, settings.GEOCODING_AUDIENCE)
    trust(settings, other, machine_rule="auth0")
    for _ in range(4):
        machine("backend").asks()
    assert machine("backend").asks().status_code == 429
    assert caller_with(other.machine_token("backend")).asks()["RateLimit"] == '"per-minute";r=2;t=60'


def test_a_new_token_is_no_new_client(machine):
    for number in range(4):
        machine(jti=f"token-{number}").asks()
    assert machine(jti="another").asks().status_code == 429


def test_a_request_without_a_good_token_is_not_counted(machine, nobody, caller_with, issuer, settings):
    for _ in range(5):
        assert "RateLimit" not in nobody.asks()
        assert "RateLimit" not in caller_with(issuer.machine_token(exp=1)).asks()
        assert "RateLimit" not in caller_with(issuer.machine_token()[:-6] + "AAAAAA").asks()
        assert "RateLimit" not in caller_with(issuer.access_token(aud=settings.GEOCODING_AUDIENCE, client_id="geocoding-backend")).asks()
    assert machine().asks()["RateLimit"] == '"per-minute";r=2;t=60'


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


# ---- One store for several processes (CACHE_URL) --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def redis_url():
    try:
        with redis_server.running() as url:
            yield url
    except redis_server.NoRedis as reason:
        missing(str(reason))


@pytest.fixture
def shared(redis_url, settings):
    """The store, as another process sees it."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}}
    with redis.Redis.from_url(redis_url) as store:
        store.flushall()
        yield store


def test_processes_that_share_a_cache_count_together(machine, shared):
    assert machine().asks()["RateLimit"] == '"per-minute";r=2;t=60'
    (counted,) = shared.keys()
    assert shared.get(counted) == b"1"
    shared.incr(counted)  # a request that another process answers
    assert machine().asks()["RateLimit"] == '"per-minute";r=0;t=60'
    assert machine().asks().status_code == 429


def test_a_shared_count_names_no_client_and_is_forgotten_after_its_window(machine, shared):
    machine("secret-project").asks()
    (counted,) = shared.keys()
    assert b"secret-project" not in counted
    assert 60 < shared.ttl(counted) <= 120


def test_no_two_requests_get_the_same_number_from_a_shared_cache_either(shared):
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: _count("same"), range(200)))
    assert sorted(numbers) == list(range(1, 201))


def test_while_the_shared_cache_is_down_names_go_on_without_the_limit_and_the_log_says_so(machine, settings, caplog):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}}
    assert [machine().asks().status_code for _ in range(5)] == [200] * 5
    assert "CACHE_URL cannot be used, so nobody is counted: ConnectionError" in caplog.messages
