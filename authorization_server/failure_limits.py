"""How many failures to sign in, or to authenticate a client, are taken in a minute; beyond that no password and no secret is looked at.

Failures alone count, so that nobody who knows the right answer is slowed down. A success changes no count. They are kept in Django's
cache: per process, or for all of them where CACHE_URL is set.

Read next: `authorization_server/addresses.py`, which says what counts as one address.
"""

import logging
import time
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
WINDOW_SECONDS = 60


@dataclass(frozen=True)
class FailureLimit:
    """`most` failures a minute of one name from one address. Whether there is anybody of that name makes no difference.

    A failure counts when it has failed: requests that are under way at the same moment may go over the limit by their number.
    Counting earlier would count those that succeed.
    """

    kind: str
    most: int

    def seconds_to_wait(self, name: str, address: str) -> int:
        """0 while attempts are taken, else the seconds until they are again, for `Retry-After`."""
        now = time.time()
        try:
            failures: int = cache.get(self._key(name, address, now), 0)
        except RedisError as error:
            _nobody_is_counted(error)
            return 0
        return 0 if failures < self.most else WINDOW_SECONDS - int(now % WINDOW_SECONDS)

    def count(self, name: str, address: str) -> None:
        """Note one failure."""
        key = self._key(name, address, time.time())
        try:
            # Added first, then raised: both are single steps in every cache, so no failure gets lost.
            cache.add(key, 0, timeout=2 * WINDOW_SECONDS)
            cache.incr(key)
        except RedisError as error:
            _nobody_is_counted(error)
        except ValueError:  # dropped between the two, by a cache that was full
            return

    def _key(self, name: str, address: str, now: float) -> str:
        return f"failures:{self.kind}:{_hashed(name, address, settings.SECRET_KEY)}:{int(now // WINDOW_SECONDS)}"


@lru_cache(maxsize=1000)
def _hashed(name: str, address: str, secret_key: str) -> str:
    # Keyed: who reads the cache could try all addresses and common names against a plain hash.
    return salted_hmac("authorization_server.failure_limits", f"{address}\n{name}", secret=secret_key, algorithm="sha256").hexdigest()


def _nobody_is_counted(error: RedisError) -> None:
    """People and applications go on without the limit rather than not at all."""
    logger.error("CACHE_URL cannot be used, so no failures are counted: %s", type(error).__name__)


SIGN_IN = FailureLimit("sign-in", most=10)  # the name is the account as typed
CLIENT_AUTHENTICATION = FailureLimit("client-authentication", most=20)  # the name is the client id as sent
