"""Both stories over real HTTP, in every form of the platform: by command, by curl's means, and at Daybook."""

import json
import re
from urllib.parse import parse_qs

import pytest
import requests

from tests.end_to_end.visitor import Visitor

GEOCODING_AUDIENCE = "https://api.example.com/geocoding/v1/"


def run(platform, *arguments, status=0, **settings):
    """What `manage.py` printed, after its exit status was as expected."""
    ran = platform.manage(*arguments, **settings)
    assert ran.returncode == status, ran.stdout[-3000:] + ran.stderr
    return ran


def token(platform, *arguments):
    """What `manage.py token` printed: an access token and nothing else."""
    printed = run(platform, "token", *arguments).stdout
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", printed)
    return printed.strip()


def bearer(access_token):
    return {"Authorization": f"Bearer {access_token}"}


@pytest.fixture
def visitor(platform):
    """Somebody who comes to Daybook for the first time."""
    return Visitor(platform)


# A command takes a second or two to start. Its output is looked at by several tests, and what does not depend on the form of
# the platform is tried in one form.
in_one_form = pytest.mark.parametrize("platform", ["four-sqlite"], indirect=True)


@pytest.fixture(scope="module")
def authorize(platform):
    """What `run_flow authorize` prints."""
    return run(platform, "run_flow", "authorize").stdout


@pytest.fixture(scope="module")
def as_the_document_asks(platform):
    """What `run_flow implicit` prints."""
    return run(platform, "run_flow", "implicit").stdout


@pytest.fixture(scope="module")
def client_credentials(platform):
    """What `run_flow client-credentials` prints."""
    return run(platform, "run_flow", "client-credentials").stdout


@pytest.fixture(scope="module")
def alices_token(platform):
    """What `token --as alice --scope "read write"` prints."""
    return token(platform, "--as", "alice", "--scope", "read write")


@pytest.fixture(scope="module")
def backends_token(platform):
    """What `token --client geocoding-backend` prints."""
    return token(platform, "--client", "geocoding-backend")


# ---- Story 1 --------------------------------------------------------------------------------------------------------


def test_run_flow_authorize_ends_in_alices_events_and_prints_every_exchange(authorize):
    printed = authorize
    ending = printed.rsplit("Alice's events, ", 1)[1]
    assert re.search(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) +\d+ +\d\d:\d\d–\d\d:\d\d +\w+", ending)
    asked = re.findall(r"^(GET|POST) (/[^ ?]*)\S* HTTP/1.1$", printed, flags=re.MULTILINE)
    assert [path for _, path in asked if path != "/authorize"] == [
        "/.well-known/openid-configuration",
        "/login",
        "/login",
        "/oauth/token",
        "/calendar/v1/events",
    ]
    assert asked.count(("GET", "/authorize")) == 2
    assert len(re.findall(r"^HTTP/1.1 \d+ ", printed, flags=re.MULTILINE)) == len(asked)
    for what_daybook_asked in (
        "response_type=code",
        "audience=api.calendar",
        "scope=read",
        "code_challenge_method=S256",
        "state=",
        "nonce=",
    ):
        assert what_daybook_asked in printed


def test_run_flow_implicit_asks_as_the_document_does_and_ends_in_alices_events(platform, as_the_document_asks):
    printed = as_the_document_asks
    (asked,) = re.findall(r"^GET /authorize\?(audience=\S+) HTTP/1.1$", printed, flags=re.MULTILINE)
    assert [name.partition("=")[0] for name in asked.split("&")] == [
        "audience",
        "scope",
        "response_type",
        "client_id",
        "redirect_uri",
        "nonce",
        "state",
    ]
    assert asked.startswith("audience=api.calendar&scope=read+write&response_type=token&client_id=calendar-spa&")
    (answer,) = re.findall(rf"^location: {platform.demo_client_url}/spa/callback#(\S+)$", printed, flags=re.MULTILINE)
    answered = {name: values[0] for name, values in parse_qs(answer).items()}
    assert set(answered) == {"access_token", "token_type", "expires_in", "scope", "state", "iss"}
    assert (answered["expires_in"], answered["scope"], answered["iss"]) == ("7200", "read write", platform.issuer)
    assert f"state={answered['state']}" in asked
    assert f"Authorization: Bearer {answered['access_token']}\n" in printed
    assert "POST /oauth/token" not in printed
    assert "Alice's events, " in printed


@in_one_form
def test_run_flow_implicit_obeys_its_options(platform):
    said = run(platform, "run_flow", "implicit", "--as", "bob", "--scope", "read", "--brief").stdout
    assert "Daybook sends Bob to ask: may it read the calendar?" in said
    assert "Bob's events, " in said
    assert "eyJ" not in said
    assert "read_minds" in run(platform, "run_flow", "implicit", "--scope", "read_minds", status=1).stderr


