"""What the source document says, sentence by sentence, over real HTTP: Auth0 Docs, "How to Use Access Tokens".

docs/the-document.md lists each sentence beside its test.
"""

import re
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from demo_client.changed_letter import change_one_letter
from tests.end_to_end.visitor import Administrator, Visitor

GEOCODING_AUDIENCE = "https://api.example.com/geocoding/v1/"
MONDAY = {"dateTime": "2031-03-03T10:00:00", "timeZone": "Europe/Berlin"}
NOON = {"dateTime": "2031-03-03T12:00:00", "timeZone": "Europe/Berlin"}
EXAMPLE_ISSUED, EXAMPLE_EXPIRES = 1458785796, 1458872196  # iat and exp of the document's example
pytestmark = pytest.mark.parametrize("platform", ["four-sqlite", "all-sqlite"], indirect=True)


@pytest.fixture
def visitor(platform):
    """Somebody in a browser, to whom nobody has asked anything yet. She stops where the answer to the application begins."""
    platform.forget_consents()
    return Visitor(platform, stops_at=f"{platform.demo_client_url}/spa/callback")


def as_the_document_asks(platform, **changes):
    """The parameters of the document's own request, with what it leaves open filled in."""
    asked = {
        "audience": "api.calendar",
        "scope": "read write",
        "response_type": "token",
        "client_id": "calendar-spa",
        "redirect_uri": f"{platform.demo_client_url}/spa/callback",
        "nonce": "a-nonce",
        "state": "an-opaque-value",
    }
    return {**asked, **changes}


def answer_in(page):
    """What the application is answered, behind the #."""
    return {name: value for name, (value,) in parse_qs(urlsplit(page.stopped_at).fragment).items()}


def access_token(visitor, name="alice", **changes):
    """A person's token, asked for as the document does."""
    page = visitor.ask(name, **as_the_document_asks(visitor.platform, **changes))
    page = page if page.stopped_at else visitor.press(page, "Allow")
    return answer_in(page)["access_token"]


def minted(platform, *, seconds=None, typ="at+jwt", **settings):
    """Alice's token as the authorization server's own code mints it: with its clock at `seconds`, or with other settings."""
    code = (
        "import time, time_machine\n"
        "from authorization_server.models import Api, Application, User\n"
        "from authorization_server.token_minting import mint\n"
        "application, alice = Application.objects.get(client_id='calendar-web'), User.objects.get(username='alice')\n"
        f"api = Api.objects.get(audience='api.calendar'); api.typ = {typ!r}\n"
        f"with time_machine.travel({seconds!r} or time.time(), tick=False):\n"
        "    print(mint(application=application, api=api, scopes=['read', 'write'], user=alice).access_token)\n"
    )
    service = "all" if platform.is_one_process else "authorization_server"
    ran = platform.manage("shell", "--verbosity", "0", "--command", code, service=service, **settings)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def machines_request(platform, client_id="geocoding-backend"):
    """The document's request from server to server, as the JSON that it shows; `answer_to` sends it."""
    body = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": f"{client_id}-demo-secret",
        "audience": GEOCODING_AUDIENCE,
    }
    return requests.Request("POST", f"{platform.issuer}oauth/token", json=body).prepare()


def answer_to(request):
    """What comes back for exactly these bytes, sent without a cookie."""
    return requests.Session().send(request, timeout=15)


def events(platform, token, *, spelling="calandar", method="GET", **body):
    """The document's request to the API, under the document's own spelling of the path."""
    url, headers = f"{platform.calendar_api_url}/{spelling}/v1/events", {"Authorization": f"Bearer {token}"}
    return requests.request(method, url, headers=headers, json=body or None, timeout=15)


def reverse(platform, token):
    url = f"{platform.geocoding_api_url}/geocoding/v1/reverse?lat=35.6586&lon=139.7454"
    return requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=15)


def rejection(response):
    """Status, code, and which of the four steps failed: those before it passed."""
    problem = response.json()
    return response.status_code, problem["code"], problem["step"]


# ---- A user's own resources -----------------------------------------------------------------------------------------


