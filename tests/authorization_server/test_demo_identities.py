"""With DEMO_IDENTITIES off, what is marked as demo neither signs in nor authenticates, whatever the database holds."""

import pytest

from authorization_server.applications import is_registered_origin
from authorization_server.models import Application, User
from tests.authorization_server.conftest import CALLBACK, assert_refused, basic


@pytest.fixture
def production(seeded, settings):
    """The seeded database of a demo, in a process that admits no demo identities."""
    settings.DEMO_IDENTITIES = False


def test_demo_accounts_cannot_sign_in(visitor, production):
    answer = visitor.post("/login", username="alice", password="alice-demo")
    assert answer.status_code == 400
    assert "No account has this user name and password." in answer.content.decode()


def test_nor_by_a_card(visitor, production):
    assert visitor.post("/login", account="alice").status_code == 400


def test_there_are_no_cards_and_no_hint_of_the_password(visitor, production):
    page = visitor.get("/login").content.decode()
    assert "alice" not in page
    assert "-demo" not in page


def test_nor_the_demo_s_administrator_at_the_admin(visitor, production):
    assert visitor.post("/login", username="admin", password="admin-demo", next="/admin/").status_code == 400


def test_a_session_from_before_ends(alice, production):
    assert "Nobody is signed in here" in alice.get("/logout").content.decode()


def test_people_who_are_no_demo_sign_in(visitor, production):
    User.objects.create_user("carol", password="a long one of her own")
    assert visitor.post("/login", username="carol", password="a long one of her own").status_code == 303


def test_demo_applications_cannot_ask(visitor, production):
    answer = visitor.authorize()
    assert answer.status_code == 400
    assert "Location" not in answer


def test_demo_applications_cannot_authenticate(back_channel, production):
    unknown = back_channel.machine_token("nobody")
    assert_refused(back_channel.machine_token(), error="invalid_client", status=401)
    assert back_channel.machine_token().content == unknown.content
    header = basic("geocoding-backend", "geocoding-backend-demo-secret")
    assert_refused(back_channel.machine_token(None, authorization=header, client_secret=None), error="invalid_client", status=401)


def test_a_code_from_before_is_worth_nothing(alice, back_channel, settings):
    code = alice.code()
    Application.objects.filter(client_id="calendar-web").update(is_demo=False)
    settings.DEMO_IDENTITIES = False
    assert_refused(back_channel.redeem(code), error="invalid_grant")  # its person is a demo account


def test_a_demo_application_s_origin_is_nobody_s(production):
    assert not is_registered_origin("http://localhost:8000")


def test_real_applications_work(back_channel, production):
    Application.objects.filter(client_id="geocoding-backend").update(is_demo=False)
    assert back_channel.machine_token().status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:8000/",
        "localhost:8000",
        "null",
        "",
        "http://localhost",
        "https://localhost:8000",
        "http://localhost:8000\x00",
        CALLBACK,
    ],
)
def test_an_origin_is_compared_whole(seeded, origin):
    assert is_registered_origin("http://localhost:8000")
    assert not is_registered_origin(origin)
