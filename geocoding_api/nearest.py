"""The nearest places inside a country, for many points at once, by one search tree on the sphere.

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
_LAYERS = np.array([[0, 0, 0, 0], [0, 0, 0, 1000], [0, 0, 0, 2000]])  # all places, cities, large cities: beyond every country's end

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


class NearestPlaces:
    """One tree over three layers of the same places: all, cities, large cities.

    A point is its x, y, z on the unit sphere (on degrees, the far north and the date line come out wrong), and as a fourth
    coordinate its country and layer: so one query answers a whole batch, and nothing beyond a border is ever near.
    """

    def __init__(self, *, positions: NDArray[Any], populations: NDArray[Any], countries: NDArray[Any]) -> None:
        """`positions` in hundred-thousandths of a degree (latitude, longitude), `populations` in people, `countries` as indices."""
        layers = [np.flatnonzero(populations >= least) for least in (0, CITY_POPULATION, LARGE_CITY_POPULATION)]
        self._indices = np.concatenate(layers)
        axes = _axes(positions[:, 0] / 1e5, positions[:, 1] / 1e5, countries)
        self._tree = cKDTree(np.concatenate([axes[chosen] + layer for layer, chosen in zip(_LAYERS, layers, strict=True)]))

    def around(self, latitudes: Floats, longitudes: Floats, countries: NDArray[Any], *, count: int) -> tuple[Integers, Floats]:
        """For each point its country's `count` (at least 2) nearest places, cities and large cities: shapes (points, 3 · count).

        Returns their indices and distances in kilometres, -1 and infinity where a country has fewer. Large cities are a
        layer of their own, because a metropolis can have twenty quarters of 15,000 people between the point and its centre.
        """
        axes = _axes(latitudes, longitudes, countries)[:, np.newaxis] + _LAYERS
        # Points that lie near each other are asked one after another: what the tree read for one is at hand for the next.
        order = (np.rint(latitudes) * 1000 + longitudes).argsort()
        chords, found = self._tree.query(axes[order], k=count, distance_upper_bound=_FAR_APART - 0.5)
        chords, found = _unsorted(chords, order), _unsorted(found, order)
        missing = np.isinf(chords)
        distances = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chords / 2, 1))
        distances[missing] = np.inf
        found[missing] = 0
        return np.where(missing, -1, self._indices[found]), distances


def _axes(latitudes: NDArray[Any], longitudes: NDArray[Any], countries: NDArray[Any]) -> Floats:
    phi, theta = np.radians(latitudes), np.radians(longitudes)
    return np.column_stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi), countries * _FAR_APART])


def _unsorted(values: NDArray[Any], order: Integers) -> NDArray[Any]:
    """`values`, of which row i belongs to point `order[i]`, by point; the layers of a point side by side."""
    back = np.empty_like(values)
    back[order] = values
    return back.reshape(len(order), -1)