def test_an_application_needs_access_to_an_api_to_read_events_and_to_create_new_ones(visitor, platform):
    without = requests.get(f"{platform.calendar_api_url}/calandar/v1/events", timeout=15)
    assert without.status_code == 401
    token = access_token(visitor)
    assert events(platform, token).json()["items"]
    assert events(platform, token, method="POST", summary="Asked for", start=MONDAY, end=NOON).status_code == 201


def test_access_is_asked_for_by_the_application_and_given_by_the_user_at_the_authorize_endpoint(visitor, platform):
    page = visitor.ask("alice", **as_the_document_asks(platform))
    assert urlsplit(page.url).path == "/authorize"
    assert "Daybook in the browser wants to:" in page.text
    assert page.stopped_at is None


def test_the_user_is_prompted_for_reading_and_for_writing(visitor, platform):
    page = visitor.ask("alice", **as_the_document_asks(platform))
    assert "read your scheduled events" in page.text
    assert "create and change events" in page.text


def test_allowed_a_token_is_issued_which_the_application_can_then_use(visitor, platform):
    page = visitor.press(visitor.ask("alice", **as_the_document_asks(platform)), "Allow")
    answer = answer_in(page)
    assert (answer["token_type"], answer["state"], answer["scope"]) == ("Bearer", "an-opaque-value", "read write")
    assert answer["expires_in"] == "7200"
    assert events(platform, answer["access_token"]).status_code == 200


def test_not_allowed_no_token_is_issued(visitor, platform):
    answer = answer_in(visitor.press(visitor.ask("alice", **as_the_document_asks(platform)), "Do"))
    assert (answer["error"], answer["state"]) == ("access_denied", "an-opaque-value")
    assert "access_token" not in answer


def test_where_consent_was_given_before_no_dialog_is_displayed_and_the_token_comes_without_prompts(visitor, platform):
    access_token(visitor)
    again = visitor.ask("alice", **as_the_document_asks(platform))
    assert "access_token" in answer_in(again)


def test_when_the_access_level_rises_the_dialog_is_displayed_again_for_the_new_scope_alone(visitor, platform):
    access_token(visitor, scope="read")
    page = visitor.ask("alice", **as_the_document_asks(platform))
    assert "Daybook in the browser now also wants to:" in page.text
    named = re.findall(r"(create and change events|read your scheduled events)\s+(new|already allowed)", page.text)
    assert named == [("create and change events", "new"), ("read your scheduled events", "already allowed")]
    assert "access_token" in answer_in(visitor.press(page, "Allow"))


# ---- Consent that an administrator has configured --------------------------------------------------------------------


def company(platform):
    """What the company's own application asks for: a code, since it can keep a secret (RFC 9700 section 2.1.1)."""
    return as_the_document_asks(
        platform,
        client_id="company-calendar",
        redirect_uri=f"{platform.demo_client_url}/company/callback",
        response_type="code",
        code_challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        code_challenge_method="S256",
    )


def test_an_employee_is_not_asked_by_an_application_of_the_company(platform):
    platform.forget_consents()
    visitor = Visitor(platform, stops_at=f"{platform.demo_client_url}/company/callback")
    page = visitor.ask("alice", **company(platform))
    assert "code" in parse_qs(urlsplit(page.stopped_at).query)


def test_who_is_no_employee_is_asked_by_the_same_application(platform):
    platform.forget_consents()
    visitor = Visitor(platform, stops_at=f"{platform.demo_client_url}/company/callback")
    page = visitor.ask("bob", **company(platform))
    assert page.stopped_at is None
    assert "Daybook for Work wants to:" in page.text


# ---- From server to server -------------------------------------------------------------------------------------------


def test_a_token_is_issued_directly_to_an_application_with_its_credentials_and_no_user_authenticates(platform):
    answer = answer_to(machines_request(platform))
    assert answer.status_code == 200
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert (claims["sub"], claims["gty"]) == ("geocoding-backend@clients", "client-credentials")
    assert not answer.cookies
    assert not answer.history  # nobody was sent to sign in


def test_the_answer_is_the_documents(platform):
    answer = answer_to(machines_request(platform))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert {**answer.json(), "access_token": "…"} == {"access_token": "…", "token_type": "Bearer", "expires_in": 86400}


def test_the_token_opens_the_reverse_geocoding_api_which_turns_coordinates_into_a_readable_name(platform):
    named = reverse(platform, answer_to(machines_request(platform)).json()["access_token"])
    assert named.json()["result"]["display_name"].endswith("Tokyo, Japan")


