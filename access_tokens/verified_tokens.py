# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""Tokens whose signature was verified a moment ago need no second look at it. Off unless `VERIFIED_TOKENS_SECONDS` is set.

Only the arithmetic is saved: every request asks again whether the key still counts, and holds times, audience, type and
issuer against what is expected now.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from access_tokens.verify import AccessToken, Expectations, Issuer, check_standard_claims, trusted_issuer, verify

MAX_TOKENS = 4096  # of at most 8 KiB each


class VerifiedTokens:
    """Remembers verified tokens by their SHA-256, never the tokens themselves, for `seconds` each, the latest `MAX_TOKENS`."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._lock = seconds, threading.Lock()
        self._verified: OrderedDict[bytes, tuple[float, Issuer, AccessToken]] = OrderedDict()

    def verify(self, token: str, *, expected: Expectations, passed: Callable[[str], object] = lambda step: None) -> AccessToken:
        """As `verify.verify`, with the same checks but that of the signature where the token was seen just now; raises the same."""
        name = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        if (access_token := self._still_good(name, expected)) is not None:
            check_standard_claims(access_token.header, access_token.claims, expected)
            passed("standard_claims")
            return access_token
        access_token = verify(token, expected=expected, passed=passed)
        with self._lock:
            self._verified[name] = time.time(), expected.issuers[access_token.issuer], access_token
            while len(self._verified) > MAX_TOKENS:
                self._verified.popitem(last=False)
        return access_token

    def _still_good(self, name: bytes, expected: Expectations) -> AccessToken | None:
        """The token called `name`, unless it was seen too long ago, or under another policy, or its key counts no longer."""
        verified_at, issuer, access_token = self._verified.get(name, (0.0, None, None))
        if not access_token or not issuer or not 0 <= time.time() - verified_at < self._seconds:
            return None
        if trusted_issuer(access_token.claims, expected.issuers) is not issuer:  # it holds algorithms, types and how scopes are read
            return None
        return access_token if issuer.keys.find(access_token.header.get("kid")) is access_token.key else None
