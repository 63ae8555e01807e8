"""Measures the Geocoding API's lookups against its goals and against two other packages: `python -m benchmarks.geocoding`.

In process, one thread; HTTP and the token check come on top. All three answer for the same points in the same run: those of
benchmarks/truth, drawn by `python -m benchmarks.geocoding_truth`. Times of lookups are processor time, so that a busy machine
counts against nobody.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TRUTH = Path(__file__).resolve().parent / "truth" / "points.npz"
CURE = ".venv/bin/python -m pip install --require-hashes -r requirements-bench.txt"
SINGLE_LOOKUPS, BATCH, ROUNDS = 2_000, 10_000, 5
POINT_NEMO = (-48.8767, -123.3933)
# Parts of a country with a code of their own. Natural Earth draws them as the country, so no geocoder is measured by them.
WHOLE = {"GF": "FR", "GP": "FR", "MQ": "FR", "RE": "FR", "YT": "FR", "SJ": "NO", "BV": "NO", "BQ": "NL", "TK": "NZ", "CX": "AU", "CC": "AU"}

Point = tuple[float, float]
Search = Callable[[list[Point]], list[str]]
Codes = NDArray[np.str_]


# ---- Who is measured ----------------------------------------------------------------------------------------------------


def ours() -> Search:
    """This project's lookup, whole: country, place, city and readable name. Countries as ISO 3166 codes, "" for none."""
    from geocoding_api.places import places
    from geocoding_api.reverse import reverse

    data = places()
    return lambda points: [result["country_code"] if result else "" for result in reverse(data, points)]


def reverse_geocoder() -> Search:
    """reverse_geocoder, in one process as we are (by itself it starts one for each core)."""
    package = import_module("reverse_geocoder")
    package.search([(0.0, 0.0)], mode=1, verbose=False)
    return lambda points: [row["cc"] for row in package.search(points, mode=1, verbose=False)]


def reverse_geocode() -> Search:
    """reverse-geocode."""
    package = import_module("reverse_geocode")
    package.search([(0.0, 0.0)])
    return lambda points: [row["country_code"] for row in package.search(points)]


OURS = "ours"
PACKAGES = {"reverse_geocoder": "1.5.1", "reverse-geocode": "1.6.6"}
GEOCODERS = {OURS: ours, "reverse_geocoder": reverse_geocoder, "reverse-geocode": reverse_geocode}


# ---- What is measured ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Truth:
    """Points (latitude, longitude), the country of each, and what OpenStreetMap says of it ("" where its two sources differ)."""

    points: list[Point]
    countries: Codes
    by_osm: Codes

    @classmethod
    def read(cls, name: str) -> "Truth":
        """`land` or `border`."""
        with np.load(TRUTH) as arrays:
            points = [(latitude, longitude) for latitude, longitude in (arrays[f"{name}_points"] / 1e5).tolist()]
            return cls(points, arrays[f"{name}_countries"].astype("U2"), arrays[f"{name}_osm"].astype("U2"))

    def shares_right(self, search: Search) -> tuple[float, float, float]:
        """The share of points with the right country: of all, of the sure ones (both sources agree), by OpenStreetMap alone."""
        found, countries, by_osm = (_whole(codes) for codes in (search(self.points), self.countries, self.by_osm))
        sure, known = by_osm == countries, by_osm != ""
        return (
            float((found == countries).mean()),
            float((found == countries)[sure].mean()),
            float((found == by_osm)[known].mean()),
        )


def speed(search: Search, points: list[Point]) -> tuple[float, float, float]:
    """Single lookups: milliseconds that 99 of 100 stay below, and how many a second; then milliseconds for all `points` at once."""
    singles = sorted(_seconds(search, [point]) for point in points[:SINGLE_LOOKUPS])
    batch = min(_seconds(search, points) for _ in range(ROUNDS))
    return singles[int(len(singles) * 0.99)] * 1000, len(singles) / sum(singles), batch * 1000


def load_and_memory(name: str) -> tuple[float, float]:
    """Seconds of the clock until the first answer in a process of its own, and its resident memory in MB (not a number but on Linux)."""
    measured = [json.loads(subprocess.check_output([sys.executable, "-m", "benchmarks.geocoding", name])) for _ in range(3)]
    return min(seconds for seconds, _ in measured), min(megabytes for _, megabytes in measured)


def places_in_their_country() -> float:
    """The share of GeoNames' places that our borders find in the country that GeoNames files them under."""
    from geocoding_api.places import places

    data = places()
    found, _ = data.borders.country_at(data.positions[:, 0] / 1e5, data.positions[:, 1] / 1e5)
    return float((found == data.countries).mean())