@in_one_form
def test_a_token_in_the_fragment_is_masked_where_rejections_are_not_explained(platform):
    printed = run(platform, "run_flow", "implicit", "--no-pages", EXPLAIN_REJECTIONS="0").stdout
    assert "eyJ" not in printed
    assert re.search(r"/spa/callback#access_token=\*\*\*\(access_token, \d+ characters\)&token_type=Bearer", printed)


def test_run_flow_never_prints_a_secret_a_password_or_a_cookie(authorize, as_the_document_asks, client_credentials):
    printed = authorize + as_the_document_asks + client_credentials
    for secret in ("alice-demo", "calendar-web-demo-secret", "geocoding-backend-demo-secret"):
        assert secret not in printed
    assert set(re.findall(r"(?:csrfmiddlewaretoken|client_secret|password)(?:=|\": \")([^&\"\s]*)", printed)) == {"***"}
    assert set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]*)"', printed)) == {"***"}
    cookies = re.findall(r"^(?:set-cookie|cookie): (.*)$", printed, flags=re.MULTILINE | re.IGNORECASE)
    assert cookies
    assert {value for line in cookies for value in re.findall(r"(?:session|csrf)\w*=([^;]*)", line)} == {"***"}


@in_one_form
def test_run_flow_signs_in_whom_one_names_and_shows_nobody_elses_events(platform, authorize):
    bobs = run(platform, "run_flow", "authorize", "--no-pages", "--as", "bob").stdout
    assert "Bob's events, " in bobs
    assert bobs.rsplit("Bob's events, ", 1)[1] != authorize.rsplit("Alice's events, ", 1)[1]


@in_one_form
def test_a_wrong_password_ends_with_status_1_and_a_sentence(platform):
    said = run(platform, "run_flow", "authorize", "--password", "wrong", status=1).stderr
    assert "did not sign alice in" in said
    assert f"{platform.issuer}login" in said


@in_one_form
def test_a_scope_that_nobody_knows_ends_with_status_1(platform):
    assert "read_minds" in run(platform, "run_flow", "authorize", "--scope", "read_minds", status=1).stderr


@pytest.mark.parametrize("spelling", ["calendar", "calandar"])
def test_a_users_token_opens_the_calendar_under_both_spellings(platform, alices_token, spelling):
    answer = requests.get(f"{platform.calendar_api_url}/{spelling}/v1/events", headers=bearer(alices_token), timeout=10)
    assert answer.status_code == 200
    assert answer.json()["items"]


def test_a_users_token_at_the_geocoder_is_refused_because_it_is_a_users(platform):
    users = token(platform, "--as", "alice", "--audience", GEOCODING_AUDIENCE)
    answer = requests.get(f"{platform.geocoding_api_url}/geocoding/v1/reverse?lat=0&lon=0", headers=bearer(users), timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (403, "user_token_refused")


# ---- Story 2 --------------------------------------------------------------------------------------------------------


def test_run_flow_client_credentials_ends_in_tokyo(client_credentials):
    printed = client_credentials
    assert printed.rstrip().splitlines()[-1].endswith(", Tokyo, Japan")
    asked = re.findall(r"^(?:GET|POST) (/[^ ]*) HTTP/1.1$", printed, flags=re.MULTILINE)
    assert asked == ["/.well-known/openid-configuration", "/oauth/token", "/geocoding/v1/reverse?lat=35.6586&lon=139.7454"]


@in_one_form
def test_run_flow_client_credentials_takes_other_coordinates(platform):
    assert run(platform, "run_flow", "client-credentials", "--lat", "41.8902", "--lon", "12.4922").stdout.rstrip().endswith(", Italy")
    assert run(platform, "run_flow", "client-credentials", "--lat=-48.8767", "--lon=-123.3933").stdout.rstrip().endswith("open sea.")


@in_one_form
def test_coordinates_that_are_none_end_with_status_1_and_name_the_parameter(platform):
    assert "lat" in run(platform, "run_flow", "client-credentials", "--lat", "north", status=1).stderr


def test_a_machine_without_permission_is_told_where_to_ask(platform):
    said = run(platform, "run_flow", "client-credentials", "--client", "unapproved-backend", status=1)
    assert '"error": "access_denied"' in said.stdout
    assert f"{platform.issuer}access-requests/new?client_id=unapproved-backend" in said.stderr
    (link,) = set(re.findall(r"http\S+/access-requests/new\S+", said.stderr))
    assert requests.get(link, timeout=10).status_code == 200


def test_the_documents_own_request_is_answered_as_it_says(platform):
    body = {
        "grant_type": "client_credentials",
        "client_id": "geocoding-backend",
        "client_secret": "geocoding-backend-demo-secret",
        "audience": GEOCODING_AUDIENCE,
    }
    answer = requests.post(f"{platform.issuer}oauth/token", data=json.dumps(body), headers={"Content-Type": "application/json"}, timeout=10)
    assert answer.status_code == 200
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 86400)
    assert answer.json()["access_token"]


