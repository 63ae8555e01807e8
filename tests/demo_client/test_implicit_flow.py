"""The document's own request, seen from the application: what it asks for, and what it believes of the fragment that comes back."""

from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from demo_client.discovery import IssuerMetadata
from demo_client.exchanges import Recorder
from demo_client.failures import AuthorizationRefused, UnexpectedAnswer, UnusableAnswer, WrongIssuer
from demo_client.flows import implicit
from demo_client.flows.authorize import AuthorizationRequest
from demo_client.flows.sign_in_as import token_as, token_at_once_as

ISSUER = "http://localhost:9000/"


@pytest.fixture
def metadata():
    """What the issuer says of itself."""
    return IssuerMetadata(ISSUER, f"{ISSUER}authorize", f"{ISSUER}oauth/token", answers_carry_iss=True)


@pytest.fixture
def asked():
    """Daybook in the browser asks as the document does."""
    return AuthorizationRequest(redirect_uri="http://localhost:8000/spa/callback", scope=implicit.SCOPE, client_id="calendar-spa")


@pytest.fixture
def token_from(asked, metadata):
    """The token in a good answer with `changes`; one to None leaves a parameter out, a list repeats it."""

    def read(**changes):
        good = {"access_token": "eyJ.eyJ.c2ln", "token_type": "Bearer", "expires_in": "7200", "scope": "read", "state": asked.state}
        answer = {name: value for name, value in {**good, "iss": ISSUER, **changes}.items() if value is not None}
        return implicit.token_from_answer(parse_qs(urlencode(answer, doseq=True), keep_blank_values=True), asked, metadata)

    return read


def test_the_request_has_the_documents_seven_parameters_in_its_order(asked, metadata):
    address = urlsplit(implicit.authorization_url(asked, metadata))
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{ISSUER}authorize"
    assert parse_qsl(address.query) == [
        ("audience", "api.calendar"),
        ("scope", "read write"),
        ("response_type", "token"),
        ("client_id", "calendar-spa"),
        ("redirect_uri", "http://localhost:8000/spa/callback"),
        ("nonce", asked.nonce),
        ("state", asked.state),
    ]


def test_state_and_nonce_are_new_for_each_request_rfc6749_section_10_12():
    requests = [AuthorizationRequest(redirect_uri="http://localhost:8000/spa/callback") for _ in range(2)]
    assert len({value for request in requests for value in (request.state, request.nonce)}) == 4
    assert all(len(request.state) >= 43 for request in requests)


def test_the_token_its_life_and_its_scopes_come_out_of_the_fragment_rfc6749_section_4_2_2(token_from):
    granted = token_from()
    assert (granted.access_token, granted.expires_in, granted.scopes) == ("eyJ.eyJ.c2ln", 7200, {"read"})


def test_an_answer_without_scope_grants_what_was_asked_for_rfc6749_section_4_2_2(token_from):
    assert token_from(scope=None).scopes == {"read", "write"}


@pytest.mark.parametrize("iss", ["http://evil.example/", "http://localhost:9000", "", None])
def test_an_answer_of_another_issuer_is_not_used_rfc9207_section_2_4(token_from, iss):
    with pytest.raises(WrongIssuer):
        token_from(iss=iss)


def test_the_issuer_is_compared_before_an_error_is_believed_rfc9207_section_2_4(token_from):
    with pytest.raises(WrongIssuer):
        token_from(iss="http://evil.example/", error="access_denied", access_token=None)


def test_a_no_is_a_no_even_with_a_token_beside_it(token_from):
    with pytest.raises(AuthorizationRefused, match="may not read your calendar"):
        token_from(error="access_denied")


@pytest.mark.parametrize("name", ["access_token", "state", "iss", "expires_in"])
def test_a_repeated_parameter_is_not_used_rfc6749_section_3_1(token_from, name):
    with pytest.raises(UnexpectedAnswer):
        token_from(**{name: ["a", "b"]})


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"access_token": None}, "access_token"),
        ({"access_token": ""}, "access_token"),
        ({"access_token": "a\nb"}, "access_token"),
        ({"token_type": None}, "token_type"),
        ({"token_type": "mac"}, "token_type"),
        ({"expires_in": None}, "expires_in"),
        ({"expires_in": "0"}, "expires_in"),
        ({"expires_in": "-1"}, "expires_in"),
        ({"expires_in": "soon"}, "expires_in"),
        ({"expires_in": "7200.5"}, "expires_in"),
        ({"expires_in": "²"}, "expires_in"),
        ({"expires_in": "9" * 5000}, "expires_in"),
    ],
)
def test_a_token_that_lacks_a_part_is_not_used_rfc6749_section_4_2_2(token_from, changes, missing):
    with pytest.raises(UnusableAnswer, match=missing):
        token_from(**changes)


@pytest.mark.parametrize("state", ["somebody-elses", "", None])
@pytest.mark.parametrize("mark", ["#", "?"])
def test_an_answer_to_another_request_is_not_used_rfc6749_section_10_12(services, mark, state):
    answer = {"access_token": "t", "code": "c", "token_type": "Bearer", "expires_in": "60", "iss": services.issuer}
    answer |= {} if state is None else {"state": state}
    way, callback = (token_at_once_as, "spa/callback") if mark == "#" else (token_as, "callback")
    services.answers["/authorize"] = (303, "", {"Location": f"http://localhost:8000/{callback}{mark}{urlencode(answer)}"})
    with pytest.raises(UnexpectedAnswer):
        way("alice", None, scope="read", recorder=Recorder())
    assert services.sent_to("/oauth/token") == []
