"""From Natural Earth's borders (TopoJSON) to two drawings: countries for the map in the event form, land for the small world."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from shapely import MultiPolygon, Polygon, make_valid
from shapely.affinity import translate
from shapely.geometry import LineString, box
from shapely.ops import polylabel

Point = tuple[float, float]  # longitude and latitude in degrees
Ring = list[Point]

_COUNTRY_TOLERANCE = 0.02  # degrees: about 2 km, what the source itself generalises by
_COUNTRY_DECIMALS = 2
_ISLET_DECIMALS = 3  # of what would vanish otherwise
_FEWEST_POINTS = 4  # of a ring: the first one comes back at its end
_EAST, _BEYOND = 180, 1  # what crosses the date line is cut a degree behind it, so that no drawing shows the cut
_NORTH, _SOUTH = 85, -60  # latitudes that the small world shows
_SMALLEST_ISLAND = 0.5  # square degrees in the small world
# Renamed since the source's edition.
_NAMES_OF_TODAY = {"Macedonia": "North Macedonia", "eSwatini": "Eswatini"}


def countries(topology_text: bytes) -> bytes:
    """The file for the map, as GeoJSON, largest country first. A country has its `name` and where to write it, `at`."""
    topology = json.loads(topology_text)
    lines = _lines(topology)
    # Neighbours share their line: simplified alone, it stays shared.
    simple_lines = [list(LineString(line).simplify(_COUNTRY_TOLERANCE, preserve_topology=False).coords) for line in lines]
    features = []
    for geometry in topology["objects"]["countries"]["geometries"]:
        parts = [part for numbers in _rings_of(geometry) for part in _parts([_country_ring(lines, simple_lines, ring) for ring in numbers])]
        at = polylabel(max(parts, key=lambda part: part.area), tolerance=0.1)
        name = geometry["properties"]["name"]
        feature = {
            "type": "Feature",
            "properties": {"name": _NAMES_OF_TODAY.get(name, name), "at": _written((at.x, at.y))},
            "geometry": {"type": "MultiPolygon", "coordinates": [[list(map(_written, ring)) for ring in _edges(part)] for part in parts]},
        }
        features.append((MultiPolygon(parts).area, feature))
    features.sort(key=lambda sized: -sized[0])
    collection = {"type": "FeatureCollection", "features": [feature for _, feature in features]}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def small_world(topology_text: bytes) -> str:
    """All land as the `d` of an SVG path, in half degrees; x is longitude + 180, y is 85 − latitude."""
    topology = json.loads(topology_text)
    lines = _lines(topology)
    [land] = topology["objects"]["land"]["geometries"]
    parts = [part for numbers in _rings_of(land) for part in _parts([_joined(lines, ring) for ring in numbers])]
    shown = [part for part in parts if part.area >= _SMALLEST_ISLAND and part.bounds[3] > _SOUTH]
    return "".join(_path(ring) for part in shown for ring in _edges(part))


def _lines(topology: dict[str, Any]) -> list[Ring]:
    """The lines in degrees. TopoJSON stores them as steps on a grid."""
    (scale_x, scale_y), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    lines = []
    for steps in topology["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in steps:
            x, y = x + step_x, y + step_y
            line.append((x * scale_x + west, y * scale_y + south))
        lines.append(line)
    return lines


def _rings_of(geometry: dict[str, Any]) -> list[list[list[int]]]:
    """For each polygon its rings, outer one first, each as the numbers of its lines."""
    return geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]


def _joined(lines: list[Ring], numbers: list[int]) -> Ring:
    """Lines end to end. A number below zero means: backwards (TopoJSON 2.1.4)."""
    ring: Ring = []
    for number in numbers:
        line = lines[number] if number >= 0 else lines[~number][::-1]
        ring += line[1:] if ring else line
    return ring


def _country_ring(lines: list[Ring], simple_lines: list[Ring], numbers: list[int]) -> Ring:
    ring = _rounded(_joined(simple_lines, numbers), _COUNTRY_DECIMALS)
    return ring if len(ring) >= _FEWEST_POINTS else _rounded(_joined(lines, numbers), _ISLET_DECIMALS)


def _rounded(ring: Iterable[Point], decimals: int) -> Ring:
    points: Ring = []
    for x, y in ring:
        point = (round(x, decimals), round(y, decimals))
        if not points or points[-1] != point:
            points.append(point)
    return points


def _parts(rings: list[Ring]) -> Iterator[Polygon]:
    """A polygon cut where it crosses the date line, each part on its own side."""
    outer, *holes = [_across_the_date_line(ring) for ring in rings]
    whole = make_valid(Polygon(outer, holes))
    for turns in (-1, 0, 1):
        side = box(-_EAST - _BEYOND, -90, _EAST + _BEYOND, 90)
        here = translate(whole, turns * 2 * _EAST).intersection(side)
        for part in getattr(here, "geoms", [here]):
            # A part that lies wholly behind the line is drawn by its own turn.
            if isinstance(part, Polygon) and part.area and part.bounds[0] < _EAST and part.bounds[2] > -_EAST:
                yield part


def _across_the_date_line(ring: Ring) -> Ring:
    """The ring without jumps from 180° to −180°: it goes on to 181°. One around the pole is closed along it."""
    unrolled = [ring[0]]
    for x, y in ring[1:]:
        before = unrolled[-1][0]
        unrolled.append((x - round((x - before) / 360) * 360, y))
    if abs(unrolled[-1][0] - unrolled[0][0]) > _EAST:
        unrolled += [(unrolled[-1][0], -90), (unrolled[0][0], -90)]
    return unrolled


def _edges(part: Polygon) -> Iterator[Ring]:
    yield from (list(edge.coords) for edge in (part.exterior, *part.interiors))


def _written(point: Iterable[float]) -> list[float]:
    """A position as JSON writes it shortest: whole numbers without `.0`."""
    return [int(number) if number == int(number) else number for number in (round(number, _ISLET_DECIMALS) for number in point)]


def _path(ring: Ring) -> str:
    """A closed subpath: one absolute point, then steps relative to the point before."""
    points = _rounded([((x + _EAST) * 2, (_NORTH - y) * 2) for x, y in ring], 0)
    corners = LineString(points).simplify(0).coords[:-1]  # without those in the middle of a straight line; `z` closes the ring
    (x, y), *others = [(int(x), int(y)) for x, y in corners]
    path, steps = f"M{_half(x)} {_half(y)}l", []
    for next_x, next_y in others:
        steps += [_half(next_x - x), _half(next_y - y)]
        x, y = next_x, next_y
    return f"{path}{_packed(steps)}z"


def _half(number: int) -> str:
    """Half of it as SVG may write it: `.5`, `-.5`, `12`."""
    text = f"{number / 2:g}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _packed(numbers: list[str]) -> str:
    """Numbers without the spaces that SVG's grammar can do without (SVG 2, section 9.3.9): `1.5.5-1 2`."""
    packed, before = "", ""
    for number in numbers:
        starts_itself = number.startswith("-") or (number.startswith(".") and "." in before)
        packed += number if not before or starts_itself else f" {number}"
        before = number
    return packed