def test_the_reverse_geocoding_api_has_nothing_of_any_users_so_that_it_lets_no_users_token_in(visitor, platform):
    """403 `insufficient_scope` without a scope: RFC 6750 section 3.1 has no word for a token of the wrong kind of caller."""
    refused = reverse(platform, access_token(visitor, audience=GEOCODING_AUDIENCE, scope=""))
    assert rejection(refused) == (403, "user_token_refused", 4)
    assert "scope=" not in refused.headers["WWW-Authenticate"]


def test_wrong_credentials_get_no_token(platform):
    body = {"grant_type": "client_credentials", "client_id": "geocoding-backend", "client_secret": "wrong", "audience": GEOCODING_AUDIENCE}
    answer = requests.post(f"{platform.issuer}oauth/token", json=body, timeout=15)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_the_application_must_first_have_permission_which_the_apis_administrator_gives(platform):
    """Auth0's `access_denied`, 403; RFC 6749 section 5.2 would say `unauthorized_client`, 400."""
    request = machines_request(platform, "unapproved-backend")
    refused = answer_to(request)
    assert (refused.status_code, refused.json()["error"]) == (403, "access_denied")
    assert refused.json()["error_uri"].startswith(f"{platform.issuer}access-requests/new?")

    administrator = Administrator(platform)
    grant = administrator.grants(client_id="unapproved-backend", audience=GEOCODING_AUDIENCE)
    try:
        granted = answer_to(request)
        assert granted.status_code == 200
        assert reverse(platform, granted.json()["access_token"]).status_code == 200
    finally:
        administrator.takes_back(grant)
    assert answer_to(request).status_code == 403


# ---- At the API ------------------------------------------------------------------------------------------------------


def test_the_token_is_a_credential_in_the_authorization_header_of_each_request(visitor, platform):
    token = access_token(visitor)
    assert events(platform, token, spelling="calandar").status_code == 200  # as the document spells it
    assert events(platform, token, spelling="calendar").status_code == 200
    in_query = requests.get(f"{platform.calendar_api_url}/calandar/v1/events?access_token={token}", timeout=15)
    assert in_query.status_code == 400  # RFC 6750 section 2.3 allows the query; RFC 9700 section 4.3.2 forbids it


def test_the_token_decodes_to_the_documents_header_and_claims(visitor, platform):
    """`typ` is at+jwt (RFC 9068 section 2.1) unless the API is set to the document's JWT; `aud` is that of the document's request.

    The example is good for a day. With `response_type=token` it is two hours here, since RFC 9700 section 2.1.2 advises against it.
    """
    token = access_token(visitor)
    header, claims = jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})
    assert (header["alg"], header["typ"]) == ("RS256", "at+jwt")
    assert claims["iss"] == platform.issuer
    assert (claims["aud"], claims["sub"], claims["scope"]) == ("api.calendar", "usr_123", "read write")
    assert claims["exp"] - claims["iat"] == 7200


def test_on_the_day_of_the_documents_example_its_iat_exp_and_typ_come_too(platform):
    """`kid`, `jti`, `client_id` and `azp` come in addition (RFC 9068 section 2.2); `iss` is this issuer, `aud` that of the request."""
    token = minted(platform, seconds=EXAMPLE_ISSUED, typ="JWT")
    header, claims = jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})
    assert {name: header[name] for name in ("alg", "typ")} == {"alg": "RS256", "typ": "JWT"}
    assert {name: claims[name] for name in ("iss", "aud", "sub", "scope", "iat", "exp")} == {
        "iss": platform.issuer,
        "aud": "api.calendar",
        "sub": "usr_123",
        "scope": "read write",
        "iat": EXAMPLE_ISSUED,
        "exp": EXAMPLE_EXPIRES,
    }


def test_check_1_a_token_that_is_not_well_formed_is_rejected(visitor, platform):
    token = access_token(visitor)
    assert events(platform, token).status_code == 200
    assert rejection(events(platform, token.rpartition(".")[0])) == (401, "malformed_token", 1)


