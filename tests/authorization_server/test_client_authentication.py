"""How an application proves at /oauth/token who it is: one way at a time, and failing tells nothing."""

import base64
import hmac

import pytest

from authorization_server.models import Application, AuthenticationMethod
from authorization_server.models.applications import sha256_of
from tests.authorization_server.conftest import assert_refused, basic

SECRET = "geocoding-backend-demo-secret"


def in_header(back_channel, authorization, **changes):
    return back_channel.machine_token(authorization=authorization, **{"client_id": None, "client_secret": None, **changes})


@pytest.fixture
def backend(seeded):
    return Application.objects.get(client_id="geocoding-backend")


# ---- Which ways work ------------------------------------------------------------------------------------------------


def test_the_secret_may_stand_in_the_body(back_channel):
    assert back_channel.machine_token().status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_the_secret_may_stand_in_the_header_rfc6749_section_2_3_1(back_channel, scheme):
    header = basic("geocoding-backend", SECRET).replace("Basic", scheme)
    assert in_header(back_channel, header).status_code == 200


def test_the_body_may_repeat_the_client_id_of_the_header(back_channel):
    assert in_header(back_channel, basic("geocoding-backend", SECRET), client_id="geocoding-backend").status_code == 200


def test_basic_is_form_decoded_rfc6749_section_2_3_1(back_channel, backend):
    backend.secret_sha256 = sha256_of("a b+c%é:d")
    backend.save()
    assert in_header(back_channel, basic("geocoding%2Dbackend", "a+b%2Bc%25%C3%A9:d")).status_code == 200
    assert in_header(back_channel, basic("geocoding-backend", "a b+c%é:d")).status_code == 401


@pytest.mark.parametrize(
    ("method", "works_in_header", "works_in_body"),
    [
        (AuthenticationMethod.BASIC, True, False),
        (AuthenticationMethod.POST, False, True),
        (AuthenticationMethod.EITHER, True, True),
    ],
)
def test_each_application_has_one_method(back_channel, backend, method, works_in_header, works_in_body):
    backend.authentication_method = method
    backend.save()
    header = in_header(back_channel, basic("geocoding-backend", SECRET))
    body = back_channel.machine_token()
    assert (header.status_code == 200, body.status_code == 200) == (works_in_header, works_in_body)


def test_a_confidential_application_without_its_secret_is_refused(back_channel):
    assert_refused(back_channel.machine_token(client_secret=None), error="invalid_client", status=401)


def test_a_public_application_with_a_secret_is_refused(back_channel):
    answer = back_channel.redeem("x", client_id="calendar-spa", client_secret="anything")
    assert_refused(answer, error="invalid_client", status=401)


# ---- Two ways at once -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header_secret", [SECRET, "wrong"])
def test_two_methods_in_one_request_are_an_invalid_request_rfc6749_section_2_3(back_channel, header_secret):
    answer = in_header(back_channel, basic("geocoding-backend", header_secret), client_id="geocoding-backend", client_secret=SECRET)
    assert_refused(answer, error="invalid_request")


def test_header_and_body_that_name_different_clients_are_an_invalid_request(back_channel):
    answer = in_header(back_channel, basic("geocoding-backend", SECRET), client_id="calendar-web")
    assert_refused(answer, error="invalid_request")


# ---- Failing tells nothing ------------------------------------------------------------------------------------------


def whole(answer):
    return answer.status_code, sorted(answer.items()), answer.content


def test_unknown_client_and_wrong_secret_are_answered_byte_for_byte_the_same_in_the_body(back_channel):
    wrong = back_channel.machine_token(client_secret="wrong")
    unknown = back_channel.machine_token("nobody", client_secret="wrong")
    missing = back_channel.machine_token(None, client_secret=None)
    assert_refused(wrong, error="invalid_client", status=401)
    assert whole(wrong) == whole(unknown) == whole(missing)
    assert "WWW-Authenticate" not in wrong


def test_unknown_client_and_wrong_secret_are_answered_byte_for_byte_the_same_in_the_header(back_channel):
    wrong = in_header(back_channel, basic("geocoding-backend", "wrong"))
    unknown = in_header(back_channel, basic("nobody", "wrong"))
    assert_refused(wrong, error="invalid_client", status=401)
    assert wrong["WWW-Authenticate"].startswith("Basic ")
    assert whole(wrong) == whole(unknown)


@pytest.mark.parametrize("client_id", ["geocoding-backend", "nobody", "calendar-spa"])
def test_known_and_unknown_clients_cost_the_same_work(back_channel, client_id, monkeypatch, django_assert_num_queries):
    compared = []

    def compare_digest(a, b):
        compared.append((len(a), len(b)))
        return a == b

    monkeypatch.setattr(hmac, "compare_digest", compare_digest)
    with django_assert_num_queries(2):  # one looks the client up, one stores the refusal
        assert back_channel.machine_token(client_id, client_secret="wrong").status_code == 401
    assert compared == [(64, 64)]


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic " + base64.b64encode(b"no-colon").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Basic " + base64.b64encode(b"%ff:%ff").decode(),
        "Basic " + base64.b64encode(b"a\x00b:c").decode(),
        "Basic " + base64.b64encode(b":").decode(),
        "Basic é",
        "Bearer abc",
        "Digest username=x",
        "x" * 5000,
    ],
)
def test_a_header_that_cannot_be_decoded_fails_like_any_other_and_never_crashes(back_channel, header):
    answer = in_header(back_channel, header)
    assert whole(answer) == whole(in_header(back_channel, basic("nobody", "wrong")))


# ---- How secrets are kept -------------------------------------------------------------------------------------------


def test_a_new_secret_has_256_random_bits_and_only_its_sha256_is_kept(backend):
    secret, another = backend.set_new_secret(), backend.set_new_secret()
    assert secret != another
    assert len(base64.urlsafe_b64decode(another + "=")) == 32
    assert backend.secret_sha256 == sha256_of(another)
    assert backend.has_secret(another)
    assert not backend.has_secret(secret)


def test_an_application_without_a_secret_has_none_that_fits():
    assert not Application(client_id="x", secret_sha256="").has_secret("")


@pytest.mark.parametrize("client_id", ["geocoding-backend", "calendar-spa", "nobody"])
def test_an_assertion_is_no_way_to_authenticate_here_rfc7523(back_channel, client_id):
    answer = back_channel.machine_token(client_id, client_secret=None, client_assertion="eyJ", client_assertion_type="urn:x")
    assert_refused(answer, error="invalid_client", status=401)


def test_an_assertion_beside_a_secret_is_two_ways_rfc6749_section_2_3(back_channel):
    assert_refused(back_channel.machine_token(client_assertion="eyJ"), error="invalid_request")
    answer = in_header(back_channel, basic("geocoding-backend", SECRET), client_assertion="eyJ")
    assert_refused(answer, error="invalid_request")
