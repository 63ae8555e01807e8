"""From the published borders to what a lookup reads: every country's land as small pieces, and a grid that answers most points."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon, box

CELL_DEGREES = 0.25
MOST_VERTICES = 64  # of a piece: a point is then compared with 64 edges at most
NOBODY = ""  # land that no country's code covers

# Features without a code of their own in ISO 3166, by Natural Earth's `ADM0_A3`.
_CODES_OF_OTHERS = {
    "ESB": "CY",  # Dhekelia and Akrotiri, British bases on Cyprus: GeoNames files their places under Cyprus
    "WSB": "CY",
    "USG": "CU",  # Guantanamo Bay: leased, not ceded
}
# Parts of a country that have a code of their own: country, code, (west, south, east, north) in degrees. The first box counts.
_OVERSEAS = (
    ("FR", "GF", (-55, 2, -51, 6)),
    ("FR", "GP", (-61.9, 15.8, -60.9, 16.6)),
    ("FR", "MQ", (-61.3, 14.3, -60.7, 15)),
    ("FR", "RE", (55.1, -21.5, 55.9, -20.8)),
    ("FR", "YT", (44.9, -13.1, 45.4, -12.5)),
    ("NO", "NO", (4, 57, 32, 71.5)),  # the mainland reaches into the next box
    ("NO", "SJ", (-10, 70.5, 35, 81)),
    ("NO", "BV", (3, -55, 4, -54)),
    ("NL", "BQ", (-69, 12, -68, 12.5)),
    ("NL", "BQ", (-63.5, 17.3, -62.8, 17.8)),
    ("NZ", "TK", (-173, -10, -171, -8)),
    ("AU", "CX", (105, -11, 106, -10)),
    ("AU", "CC", (96, -13, 97.5, -11)),
)
# What the borders lack: code, centre (longitude, latitude), radius in km.
_DISCS = (
    ("BE", (4.9290, 51.4404), 0.75),  # Baarle-Hertog, inside the Netherlands
    ("DE", (8.6893, 47.6968), 1.5),  # Büsingen am Hochrhein, inside Switzerland
    ("IT", (8.9700, 45.9680), 0.75),  # Campione d'Italia, inside Switzerland
    ("AE", (56.2770, 25.2750), 1.2),  # Nahwa, inside Madha, which is Oman inside the Emirates
    ("VA", (12.4534, 41.9029), 0.35),  # the Vatican, drawn at a quarter of its size: without Saint Peter's
)
# Islands that the borders leave out become discs around their places. Not for these countries: what theirs lack is disputed,
# and about disputed land only one source speaks.
_NO_DISCS_FOR = frozenset({"CN", "IR", "PH", "SD", "VN"})
_ISLAND_KM = 2.0
_AT_SEA_DEGREES = 0.2  # 22 km, what a lookup bridges anyway
_KM_PER_DEGREE = 111.195


def land_by_country(features: Iterable[tuple[Mapping[str, Any], Any]]) -> dict[str, list[Polygon]]:
    """The land of every country code as valid polygons; `NOBODY` holds land without a code."""
    land: defaultdict[str, list[Polygon]] = defaultdict(list)
    for attributes, geometry in features:
        code = _CODES_OF_OTHERS.get(attributes["ADM0_A3"], attributes["ISO_A2_EH"])
        for polygon in polygons_in(shapely.make_valid(geometry)):
            land[_overseas_code(code, polygon) if code != "-99" else NOBODY].append(polygon)
    for code, (longitude, latitude), radius_km in _DISCS:
        disc = _disc(longitude, latitude, radius_km)
        for other, polygons in land.items():
            if other != code and any(polygon.intersects(disc) for polygon in polygons):
                land[other] = [rest for polygon in polygons for rest in polygons_in(polygon.difference(disc))]
        land[code].append(disc)
    return dict(land)


def islands_left_out(land: Mapping[str, list[Polygon]], places: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Polygon]]:
    """A disc, and the country's code, for each place that lies at sea as far as the borders know."""
    candidates = [place for place in places if place["countrycode"] not in _NO_DISCS_FOR]
    points = shapely.points([(place["longitude"], place["latitude"]) for place in candidates])
    tree = shapely.STRtree([piece for polygons in land.values() for polygon in polygons for piece in pieces_of(polygon)])
    near_land = set(tree.query(points, predicate="dwithin", distance=_AT_SEA_DEGREES)[0].tolist())
    for index, place in enumerate(candidates):
        if index not in near_land:
            yield place["countrycode"], _disc(place["longitude"], place["latitude"], _ISLAND_KM)


