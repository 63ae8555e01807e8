"""The comparison measures what it says: each contestant's protected view answers 200 to the good token alone. No times are asserted."""

import pytest

from benchmarks.one_request import CONTESTANTS, measure

INSTALLED = [one for one in CONTESTANTS if one.is_installed]


@pytest.mark.processes
def test_each_installed_contestant_opens_to_the_good_token_alone_and_is_measured():
    assert {"Four Checks, DRF", "Four Checks, DRF, remembering", "Four Checks, plain view"} <= {one.name for one in INSTALLED}
    for measured in measure(INSTALLED, rounds=1, calls=3):
        assert measured.rounds[0].keys() == {"unprotected", "protected"}
        assert measured.least("protected") > 0


def test_names_are_unique():
    assert len({one.name for one in CONTESTANTS}) == len(CONTESTANTS)
