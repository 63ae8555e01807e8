"""`python manage.py build_geodata` (`make geodata`): builds `geocoding_api/data` from the packages in requirements-geodata.txt."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from geocoding_api.places import DATA


class Command(BaseCommand):
    """Builds the data that the API answers from. Needed only to take up newer packages: the result is committed."""

    help = "Build the places and borders of the Geocoding API from the packages in requirements-geodata.txt."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--into FOLDER`: build somewhere else, to compare with what is committed."""
        parser.add_argument("--into", type=Path, default=DATA, help="folder to write into (default: the one the API reads)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, then say which version it is and how large."""
        try:
            # Here: the packages are there when somebody builds, and on no server.
            from geocoding_api.geodata.sources import SourceMissing
            from geocoding_api.geodata.writing import build
        except ImportError as error:
            raise CommandError(f"{error.name} is not installed. Cure: pip install -r requirements-geodata.txt") from error
        folder: Path = options["into"]
        try:
            manifest = build(folder)
        except SourceMissing as error:
            raise CommandError(str(error)) from error
        megabytes = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
        self.stdout.write(f"{manifest['places']} places, {megabytes:.1f} MB in {folder}: {manifest['data_version']}")
