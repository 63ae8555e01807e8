"""The readable name of a point: the place a person would say, not the nearest hamlet.

Read next: `geocoding_api/reverse.py`.
"""

import unicodedata
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from geocoding_api.nearest import Floats, Integers

# How much farther away a place may be and still be named, for being better known: kilometres per root of its population.
_PLACE_KM, _PLACE_AT_MOST_KM = 0.004, 3.0
_CITY_KM, _CITY_AT_MOST_KM = 0.005, 15.0


def most_telling_place(
    found: Integers, distances_km: Floats, populations: NDArray[np.uint32], *, within_km: float
) -> tuple[Integers, Floats]:
    """Of each row's places the one to name: the least `distance − min(3 km, 0.004 km·√population)`.

    Shibuya station is nearer to Sakuragaokachō, but lies in Shibuya; Big Ben is in London. Returns indices and distances;
    -1 and infinity where nothing is `within_km`.
    """
    return _least(found, distances_km, populations, within_km, _PLACE_KM, _PLACE_AT_MOST_KM)


def city_around(found: Integers, distances_km: Floats, populations: NDArray[np.uint32], *, within_km: float) -> tuple[Integers, Floats]:
    """Of each row's cities the one the point belongs to: as `most_telling_place`, with the reach of a city (Tokyo: 15 km)."""
    return _least(found, distances_km, populations, within_km, _CITY_KM, _CITY_AT_MOST_KM)


def display_name(parts: Iterable[str]) -> str:
    """The parts that are not empty, joined by commas, without repeats: "Singapore", not "Singapore, Singapore, Singapore"."""
    shown: dict[str, str] = {}
    for part in parts:
        if part:
            shown.setdefault(_without_accents(part), part)  # GeoNames writes both Réunion, the region, and Reunion, the country
    return ", ".join(shown.values())


def _without_accents(text: str) -> str:
    return text if text.isascii() else "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _least(
    found: Integers, distances_km: Floats, populations: NDArray[np.uint32], within_km: float, km_per_root: float, at_most_km: float
) -> tuple[Integers, Floats]:
    advantage = np.minimum(at_most_km, km_per_root * np.sqrt(populations[found].astype(np.float64)))
    scores = np.where(distances_km <= within_km, distances_km - advantage, np.inf)
    best = np.argmin(scores, axis=1)
    rows = np.arange(len(best))
    nothing = np.isinf(scores[rows, best])
    return np.where(nothing, -1, found[rows, best]), np.where(nothing, np.inf, distances_km[rows, best])
