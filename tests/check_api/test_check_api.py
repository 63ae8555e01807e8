"""`check_api` tells a right API from a careless one, names each mistake with its fix, and calls nothing but what it was told to."""

import json
import socket
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.core.handlers.wsgi import WSGIHandler

from forgeries.catalogue import CATALOGUE
from forgeries.check_api import one_file
from forgeries.check_api.requests_sent import Sender
from forgeries.check_api.trials import Trial, forgery_trials
from forgeries.check_api.verdicts import Answer
from tests.check_api.apis import CarelessApi, served
from tests.forgeries.goods import ANYBODY, good_for_the_calendar, good_for_the_geocoder


@pytest.fixture
def ours(settings, check):
    """The small API of the verifier's own tests, which trusts the check's issuer."""
    settings.ROOT_URLCONF = "tests.access_tokens.api"
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.ACCESS_TOKENS = {"ISSUERS": [{"issuer": check.issuer}]}
    with served(WSGIHandler()) as url:
        yield url


@pytest.mark.parametrize("explained", [True, False], ids=["explaining", "terse"])
def test_an_api_with_this_verifier_answers_everything_rightly(ours, check, settings, explained):
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "EXPLAIN_REJECTIONS": explained}
    checked = check(f"{ours}/notes", "--scope", "read", audience="api.calendar")
    assert (checked.status, "all answered rightly" in checked.written) == (0, True), checked.written


def test_an_api_for_machines_too(ours, check):
    checked = check(f"{ours}/machines", "--caller", "machine", audience="api.calendar")
    assert (checked.status, "all answered rightly" in checked.written) == (0, True), checked.written


@pytest.mark.parametrize(
    ("entry", "arguments"),
    [
        ({"types": ["JWT"]}, ["--typ", "JWT"]),
        ({"machine_rule": "rfc9068"}, ["--machine-rule", "rfc9068"]),
        ({"machine_rule": "auth0-rfc9068"}, ["--machine-rule", "auth0-rfc9068"]),
        (
            {"machine_rule": "entra", "scope_claim": "scp", "types": ["JWT"]},
            ["--machine-rule", "entra", "--scope-claim", "scp", "--typ", "JWT"],
        ),
        ({"machine_rule": "keycloak:kind=service"}, ["--machine-rule", "keycloak:kind=service"]),
        ({"scope_claim": "permissions"}, ["--scope-claim", "permissions", "--scope-list"]),
    ],
    ids=["typ JWT", "RFC 9068", "Auth0, RFC 9068", "Entra ID", "Keycloak", "permissions"],
)
def test_apis_of_other_issuers_are_tried_with_tokens_of_their_kind(ours, check, settings, entry, arguments):
    settings.ACCESS_TOKENS = {"ISSUERS": [{"issuer": check.issuer, **entry}]}
    checked = check(f"{ours}/notes", "--scope", "read", *arguments, audience="api.calendar")
    assert (checked.status, "all answered rightly" in checked.written) == (0, True), checked.written


@pytest.mark.parametrize("make_good", [good_for_the_calendar, good_for_the_geocoder])
def test_every_forgery_of_the_catalogue_that_applies_is_sent(make_good):
    good = make_good(ANYBODY)
    assert {trial.id for trial in forgery_trials(good)} == {forgery.id for forgery in CATALOGUE if forgery.applies(good)}


CARELESS = [
    ("signature", "wrongly accepted", "foreign-key"),
    ("algorithm", "wrongly accepted", "rs512-with-the-right-key"),
    ("audience", "wrongly accepted", "aud-other"),
    ("expiry", "wrongly accepted", "expired"),
    ("issuer", "wrongly accepted", "iss-shorter"),
    ("scope", "wrongly accepted", "scope-missing"),
    ("query", "wrongly accepted", "token-in-query"),
    ("follows-jku", "wrongly accepted", "followed-jku"),
    ("scheme-case", "wrongly refused", "good-scheme"),
    ("no-leeway", "wrongly refused", "good-clock"),
    ("one-audience", "wrongly refused", "good-audience-list"),
    ("keys-once", "wrongly refused", "good-new-key"),
    ("status-403", "wrong status", "expired"),
    ("status-400", "wrong status", "expired"),
    ("status-500", "wrong status", "opaque-token"),
    ("no-challenge", "missing challenge", "no-token"),
    ("bare-challenge", "malformed challenge", "expired"),
    ("unquoted-challenge", "malformed challenge", "no-token"),
    ("challenge-error", "malformed challenge", "no-token"),
    ("keys-each-time", "key fetching", "good"),
]


