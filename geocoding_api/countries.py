"""Which country a point lies in: a grid answers most, the borders cut into small pieces the rest.

Read next: `geocoding_api/names.py`.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

OFFSHORE_KM = 22.2  # 12 nautical miles: the territorial sea
NO_COUNTRY = 0
_UNKNOWN = -1
_CELLS_PER_DEGREE = 4
_KM_PER_DEGREE = 111.195
_PAIRS_AT_ONCE = 4096  # of a point and a piece: bounds the memory of a batch along a ragged coast
_PIECES_AT_ONCE = 512  # a polygon copies its ring: in small lots the copied rings' memory is used again

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


class Borders:
    """The land of every country. Countries are indices into the tables of names; `NO_COUNTRY` is none."""

    def __init__(self, *, grid: NDArray[Any], vertices: NDArray[Any], sizes: NDArray[Any], countries: NDArray[Any]) -> None:
        """`grid`: the country that a cell of 0.25° lies in as a whole, else 0; rows from the south, columns from the west.

        `vertices` (longitude, latitude in degrees) of all pieces, one after another: `sizes` says how many each has,
        `countries` whose it is. A piece is one closed ring without holes.
        """
        self._grid = grid
        self._countries = countries.astype(np.int16)
        self._pieces = _pieces(vertices, sizes)
        self._bounds = shapely.bounds(self._pieces)
        self._tree = shapely.STRtree(self._pieces)

    def country_at(self, latitudes: Floats, longitudes: Floats) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
        """For each point its country, and whether it lies off that country's shore (over water, at most `OFFSHORE_KM` away)."""
        rows = np.minimum((latitudes + 90) * _CELLS_PER_DEGREE, self._grid.shape[0] - 1).astype(np.intp)
        columns = ((longitudes + 180) * _CELLS_PER_DEGREE).astype(np.intp) % self._grid.shape[1]
        countries = self._grid[rows, columns].astype(np.int16)
        asked = np.flatnonzero(countries == NO_COUNTRY)
        if asked.size:
            countries[asked] = self._containing(latitudes[asked], longitudes[asked])
        outside = np.flatnonzero(countries == _UNKNOWN)
        offshore = np.zeros(len(countries), dtype=np.bool_)
        if outside.size:
            countries[outside] = self._nearest_shore(latitudes[outside], longitudes[outside])
            offshore[outside] = countries[outside] != NO_COUNTRY
        return countries, offshore

    def _containing(self, latitudes: Floats, longitudes: Floats) -> NDArray[np.int16]:
        """The country of the piece each point lies in (on a border: of the first), `_UNKNOWN` where there is none."""
        found = np.full(len(latitudes), _UNKNOWN, dtype=np.int16)
        points, pieces = self._tree.query(shapely.points(longitudes, latitudes), predicate="intersects")
        # The date line is the edge of the map: a point on it can belong to either side.
        on_the_line = np.flatnonzero(np.abs(longitudes) == 180)
        if on_the_line.size:
            others, more = self._tree.query(shapely.points(-longitudes[on_the_line], latitudes[on_the_line]), predicate="intersects")
            points, pieces = np.concatenate([points, on_the_line[others]]), np.concatenate([pieces, more])
        last_to_first = np.argsort(-pieces, kind="stable")
        found[points[last_to_first]] = self._countries[pieces[last_to_first]]
        return found

    def _nearest_shore(self, latitudes: Floats, longitudes: Floats) -> NDArray[np.int16]:
        """The country of the nearest piece within `OFFSHORE_KM`, else `NO_COUNTRY`; looks across ±180."""
        points, pieces, shifts = self._within_reach(latitudes, longitudes)
        if not points.size:
            return np.full(len(latitudes), NO_COUNTRY, dtype=np.int16)
        x, y = longitudes[points] + shifts, latitudes[points]
        at_least = self._distances_to_boxes(x, y, pieces)
        # First the piece whose box is nearest; then only those that could be nearer still.
        order = np.lexsort((at_least, points))
        first = order[np.r_[True, points[order][1:] != points[order][:-1]]]
        distances = np.full(len(points), np.inf)
        distances[first] = self._distances(x[first], y[first], pieces[first])
        best = np.full(len(latitudes), np.inf)
        best[points[first]] = distances[first]
        rest = np.flatnonzero((at_least < best[points]) & np.isinf(distances))
        distances[rest] = self._distances(x[rest], y[rest], pieces[rest])
        order = np.lexsort((pieces, distances, points))
        nearest = order[np.r_[True, points[order][1:] != points[order][:-1]]]
        found = np.full(len(latitudes), NO_COUNTRY, dtype=np.int16)
        close = nearest[distances[nearest] <= OFFSHORE_KM]
        found[points[close]] = self._countries[pieces[close]]
        return found

    def _within_reach(self, latitudes: Floats, longitudes: Floats) -> tuple[Integers, Integers, Floats]:
        """Pairs of a point and a piece whose box comes near, and what to add to the point's longitude to stand beside the piece."""
        reach = OFFSHORE_KM / _KM_PER_DEGREE
        wide = np.minimum(reach / np.maximum(np.cos(np.radians(np.minimum(np.abs(latitudes) + reach, 90))), 1e-6), 180)
        found = []
        for shift in (0.0, -360.0, 360.0):
            x = longitudes + shift
            asked = np.flatnonzero((x + wide >= -180) & (x - wide <= 180))
            if not asked.size:
                continue
            around = shapely.box(x[asked] - wide[asked], latitudes[asked] - reach, x[asked] + wide[asked], latitudes[asked] + reach)
            points, pieces = self._tree.query(around)
            found.append((asked[points], pieces, np.full(len(points), shift)))
        points, pieces, shifts = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return points, pieces, shifts

    def _distances_to_boxes(self, x: Floats, y: Floats, pieces: Integers) -> Floats:
        """Kilometres from each point to the box around its piece: the piece is no nearer."""
        west, south, east, north = self._bounds[pieces].T
        across = np.maximum(np.maximum(west - x, x - east), 0) * np.cos(np.radians(y))
        along = np.maximum(np.maximum(south - y, y - north), 0)
        return np.asarray(np.hypot(across, along) * _KM_PER_DEGREE)

    def _distances(self, x: Floats, y: Floats, pieces: Integers) -> Floats:
        """Kilometres from each point to its piece, on a plane where a degree of longitude is cos(latitude) long."""
        distances = np.empty(len(pieces))
        for start in range(0, len(pieces), _PAIRS_AT_ONCE):
            lot = slice(start, start + _PAIRS_AT_ONCE)
            distances[lot] = self._distances_at_once(x[lot], y[lot], pieces[lot])
        return distances

    def _distances_at_once(self, x: Floats, y: Floats, pieces: Integers) -> Floats:
        vertices, pair = shapely.get_coordinates(self._pieces[pieces], return_index=True)
        across = (vertices[:, 0] - x[pair]) * np.cos(np.radians(y))[pair]
        along = vertices[:, 1] - y[pair]
        # Edges run from each vertex to the next of the same ring; rings are closed.
        is_edge = pair[1:] == pair[:-1]
        x1, y1, x2, y2, pair = across[:-1][is_edge], along[:-1][is_edge], across[1:][is_edge], along[1:][is_edge], pair[1:][is_edge]
        dx, dy = x2 - x1, y2 - y1
        length2 = dx * dx + dy * dy
        share = np.clip(-(x1 * dx + y1 * dy) / np.where(length2 > 0, length2, 1), 0, 1)
        to_edges = np.hypot(x1 + share * dx, y1 + share * dy)
        starts = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]])
        return np.asarray(np.minimum.reduceat(to_edges, starts) * _KM_PER_DEGREE)


def _pieces(vertices: NDArray[Any], sizes: NDArray[Any]) -> NDArray[Any]:
    ends = np.cumsum(sizes, dtype=np.intp)
    lots = []
    for first in range(0, len(sizes), _PIECES_AT_ONCE):
        lot = sizes[first : first + _PIECES_AT_ONCE]
        start, end = ends[first] - lot[0], ends[first + len(lot) - 1]
        rings = shapely.linearrings(vertices[start:end].astype(np.float64), indices=np.repeat(np.arange(len(lot)), lot))
        lots.append(shapely.polygons(rings))
    return np.concatenate(lots)
