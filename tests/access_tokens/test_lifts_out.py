"""`access_tokens` is for copying: each part of it that can be copied passes its own tests in an empty folder.

A part is the minimum copy, and one more file with all that it needs. The tests that travel with it are those of this folder
that import nothing else of `access_tokens`; what the part does not import (Django, Django REST framework, drf-spectacular)
cannot be imported there.
"""

import ast
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import access_tokens

PACKAGE = Path(access_tokens.__file__).parent
TESTS = Path(__file__).parent
ROOT = PACKAGE.parent
MINIMUM = frozenset({"verify", "keys", "rejections"})
THE_WHOLE = frozenset(path.stem for path in PACKAGE.glob("*.py"))
OPTIONAL_PACKAGES = {"django", "rest_framework", "drf_spectacular"}
NOT_FOR_COPIES = {"test_lifts_out", "test_public_names", "test_typed"}  # of this whole repository

# Stands in for the tests' own conftest.py: the issuer, trusted in the settings where there is Django.
CONFTEST = """
import pytest
from tests.issuer import TestIssuer

PLAYED = TestIssuer("http://localhost:8000/", "api.calendar", "https://api.example.com/geocoding/v1/")
"""
WITHOUT_DJANGO = """
@pytest.fixture
def issuer():
    return TestIssuer(PLAYED.url, PLAYED.calendar_audience, PLAYED.geocoding_audience)
"""
WITH_DJANGO = """
@pytest.fixture
def issuer(settings):
    played = TestIssuer(PLAYED.url, PLAYED.calendar_audience, PLAYED.geocoding_audience)
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "ISSUERS": [{"issuer": played.url, "public_keys": played.jwks}]}
    return played
"""
SETTINGS = """
SECRET_KEY = "x" * 50
ROOT_URLCONF = "urls"
ISSUER, DEMO_CLIENT_URL = "http://localhost:8000/", "http://localhost:8000"
INSTALLED_APPS = {apps!r}
ACCESS_TOKENS = {{
    "ISSUERS": [{{"issuer": ISSUER}}],
    "EXPLAIN_REJECTIONS": {explain},
    "REJECTION_PAGES": "http://localhost:8000/learn/rejections/",
}}
REST_FRAMEWORK = {{"UNAUTHENTICATED_USER": None, "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"], **{drf!r}}}
"""
NOT_INSTALLED = """
import sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"{{name}} is not installed here", name=name)

sys.meta_path.insert(0, NotInstalled())
"""


@cache
def imported(file: Path) -> frozenset[str]:
    """What `file` cannot be imported without, as dotted names."""
    names: set[str] = set()
    body = ast.parse(file.read_text(encoding="utf-8")).body
    for statement in [*body, *(inner for outer in body if isinstance(outer, ast.If) for inner in outer.orelse)]:  # else of TYPE_CHECKING
        if isinstance(statement, ast.ImportFrom):
            names |= {str(statement.module), *(f"{statement.module}.{name.name}" for name in statement.names)}
        elif isinstance(statement, ast.Import):
            names |= {name.name for name in statement.names}
    return frozenset(names)


def own(names: frozenset[str]) -> frozenset[str]:
    """The files of the package among dotted names."""
    return frozenset(match[1] for name in names if (match := re.match(r"access_tokens\.(\w+)", name)) and match[1] in THE_WHOLE)


def part(*files: str) -> frozenset[str]:
    """The minimum, and `files` with all that they need."""
    needed = MINIMUM.union(files)
    while (more := needed.union(*(own(imported(PACKAGE / f"{name}.py")) for name in needed))) != needed:
        needed = more
    return needed


def own_tests(files: frozenset[str]) -> list[Path]:
    """The test modules that need nothing of the package but `files`; what the minimum has passed by itself is left out elsewhere."""
    all_of_them = [path for path in sorted(TESTS.glob("test_*.py")) if path.stem not in NOT_FOR_COPIES and needs(path) <= files]
    of_this_part = [path for path in all_of_them if needs(path) > MINIMUM]
    return all_of_them if files in (MINIMUM, THE_WHOLE) or not of_this_part else of_this_part