# ---- How it is shown ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One figure of each geocoder; ours must be `at_least` or `at_most` the goal. `times` reverse_geocoder's figure is a stretch goal."""

    name: str
    shown: str
    measured: dict[str, float]
    at_least: float | None = None
    at_most: float | None = None
    times: float | None = None

    def goal(self) -> str:
        if self.at_least is not None:
            return f"at least {self.shown.format(self.at_least)}"
        return f"at most {self.shown.format(self.at_most)}" if self.at_most is not None else ""

    def misses(self) -> list[str]:
        """What ours falls short of, in words."""
        value = self.measured[OURS]
        missed = []
        if (self.at_least is not None and value < self.at_least) or (self.at_most is not None and value > self.at_most):
            missed.append(f"{self.name}: {self.shown.format(value)}, {self.goal()} was the goal")
        other = self.measured.get("reverse_geocoder")
        if self.times is not None and other:
            ratio = value / other
            if ratio < self.times if self.times < 1 else ratio > self.times:
                missed.append(f"{self.name}: {ratio:.2f} times reverse_geocoder's, {self.times:g} times was the stretch goal")
        return missed


def main() -> None:
    """Print a table of every figure, and what misses its goal."""
    there = {name: build for name, build in GEOCODERS.items() if name == OURS or _installed(name)}
    searches = {name: build() for name, build in there.items()}
    truths = {name: Truth.read(name) for name in ("land", "border")}
    rows = [
        *_accuracy(searches, truths),
        Row("GeoNames places in their own country", "{:.3%}", {OURS: places_in_their_country()}, at_least=0.995),
        *_process(list(there)),
        *_speed(searches, truths["land"].points[:BATCH]),
    ]
    _print(rows, list(there))
    for name, search in searches.items():
        print(f"  Point Nemo, 1,600 km from land: {name} says {search([POINT_NEMO])[0] or 'nothing'}")
    for missed in [text for row in rows for text in row.misses()]:
        print(f"  MISSED  {missed}")
    if len(there) < len(GEOCODERS):
        wanted = ", ".join(f"{name} {number}" for name, number in PACKAGES.items())
        print(f"  Only ours was measured beside the goals: {wanted} are not all installed. Cure: {CURE}")


def _accuracy(searches: dict[str, Search], truths: dict[str, Truth]) -> list[Row]:
    shares = {(name, where): truth.shares_right(search) for name, search in searches.items() for where, truth in truths.items()}
    kinds: tuple[tuple[str, int, dict[str, float]], ...] = (
        ("right country, {}", 0, {"land": 0.999, "border": 0.995}),
        ("the same, sure rows, {}", 1, {"land": 0.999, "border": 0.995}),
        ("by OpenStreetMap alone, {}", 2, {}),
    )
    called = {"land": "land", "border": "within 20 km of a border"}
    return [
        Row(title.format(called[where]), "{:.3%}", {name: shares[name, where][column] for name in searches}, at_least=goals.get(where))
        for title, column, goals in kinds
        for where in truths
    ]


def _process(names: list[str]) -> list[Row]:
    measured = {name: load_and_memory(name) for name in names}
    return [
        Row("import, load and first answer", "{:.2f} s", {name: seconds for name, (seconds, _) in measured.items()}, at_most=1.5),
        Row("memory of the process, no web framework", "{:.0f} MB", {name: mb for name, (_, mb) in measured.items()}, at_most=160),
    ]


def _speed(searches: dict[str, Search], points: list[Point]) -> list[Row]:
    measured = {name: speed(search, points) for name, search in searches.items()}
    p99, rate, batch = ({name: figures[column] for name, figures in measured.items()} for column in range(3))
    return [
        Row("single lookups, 99 of 100 within", "{:.2f} ms", p99, at_most=1),
        Row("single lookups, rate", "{:,.0f}/s", rate, times=0.5),
        Row(f"{len(points):,} points at once", "{:.0f} ms", batch, at_most=250, times=3),
    ]


def _print(rows: list[Row], names: list[str]) -> None:
    heads = ["", "goal", *(f"{name} {PACKAGES.get(name, '')}".strip() for name in names)]
    table = [heads, *([row.name, row.goal(), *(_shown(row, name) for name in names)] for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(heads))]
    for line in table:
        print("  " + "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def _shown(row: Row, name: str) -> str:
    return row.shown.format(row.measured[name]) if name in row.measured else "–"


def _installed(package: str) -> bool:
    try:
        return version(package) == PACKAGES[package]
    except PackageNotFoundError:
        return False


def _whole(codes: Any) -> Codes:
    return np.array([WHOLE.get(code, code) for code in codes], dtype="U2")


def _seconds(search: Search, points: list[Point]) -> float:
    started = time.process_time()
    search(points)
    return time.process_time() - started


def _one_process(name: str) -> None:
    """Print how long the first answer takes here, and this process's memory."""
    started = time.perf_counter()
    GEOCODERS[name]()([(35.658, 139.7016)])
    seconds = time.perf_counter() - started
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    print(json.dumps([seconds, next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), float("nan"))]))


if __name__ == "__main__":
    main() if len(sys.argv) == 1 else _one_process(sys.argv[1])
