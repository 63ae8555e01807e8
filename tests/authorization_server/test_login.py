"""Signing in and out: where one may go on to, what a failure tells, what a session is worth."""

import re

import pytest
from django.test import Client

from authorization_server.models import User
from tests.authorization_server.conftest import sent_back, ticket_in


def sign_in(visitor, username="alice", password="alice-demo", **fields):  # noqa: S107  the demo's
    return visitor.post("/login", username=username, password=password, **fields)


def signed_in(visitor):
    return "_auth_user_id" in visitor.client.session


def test_the_request_waits_while_somebody_signs_in_and_then_goes_on(visitor):
    to_login = visitor.authorize()
    assert to_login.status_code == 303
    assert re.fullmatch(r"/login\?ticket=[\w-]+", to_login["Location"])
    page = visitor.client.get(to_login["Location"])
    assert "You are now at the authorization server. Daybook never sees this password." in page.content.decode()
    assert "Daybook asked for a ticket to the Calendar API" in page.content.decode()
    on = sign_in(visitor, ticket=ticket_in(page))
    assert on.status_code == 303
    assert re.fullmatch(r"/authorize\?ticket=[\w-]+", on["Location"])
    consent = visitor.client.get(on["Location"])
    assert "Daybook wants to:" in consent.content.decode()
    assert "code" in sent_back(visitor.decide(consent, "allow"))


def test_nothing_of_the_request_is_in_the_address_of_the_sign_in_page(visitor):
    assert "state" not in visitor.authorize()["Location"]


def test_a_demo_account_s_card_signs_in(visitor):
    page = visitor.client.get(visitor.authorize()["Location"])
    assert 'name="account" value="alice"' in page.content.decode()
    on = visitor.post("/login", account="alice", ticket=ticket_in(page))
    assert on["Location"].startswith("/authorize?ticket=")


def test_the_sign_in_page_may_lead_to_the_application_rfc_csp_form_action(visitor):
    page = visitor.client.get(visitor.authorize()["Location"])
    assert "form-action 'self' http://localhost:8000" in page["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("alice", "wrong"),
        ("nobody", "alice-demo"),
        ("", ""),
        ("alice", ""),
        ("al\x00ice", "x"),
        ("x" * 500, "y" * 5000),
        ("ALICE", "alice-demo"),
    ],
)
def test_a_failure_says_the_same_whoever_it_was(visitor, username, password):
    answer = sign_in(visitor, username, password)
    assert answer.status_code == 400
    assert "No account has this user name and password." in answer.content.decode()
    assert not signed_in(visitor)


def test_unknown_and_known_names_are_answered_alike(visitor):
    def page(username):
        body = sign_in(visitor, username, "wrong").content.decode()
        return re.sub(r'value="[^"]*"', "", body)

    assert page("alice") == page("nobody")


def test_an_unknown_name_costs_a_hash_as_well(visitor, monkeypatch):
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda self, password: hashed.append(password))
    sign_in(visitor, "nobody", "guess")
    assert hashed == ["guess"]


def test_a_blocked_account_is_told_nothing_else(visitor):
    User.objects.filter(username="alice").update(is_active=False)
    assert "No account has this user name and password." in sign_in(visitor).content.decode()


def test_the_session_is_new_after_signing_in(visitor):
    visitor.authorize()
    before = visitor.client.session.session_key
    sign_in(visitor)
    assert visitor.client.session.session_key != before


def test_what_waits_survives_signing_in_as_somebody_else(alice):
    page = alice.authorize()
    on = alice.post("/login", ticket=ticket_in(page), username="bob", password="bob-demo")
    consent = alice.client.get(on["Location"])
    assert consent.status_code == 200
    assert "Bob" in consent.content.decode()


@pytest.mark.parametrize("path", ["/account", "/admin/", "/admin/?q=1"])
def test_one_goes_on_to_a_local_path(visitor, path):
    assert sign_in(visitor, next=path)["Location"] == path


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\/evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "evil.example",
        "\x00/evil",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
    ],
)
def test_one_goes_on_nowhere_else(visitor, url):
    assert sign_in(visitor, next=url)["Location"] == "/account"


@pytest.mark.parametrize("ticket", ["made-up", "\x00", "x" * 5000])
def test_an_unknown_ticket_leads_nowhere(visitor, ticket):
    assert sign_in(visitor, ticket=ticket)["Location"] == "/account"


def test_csrf_is_checked_at_sign_in_and_out(seeded):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/login", {"username": "alice", "password": "alice-demo"}).status_code == 403
    assert client.post("/logout").status_code == 403


def test_get_asks_before_signing_out(alice):
    page = alice.get("/logout")
    assert "You are signed in as Alice" in page.content.decode()
    assert signed_in(alice)


def test_post_signs_out(alice):
    answer = alice.post("/logout")
    assert (answer.status_code, answer["Location"]) == (303, "/logout")
    assert not signed_in(alice)
    assert "Nobody is signed in here" in alice.get("/logout").content.decode()


@pytest.mark.parametrize("path", ["/login", "/logout"])
@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_allowed(visitor, path, method):
    assert getattr(visitor.client, method)(path).status_code == 405


def test_the_admin_s_sign_in_is_this_one(visitor):
    answer = visitor.get("/admin/login/", next="/admin/")
    assert answer["Location"] == "/login?next=%2Fadmin%2F"


def test_the_cookie_has_the_service_s_own_name_and_is_http_only(visitor, settings):
    cookie = sign_in(visitor).cookies[settings.SESSION_COOKIE_NAME]
    assert settings.SESSION_COOKIE_NAME == "authorization_server_session"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
