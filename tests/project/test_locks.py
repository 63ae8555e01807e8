"""What is tracked is for every machine: no lock file names a package index, no file a folder of somebody's own machine."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted(ROOT.glob("requirements*.txt"))
NPM_LOCKS = sorted((ROOT / "tests").glob("*/npm/package-lock.json"))
HOME_FOLDERS = re.compile(r"(?<![\w.])/(?:home|Users|root|work)/[\w.-]+")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_file_names_a_package_index(lock):
    assert re.findall(r"(?:https?|file)://\S+|index-url|find-links", lock.read_text()) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_an_exact_version_and_hashes(lock):
    entries = re.split(r"\n(?=[A-Za-z0-9])", "\n" + lock.read_text())[1:]
    assert entries
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._\[\]-]+==\S+", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


@pytest.mark.parametrize("lock", NPM_LOCKS, ids=lambda lock: lock.parents[1].name)
def test_every_locked_npm_package_has_an_exact_version_and_a_hash_and_no_registrys_address(lock):
    packages = {name: entry for name, entry in json.loads(lock.read_text())["packages"].items() if name}
    assert packages
    for name, entry in packages.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"]), name
        assert entry["integrity"].startswith("sha512-"), name
        assert "resolved" not in entry, name


def test_no_tracked_file_names_a_folder_of_somebodys_own_machine():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    found = []
    for name in filter(None, tracked):
        path = ROOT / name
        if path.is_file() and b"\0" not in (content := path.read_bytes())[:4096]:
            found += [f"{name}: {match}" for match in HOME_FOLDERS.findall(content.decode(errors="replace"))]
    assert found == []
