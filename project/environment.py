"""Typed readers for settings from the environment; a bad value stops the start, naming variable, value and cure.

Read next: `project/settings.py`, which calls each reader once.
"""

import json
import os
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from dotenv import dotenv_values

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


class BadSetting(ImproperlyConfigured):
    """A setting that cannot be used: says which variable, which value and what to do."""

    def __init__(self, name: str, value: str | None, cure: str) -> None:
        shown = "is not set" if value is None else f"is {value!r}"
        super().__init__(f"{name} {shown}. Cure: {cure}")


def is_loopback(url: str) -> bool:
    """Whether `url` names this machine itself (`localhost`, `127.0.0.1`, `::1`)."""
    return urlsplit(url).hostname in LOOPBACK_HOSTS


class Environment:
    """Variables from the process environment, then from the given dotenv files, the first one found wins.

    Every reader takes the variable's name and a default and returns a value of its type; it raises `BadSetting`.
    An empty variable counts as not set. `names` collects what was read, so that a test can hold `.env.example` to it.
    """

    def __init__(self, *dotenv_files: Path) -> None:
        self.names: set[str] = set()
        self._sources: list[Mapping[str, str | None]] = [os.environ, *(dotenv_values(f) for f in dotenv_files if f.is_file())]

    def _read(self, name: str) -> str | None:
        self.names.add(name)
        return next((value for source in self._sources if (value := source.get(name))), None)

    def text(self, name: str, *, default: str = "") -> str:
        """Any text."""
        return self._read(name) or default

    def secret(self, name: str, *, cure: str, default: str | None = None, min_length: int = 1) -> str:
        """Text that is never printed; without a default it must be set."""
        value = self._read(name) or default
        if value is None:
            raise BadSetting(name, None, cure)
        if len(value) < min_length:
            raise BadSetting(name, "***", f"it needs at least {min_length} characters. {cure}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """`1 true yes on` or `0 false no off`, in any case."""
        value = self._read(name)
        if value is None:
            return default
        if value.lower() in _TRUE | _FALSE:
            return value.lower() in _TRUE
        raise BadSetting(name, value, "write 1 or 0.")

    def integer(self, name: str, *, default: int, minimum: int = 0) -> int:
        """A whole number, at least `minimum`."""
        value = self._read(name)
        if value is None:
            return default
        if value.isascii() and value.isdigit() and int(value) >= minimum:
            return int(value)
        raise BadSetting(name, value, f"write a whole number of at least {minimum}.")

    def choice(self, name: str, *, default: str, choices: frozenset[str]) -> str:
        """One of `choices`, exactly."""
        value = self._read(name) or default
        if value not in choices:
            raise BadSetting(name, value, f"write one of {', '.join(sorted(choices))}.")
        return value

    def words(self, name: str, *, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list, separated by commas or blanks."""
        value = self._read(name)
        return default if value is None else tuple(value.replace(",", " ").split())

    def chosen_words(self, name: str, *, default: tuple[str, ...], choices: frozenset[str]) -> tuple[str, ...]:
        """A list, separated by commas or blanks, each one of `choices`."""
        words = self.words(name, default=default)
        for word in words:
            if word not in choices:
                raise BadSetting(name, word, f"write one or several of {', '.join(sorted(choices))}.")
        return words

    def url(self, name: str, *, default: str) -> str:
        """An http(s) URL without query and fragment; a last slash is dropped, so that paths can be appended."""
        value = self._read(name) or default
        self._check_url(name, value)
        return value.rstrip("/")

    def issuer(self, name: str, *, default: str) -> str:
        """An issuer, kept exactly as written (RFC 8414 section 2): an http(s) URL, no query, no fragment.

        Whether its last slash is there is not decided here: providers differ, and the comparison is exact.
        """
        value = self._read(name) or default
        self._check_url(name, value)
        return value

    def origins(self, name: str) -> tuple[str, ...]:
        """A list of origins, `scheme://host[:port]` without a path."""
        words = self.words(name)
        for word in words:
            self._check_url(name, word)
            if urlsplit(word).path:
                raise BadSetting(name, word, "an origin has no path and no last slash, as in https://app.example.")
        return words

    def networks(self, name: str) -> tuple[IPv4Network | IPv6Network, ...]:
        """A list of IP addresses and networks, separated by commas or blanks; an address is a network of one."""
        cure = "write addresses or networks, as in 10.0.0.0/8 ::1; a network has no bits set behind its prefix."
        networks = []
        for word in self.words(name):
            try:
                network = ip_network(word)
            except ValueError as error:
                raise BadSetting(name, word, cure) from error
            if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped:
                raise BadSetting(name, word, "write an IPv4 network as IPv4, as in 10.0.0.0/8.")
            networks.append(network)
        return tuple(networks)

    def json_list(self, name: str) -> list[dict[str, object]]:
        """A JSON list of objects."""
        value = self._read(name)
        if value is None:
            return []
        cure = "write a JSON list of objects on one line."
        try:
            parsed = json.loads(value)
        except ValueError as error:
            raise BadSetting(name, value[:80], cure) from error
        if not isinstance(parsed, list) or not all(isinstance(entry, dict) for entry in parsed):
            raise BadSetting(name, value[:80], cure)
        return parsed

    def json_secrets(self, name: str) -> dict[str, str]:
        """A JSON object from names to secrets, each of its own and of at least 32 bytes; no value is ever printed."""
        value = self._read(name)
        if value is None:
            return {}
        try:
            parsed = json.loads(value, object_pairs_hook=lambda pairs: dict(pairs) if len(dict(pairs)) == len(pairs) else None)
        except (ValueError, RecursionError):
            parsed = None
        if not isinstance(parsed, dict) or not all(isinstance(secret, str) for secret in parsed.values()):
            raise BadSetting(name, "***", """write a JSON object on one line, each name once: {"<name>": "<secret>"}.""")
        if any(len(secret.encode(errors="replace")) < 32 for secret in parsed.values()):
            raise BadSetting(name, "***", "make each secret at least 32 bytes long (RFC 7518 section 3.2).")
        if len(set(parsed.values())) < len(parsed):
            raise BadSetting(name, "***", "give each name a secret of its own.")
        return parsed

    @staticmethod
    def _check_url(name: str, value: str) -> None:
        try:
            parts = urlsplit(value)
            usable = parts.scheme in {"http", "https"} and parts.hostname and (parts.port is None or parts.port > 0)
        except ValueError:
            usable = False
        if not usable:
            raise BadSetting(name, value, "write a URL that starts with http:// or https:// and names a host.")
        if "?" in value or "#" in value or "@" in value:
            raise BadSetting(name, value, "leave out the query, the fragment and any user name.")
