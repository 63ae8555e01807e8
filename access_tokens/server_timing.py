# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""`Server-Timing` on a good answer where rejections are explained: which checks passed, and how long each took.

Server-Timing: well_formed;dur=0.031, signature;dur=0.042, standard_claims;dur=0.009, permissions;dur=0.003
"""

import time
from typing import cast

from django.http import HttpRequest


class ServerTiming:
    """How long each step of one request took, in milliseconds: names and durations only."""

    def __init__(self) -> None:
        self._laps: dict[str, float] = {}
        self._since = 0.0

    @classmethod
    def of(cls, request: HttpRequest) -> "ServerTiming":
        """This request's own, set going: its next lap begins now."""
        timing = cast(ServerTiming, request.__dict__.setdefault("access_token_timing", cls()))
        timing._since = time.perf_counter()
        return timing

    def lap(self, step: str) -> None:
        """The step called `step` is done; where several have one name, their times add up."""
        now = time.perf_counter()
        self._laps[step], self._since = self._laps.get(step, 0) + (now - self._since) * 1000, now

    def header(self) -> str:
        """The header's value: Server Timing (W3C), section 3."""
        return ", ".join(f"{step};dur={milliseconds:.3f}" for step, milliseconds in self._laps.items())
