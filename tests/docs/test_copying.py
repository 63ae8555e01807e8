"""docs/copying.md is true: its code runs in an empty folder with the files that it names, and its table has every file's needs."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import access_tokens

PACKAGE = Path(access_tokens.__file__).parent
PAGE = (PACKAGE.parent / "docs" / "copying.md").read_text()
VERIFIER, SETTINGS, VIEWS, PLAIN_VIEW, OWN_TEST = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
FOUR_FILES, DRF_FILES = (
    re.findall(r"`(\w+\.py)`", PAGE.split(heading, 1)[1].split("```", 1)[0]) for heading in ("## Four files", "## A Django REST framework")
)

# Puts a good token and keys into the folder's namespace; the given modules cannot be imported there.
PREAMBLE = """
import sys, time

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"{{name}} is not installed here", name=name)

sys.meta_path.insert(0, Blocked())
sys.path[0] = {folder!r}

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
jwk = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
jwks = {{"keys": [{{**jwk, "kid": "one", "alg": "RS256"}}]}}

def token(**changes):
    now = int(time.time())
    good = {{"iss": "https://issuer.example/", "aud": "api.notes", "sub": "ada", "client_id": "app", "jti": "1", "scope": "read"}}
    return jwt.encode({{**good, "iat": now, "exp": now + 60, **changes}}, key, algorithm="RS256", headers={{"typ": "at+jwt", "kid": "one"}})
"""

# The page's issuer publishes the test's key without a network.
PUBLISHES = """
from access_tokens import keys

published = {
    "https://issuer.example/.well-known/openid-configuration": {"issuer": "https://issuer.example/", "jwks_uri": "https://issuer.example/keys"},
    "https://issuer.example/keys": jwks,
}
keys.fetch_json = lambda address, **options: (published[address], 60)
"""
VERIFIES = """
from access_tokens.rejections import TokenExpired

caller = who_calls(token())
assert (caller.owner, caller.client_id, caller.scopes, caller.is_machine) == (("https://issuer.example/", "ada"), "app", {"read"}, False)
try:
    who_calls(token(exp=1))
except TokenExpired as rejection:
    assert rejection.status == 401
else:
    raise SystemExit("an expired token was taken")
"""
STARTS = """
import django
from django.conf import settings

settings.configure(
    SECRET_KEY="x" * 50,
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["testserver"],
    INSTALLED_APPS=["rest_framework"],
    ACCESS_TOKENS=ACCESS_TOKENS,
    REST_FRAMEWORK=REST_FRAMEWORK,
)
django.setup()
"""
CALLS = """
from django.test import Client

def get(**changes):
    return Client().get("/notes", headers={"Authorization": f"Bearer {token(**changes)}"})

assert get().json() == {"owner": ["https://issuer.example/", "ada"]}, get().content
assert (get(exp=1).status_code, get(scope="x").status_code, get(sub="app").status_code) == (401, 403, 403)
assert get(exp=1).json()["code"] == "invalid_token"
assert Client().get("/.well-known/oauth-protected-resource/notes").json()["scopes_supported"] == ["read"]
"""


def run(folder: Path, files, program: str, blocked: set[str]) -> None:
    """`program` in a folder that holds nothing but the copied files, where `blocked` packages are not installed."""
    target = folder / "access_tokens"
    target.mkdir()
    for name in files:
        shutil.copy(PACKAGE / name, target)
    text = PREAMBLE.format(blocked=blocked, folder=str(folder)) + program
    (folder / "program.py").write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, "-E", "program.py"], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_the_four_files_verify_without_django(tmp_path):
    assert FOUR_FILES == ["verify.py", "keys.py", "rejections.py", "callers.py"]
    run(tmp_path, FOUR_FILES, PUBLISHES + VERIFIER + VERIFIES, {"django", "rest_framework", "drf_spectacular"})


def test_the_view_is_protected_with_the_files_that_the_page_names(tmp_path):
    run(tmp_path, FOUR_FILES + DRF_FILES, PUBLISHES + SETTINGS + STARTS + VIEWS + CALLS, {"drf_spectacular"})


def test_the_plain_view_is_protected_without_django_rest_framework(tmp_path):
    files = [file for file in FOUR_FILES + DRF_FILES if file not in {"authentication.py", "permissions.py", "problems.py"}]
    starts = STARTS.replace('["rest_framework"]', "[]").replace("    REST_FRAMEWORK=REST_FRAMEWORK,\n", "")
    calls = CALLS[: CALLS.index("assert Client()")]  # the metadata are the other view's
    run(tmp_path, [*files, "decorators.py"], PUBLISHES + SETTINGS + starts + PLAIN_VIEW + calls, {"rest_framework", "drf_spectacular"})


def test_the_pages_own_test_passes_in_a_project_that_is_nothing_but_the_page(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "access_tokens", ignore=shutil.ignore_patterns("__pycache__"))
    settings = f'SECRET_KEY = "x" * 50\nROOT_URLCONF = "urls"\nINSTALLED_APPS = ["access_tokens", "rest_framework"]\n{SETTINGS}'
    for name, text in {"settings.py": settings, "urls.py": VIEWS, "test_own.py": OWN_TEST}.items():
        (tmp_path / name).write_text(text)
    options = ["--rootdir", str(tmp_path), "--ds=settings", "-p", "no:cacheprovider"]
    command = [sys.executable, "-E", "-m", "pytest", "-q", *options, "test_own.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def imported_at_the_top(file: Path) -> set[str]:
    """The package's own files that `file` cannot be imported without."""
    named: set[str] = set()
    for statement in ast.parse(file.read_text()).body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "access_tokens":
            named |= {name.name for name in statement.names}
        elif isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("access_tokens."):
            named.add(str(statement.module).partition(".")[2])
    return {f"{name}.py" for name in named}


def test_the_table_has_every_file_and_what_it_needs():
    table = re.findall(r"^\| `(\w+\.py)` \| ([^|]+) \|", PAGE, flags=re.MULTILINE)
    listed = {file: set(re.findall(r"`(\w+\.py)`", needs)) for file, needs in table}
    assert listed == {file.name: imported_at_the_top(file) for file in PACKAGE.glob("*.py")}
