"""`access_tokens` is for copying: each subset of its files works alone in an empty folder, with only what it says it needs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import access_tokens

SOURCE = Path(access_tokens.__file__).parent

MINIMUM = ("verify.py", "keys.py", "rejections.py")
PLAIN = (*MINIMUM, "__init__.py", "callers.py", "symmetric_keys.py", "verified_tokens.py", "examine.py")
DJANGO = (
    *MINIMUM,
    "__init__.py",
    "callers.py",
    "symmetric_keys.py",
    "conf.py",
    "challenges.py",
    "trace_ids.py",
    "authentication.py",
    "permissions.py",
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

VERIFIES = """
from access_tokens import rejections
from access_tokens.keys import KeySource
from access_tokens.verify import Expectations, Issuer, verify

def caller(claims):
    return claims["client_id"], frozenset(claims["scope"].split()), False

issuer = Issuer("https://issuer.example/", KeySource(lambda: (jwks, 60)), caller)
expected = Expectations("api.notes", {issuer.name: issuer})
assert verify(token(), expected=expected).owner == ("https://issuer.example/", "ada")
wrong = ({"aud": "x"}, rejections.WrongAudience), ({"exp": 1}, rejections.TokenExpired), ({"iss": "x"}, rejections.WrongIssuer)
for changes, refused in wrong:
    try:
        verify(token(**changes), expected=expected)
    except refused:
        continue
    raise SystemExit(f"{refused.__name__} was expected")
"""

EXAMINES = (
    VERIFIES
    + """
from access_tokens import Expectations as TheSame, caller_profile
from access_tokens.examine import examine
from access_tokens.verified_tokens import VerifiedTokens

assert TheSame is Expectations
issuer = Issuer(issuer.name, issuer.keys, caller_profile(scope_claim="scope", machine_rule="rfc9068"))
expected = Expectations("api.notes", {issuer.name: issuer})
assert [step.result for step in examine(token(), expected=expected, served="users").steps] == ["passed"] * 4
assert VerifiedTokens(30).verify(token(), expected=expected).scopes == {"read"}
"""
)

A_PROJECT = """
import django
from django.conf import settings

settings.configure(
    SECRET_KEY="x" * 50,
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["testserver"],
    INSTALLED_APPS={apps!r},
    REST_FRAMEWORK={drf!r},
    ACCESS_TOKENS={{"ISSUERS": [{{"issuer": "https://issuer.example/", "public_keys": lambda: jwks}}], "EXPLAIN_REJECTIONS": True}},
)
django.setup()

from django.test import Client
from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView

from access_tokens.authentication import AccessTokenAuthentication
from access_tokens.permissions import HasRequiredScopes, IsUser

class NotesAccessToken(AccessTokenAuthentication):
    audience = "api.notes"
    resource = "https://api.example/notes"

class Notes(APIView):
    authentication_classes = [NotesAccessToken]
    permission_classes = [IsUser, HasRequiredScopes]
    required_scopes = {{"GET": {{"read"}}}}

    def get(self, request):
        return Response({{"owner": request.user.owner}})

urlpatterns = [path("notes", Notes.as_view())]

def get(token=None):
    return Client().get("/notes", headers={{"Authorization": f"Bearer {{token}}"}} if token else {{}})

assert get(token()).json() == {{"owner": ["https://issuer.example/", "ada"]}}, get(token()).content
assert [get().status_code, get(token(exp=1)).status_code, get(token(scope="x")).status_code] == [401, 401, 403]
assert get().headers["WWW-Authenticate"] == 'Bearer realm="api", resource_metadata="https://api.example/.well-known/oauth-protected-resource/notes"'
assert 'error="invalid_token"' in get(token(exp=1)).headers["WWW-Authenticate"]
"""

ANSWERS_PROBLEMS = (
    A_PROJECT
    + """
from access_tokens.metadata import protected_resource_metadata