def needs(test: Path) -> frozenset[str]:
    """What a test module needs of the package: what it imports, and what the fixtures need that it asks for.

    Two files are loaded only where a setting asks for them: `server_timing` and `verified_tokens`.
    """
    tree = ast.parse(test.read_text(encoding="utf-8"))
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    names = imported(test)
    if "api" in arguments or any(name.startswith("tests.access_tokens.api") for name in names):
        names |= imported(TESTS / "api.py") | {"access_tokens.verified_tokens"}
    if {"api", "explained"} & arguments:
        names |= {"access_tokens.server_timing"}
    return part(*own(names))


def third_party(files: frozenset[str]) -> set[str]:
    """Which of the optional packages `files` import."""
    return {name.partition(".")[0] for file in files for name in imported(PACKAGE / f"{file}.py")} & OPTIONAL_PACKAGES


PARTS = sorted({part(name) for name in THE_WHOLE - {"__init__"}} | {THE_WHOLE}, key=lambda files: (len(files), ",".join(sorted(files))))


def copied(folder: Path, files: frozenset[str], modules: list[Path]) -> None:
    """An empty project in `folder`: the copy, its tests, and settings where there is Django."""
    for name in ("access_tokens", "tests/access_tokens", "tests/forgeries"):
        (folder / name).mkdir(parents=True)
    for name in files:
        shutil.copy(PACKAGE / f"{name}.py", folder / "access_tokens")
    shutil.copytree(ROOT / "forgeries", folder / "forgeries", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tests/issuer.py", folder / "tests")
    shutil.copy(ROOT / "tests/forgeries/goods.py", folder / "tests/forgeries")
    for path in (TESTS / "__init__.py", TESTS / "conftest.py", TESTS / "api.py", *modules):
        shutil.copy(path, folder / "tests/access_tokens")
    has = third_party(files)
    (folder / "tests/__init__.py").touch()
    (folder / "tests/forgeries/__init__.py").touch()
    (folder / "tests/conftest.py").write_text(CONFTEST + (WITH_DJANGO if "django" in has else WITHOUT_DJANGO))
    (folder / "not_installed.py").write_text(NOT_INSTALLED.format(blocked=OPTIONAL_PACKAGES - has))
    (folder / "urls.py").write_text("urlpatterns = []\n")
    apps = [*["access_tokens"] * ("apps" in files), *["rest_framework"] * ("rest_framework" in has)]
    drf: dict[str, str] = {"EXCEPTION_HANDLER": "access_tokens.problems.exception_handler"} if "problems" in files else {}
    (folder / "settings.py").write_text(SETTINGS.format(apps=apps, drf=drf, explain="server_timing" in files))


@pytest.mark.parametrize("files", PARTS, ids=lambda files: "+".join(sorted(files - MINIMUM)) or "the minimum")
def test_a_part_passes_its_own_tests_in_an_empty_folder(tmp_path, files):
    modules = own_tests(files)
    assert modules, "a part that nothing tests"
    copied(tmp_path, files, modules)
    django = ["-p", "pytest_django.plugin", "--ds=settings"] if "django" in third_party(files) else []
    plugins = ["-p", "not_installed", *django, "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--rootdir", str(tmp_path), *plugins, "tests"]
    environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(tmp_path), "PATH": ""}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert re.search(r"\d+ passed", done.stdout)


def test_the_minimum_is_three_files_without_django():
    assert part("verify") == MINIMUM
    assert not third_party(MINIMUM)
    assert {path.stem for path in own_tests(MINIMUM)} >= {"test_keys", "test_step_1_well_formed", "test_step_3_standard_claims"}


def test_every_test_of_the_verifier_travels_with_the_whole():
    assert {path.stem for path in own_tests(THE_WHOLE)} == {path.stem for path in TESTS.glob("test_*.py")} - NOT_FOR_COPIES


@pytest.mark.parametrize("left_out", ["challenges", "problems", "metadata", "server_timing", "verified_tokens", "examine", "decorators"])
def test_what_may_be_left_out_is_needed_by_no_other_verifier(left_out):
    """Plain verifying needs none of them, and of Django REST framework's protection only the challenges are a part."""
    assert left_out not in part("verify", "callers", "symmetric_keys")
    assert left_out == "challenges" or left_out not in part("authentication", "permissions")
