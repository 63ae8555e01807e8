"""How many requests a client may send in a minute, and the headers that tell it: draft-ietf-httpapi-ratelimit-headers-11 (May 2026)."""

import hashlib
import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from access_tokens.problems import Problem
from access_tokens.verify import AccessToken

logger = logging.getLogger(__name__)
WINDOW_SECONDS = 60
_POLICY = "per-minute"
_IN_META = "geocoding_api.allowance"


@dataclass(frozen=True)
class Allowance:
    """What a client has left of `limit` requests, and for how many more seconds that holds."""

    limit: int
    used: int
    seconds_left: int

    @property
    def headers(self) -> dict[str, str]:
        """`RateLimit-Policy: "per-minute";q=600;w=60` and `RateLimit: "per-minute";r=599;t=42`.

        Both are lists of RFC 9651 whose items are a policy's name. `q` quota, `w` window (section 3.1), `r` what is left, `t`
        seconds until the window ends (section 4.1).
        """
        left = max(0, self.limit - self.used)
        return {
            "RateLimit-Policy": f'"{_POLICY}";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"{_POLICY}";r={left};t={self.seconds_left}',
        }


class RequestsPerMinute(BaseThrottle):
    """Counts each client's requests by the minute, in Django's cache: per process, or for all of them where CACHE_URL is set.

    A client is who got the token: its issuer and client id. So two machines of one application share, and a token asked
    for anew starts nothing anew. Requests without a good token are refused earlier, and counted nowhere: whoever knows a
    client's name could use up its requests with forged tokens, or read off how busy it is (the draft's section 8.2).
    Minutes are the clock's, the same for all processes; across the end of one a client may send twice its limit.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Whether this request is within the limit; notes the client's allowance for the answer's headers."""
        if not isinstance(request.auth, AccessToken):  # a browser's preflight
            return True
        now = time.time()
        caller = f"{request.auth.issuer}\n{request.auth.client_id or request.auth.subject}"
        used = _count(f"geocoding-rate:{hashlib.sha256(caller.encode()).hexdigest()}:{int(now // WINDOW_SECONDS)}")
        self.allowance = Allowance(settings.GEOCODING_RATE_LIMIT, used, WINDOW_SECONDS - int(now % WINDOW_SECONDS))
        request.META[_IN_META] = self.allowance
        return used <= self.allowance.limit

    def wait(self) -> float:
        """Seconds until the next window, for `Retry-After`."""
        return self.allowance.seconds_left


def too_many_requests(seconds: float) -> Problem:
    """The refusal of a request beyond the limit."""
    limit = settings.GEOCODING_RATE_LIMIT
    return Problem(
        status=429,
        code="rate_limit_exceeded",
        title="Too many requests",
        detail=f"This client may send {limit} requests a minute. Go on in {seconds:.0f} s; POST takes many points in one request.",
        headers={"Retry-After": f"{seconds:.0f}"},
    )


def rate_limit_headers(request: Request) -> dict[str, str]:
    """The headers for the answer to a request that was counted; none for one that was not."""
    allowance = request.META.get(_IN_META)
    return allowance.headers if isinstance(allowance, Allowance) else {}


def _count(key: str) -> int:
    # Added first, then raised: both are single steps in every cache, so no two requests get the same number.
    try:
        cache.add(key, 0, timeout=2 * WINDOW_SECONDS)
        return cache.incr(key)
    except RedisError as error:  # place names go on without the limit rather than not at all
        logger.error("CACHE_URL cannot be used, so nobody is counted: %s", type(error).__name__)
        return 1
    except ValueError:  # dropped between the two, by a cache that was full
        return 1