@pytest.mark.parametrize(("careless", "kind", "trial"), CARELESS)
def test_each_way_to_be_careless_is_found_and_named(check, careless, kind, trial):
    with served(CarelessApi(check.issuer, careless)) as url:
        checked = check(f"{url}/notes", "--scope", "read", "--json")
    assert checked.status == 1
    assert (kind, trial) in checked.findings


def test_none_of_these_is_found_where_nobody_was_careless(check):
    with served(CarelessApi(check.issuer)) as url:
        findings = check(f"{url}/notes", "--scope", "read", "--json").findings
    assert not {(kind, trial) for _, kind, trial in CARELESS} & findings


def test_every_finding_says_what_was_sent_answered_and_wanted_and_the_fix(check):
    with served(CarelessApi(check.issuer, "audience", "no-challenge")) as url:
        checked = check(f"{url}/notes", "--scope", "read", "--json")
    with served(CarelessApi(check.issuer, "audience", "no-challenge")) as other_url:
        table = check(f"{other_url}/notes", "--scope", "read").written
    document = json.loads(checked.written)
    assert (document["url"], document["method"]) == (f"{url}/notes", "GET")
    assert document["requests"] > len(CATALOGUE) - 20
    for finding in document["findings"]:
        assert all(finding[name] for name in ("kind", "id", "name", "changed", "source", "answered", "wanted", "fix")), finding
        assert finding["id"] in table
        assert finding["fix"] in table
    assert "answered 200, wanted 401" in table
    assert table.index("WRONGLY ACCEPTED") < table.index("MISSING CHALLENGE"), "the worst first"


def test_trials_can_be_left_out(check):
    with served(CarelessApi(check.issuer, "scheme-case")) as url:
        checked = check(f"{url}/notes", "--scope", "read", "--json", "--skip", "good-scheme")
    assert ("wrongly refused", "good-scheme") not in checked.findings


def test_where_its_own_good_token_is_refused_it_stops_with_the_three_settings(check):
    with served(CarelessApi("http://localhost:1/")) as url:
        checked = check(f"{url}/notes")
    assert (checked.status, checked.written) == (2, "")
    for setting in (f"issuer        {check.issuer}\n", "audience      api.notes\n", f"key set URL   {check.issuer}.well-known/jwks.json\n"):
        assert setting in checked.progress


def test_an_api_that_starts_later_is_waited_for(check):
    api = CarelessApi(check.issuer)
    waiting: list[int] = []

    def starts_at_the_second_request(environment, start_response):
        if not waiting:
            waiting.append(1)
            start_response("503 Service Unavailable", [])
            return [b""]
        return api(environment, start_response)

    with served(starts_at_the_second_request) as url:
        checked = check(f"{url}/notes", "--scope", "read", "--wait", "10", "--json")
    assert checked.status in {0, 1}
    assert "503" in checked.progress


@pytest.mark.parametrize("method", ["POST", "put", "PATCH", "DELETE", "ANYTHING"])
def test_a_method_that_may_change_something_must_be_asked_for_twice(check, method):
    seen = []

    def api(environment, start_response):
        seen.append(environment["REQUEST_METHOD"])
        start_response("401 Unauthorized", [])
        return [b""]

    with served(api) as url:
        once = check(url, "--method", method)
        assert (once.status, seen) == (2, [])
        assert f"--method {method.upper()} --method {method.upper()}" in once.progress
        check(url, "--method", method, "--method", method, "--body", '{"text": "tea"}')
    assert set(seen) == {method.upper()}


