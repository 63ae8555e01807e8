"""Measures the Geocoding API's lookups against its goals: `python -m benchmarks.geocoding`.

In process, one thread, on places drawn from the data itself; HTTP and the token check come on top. What it does not say:
how right the borders are. Data and truth would share a source.
"""

import random
import time
from pathlib import Path

import numpy as np

_BEFORE = time.perf_counter()
from geocoding_api.places import Places, places  # noqa: E402 - how long the import takes is measured too
from geocoding_api.reverse import reverse  # noqa: E402

IMPORTED = time.perf_counter() - _BEFORE
SINGLE_LOOKUPS = 5_000
BATCH = 10_000

Row = tuple[str, str, str]


def main() -> None:
    """Print one line for each figure: what it is, the goal, what was measured."""
    started = time.perf_counter()
    data = places()
    rows = [("import and load", "at most 1.5 s", f"{IMPORTED + time.perf_counter() - started:.2f} s")]
    points = _points(data)
    rows += [*_single(data, points), _batch(data, points), _own_country(data), _sea(data), _memory()]
    width = max(len(name) for name, _, _ in rows), max(len(goal) for _, goal, _ in rows)
    print(f"Geocoding, data {data.data_version}, {len(data):,} places")
    for name, goal, measured in rows:
        print(f"  {name:<{width[0]}}  {goal:<{width[1]}}  {measured}")


def _points(data: Places) -> list[tuple[float, float]]:
    """Points up to 20 km away from places all over the world, where people would ask: land, coasts and borders."""
    chance = random.Random(2026)  # noqa: S311 - any points will do
    chosen = [chance.randrange(len(data)) for _ in range(BATCH)]
    around = data.positions[chosen] / 1e5 + [[chance.uniform(-0.2, 0.2), chance.uniform(-0.2, 0.2)] for _ in chosen]
    return [(float(latitude), float(longitude)) for latitude, longitude in np.clip(around, (-90, -180), (90, 180))]


def _single(data: Places, points: list[tuple[float, float]]) -> list[Row]:
    durations = [_seconds(data, [point]) for point in points[:SINGLE_LOOKUPS]]
    p99 = sorted(durations)[int(len(durations) * 0.99)] * 1000
    return [
        ("single lookups, 99 of 100 within", "at most 1 ms", f"{p99:.2f} ms"),
        ("single lookups, rate", "", f"{len(durations) / sum(durations):,.0f}/s"),
    ]


def _batch(data: Places, points: list[tuple[float, float]]) -> Row:
    best = min(_seconds(data, points) for _ in range(5))
    return (f"{BATCH:,} points, best of 5", "at most 250 ms", f"{best * 1000:.0f} ms")


def _own_country(data: Places) -> Row:
    found, _ = data.borders.country_at(data.positions[:, 0] / 1e5, data.positions[:, 1] / 1e5)
    return ("GeoNames places in their own country", "at least 99.5%", f"{(found == data.countries).mean():.2%}")


def _sea(data: Places) -> Row:
    (found,) = reverse(data, [(-48.8767, -123.3933)])
    return ("Point Nemo, 1,600 km from land", "nothing", "nothing" if found is None else found["display_name"])


def _memory() -> Row:
    rollup = Path("/proc/self/smaps_rollup")
    if not rollup.exists():
        return ("memory of this process", "at most 160 MB", "only measured on Linux")
    kilobytes = next(int(line.split()[1]) for line in rollup.read_text().splitlines() if line.startswith("Pss:"))
    return ("memory of this process (PSS), no web framework", "at most 160 MB", f"{kilobytes / 1024:.0f} MB")


def _seconds(data: Places, points: list[tuple[float, float]]) -> float:
    started = time.perf_counter()
    for _ in reverse(data, points):
        pass
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
