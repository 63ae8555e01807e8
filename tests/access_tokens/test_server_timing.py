"""`Server-Timing` names each step once, with its duration in milliseconds, and nothing else."""

import re

from django.http import HttpRequest

from access_tokens.server_timing import ServerTiming


def test_each_step_is_named_once_with_its_milliseconds():
    timing = ServerTiming.of(HttpRequest())
    for step in ("well_formed", "signature", "signature"):
        timing.lap(step)
    assert re.fullmatch(r"well_formed;dur=\d+\.\d{3}, signature;dur=\d+\.\d{3}", timing.header())


def test_one_request_has_one_stopwatch():
    request = HttpRequest()
    assert ServerTiming.of(request) is ServerTiming.of(request) is not ServerTiming.of(HttpRequest())