def polygons_in(geometry: Any) -> Iterator[Polygon]:
    """The polygons in a geometry. `make_valid` and cutting can leave collections within collections, lines and points among them."""
    for part in shapely.get_parts(shapely.get_parts(geometry)):
        if isinstance(part, Polygon) and part.area > 0:
            yield part


def _overseas_code(code: str, polygon: Polygon) -> str:
    centre = polygon.representative_point()
    return next((part for whole, part, bounds in _OVERSEAS if whole == code and box(*bounds).contains(centre)), code)


def _disc(longitude: float, latitude: float, radius_km: float) -> Polygon:
    degrees = radius_km / _KM_PER_DEGREE
    angles = [2 * math.pi * step / 24 for step in range(24)]
    return Polygon(
        [(longitude + degrees * math.cos(a) / math.cos(math.radians(latitude)), latitude + degrees * math.sin(a)) for a in angles]
    )


def pieces_of(polygon: Polygon) -> Iterator[Polygon]:
    """The polygon cut into pieces without holes, of at most `MOST_VERTICES` vertices each.

    Cuts run along binary fractions of a degree, which 32-bit floats hold exactly: rounding opens no gap between two pieces.
    """
    waiting = [polygon]
    while waiting:
        piece = waiting.pop()
        if shapely.get_num_coordinates(piece) <= MOST_VERTICES and not piece.interiors:
            yield piece
            continue
        west, south, east, north = piece.bounds
        upright = east - west >= north - south
        cut = _binary_fraction_between(west, east) if upright else _binary_fraction_between(south, north)
        halves = (
            (box(west, south, cut, north), box(cut, south, east, north))
            if upright
            else (box(west, south, east, cut), box(west, cut, east, north))
        )
        waiting += [part for half in halves for part in polygons_in(piece.intersection(half))]


def _binary_fraction_between(low: float, high: float) -> float:
    """The coarsest multiple of 1/2^n degrees strictly inside the middle half, or the middle itself when the span is below 1/4096."""
    middle, quarter = (low + high) / 2, (high - low) / 4
    for power in range(-6, 13):
        cut = round(middle * 2.0**power) / 2.0**power
        if abs(cut - middle) < quarter:
            return cut
    return middle


def grid_of(land: Mapping[str, list[Polygon]], indices: Mapping[str, int]) -> NDArray[np.uint8]:
    """Which cells lie wholly in one country: its index there, 0 elsewhere. Rows from the south, columns from the west."""
    rows, columns = int(180 / CELL_DEGREES), int(360 / CELL_DEGREES)
    grid = np.zeros((rows, columns), dtype=np.uint8)
    for code, polygons in land.items():
        for polygon in polygons:
            west, south, east, north = polygon.bounds
            column = np.arange(max(0, math.floor((west + 180) / CELL_DEGREES)), min(columns, math.ceil((east + 180) / CELL_DEGREES)))
            row = np.arange(max(0, math.floor((south + 90) / CELL_DEGREES)), min(rows, math.ceil((north + 90) / CELL_DEGREES)))
            columns_here, rows_here = np.meshgrid(column, row)
            x, y = columns_here * CELL_DEGREES - 180, rows_here * CELL_DEGREES - 90
            shapely.prepare(polygon)
            whole = shapely.covers(polygon, shapely.box(x, y, x + CELL_DEGREES, y + CELL_DEGREES))
            grid[rows_here[whole], columns_here[whole]] = indices[code]
    return grid
