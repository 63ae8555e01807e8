"""How often the country is right, at points that no rule was fitted to: the goals of the benchmark (benchmarks/geocoding.py).

Truth is another edition of Natural Earth, so both share a source; docs/geocoding.md says what OpenStreetMap alone makes of it.
"""

import numpy as np
import pytest

from benchmarks.geocoding import POINT_NEMO, Row, Truth, ours


@pytest.mark.parametrize(("where", "count", "goal"), [("land", 20_000, 0.999), ("border", 5_000, 0.995)])
def test_the_country_is_right(where, count, goal):
    truth = Truth.read(where)
    assert len(truth.points) == count
    right, right_where_sure, _ = truth.shares_right(ours())
    assert right >= goal
    assert right_where_sure >= goal


def test_openstreetmap_alone_agrees_with_what_the_docs_say():
    assert Truth.read("land").shares_right(ours())[2] >= 0.997
    assert Truth.read("border").shares_right(ours())[2] >= 0.96


def test_the_points_lie_all_over_the_sphere():
    points = np.array(Truth.read("land").points)
    assert (points[:, 0] > 66).mean() > 0.02
    assert (points[:, 0] < -66).mean() > 0.05
    assert (np.abs(points[:, 1]) > 170).sum() > 50
    assert len(set(Truth.read("land").countries)) > 140


def test_in_the_open_sea_there_is_no_country():
    assert ours()([POINT_NEMO]) == [""]


def test_a_missed_goal_is_named_with_what_was_measured():
    row = Row("share", "{:.1%}", {"ours": 0.9}, at_least=0.95)
    assert row.misses() == ["share: 90.0%, at least 95.0% was the goal"]
    assert Row("share", "{:.1%}", {"ours": 0.96}, at_least=0.95).misses() == []
    assert Row("time", "{} ms", {"ours": 3}, at_most=2).misses() == ["time: 3 ms, at most 2 ms was the goal"]


@pytest.mark.parametrize(
    ("ours", "times", "missed"), [(40, 3, ["4.00 times"]), (30, 3, []), (4, 0.5, ["0.40 times"]), (5, 0.5, [])], ids=str
)
def test_a_missed_stretch_goal_is_named_with_its_ratio(ours, times, missed):
    found = Row("speed", "{}", {"ours": ours, "reverse_geocoder": 10}, times=times).misses()
    assert [f"{ratio} reverse_geocoder's" in text for ratio, text in zip(missed, found, strict=True)] == [True] * len(missed)
