"""What Daybook's pages take from others: byte for byte as the manifest says, with its licence, and listed in the docs."""

import hashlib
import io
import json
import re
import tarfile
import zipfile

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from demo_client.vendoring import shapes
from demo_client.vendoring.cities import cities
from demo_client.vendoring.packages import Package, PackageDiffers, PackageMissing
from demo_client.vendoring.writing import DEMO_CLIENT, LAND, MANIFEST, VENDOR

PARTS = json.loads((DEMO_CLIENT / MANIFEST).read_text(encoding="utf-8"))["parts"]
PAGE = (DEMO_CLIENT.parent / "docs" / "vendored.md").read_text(encoding="utf-8")


def test_every_file_is_the_one_that_the_manifest_lists_and_no_other_is_there():
    listed = {path: sha256 for part in PARTS for path, sha256 in part["files"].items()}
    beside = {"manifest.json", ".gitattributes"}
    files = [file for file in (DEMO_CLIENT / VENDOR).rglob("*") if file.is_file() and file.name not in beside]
    hashes = {
        file.relative_to(DEMO_CLIENT).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in [*files, DEMO_CLIENT / LAND]
    }
    assert hashes == listed


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part["name"])
def test_each_part_names_package_version_and_licence_and_brings_its_text(part):
    assert all(part[key] for key in ("version", "package", "package_sha256", "licence", "changes"))
    folders = {path.split("/")[3] for path in part["files"] if path.startswith("static/")}
    assert len(folders) == 1
    assert folders.pop().endswith(f"-{part['version']}")
    licence = next(path for path in part["files"] if "/LICENSE" in path)
    assert len((DEMO_CLIENT / licence).read_text(encoding="utf-8")) > 300


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part["name"])
def test_the_docs_list_each_part_with_version_licence_and_package(part):
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| {part['name']} |")]
    assert [cell.strip() for cell in row.split("|")[2:5]] == [part["version"], part["licence"], f"`{part['package']}`"]


def test_no_file_names_a_source_map_or_a_font_of_its_own():
    for file in (DEMO_CLIENT / VENDOR).rglob("*.*s"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"sourceMappingURL|@font-face", text), file.name


def test_the_scripts_name_the_versions_that_are_there():
    for script in ("calendar.js", "place_map.js"):
        named = re.findall(r"vendor/([\w.-]+/[\w.-]+)", (DEMO_CLIENT / "static" / "demo_client" / script).read_text(encoding="utf-8"))
        assert named
        assert all((DEMO_CLIENT / VENDOR / path).is_file() for path in named)


def test_the_shapes_are_small_and_name_every_country():
    file = next((DEMO_CLIENT / VENDOR).glob("natural-earth-*/countries.json"))
    assert file.stat().st_size < 900_000
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    assert len(features) > 200
    assert {"Germany", "Japan", "North Macedonia", "Vatican"} <= {feature["properties"]["name"] for feature in features}
    assert all(feature["geometry"]["coordinates"] for feature in features)


# ---- How it is built ------------------------------------------------------------------------------------------------


def topology(lines, **objects):
    """TopoJSON with each line given as points in whole degrees."""
    arcs = [[line[0], *([x - a, y - b] for (a, b), (x, y) in zip(line, line[1:], strict=False))] for line in lines]
    return json.dumps({"transform": {"scale": [1, 1], "translate": [0, 0]}, "arcs": arcs, "objects": objects}).encode()


def country(name, *rings):
    return {"type": "Polygon", "arcs": list(rings), "properties": {"name": name}}


def test_neighbours_still_share_their_line_after_simplifying():
    shared = [[10, 0], [10, 1], [11, 2], [10, 3], [10, 10]]
    lines = [shared, [[10, 10], [0, 10], [0, 0], [10, 0]], [[10, 0], [20, 0], [20, 10], [10, 10]]]
    text = topology(lines, countries={"geometries": [country("West", [0, 1]), country("East", [~0, 2])]})
    east, west = (set(map(tuple, feature["geometry"]["coordinates"][0][0])) for feature in json.loads(shapes.countries(text))["features"])
    assert {(10, 0), (10, 1), (11, 2), (10, 3), (10, 10)} <= east & west


