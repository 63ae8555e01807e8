# Four Checks, access_tokens 0.1.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""Tokens that were verified a moment ago need no second signature check. Off unless `VERIFIED_TOKENS_SECONDS` is set.

A key that the issuer withdraws still counts for that long; times and audience are checked every time.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from access_tokens.verify import AccessToken, Expectations, check_standard_claims, verify

MAX_TOKENS = 4096


class VerifiedTokens:
    """Remembers verified tokens by their SHA-256, never the tokens themselves, for `seconds` each."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._lock = seconds, threading.Lock()
        self._verified: OrderedDict[tuple[bytes, str], tuple[float, Expectations, AccessToken]] = OrderedDict()

    def verify(self, token: str, *, expected: Expectations, passed: Callable[[str], object] = lambda step: None) -> AccessToken:
        """As `verify.verify`, with the same checks but that of the signature where the token was seen just now."""
        name = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest(), expected.audience
        verified_at, for_whom, access_token = self._verified.get(name, (0.0, None, None))
        if access_token and for_whom is expected and 0 <= time.time() - verified_at < self._seconds:
            check_standard_claims(access_token.header, access_token.claims, expected)
            passed("standard_claims")
            return access_token
        access_token = verify(token, expected=expected, passed=passed)
        with self._lock:
            self._verified[name] = time.time(), expected, access_token
            while len(self._verified) > MAX_TOKENS:
                self._verified.popitem(last=False)
        return access_token