def test_a_machines_token_at_the_calendar_is_refused_by_the_calendar_and_one_for_it_by_the_issuer(platform, backends_token):
    answer = requests.get(f"{platform.calendar_api_url}/calendar/v1/events", headers=bearer(backends_token), timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_audience")
    said = run(platform, "token", "--client", "geocoding-backend", "--audience", "api.calendar", status=1).stderr
    assert "gives geocoding-backend no token" in said


# ---- Daybook --------------------------------------------------------------------------------------------------------


def test_daybook_shows_the_week_with_place_names(visitor):
    page = visitor.sign_in("alice")
    assert page.url == f"{visitor.platform.demo_client_url}/daybook"
    assert re.search(r"\w+, Berlin , Germany", page.text), page.text
    assert "note--failed" not in visitor.recorder.exchanges[-1].answer.body


def test_signing_out_of_daybook_leaves_the_authorization_servers_session(visitor):
    page = visitor.sign_in("alice")
    assert visitor.press(page, "Sign").url == f"{visitor.platform.demo_client_url}/"
    assert visitor.open("/daybook").status == 403
    seen = len(visitor.recorder.exchanges)
    assert visitor.open("/sign-in").url == f"{visitor.platform.demo_client_url}/daybook"
    assert not any("/login" in exchange.request.first_line for exchange in visitor.recorder.exchanges[seen:])


def test_the_token_never_reaches_the_browser(visitor):
    visitor.sign_in("alice")
    assert not any("eyJ" in message.body for exchange in visitor.recorder.exchanges for message in (exchange.request, exchange.answer))


def test_a_rejections_type_leads_to_its_page(platform, alices_token):
    url = f"{platform.geocoding_api_url}/geocoding/v1/reverse?lat=0&lon=0"
    problem = requests.get(url, headers=bearer(alices_token), timeout=10).json()
    assert problem["type"] == f"{platform.demo_client_url}/learn/rejections/wrong_audience"
    assert problem["title"] in requests.get(problem["type"], timeout=10).text


def test_another_host_name_leads_to_daybooks_own(platform):
    port = platform.port("demo_client")
    answer = requests.get(f"http://127.0.0.1:{port}/daybook?week=2026-W48", allow_redirects=False, timeout=10)
    assert answer.headers["Location"] == f"http://localhost:{port}/daybook?week=2026-W48"


# ---- Each service down ----------------------------------------------------------------------------------------------


def assert_names(text, *, url, setting):
    for words in ("does not answer", url, setting):
        assert words in text


def test_without_the_authorization_server_every_way_in_says_so(platform, visitor):
    with platform.stopped("all" if platform.is_one_process else "authorization_server"):
        said = run(platform, "token", "--as", "alice", status=1)
        assert_names(said.stderr, url=f"{platform.issuer}.well-known/openid-configuration", setting="ISSUER")
        if not platform.is_one_process:
            visitor.platform.stop("demo_client")  # its copy of the metadata would do for the redirect
            visitor.platform.start("demo_client")
            page = visitor.open("/sign-in")
            assert page.status == 503
            assert_names(page.text, url=f"{platform.issuer}.well-known/openid-configuration", setting="ISSUER")


@in_one_form
def test_without_the_calendar_daybook_and_the_command_say_so(platform, visitor):
    visitor.sign_in("alice")
    with platform.stopped("calendar_api"):
        page = visitor.open("/daybook")
        said = run(platform, "run_flow", "authorize", "--no-pages", status=1).stderr
    assert page.status == 503
    for text in (page.text, said):
        assert_names(text, url=f"{platform.calendar_api_url}/calendar/v1/events", setting="CALENDAR_API_URL")
    assert visitor.open("/daybook").status == 200


@in_one_form
def test_without_the_geocoder_the_week_shows_coordinates_and_the_command_says_so(platform, visitor):
    visitor.sign_in("alice")
    with platform.stopped("geocoding_api"):
        page = visitor.open("/daybook")
        said = run(platform, "run_flow", "client-credentials", status=1).stderr
    assert page.status == 200
    assert re.search(r"\d+\.\d{4}, \d+\.\d{4}", page.text)
    for text in (page.text, said):
        assert_names(text, url=f"{platform.geocoding_api_url}/geocoding/v1/reverse", setting="GEOCODING_API_URL")
