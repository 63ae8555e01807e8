"""Where somebody is or was is personal data: no log line holds a whole coordinate, whatever becomes of the request."""

import logging

import pytest

from project.logs import JsonLines, PlainLines

LATITUDE, LONGITUDE = "35.6581234", "139.7016234"
DIGITS = ("6581234", "7016234")
POINT = {"lat": LATITUDE, "lon": LONGITUDE}
NUMBERS = {"lat": float(LATITUDE), "lon": float(LONGITUDE)}


@pytest.fixture
def callers(backend, caller_with, issuer, settings):
    """A machine, nobody, one with a token that has run out, a user."""
    return [
        backend,
        caller_with(None),
        caller_with(issuer.machine_token(exp=1)),
        caller_with(issuer.access_token(aud=settings.GEOCODING_AUDIENCE)),
    ]


def assert_no_coordinate_in(records):
    """In neither of the forms that a log may have (LOG_FORMAT)."""
    written = "\n".join(form.format(record) for record in records for form in (JsonLines(service="geocoding_api"), PlainLines()))
    assert not [digits for digits in DIGITS if digits in written]


REQUESTS = {
    "one point": (lambda caller: caller.asks(POINT), {200, 401, 403}),
    "one point, seen before": (lambda caller: caller.asks(POINT, headers={"If-None-Match": "*"}), {304, 401, 403}),
    "not a number": (lambda caller: caller.asks({**POINT, "lat": f"{LATITUDE}x"}), {400, 401, 403}),
    "out of range": (lambda caller: caller.asks({"lat": LONGITUDE, "lon": LATITUDE}), {400, 401, 403}),
    "an unknown parameter": (lambda caller: caller.asks({**POINT, f"{LATITUDE},{LONGITUDE}": LATITUDE}), {400, 401, 403}),
    "a token in the address": (lambda caller: caller.asks({**POINT, "access_token": LATITUDE}), {400}),
    "no media type": (lambda caller: caller.asks(POINT, headers={"Accept": "text/html"}), {406}),
    "another method": (lambda caller: caller("PUT", POINT), {401, 403, 405}),
    "very many parameters": (lambda caller: caller.asks("&".join([f"lat={LATITUDE}"] * 2000)), {400}),
    "a batch": (lambda caller: caller.sends({"points": [{**NUMBERS, "id": LATITUDE}]}), {200, 401, 403}),
    "a batch with malformed points": (lambda caller: caller.sends({"points": [{**POINT, LATITUDE: LATITUDE}]}), {400, 401, 403}),
    "a batch with too many points": (lambda caller: caller.sends({"points": [NUMBERS] * 10_001}), {413, 401, 403}),
    "a batch that ends early": (lambda caller: caller.sends(raw=f'{{"points": [{{"lat": {LATITUDE}'.encode()), {400, 401, 403}),
    "a batch with a member twice": (lambda caller: caller.sends(raw=f'{{"{LATITUDE}": 1, "{LATITUDE}": 1}}'.encode()), {400, 401, 403}),
    "a batch that is no UTF-8": (lambda caller: caller.sends(raw=LATITUDE.encode() + b"\xff"), {400, 401, 403}),
    "a form": (
        lambda caller: caller.sends(raw=f"lat={LATITUDE}".encode(), content_type="application/x-www-form-urlencoded"),
        {401, 403, 415},
    ),
    "a batch too large": (lambda caller: caller.sends(raw=LATITUDE.encode() * 200_000), {401, 403, 413}),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_whole_coordinates_are_not_logged(callers, caplog, name):
    request, statuses = REQUESTS[name]
    with caplog.at_level(logging.DEBUG):
        assert {request(caller).status_code for caller in callers} == statuses
    assert "four_checks.requests" in {record.name for record in caplog.records}
    assert_no_coordinate_in(caplog.records)


def test_a_request_beyond_the_limit_and_one_without_data_log_none_either(backend, settings, caplog, monkeypatch, tmp_path):
    with caplog.at_level(logging.DEBUG):
        monkeypatch.setattr("geocoding_api.places._loaded", None)
        monkeypatch.setattr("geocoding_api.places.DATA", tmp_path)
        assert {backend.asks(POINT).status_code, backend.sends({"points": [NUMBERS]}).status_code} == {503}
        settings.GEOCODING_RATE_LIMIT = 1
        assert {backend.asks(POINT).status_code, backend.sends({"points": [NUMBERS]}).status_code} == {429}
    assert_no_coordinate_in(caplog.records)


def test_no_problem_repeats_the_value_of_a_coordinate(backend):
    """A caller's own log often holds the text of a refusal. What is repeated is names of parameters and members alone."""
    for name in ("not a number", "out of range", "a batch that ends early", "a batch with too many points", "a batch too large"):
        refused = REQUESTS[name][0](backend)
        assert refused.status_code in {400, 413}
        assert not [digits for digits in DIGITS if digits in refused.content.decode()]
