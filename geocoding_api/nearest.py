"""The nearest places inside a country, for many points at once, by search trees on the sphere.

Read next: `geocoding_api/countries.py`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

EARTH_RADIUS_KM = 6371.0088
CITY_POPULATION = 15_000
LARGE_CITY_POPULATION = 300_000
_FAR_APART = 3.0  # between two countries on the fourth axis: more than the sphere is wide

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


class NearestPlaces:
    """Three trees over the same places: all, cities, large cities.

    A point is its x, y, z on the unit sphere (on degrees, the far north and the date line come out wrong), and as a fourth
    coordinate its country: so one query answers a whole batch, and nothing beyond a border is ever near.
    """

    def __init__(self, *, positions: NDArray[Any], populations: NDArray[Any], countries: NDArray[Any]) -> None:
        """`positions` in hundred-thousandths of a degree (latitude, longitude), `populations` in people, `countries` as indices."""
        everything = np.arange(len(positions))
        cities = np.flatnonzero(populations >= CITY_POPULATION)
        large = np.flatnonzero(populations >= LARGE_CITY_POPULATION)
        self._trees = {
            name: (cKDTree(_axes(positions[chosen, 0] / 1e5, positions[chosen, 1] / 1e5, countries[chosen])), chosen)
            for name, chosen in (("all", everything), ("cities", cities), ("large cities", large))
        }

    def places(self, latitudes: Floats, longitudes: Floats, countries: NDArray[Any], *, count: int) -> tuple[Integers, Floats]:
        """The `count` (at least 2) nearest places in its country for each point: shapes (points, count), nearest first.

        Returns their indices and distances in kilometres; where a country has fewer places, -1 and infinity.
        """
        return self._nearest("all", _axes(latitudes, longitudes, countries), count)

    def cities(self, latitudes: Floats, longitudes: Floats, countries: NDArray[Any], *, count: int) -> tuple[Integers, Floats]:
        """As `places`, of cities: the `count` nearest, then the `count` nearest large ones.

        Large ones apart, because a metropolis can have twenty quarters of 15,000 people between the point and its centre.
        """
        axes = _axes(latitudes, longitudes, countries)
        cities, large = self._nearest("cities", axes, count), self._nearest("large cities", axes, count)
        return np.hstack([cities[0], large[0]]), np.hstack([cities[1], large[1]])

    def _nearest(self, tree_name: str, axes: Floats, count: int) -> tuple[Integers, Floats]:
        tree, chosen = self._trees[tree_name]
        chords, found = tree.query(axes, k=count, distance_upper_bound=_FAR_APART - 0.5)
        distances = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chords / 2, 1))
        missing = np.isinf(chords)
        distances[missing] = np.inf
        return np.where(missing, -1, chosen[np.where(missing, 0, found)]), distances


def _axes(latitudes: NDArray[Any], longitudes: NDArray[Any], countries: NDArray[Any]) -> Floats:
    phi, theta = np.radians(latitudes), np.radians(longitudes)
    return np.column_stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi), countries * _FAR_APART])
