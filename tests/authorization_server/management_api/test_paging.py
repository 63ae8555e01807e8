"""Lists in pages: each row once, in one order, at a fixed number of queries; a token that was not made here is of no use."""

import pytest
from django.contrib.auth.models import Group
from django.core.signing import Signer

from authorization_server.models import (
    AccessRequest,
    Api,
    ApiScope,
    Application,
    AuthenticationMethod,
    ClientGrant,
    Consent,
    ConsentedScope,
    RedirectUri,
    SigningKey,
    User,
)
from tests.authorization_server.management_api.conftest import PLACES_ADMIN, api_of, assert_wrong

# What a page asks the database, whatever its size: one query for the rows, and one for each kind of what is nested in them.
QUERIES = {"clients": 2, "resource-servers": 2, "client-grants": 2, "access-requests": 3, "users": 2, "grants": 2, "keys": 1}


@pytest.fixture
def many(provisioner):
    """At least 25 more rows in each list, with everything that can be nested in them."""
    numbers = range(25)
    admin, api = User.objects.get(username="admin"), api_of(PLACES_ADMIN)
    people = User.objects.bulk_create(User(username=f"person{n}", sub=f"usr_many{n}") for n in numbers)
    group = Group.objects.get(name="employees")
    group.user_set.add(*people)
    applications = Application.objects.bulk_create(
        Application(client_id=f"many{n}", name=f"Many {n}", owner=admin, authentication_method=AuthenticationMethod.NONE) for n in numbers
    )
    RedirectUri.objects.bulk_create(RedirectUri(application=one, uri=f"https://many.example/{n}") for one in applications for n in range(3))
    apis = Api.objects.bulk_create(Api(name=f"Many {n}", audience=f"https://many.example/{n}", administrator=admin) for n in numbers)
    ApiScope.objects.bulk_create(ApiScope(api=one, name=f"scope{n}", description="x") for one in apis for n in range(3))
    scopes = list(api.scopes.all())
    for one in applications:
        ClientGrant.objects.create(application=one, api=api).scopes.set(scopes)
        asked = AccessRequest.objects.create(application=one, api=api, purpose="x", requested_by=admin)
        asked.scopes.set(scopes)
        asked.granted_scopes.set(scopes)
        consent = Consent.objects.create(user=admin, application=one, api=api)
        ConsentedScope.objects.bulk_create(ConsentedScope(consent=consent, scope=scope) for scope in scopes)
    SigningKey.objects.bulk_create(
        SigningKey(kid=f"many{n}", state="revoked", private_key_encrypted="x", public_jwk={"kid": f"many{n}"}) for n in numbers
    )


def pages(caller, path, **query):
    """The ids on each page."""
    found: list[list[object]] = []
    token = None
    while token or not found:
        answer = caller.get(path, **query, **({"page_token": token} if token else {})).json()
        found.append([next(iter(row.values())) for row in answer["items"]])
        token = answer.get("next_page_token")
    return found


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("path", QUERIES)
def test_every_row_is_on_one_page_in_one_order(provisioner, path):
    (whole,) = pages(provisioner, path, page_size=100)
    assert len(set(whole)) == len(whole) >= 25
    by_seven = pages(provisioner, path, page_size=7)
    assert [one for page in by_seven for one in page] == whole
    assert {len(page) for page in by_seven[:-1]} == {7}
    assert 1 <= len(by_seven[-1]) <= 7


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("path", QUERIES)
def test_the_number_of_queries_is_fixed_whatever_the_size(provisioner, path, django_assert_num_queries):
    token = provisioner.get(path, page_size=1).json()["next_page_token"]  # which reads the keys, too
    for query in ({"page_size": 2}, {"page_size": 24}, {"page_size": 24, "page_token": token}):
        with django_assert_num_queries(QUERIES[path]):
            assert len(provisioner.lists(path, **query)) == query["page_size"]


def test_a_page_that_is_just_full_is_the_last(provisioner):
    rows = len(provisioner.lists("users"))
    assert "next_page_token" not in provisioner.get("users", page_size=rows).json()
    answer = provisioner.get("users", page_size=rows - 1).json()
    assert len(provisioner.lists("users", page_token=answer["next_page_token"])) == 1


def test_fifty_rows_are_usual(provisioner):
    User.objects.bulk_create(User(username=f"person{n}", sub=f"usr_many{n}") for n in range(60))
    assert len(provisioner.lists("users")) == 50


def test_rows_that_come_and_go_meanwhile_move_none_of_the_others(provisioner):
    first = provisioner.get("users", page_size=2).json()
    User.objects.filter(sub__in=[row["sub"] for row in first["items"]]).delete()
    User.objects.create(username="zoe", sub="usr_zoe")
    rest = provisioner.lists("users", page_token=first["next_page_token"])
    assert [row["username"] for row in rest] == ["dora", "gina", "admin", "zoe"]


def test_the_token_knows_its_filters(provisioner):
    User.objects.bulk_create(User(username=f"person{n}", sub=f"usr_many{n}", is_active=False) for n in range(3))
    token = provisioner.get("users", page_size=1, is_active="false").json()["next_page_token"]
    assert len(provisioner.lists("users", page_size=5, is_active="false", page_token=token)) == 2
    for query in ({}, {"is_active": "true"}, {"is_active": "false", "username": "person1"}):
        assert_wrong(provisioner.get("users", **query, page_token=token), page_token="foreign_page_token")


@pytest.mark.parametrize(
    "token",
    ["1", "x" * 1024, "WzFd", "[1]", "é", "WzFd:", ":", Signer().sign_object([1]), Signer(salt="management_api.paging").sign_object([1])],
)
def test_a_token_that_was_not_made_here_is_refused(provisioner, token):
    assert_wrong(provisioner.get("users", page_token=token), page_token="foreign_page_token")


def test_nor_that_of_another_list_or_one_that_was_changed(provisioner):
    token = provisioner.get("users", page_size=1).json()["next_page_token"]
    assert_wrong(provisioner.get("clients", page_token=token), page_token="foreign_page_token")
    assert_wrong(provisioner.get("users", page_token=token[:-1]), page_token="foreign_page_token")
    assert_wrong(provisioner.get("users", page_token=f"WzJd{token[4:]}"), page_token="foreign_page_token")


@pytest.mark.parametrize("size", ["0", "101", "-1", "1.0", "", "ten", "٣", "9" * 5000, " 5", "1e1"])
def test_a_size_is_from_1_to_100(provisioner, size):
    assert_wrong(provisioner.get("users", page_size=size), page_size="invalid")


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"page_token": ""}, {"page_token": "empty"}),
        ({"page_token": "x" * 1025, "page_size": ["1", "2"]}, {"page_token": "max_length", "page_size": "repeated"}),
        ({"page": "2", "username__contains": "a"}, {"page": "unknown_field", "username__contains": "unknown_field"}),
        ({"username": "a\x00b"}, {"username": "control_character"}),
    ],
    ids=lambda value: str(value)[:60],
)
def test_everything_that_is_wrong_in_an_address_is_named_at_once(provisioner, query, wrong):
    assert_wrong(provisioner.get("users", **query), **wrong)