def test_check_2_a_token_whose_signature_does_not_fit_is_rejected(visitor, platform):
    token = access_token(visitor)
    assert events(platform, token).status_code == 200
    changed = change_one_letter(token)
    assert changed.now_says not in {"", "usr_123"}  # it reads well, and names somebody else
    assert rejection(events(platform, changed.token)) == (401, "bad_signature", 2)


def test_check_3_a_token_that_has_expired_is_rejected(platform):
    assert events(platform, minted(platform)).status_code == 200
    assert rejection(events(platform, minted(platform, seconds=EXAMPLE_ISSUED))) == (401, "token_expired", 3)


def test_check_3_a_token_of_another_issuer_is_rejected(platform):
    """Its `iss` finds no key to try, so that nothing is said of check 2: by RFC 9068 section 4 keys belong to an issuer."""
    elsewhere = minted(platform, ISSUER="http://localhost:1/")
    assert rejection(events(platform, elsewhere)) == (401, "wrong_issuer", 3)


def test_check_3_a_token_for_another_api_is_rejected(visitor, platform):
    machines = answer_to(machines_request(platform)).json()["access_token"]
    assert reverse(platform, machines).status_code == 200
    assert rejection(events(platform, machines)) == (401, "wrong_audience", 3)
    alices = access_token(visitor)
    assert events(platform, alices).status_code == 200
    assert rejection(reverse(platform, alices)) == (401, "wrong_audience", 3)


def test_check_4_a_token_without_the_permission_is_rejected(visitor, platform):
    """403 and not 401: RFC 6750 section 3.1 tells a token that is not good enough from one that is not valid."""
    reading = access_token(visitor, scope="read")
    assert events(platform, reading).status_code == 200
    refused = events(platform, reading, method="POST", summary="Not allowed", start=MONDAY, end=NOON)
    assert rejection(refused) == (403, "insufficient_scope", 4)
    assert 'scope="write"' in refused.headers["WWW-Authenticate"]


def test_a_request_whose_token_fails_any_one_of_the_checks_is_rejected_and_nothing_is_written(visitor, platform):
    good, reading = access_token(visitor), access_token(visitor, scope="read")
    failing = (
        good.rpartition(".")[0],
        change_one_letter(good).token,
        answer_to(machines_request(platform)).json()["access_token"],
        reading,
    )
    before = events(platform, good).json()
    rejected = [events(platform, token, method="POST", summary="Written all the same", start=MONDAY, end=NOON) for token in failing]
    assert [rejection(response)[2] for response in rejected] == [1, 2, 3, 4]
    assert events(platform, good).json() == before


def test_all_four_passed_the_api_can_be_sure_who_issued_the_token(visitor, platform):
    token = access_token(visitor)
    assert events(platform, token).headers["Server-Timing"].count(";dur=") == 4
    jwks = requests.get(f"{platform.issuer}.well-known/jwks.json", timeout=15).json()
    key = next(key for key in jwks["keys"] if key["kid"] == jwt.get_unverified_header(token)["kid"])
    claims = jwt.decode(token, jwt.PyJWK(key), algorithms=["RS256"], audience="api.calendar", issuer=platform.issuer)
    assert claims["iss"] == platform.issuer


def test_it_can_be_sure_that_the_application_acts_for_usr_123_whose_events_and_no_others_it_gets(visitor, platform):
    alices = access_token(visitor)
    bobs = access_token(Visitor(platform, stops_at=f"{platform.demo_client_url}/spa/callback"), "bob")
    location = events(platform, alices, method="POST", summary="Alice’s alone", start=MONDAY, end=NOON).headers["Location"]
    seen = {whose: requests.get(location, headers={"Authorization": f"Bearer {whose}"}, timeout=15).status_code for whose in (alices, bobs)}
    assert seen == {alices: 200, bobs: 404}
    assert events(platform, alices).json()["items"] != events(platform, bobs).json()["items"]


def test_it_can_be_sure_that_the_user_granted_reading_and_writing_and_lets_the_application_do_both(visitor, platform):
    token = access_token(visitor)
    created = events(platform, token, method="POST", summary="Written by the application", start=MONDAY, end=NOON)
    assert created.status_code == 201
    read = requests.get(created.headers["Location"], headers={"Authorization": f"Bearer {token}"}, timeout=15)
    assert read.json()["summary"] == "Written by the application"
