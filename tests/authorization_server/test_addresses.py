"""Which address a request counts for: the connection's, and what a proxy says of it only where that proxy is trusted."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory

from authorization_server.addresses import client_address

PROXY, INNER_PROXY = "10.0.0.1", "10.0.0.2"


@pytest.fixture
def address_of(settings):
    """`address_of(connection, forwarded_for)`: what counts, where 10.0.0.0/8 and ::1 are trusted proxies."""
    settings.TRUSTED_PROXIES = (ip_network("10.0.0.0/8"), ip_network("::1"))

    def address_of(connection, forwarded_for=None):
        forwarded = {} if forwarded_for is None else {"HTTP_X_FORWARDED_FOR": forwarded_for}
        return client_address(RequestFactory().get("/login", REMOTE_ADDR=connection, **forwarded))

    return address_of


def test_without_a_trusted_proxy_nobody_believes_x_forwarded_for(settings):
    assert settings.TRUSTED_PROXIES == ()
    request = RequestFactory().get("/login", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR="192.0.2.7")
    assert client_address(request) == PROXY


def test_a_stranger_s_x_forwarded_for_is_not_believed(address_of):
    assert address_of("198.51.100.1", "192.0.2.7") == "198.51.100.1"


@pytest.mark.parametrize(
    ("connection", "forwarded_for", "address"),
    [
        (PROXY, "192.0.2.7", "192.0.2.7"),
        ("::1", "192.0.2.7", "192.0.2.7"),
        ("::ffff:10.0.0.1", "192.0.2.7", "192.0.2.7"),
        (PROXY, f"192.0.2.7, {INNER_PROXY}", "192.0.2.7"),
        (PROXY, f"192.0.2.7,{INNER_PROXY} , ::1", "192.0.2.7"),
        (PROXY, f"{INNER_PROXY}", INNER_PROXY),
        (PROXY, None, PROXY),
        (PROXY, "", PROXY),
    ],
)
def test_of_trusted_proxies_it_is_who_called_the_first_of_them(address_of, connection, forwarded_for, address):
    assert address_of(connection, forwarded_for) == address


@pytest.mark.parametrize("made_up", ["203.0.113.9", f"203.0.113.9, {INNER_PROXY}", "<script>"])
def test_what_a_client_sent_along_stands_further_left_and_does_not_count(address_of, made_up):
    assert address_of(PROXY, f"{made_up}, 192.0.2.7") == "192.0.2.7"
    assert address_of(PROXY, f"{made_up}, 192.0.2.7, {INNER_PROXY}") == "192.0.2.7"


@pytest.mark.parametrize(
    "malformed", ["unknown", "_hidden", "192.0.2.300", "192.0.2.7:", "[192.0.2.7", "[::2]x", "", "1.2.3.4 5.6.7.8", "é"]
)
def test_what_is_no_address_ends_the_reading_and_the_last_good_one_counts(address_of, malformed):
    assert address_of(PROXY, f"192.0.2.7, {malformed}") == PROXY
    assert address_of(PROXY, f"192.0.2.7, {malformed}, {INNER_PROXY}") == INNER_PROXY


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("192.0.2.7:51234", "192.0.2.7"),
        ("[2001:db8:0:1::7]", "2001:db8:0:1::/64"),
        ("[2001:db8:0:1::7]:51234", "2001:db8:0:1::/64"),
        ("2001:DB8:0:1::7", "2001:db8:0:1::/64"),
        ("[::ffff:192.0.2.7]:51234", "192.0.2.7"),
    ],
)
def test_ports_and_brackets_are_taken_off(address_of, written, address):
    assert address_of(PROXY, written) == address
    assert address_of(written) == address


def test_ipv6_counts_by_its_64_rfc4291_section_2_5_1(address_of):
    assert address_of("2001:db8:0:1::7") == address_of("2001:db8:0:1:ffff:ffff:ffff:ffff") == "2001:db8:0:1::/64"
    assert address_of("2001:db8:0:2::7") == "2001:db8:0:2::/64"
    assert address_of("fe80::1%eth0") == "fe80::/64"


def test_ipv4_in_ipv6_s_clothes_is_ipv4_rfc4291_section_2_5_5_2(address_of):
    assert address_of("::ffff:192.0.2.7") == "192.0.2.7"


def test_a_unix_socket_has_no_address(address_of):
    assert address_of("", "192.0.2.7") == ""