urlpatterns += protected_resource_metadata(NotesAccessToken, name="metadata")
assert get(token(exp=1)).json()["code"] == "token_expired"
assert get(token(exp=1)).headers["Content-Type"] == "application/problem+json"
assert Client().get("/.well-known/oauth-protected-resource").json()["authorization_servers"] == ["https://issuer.example/"]
"""
)

OWN_DRF = {"UNAUTHENTICATED_USER": None, "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]}
PROBLEMS = {**OWN_DRF, "EXCEPTION_HANDLER": "access_tokens.problems.exception_handler"}


def run(folder: Path, files, program: str, blocked: set[str]) -> None:
    """`program` in a folder that holds nothing but the copied files, where `blocked` packages are not installed."""
    target = folder / "access_tokens"
    target.mkdir()
    for name in files:
        shutil.copy(SOURCE / name, target)
    text = PREAMBLE.format(blocked=blocked, folder=str(folder)) + program
    (folder / "program.py").write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, "-E", "program.py"], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_the_minimum_is_three_files_with_pyjwt_and_requests_and_no_django(tmp_path):
    run(tmp_path, MINIMUM, VERIFIES, {"django", "rest_framework", "drf_spectacular"})


def test_examining_and_remembering_need_no_django_either(tmp_path):
    run(tmp_path, PLAIN, EXAMINES, {"django", "rest_framework", "drf_spectacular"})


def test_a_drf_view_is_protected_without_problems_metadata_and_explaining(tmp_path):
    run(tmp_path, DJANGO, A_PROJECT.format(apps=["rest_framework"], drf=OWN_DRF), {"drf_spectacular"})


def test_problems_and_metadata_can_be_added(tmp_path):
    run(
        tmp_path,
        (*DJANGO, "problems.py", "metadata.py"),
        ANSWERS_PROBLEMS.format(apps=["rest_framework"], drf=PROBLEMS),
        {"drf_spectacular"},
    )


@pytest.mark.parametrize("blocked", [{"drf_spectacular"}, set()], ids=["without drf-spectacular", "with all that is installed"])
def test_the_whole_package_works_in_an_empty_project(tmp_path, blocked):
    files = [path.name for path in SOURCE.iterdir() if path.is_file()]
    run(tmp_path, files, ANSWERS_PROBLEMS.format(apps=["access_tokens", "rest_framework"], drf=PROBLEMS), blocked)


OWN_TEST = '''
"""What somebody's own test looks like: `access_tokens.testing` plays the issuer."""

from access_tokens.testing import token_issuer


def test_reading_needs_the_scope(client, token_issuer):
    def status(token):
        return client.get("/notes", headers={"Authorization": f"Bearer {token}"}).status_code

    assert status(token_issuer.token(aud="api.notes", scope="read")) == 200
    assert status(token_issuer.token(aud="api.notes")) == 403
    assert status(token_issuer.token(aud="x", scope="read")) == 401
    assert status(token_issuer.machine_token(aud="api.notes", scope="read")) == 403
'''

OWN_SETTINGS = """
SECRET_KEY = "x" * 50
ROOT_URLCONF = "urls"
INSTALLED_APPS = ["access_tokens", "rest_framework"]
ACCESS_TOKENS = {"ISSUERS": [{"issuer": "https://issuer.example/"}]}
REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None}
"""

OWN_URLS = """
from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView
from access_tokens import AccessTokenAuthentication, HasRequiredScopes, IsUser


class NotesAccessToken(AccessTokenAuthentication):
    audience = "api.notes"
    resource = "https://api.example/notes"


class Notes(APIView):
    authentication_classes = [NotesAccessToken]
    permission_classes = [IsUser, HasRequiredScopes]
    required_scopes = {"GET": {"read"}}

    def get(self, request):
        return Response({})


urlpatterns = [path("notes", Notes.as_view())]
"""


def test_other_peoples_tests_can_play_the_issuer(tmp_path):
    shutil.copytree(SOURCE, tmp_path / "access_tokens", ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in {"test_own.py": OWN_TEST, "settings.py": OWN_SETTINGS, "urls.py": OWN_URLS}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [
        sys.executable,
        "-E",
        "-m",
        "pytest",
        "-q",
        "--rootdir",
        str(tmp_path),
        "--ds=settings",
        "-p",
        "no:cacheprovider",
        "test_own.py",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
