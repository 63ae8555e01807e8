"""How often `/authorize` and `/oauth/token` ask the database: what it may cost at most, and no more as scopes and consents grow."""

import pytest

from authorization_server.models import AccessPolicy, Api, ApiScope, ClientGrant
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


def test_refreshing_needs_at_most_8_queries(alice, back_channel, django_assert_max_num_queries):
    """One of them stores what was decided."""
    answer = back_channel.redeem(alice.code(scope="read write offline_access")).json()
    with django_assert_max_num_queries(8):
        assert back_channel.refresh(answer["refresh_token"]).status_code == 200


def test_refreshing_where_people_need_a_client_grant_needs_no_more(alice, back_channel, daybook, django_assert_max_num_queries):
    answer = back_channel.redeem(alice.code(scope="read offline_access")).json()
    api = Api.objects.get(audience="api.calendar")
    Api.objects.filter(pk=api.pk).update(user_access=AccessPolicy.REQUIRE_GRANT)
    ClientGrant.objects.create(api=api, application=daybook).scopes.set(api.scopes.all())
    with django_assert_max_num_queries(8):
        assert back_channel.refresh(answer["refresh_token"]).status_code == 200


def test_redeeming_a_code_for_a_refresh_token_needs_at_most_8_queries(alice, back_channel, django_assert_max_num_queries):
    code = alice.code(scope="read write offline_access")
    with django_assert_max_num_queries(8):
        assert "refresh_token" in back_channel.redeem(code).json()


def test_a_second_use_of_a_token_or_code_needs_at_most_8_queries(alice, back_channel, django_assert_max_num_queries):
    code = alice.code(scope="read offline_access")
    answer = back_channel.redeem(code).json()
    back_channel.refresh(answer["refresh_token"])
    for again in (lambda: back_channel.refresh(answer["refresh_token"]), lambda: back_channel.redeem(code)):
        with django_assert_max_num_queries(8):
            assert again().json()["error"] == "invalid_grant"


@pytest.mark.parametrize("request_", [{"scope": "read write offline_access"}, {"scope": "read offline_access", "max_age": "300"}])
def test_asking_for_a_refresh_token_costs_no_more(alice, request_, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_BEFORE_THE_DIALOG):
        page = alice.authorize(**request_)
    if page.status_code == 200:
        with django_assert_max_num_queries(MOST):
            assert "code" in sent_back(alice.decide(page, "allow"))
