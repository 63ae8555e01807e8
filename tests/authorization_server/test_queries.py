"""How often `/authorize` asks the database: what it may cost at most, and no more as scopes and consents grow."""

import pytest

from authorization_server.models import Api, ApiScope
from tests.authorization_server.conftest import COMPANY_CALLBACK, sent_back, ticket_in

FOR_WORK = {"client_id": "company-calendar", "redirect_uri": COMPANY_CALLBACK, "scope": "read write"}
MOST, MOST_BEFORE_THE_DIALOG, MOST_WITHOUT_A_PERSON = 15, 13, 9  # one of each stores what was decided


@pytest.fixture
def many_scopes(seeded):
    """Twenty more scopes at the Calendar API, as one text with `read`."""
    api = Api.objects.get(audience="api.calendar")
    ApiScope.objects.bulk_create(ApiScope(api=api, name=f"scope{n}", description=f"Do {n}") for n in range(20))
    return " ".join(scope.name for scope in api.scopes.exclude(name="write"))


def test_nobody_is_signed_in(visitor, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_WITHOUT_A_PERSON):
        visitor.authorize()


@pytest.mark.parametrize("request_", [{}, FOR_WORK, {"prompt": "login"}, {"prompt": "consent"}], ids=["web", "work", "login", "consent"])
def test_arriving_with_somebody_signed_in(alice, bob, request_, django_assert_max_num_queries):
    for browser in (alice, bob):
        with django_assert_max_num_queries(MOST_BEFORE_THE_DIALOG):
            browser.authorize(**request_)


@pytest.mark.parametrize("request_", [{}, FOR_WORK], ids=["web", "work"])
def test_saying_yes(bob, request_, django_assert_max_num_queries):
    page = bob.authorize(**request_)
    with django_assert_max_num_queries(MOST):
        assert "code" in sent_back(bob.decide(page, "allow"))


def test_going_on_after_signing_in(visitor, django_assert_max_num_queries):
    page = visitor.client.get(visitor.authorize(**FOR_WORK, prompt="login")["Location"])
    on = visitor.post("/login", ticket=ticket_in(page), username="alice", password="alice-demo")["Location"]
    with django_assert_max_num_queries(MOST):
        visitor.client.get(on)


def test_the_number_does_not_grow_with_the_scopes(alice, many_scopes, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_BEFORE_THE_DIALOG):
        page = alice.authorize(scope=many_scopes)
    with django_assert_max_num_queries(MOST):
        alice.decide(page, "allow")
    with django_assert_max_num_queries(MOST_BEFORE_THE_DIALOG):
        alice.authorize(scope=f"{many_scopes} write")


def test_a_token_at_once_costs_no_more_than_a_code(alice, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_BEFORE_THE_DIALOG):
        page = alice.document_s_request()
    with django_assert_max_num_queries(MOST):
        alice.decide(page, "allow")
