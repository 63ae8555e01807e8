"""Which ports a demo takes: the usual ones, else the next free block for all four; an address in `.env` is kept."""

import socket

import pytest

from launcher import addresses
from launcher.console import Failure


@pytest.fixture
def taken(monkeypatch):
    """A set of ports that count as taken; all others are free."""
    ports: set[int] = set()
    monkeypatch.setattr(addresses, "is_free", lambda port: port not in ports)
    return ports


def ports_of(chosen):
    return {name: listener.port for name, listener in chosen.listeners.items()}


def test_four_services_take_their_usual_ports(taken):
    chosen = addresses.choose({}, one_process=False)
    assert ports_of(chosen) == {"demo_client": 8000, "calendar_api": 8001, "geocoding_api": 8002, "authorization_server": 9000}
    assert chosen.settings == {
        "DEMO_CLIENT_URL": "http://localhost:8000",
        "CALENDAR_API_URL": "http://localhost:8001",
        "GEOCODING_API_URL": "http://localhost:8002",
        "ISSUER": "http://localhost:9000/",
    }
    assert chosen.issuer_is_ours


@pytest.mark.parametrize("port", [8000, 8001, 8002, 9000])
def test_one_taken_port_moves_all_four(taken, port):
    taken.update({port, 8011})
    chosen = addresses.choose({}, one_process=False)
    assert ports_of(chosen) == {"demo_client": 8020, "calendar_api": 8021, "geocoding_api": 8022, "authorization_server": 9020}
    assert chosen.settings["ISSUER"] == "http://localhost:9020/"


def test_one_process_has_one_port_and_one_origin(taken):
    taken.add(8000)
    chosen = addresses.choose({}, one_process=True)
    assert ports_of(chosen) == {"all": 8010}
    assert set(chosen.settings.values()) == {"http://localhost:8010", "http://localhost:8010/"}
    assert chosen.issuer_is_ours


@pytest.mark.parametrize("issuer", ["https://tenant.example/", "http://localhost:8080/realms/demo", "http://issuer.example/"])
def test_another_providers_issuer_is_kept_and_nothing_is_started_for_it(taken, issuer):
    chosen = addresses.choose({"ISSUER": issuer}, one_process=False)
    assert chosen.settings["ISSUER"] == issuer
    assert "authorization_server" not in chosen.listeners
    assert not chosen.issuer_is_ours
    assert issuer in chosen.notes[0]


def test_another_providers_issuer_is_kept_in_one_process_too(taken):
    chosen = addresses.choose({"ISSUER": "https://tenant.example/"}, one_process=True)
    assert chosen.settings["ISSUER"] == "https://tenant.example/"
    assert not chosen.issuer_is_ours


def test_an_address_of_this_machine_is_served_where_it_is_given(taken):
    chosen = addresses.choose({"ISSUER": "http://127.0.0.1:9500/", "DEMO_CLIENT_URL": "http://localhost:9000"}, one_process=False)
    assert ports_of(chosen) == {"demo_client": 9000, "calendar_api": 8001, "geocoding_api": 8002, "authorization_server": 9500}


def test_no_block_overlaps_an_address_that_is_given(taken):
    chosen = addresses.choose({"ISSUER": "http://localhost:8000/"}, one_process=False)
    assert ports_of(chosen) == {"authorization_server": 8000, "demo_client": 8010, "calendar_api": 8011, "geocoding_api": 8012}


def test_where_something_listens_already_nothing_is_started(taken):
    taken.add(9000)
    chosen = addresses.choose({"ISSUER": "http://localhost:9000/"}, one_process=False)
    assert "authorization_server" not in chosen.listeners
    assert not chosen.issuer_is_ours


def test_nothing_to_start_is_an_error_with_its_cure(taken):
    with pytest.raises(Failure, match="Cure: remove one of them from .env"):
        addresses.choose({"DEMO_CLIENT_URL": "https://daybook.example"}, one_process=True)


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET, "0.0.0.0")])  # noqa: S104
def test_a_port_is_taken_by_whoever_listens_on_either_loopback_address(family, host):
    with socket.socket(family) as stranger:
        try:
            stranger.bind((host, 0))
        except OSError:
            pytest.skip("this machine has no IPv6 loopback address")
        stranger.listen()
        port = stranger.getsockname()[1]
        assert not addresses.is_free(port)
    assert addresses.is_free(port)