def test_no_redirect_is_followed_and_no_other_address_called(check):
    elsewhere = []

    def other(environment, start_response):
        elsewhere.append(environment["PATH_INFO"])
        start_response("200 OK", [])
        return [b""]

    with served(other) as other_url:

        def api(environment, start_response):
            start_response("302 Found", [("Location", f"{other_url}/elsewhere")])
            return [b""]

        with served(api) as url:
            assert check(url).status == 2
    assert elsewhere == []


def test_netrc_and_proxies_of_this_machine_do_not_touch_what_is_sent(monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    seen = []

    def api(environment, start_response):
        seen.append(environment.get("HTTP_AUTHORIZATION"))
        start_response("200 OK", [])
        return [b""]

    with served(api) as url:
        sent = Sender(url)(Trial(id="x", name="x", changed="x", source="x", cure="x", headers={"Authorization": "Bearer token"}))
    assert sent == Answer(200)
    assert seen == ["Bearer token"]


def test_an_api_that_asks_for_patience_is_given_it_once():
    answers = ["429 Too Many Requests", "401 Unauthorized"]
    pauses: list[float] = []
    offered = [("Retry-After", "7"), ("WWW-Authenticate", "Basic realm=x"), ("WWW-Authenticate", 'Bearer realm="x"')]

    def api(environment, start_response):
        start_response(answers.pop(0), offered)
        return [b""]

    with served(api) as url:
        answer = Sender(url, wait=pauses.append)(Trial(id="x", name="x", changed="x", source="x", cure="x"))
    assert answer == Answer(401, 'Bearer realm="x"')
    assert pauses == [7]


def test_a_connection_that_breaks_is_an_answer_too():
    class Breaks(BaseHTTPRequestHandler):
        def do_GET(self):
            self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, *_):
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Breaks)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        answer = Sender(f"http://127.0.0.1:{server.server_port}")(Trial(id="x", name="x", changed="x", source="x", cure="x"))
    finally:
        server.shutdown()
        server.server_close()
    assert (answer.status, answer.reason) == (0, "ConnectionError")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--issuer", "http://localhost:9700"], "last slash"),
        (["--issuer", "ftp://localhost/"], "--issuer"),
        (["--listen", "nowhere"], "HOST:PORT"),
        (["--claim", "tenant=forty-two"], "NAME=JSON"),
        (["--machine-rule", "keycloak"], "keycloak:<claim>=<value>"),
    ],
)
def test_a_wrong_argument_is_named_with_its_cure(check, arguments, said):
    checked = check("http://127.0.0.1:9/", *arguments)
    assert checked.status == 2
    assert said in checked.progress


def test_an_address_without_its_scheme_is_named_as_such(check):
    checked = check("localhost:8000/notes")
    assert (checked.status, "write it whole" in checked.progress) == (2, True)


def test_a_taken_port_is_named(check):
    with socket.create_server(("127.0.0.1", check.port)):
        checked = check("http://127.0.0.1:9/")
    assert checked.status == 2
    assert "cannot listen" in checked.progress


def test_other_claims_can_be_given(check):
    checked = check("http://127.0.0.1:9/", "--claim", "tenant=42")
    assert "no answer" in checked.progress


def test_the_one_file_runs_alone_and_says_the_same(check, tmp_path):
    program = one_file.write_to(tmp_path / "check_api.pyz")
    with served(CarelessApi(check.issuer, "audience")) as url:
        command = [
            sys.executable,
            "-I",
            str(program),
            f"{url}/notes",
            "--audience",
            "api.notes",
            "--scope",
            "read",
            "--issuer",
            check.issuer,
        ]
        alone = subprocess.run([*command, "--json"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    with served(CarelessApi(check.issuer, "audience")) as url:
        here = check(f"{url}/notes", "--scope", "read", "--json")
    assert alone.returncode == here.status == 1
    assert {(finding["kind"], finding["id"]) for finding in json.loads(alone.stdout)["findings"]} == here.findings
    source = " ".join(path.read_text() for path in one_file.PACKAGE.rglob("*.py"))
    assert "import django" not in source.lower().replace("from django", "import django")
