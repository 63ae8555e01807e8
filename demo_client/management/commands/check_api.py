"""`python manage.py check_api URL --audience …`: tries the catalogue of wrong tokens on an API; `forgeries/check_api/` is the check."""

import sys
from argparse import Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from forgeries.check_api.command import add_arguments, run


class Command(BaseCommand):
    """The same as `check_api.pyz`. Exit status 0: all right; 1: something to fix; 2: the check could not begin."""

    help = "Try the catalogue of wrong access tokens on an API, in any language, and say what to fix."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Those of the one file."""
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, and end with the check's own status."""
        sys.exit(run(Namespace(**options), write=self.stdout.write, progress=self.stderr.write))
