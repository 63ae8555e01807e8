# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""Where an issuer's keys come from, and how long they are kept: fetched when needed, never per request.

Read next: `access_tokens/rejections.py`, each way to fail.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from urllib3.exceptions import HTTPError

from access_tokens.rejections import KeysUnavailable, shown

FETCH_SECONDS, FETCH_BYTES, LOOPBACK_HOSTS = 3, 256 * 1024, {"localhost", "127.0.0.1", "::1"}
Read = Callable[[], tuple[object, float]]


class KeySource:
    """The keys of one issuer by their `kid`. `read` returns a JWK set, which replaces the old one, and its lifetime in seconds.

    One thread reads: after a failure not for `retry_seconds`, for an unknown `kid` once in `unknown_kid_seconds`. Old keys serve meanwhile.
    """

    def __init__(self, read: Read, *, max_stale_hours: float = 24, unknown_kid_seconds: int = 60, retry_seconds: int = 10) -> None:
        self._read, self._max_stale_seconds = read, max_stale_hours * 3600
        self._unknown_kid_seconds, self._retry_seconds, self._reading_since = unknown_kid_seconds, retry_seconds, float("inf")
        self._held: tuple[Mapping[str, jwt.PyJWK], float, float] = ({}, 0, 0)  # keys, when read, lifetime in s: replaced as one
        self._failed_at, self._unknown_kid_at, self._problem, self._lock = 0.0, 0.0, "they were never read", threading.Lock()

    def load(self) -> Mapping[str, jwt.PyJWK]:
        """All keys, read only when those at hand are too old. Raises `KeysUnavailable`."""
        keys, read_at, lifetime_seconds = held = self._held
        if not keys or not _is_within(lifetime_seconds, read_at):
            keys, read_at, _ = self._read_unless_done(held, wait=not keys)
        if not keys or not _is_within(self._max_stale_seconds, read_at):
            raise KeysUnavailable(self._problem, retry_after_seconds=max(1, round(self._failed_at + self._retry_seconds - time.time())))
        return keys

    def find(self, kid: object) -> jwt.PyJWK | None:
        """The key that `kid`, straight out of an unverified header, names. Raises `KeysUnavailable`."""
        held, keys = self._held, self.load()
        is_new = isinstance(kid, str) and kid not in keys and held is self._held  # else they were read just now
        is_due = is_new and not _is_within(self._unknown_kid_seconds, self._unknown_kid_at)
        if is_due or (is_new and self._lock.locked()):  # a reading under way may bring the key, too
            self._unknown_kid_at = time.time() if is_due else self._unknown_kid_at
            keys, _, _ = self._read_unless_done(held, wait=True)
        return keys.get(kid) if isinstance(kid, str) else None

    def _read_unless_done(self, seen: object, *, wait: bool) -> tuple[Mapping[str, jwt.PyJWK], float, float]:
        left = 3 * FETCH_SECONDS - (time.monotonic() - self._reading_since)  # nobody waits for a reading that hangs
        if self._lock.acquire(timeout=min(max(0, left), 3 * FETCH_SECONDS) if wait else 0):
            try:
                self._reading_since = time.monotonic()
                if self._held is seen and not _is_within(self._retry_seconds, self._failed_at):
                    jwks, lifetime_seconds = self._read()
                    self._held = usable_keys(jwks), time.time(), lifetime_seconds
                    if not self._held[0]:
                        raise KeysUnavailable("no published key can be used here (is the package cryptography installed?)")
            except KeysUnavailable as problem:
                self._failed_at, self._problem = time.time(), problem.detail
            finally:
                self._reading_since = float("inf")
                self._lock.release()
        return self._held


def published_keys(issuer: str, *, internal_url: str = "", jwks_uri: str = "", max_stale_hours: float = 24) -> KeySource:
    """The keys at `jwks_uri`, else where discovery says (RFC 8414); `internal_url` replaces a leading `issuer`. Fetches nothing yet."""
    public, internal = issuer.rstrip("/") + "/", (internal_url or issuer).rstrip("/") + "/"

    def fetch(address: str) -> tuple[dict[str, Any], float]:
        address = internal + address.removeprefix(public) if address.startswith(public) else address
        return fetch_json(address, may_be_http=internal != public and address.startswith(internal))

    def read() -> tuple[object, float]:
        if jwks_uri:
            return fetch(jwks_uri)
        discovery, _ = fetch(f"{public}.well-known/openid-configuration")
        if discovery.get("issuer") != issuer:  # section 3.3: another's document must not bring its keys
            raise KeysUnavailable(f"discovery says issuer {shown(discovery.get('issuer'))}, configured is {shown(issuer)}")
        return fetch(str(discovery.get("jwks_uri")))

    return KeySource(read, max_stale_hours=max_stale_hours)


def fetch_json(address: str, *, may_be_http: bool = False) -> tuple[dict[str, Any], float]:
    """The JSON object at `address`, and its `max-age` held between 60 s and 10 min. Raises `KeysUnavailable`."""
    deadline, body, headers = time.monotonic() + FETCH_SECONDS, b"", {"Accept": "application/json", "Accept-Encoding": "identity"}
    try:
        if not ((is_here := urlsplit(address).hostname in LOOPBACK_HOSTS) or may_be_http or address.startswith("https://")):
            raise ValueError("only https, loopback and the issuer's internal URL are fetched from")
        options: Any = {"headers": headers, "proxies": {"no_proxy": "*"} if is_here else None, "stream": True, "allow_redirects": False}
        with requests.get(address, timeout=FETCH_SECONDS, **options) as response:
            if response.status_code != 200:
                raise ValueError(f"status {response.status_code}")
            while piece := response.raw.read1(FETCH_BYTES):  # what has come; read() would wait for more, however slowly it drips
                body += piece
                if len(body) > FETCH_BYTES or time.monotonic() > deadline:
                    raise ValueError(f"more than {FETCH_BYTES} bytes or {FETCH_SECONDS} s")
        if not isinstance(document := json.loads(body), dict):
            raise ValueError("no JSON object")
    except (requests.RequestException, HTTPError, OSError, ValueError, RecursionError) as error:
        raise KeysUnavailable(f"{shown(address)} cannot be used: {type(error).__name__} {shown(str(error))}") from error
    max_age = re.search(r"(?:^|[\s,])max-age=(\d{1,9})", response.headers.get("Cache-Control", "").lower())
    return document, min(max(int(max_age[1]), 60), 600) if max_age else 600


def usable_keys(jwks: object) -> Mapping[str, jwt.PyJWK]:
    """A JWK set's public keys by `kid` (RFC 7517); one without `alg` is for RS256, ES256, … by its type. Raises `KeysUnavailable`."""
    keys: dict[str, jwt.PyJWK] = {}
    if not isinstance(jwks, dict) or not isinstance(jwks.get("keys"), list):
        raise KeysUnavailable("what was read is no JWK set")
    for jwk in jwks["keys"]:
        try:
            if isinstance(jwk["kid"], str) and jwk.get("use", "sig") == "sig" and jwk["kty"] != "oct" and "d" not in jwk:
                key = jwt.PyJWK(jwk)
                if not key.Algorithm.check_key_length(key.Algorithm.prepare_key(key.key)):  # prepared: its curve fits its alg
                    keys.setdefault(jwk["kid"], key)
        except (jwt.PyJWTError, NotImplementedError, LookupError, TypeError, AttributeError):
            continue  # a key of a kind that is not known here must not take the others away
    return keys


def _is_within(seconds: float, since: float) -> bool:
    return 0 <= time.time() - since < seconds  # a clock that was set back must not keep anything for ever