def test_what_crosses_the_date_line_is_drawn_on_both_sides_and_not_all_around_the_world():
    lines = [[[170, 0], [180, 0], [-170, 0], [-170, 10], [180, 10], [170, 10], [170, 0]]]
    text = topology(lines, countries={"geometries": [country("Both sides", [0])]})
    [feature] = json.loads(shapes.countries(text))["features"]
    spans = sorted((min(x for x, _ in ring), max(x for x, _ in ring)) for [ring] in feature["geometry"]["coordinates"])
    assert spans == [(-181, -170), (170, 181)]


def test_land_around_the_pole_is_closed_along_it():
    lines = [[[-180, -70], [-90, -70], [0, -70], [90, -70], [180, -70], [-180, -70]]]
    text = topology(lines, countries={"geometries": [country("Antarctica", [0])]})
    [feature] = json.loads(shapes.countries(text))["features"]
    assert min(y for polygon in feature["geometry"]["coordinates"] for x, y in polygon[0]) == -90


def test_land_becomes_a_path_in_half_degrees_without_islets_and_without_the_far_south():
    square = [[0, 0], [0, 10], [5, 10], [10, 10], [10, 0], [0, 0]]
    islet = [[50, 50], [50, 50.1], [50.1, 50.1], [50, 50]]
    south = [[0, -80], [10, -80], [10, -70], [0, -80]]
    land = {"type": "MultiPolygon", "arcs": [[[0]], [[1]], [[2]]]}
    path = shapes.small_world(topology([square, islet, south], land={"geometries": [land]}))
    assert re.fullmatch(r"M\d+ \d+l(-?10 ?0|0 ?-?10| )*z", path)
    assert path.count("M") == 1


def test_cities_are_the_large_places_the_largest_first():
    places = {
        "1": {"geonameid": 1, "name": "Small", "latitude": 1.0, "longitude": 2.0, "population": 99_999},
        "2": {"geonameid": 2, "name": "Large ", "latitude": 52.52437, "longitude": 13.41053, "population": 100_000},
        "3": {"geonameid": 3, "name": "Larger", "latitude": -1.28333, "longitude": 36.81667, "population": 5_000_000},
    }
    assert json.loads(cities(json.dumps(places).encode())) == [["Larger", -1.283, 36.817], ["Large", 52.524, 13.411]]


def archived(folder, name, content):
    """An archive with one file, as npm or pip would fetch it."""
    path = folder / name
    if name.endswith(".whl"):
        with zipfile.ZipFile(path, "w") as wheel:
            wheel.writestr("package/file", content)
    else:
        with tarfile.open(path, "w:gz") as archive:
            member = tarfile.TarInfo("package/file")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("archive", ["thing-1.0.tgz", "thing-1.0-py3-none-any.whl"])
def test_a_package_is_read_only_when_it_is_the_one_that_is_pinned(tmp_path, archive):
    with pytest.raises(PackageMissing, match="Cure, in that folder: fetch it"):
        Package("thing", "1.0", archive, "fetch it", "").read(tmp_path, "package/file")
    sha256 = archived(tmp_path, archive, b"content")
    assert Package("thing", "1.0", archive, "fetch it", sha256).read(tmp_path, "package/file") == b"content"
    archived(tmp_path, archive, b"another content")
    with pytest.raises(PackageDiffers, match="Cure, in that folder: fetch it"):
        Package("thing", "1.0", archive, "fetch it", sha256).read(tmp_path, "package/file")


def test_the_command_says_which_archive_is_missing_and_writes_nothing(tmp_path):
    with pytest.raises(CommandError, match="npm pack fullcalendar@"):
        call_command("build_vendored", tmp_path / "archives", "--into", tmp_path / "out")
    assert not (tmp_path / "out").exists()
