"""The id that joins one request's answer and log lines (W3C Trace Context); a caller's own is taken as a link, never more."""

from types import SimpleNamespace

import pytest

from access_tokens.trace_ids import trace_id_of


def request(traceparent=None):
    return SimpleNamespace(META={} if traceparent is None else {"HTTP_TRACEPARENT": traceparent})


def test_a_well_formed_traceparent_gives_its_trace_id():
    assert trace_id_of(request(f"00-{'ab' * 16}-{'cd' * 8}-01")) == "ab" * 16


@pytest.mark.parametrize(
    "sent", [None, "", "x", f"00-{'0' * 32}-{'cd' * 8}-01", f"ff-{'ab' * 16}-{'cd' * 8}-01", f"00-{'AB' * 16}-{'cd' * 8}-01"]
)
def test_anything_else_gives_a_random_one_that_the_request_keeps(sent):
    one = request(sent)
    assert len(trace_id_of(one)) == 32
    assert trace_id_of(one) == trace_id_of(one) != trace_id_of(request(sent))


def test_a_request_that_wraps_another_has_its_id():
    inner = request()
    assert trace_id_of(SimpleNamespace(_request=inner)) == trace_id_of(inner)
