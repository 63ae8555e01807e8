"""Where a request comes from, as its failures are counted: what a proxy says of it counts only if we trust that proxy."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

_IN_BRACKETS_OR_WITH_PORT = re.compile(r"\[(.+)\](?::\d+)?|([^:]+):\d+")
_IPV6_BITS_OF_ONE_CLIENT = 64


def client_address(request: HttpRequest) -> str:
    """The client's address, `192.0.2.7` or `2001:db8:0:1::/64`; empty where the connection has none (a Unix socket).

    It is that of the connection, unless a trusted proxy is at its other end. Then `X-Forwarded-For` is read from the right, where
    each proxy adds who it was called by, up to the first address that is no trusted proxy's: what stands left of it, anybody can
    have sent. What is no address ends the reading, and the last good one counts.
    """
    address = _address(request.META.get("REMOTE_ADDR", ""))
    for before in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        called_by = _address(before)
        if called_by is None or not _is_trusted_proxy(address):
            break
        address = called_by
    return _as_counted(address)


@lru_cache(maxsize=1000)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    """`192.0.2.7`, `192.0.2.7:1234`, `2001:db8::7`, `[2001:db8::7]` or `[2001:db8::7]:1234`; `::ffff:192.0.2.7` is IPv4 (RFC 4291)."""
    text = text.strip()
    dressed = _IN_BRACKETS_OR_WITH_PORT.fullmatch(text)
    try:
        address = ip_address(dressed[1] or dressed[2] if dressed else text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_trusted_proxy(address: IPv4Address | IPv6Address | None) -> bool:
    return address is not None and any(address in network for network in settings.TRUSTED_PROXIES)


def _as_counted(address: IPv4Address | IPv6Address | None) -> str:
    """IPv6 by its /64: that much one client has (RFC 4291 section 2.5.1), and could otherwise start anew as often as it likes."""
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), _IPV6_BITS_OF_ONE_CLIENT), strict=False))
    return str(address or "")
