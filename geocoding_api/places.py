"""The places, borders and names that answers are made of: read once from `geocoding_api/data`, which is committed.

Read next: `geocoding_api/nearest.py`.
"""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geocoding_api.countries import Borders
from geocoding_api.names import REACH_KM
from geocoding_api.nearest import Integers, NearestPlaces

DATA = Path(__file__).resolve().parent / "data"
BUILD_COMMAND = "make geodata (python manage.py build_geodata)"


class DataMissing(Exception):
    """The data directory is not there, or not whole. Its text names the command that builds it."""


class Place(NamedTuple):
    """One place. `latitude` and `longitude` in degrees; `region` is its first-order division, "" where it has none."""

    geonames_id: int
    name: str
    latitude: float
    longitude: float
    region: str
    time_zone: str


class Places:
    """All places by index, the borders, and the search trees. Immutable: threads share one."""

    def __init__(self, folder: Path) -> None:
        """Read `folder`. Raises `DataMissing`."""
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            tables = json.loads((folder / "tables.json").read_text(encoding="utf-8"))
            self._names = _mapped(folder / "place_names.bin").data
            arrays = {name: _mapped(folder / f"{name}.npy") for name in _ARRAYS}
        except (OSError, ValueError) as error:
            wrong = Path(error.filename).name if isinstance(error, OSError) and error.filename else type(error).__name__
            raise DataMissing(f"The data of the Geocoding API is missing or broken ({wrong}). Build it: {BUILD_COMMAND}") from error
        self.data_version: str = manifest["data_version"]
        self.attribution: str = manifest["attribution"]
        self.licence: str = manifest["licence"]
        self.country_codes: list[str] = tables["country_codes"]
        self.country_names: list[str] = tables["country_names"]
        self._regions: list[str] = tables["regions"]
        self._zones: list[str] = tables["zones"]
        self.positions = arrays["place_positions"]
        self.countries = arrays["place_countries"]
        self.regions = arrays["place_regions"]
        self._ids = arrays["place_ids"]
        self._place_zones = arrays["place_zones"]
        self._name_ends = arrays["place_name_ends"]
        self.borders = Borders(
            grid=arrays["grid"], vertices=arrays["piece_vertices"], sizes=arrays["piece_sizes"], countries=arrays["piece_countries"]
        )
        populations = arrays["place_populations"]
        self.nearest = NearestPlaces(positions=self.positions, populations=populations, countries=self.countries)
        self.reaches_km = (REACH_KM * np.sqrt(populations)).astype(np.float32)
        self.reaches_km[arrays["namesakes"]] = 0  # "Paris 16 Passy" is not said where Paris can be said

    def __len__(self) -> int:
        return len(self._ids)

    def described(self, indices: Integers) -> Iterator[Place]:
        """The places at `indices`, in that order."""
        columns = (
            self._ids[indices],
            self.positions[indices] / 1e5,
            self.regions[indices],
            self._place_zones[indices],
        )
        rows = zip(self.names(indices), *(column.tolist() for column in columns), strict=True)
        for name, geonames_id, (latitude, longitude), region, zone in rows:
            yield Place(geonames_id, name, latitude, longitude, self._regions[region], self._zones[zone])

    def names(self, indices: Integers) -> list[str]:
        """The names of the places at `indices`, in that order; "" for -1."""
        starts = np.where(indices > 0, self._name_ends[indices - 1], 0).tolist()
        ends = np.where(indices >= 0, self._name_ends[indices], 0).tolist()
        return [str(self._names[start:end], "utf-8") for start, end in zip(starts, ends, strict=True)]


_ARRAYS = (
    "place_positions",
    "place_ids",
    "place_populations",
    "place_countries",
    "place_regions",
    "place_zones",
    "place_name_ends",
    "namesakes",
    "grid",
    "piece_vertices",
    "piece_sizes",
    "piece_countries",
)
_lock = threading.Lock()
_loaded: Places | None = None


def places() -> Places:
    """The data, loaded by the first who asks (about a second); everybody else waits for that. Raises `DataMissing`.

    Not loaded at import, so that `migrate` and the tests of other parts do not pay for it. `/readyz` asks, so a process
    is warm before traffic reaches it. Arrays are mapped from files: processes on one machine share those pages however
    they were started. A server that forks its workers calls this before the fork, to share the search trees as well.
    """
    global _loaded
    if _loaded is None:
        with _lock:
            if _loaded is None:
                _loaded = Places(DATA)
    return _loaded


def _mapped(file: Path) -> NDArray[Any]:
    """The array in `file`, mapped: its pages belong to the file cache and stay clean. (A plain view: `memmap` itself is slow to index.)"""
    return np.asarray(np.load(file, mmap_mode="r") if file.suffix == ".npy" else np.memmap(file, dtype=np.uint8, mode="r"))
