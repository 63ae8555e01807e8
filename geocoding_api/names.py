"""The readable name of a point: the place a person would say, not the nearest hamlet.

Read next: `geocoding_api/reverse.py`.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geocoding_api.nearest import Floats, Integers

# How far a place reaches, for being known: kilometres per root of its population. A million people: 4 km.
REACH_KM = 0.004
# How much farther away than another a place may be and still be named. A city is named over a wider area than a quarter or a village.
_PLACE_AT_MOST_KM = 3.0
_CITY_REACH, _CITY_AT_MOST_KM = 1.25, 15.0


class Named(NamedTuple):
    """For each point an index (-1: nothing is near enough), its distance in km, and its score: the least wins, below 0 is in reach."""

    indices: Integers
    distances_km: Floats
    scores: Floats

    def unless(self, is_other: NDArray[np.bool_], other: "Named") -> "Named":
        """This, and where `is_other` says so `other`."""
        return Named(
            np.where(is_other, other.indices, self.indices),
            np.where(is_other, other.distances_km, self.distances_km),
            np.where(is_other, other.scores, self.scores),
        )


def most_telling_place(found: Integers, distances_km: Floats, reaches_km: NDArray[Any], *, within_km: float) -> Named:
    """Of each row's places the one to name: the least `distance − min(3 km, 0.004 km·√population)`.

    Shibuya station is nearer to Sakuragaokachō, but lies in Shibuya; Big Ben is in London.
    """
    return _least(found, distances_km, np.minimum(reaches_km[found], _PLACE_AT_MOST_KM), within_km)


def city_around(found: Integers, distances_km: Floats, reaches_km: NDArray[Any], *, within_km: float) -> Named:
    """Of each row's cities the one the point belongs to: as `most_telling_place`, with the reach of a city (Tokyo: 15 km)."""
    return _least(found, distances_km, np.minimum(reaches_km[found] * _CITY_REACH, _CITY_AT_MOST_KM), within_km)


def place_or_city(places: Named, cities: Named, reaches_km: NDArray[Any], regions: NDArray[Any]) -> Named:
    """The place; but the city where no place reaches the point and the city comes nearer to doing so.

    The Gateway of India is in Mumbai, whose centre is 18 km away, and not in Kegaon across the harbour. Not beyond the
    region that the place lies in: a city there would name the wrong state.
    """
    says_city = (cities.scores < places.scores) & (places.distances_km >= reaches_km[places.indices])
    return places.unless(says_city & (regions[cities.indices] == regions[places.indices]), cities)


def display_name(parts: Iterable[str]) -> str:
    """The parts that are not empty, joined by commas, without repeats: "Singapore", not "Singapore, Singapore, Singapore"."""
    shown: dict[str, str] = {}
    for part in parts:
        if part:
            shown.setdefault(_without_accents(part), part)  # GeoNames writes both Réunion, the region, and Reunion, the country
    return ", ".join(shown.values())


def _without_accents(text: str) -> str:
    return text if text.isascii() else "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _least(found: Integers, distances_km: Floats, reaches_km: NDArray[Any], within_km: float) -> Named:
    scores = np.where(distances_km <= within_km, distances_km - reaches_km, np.inf)
    best = np.arange(len(scores)), scores.argmin(axis=1)
    least = scores[best]
    nothing = np.isinf(least)
    return Named(np.where(nothing, -1, found[best]), np.where(nothing, np.inf, distances_km[best]), least)
