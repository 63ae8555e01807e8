"""Who calls: machine or user by the issuer's rule, scopes from exactly one claim. What cannot be decided is refused."""

import pytest

from access_tokens.callers import caller_profile
from tests.access_tokens.conftest import refused


def caller(claims, rule="auth0", scope_claim="scope"):
    return caller_profile(scope_claim=scope_claim, machine_rule=rule)(claims)


MACHINE, USER, UNDECIDABLE = True, False, None


@pytest.mark.parametrize(
    ("rule", "claims", "answer"),
    [
        ("auth0", {"sub": "usr_123", "client_id": "web"}, USER),
        ("auth0", {"sub": "usr_123"}, USER),
        ("auth0", {"sub": "usr_123", "gty": "password", "azp": "web"}, USER),
        ("auth0", {"sub": "cli@clients", "client_id": "cli", "gty": "client-credentials"}, MACHINE),
        ("auth0", {"sub": "cli@clients", "azp": "cli", "gty": "client-credentials"}, MACHINE),
        ("auth0", {"sub": "cli@clients", "client_id": "cli"}, UNDECIDABLE),
        ("auth0", {"sub": "usr_123", "client_id": "cli", "gty": "client-credentials"}, UNDECIDABLE),
        ("auth0", {"sub": "other@clients", "client_id": "cli", "gty": "client-credentials"}, UNDECIDABLE),
        ("auth0", {"sub": "other@clients", "client_id": "cli"}, UNDECIDABLE),
        ("auth0", {"sub": "cli@clients", "client_id": "cli", "gty": ["client-credentials"]}, UNDECIDABLE),
        ("auth0", {"sub": "None@clients", "gty": "client-credentials"}, UNDECIDABLE),
        ("auth0-rfc9068", {"sub": "cli@clients", "client_id": "cli"}, MACHINE),
        ("auth0-rfc9068", {"sub": "auth0|1", "client_id": "cli"}, USER),
        ("auth0-rfc9068", {"sub": "other@clients", "client_id": "cli"}, UNDECIDABLE),
        ("auth0-rfc9068", {"sub": "cli@clients"}, UNDECIDABLE),
        ("rfc9068", {"sub": "cli@clients", "client_id": "cli"}, UNDECIDABLE),
        ("rfc9068", {"sub": "cli", "client_id": "cli"}, MACHINE),
        ("rfc9068", {"sub": "usr_123", "client_id": "cli"}, USER),
        ("rfc9068", {"sub": "cli"}, UNDECIDABLE),
        ("entra", {"sub": "x", "idtyp": "app"}, MACHINE),
        ("entra", {"sub": "x", "idtyp": "user"}, USER),
        ("entra", {"sub": "x", "scp": "read"}, USER),
        ("entra", {"sub": "x", "scp": "read", "idtyp": "app"}, MACHINE),
        ("entra", {"sub": "x"}, UNDECIDABLE),
        ("entra", {"sub": "x", "idtyp": "device"}, UNDECIDABLE),
        ("entra", {"sub": "x", "idtyp": ["app"]}, UNDECIDABLE),
        ("keycloak:kind=service", {"sub": "x", "kind": "service"}, MACHINE),
        ("keycloak:kind=service", {"sub": "x", "kind": "person"}, USER),
        ("keycloak:kind=service", {"sub": "x"}, USER),
        ("keycloak:kind=service", {"sub": "x", "kind": ["service"]}, UNDECIDABLE),
        ("keycloak:kind=service", {"sub": "x", "kind": None}, UNDECIDABLE),
    ],
)
def test_machine_or_user_by_the_issuers_rule(rule, claims, answer):
    if answer is UNDECIDABLE:
        with refused("invalid_claim", check="sub", detail="cannot be told"):
            caller(claims, rule)
    else:
        assert caller(claims, rule)[2] is answer


@pytest.mark.parametrize("rule", ["", "auth", "keycloak", "keycloak:", "keycloak:kind", "keycloak:kind=", "keycloak:=service"])
def test_an_unknown_rule_is_a_wrong_setting(rule):
    with pytest.raises(ValueError, match="write auth0, auth0-rfc9068, rfc9068, entra or keycloak"):
        caller({"sub": "x"}, rule)


@pytest.mark.parametrize(
    ("claim", "claims", "scopes"),
    [
        ("scope", {"scope": "read"}, {"read"}),
        ("scope", {"scope": "read write"}, {"read", "write"}),
        ("scope", {"scope": ["read", "write"]}, {"read", "write"}),
        ("scope", {"scope": "readwrite"}, {"readwrite"}),
        ("scope", {"scope": "READ"}, {"READ"}),
        ("scope", {"scope": ""}, set()),
        ("scope", {"scope": []}, set()),
        ("scope", {}, set()),
        ("scope", {"scp": "read", "permissions": ["read"]}, set()),
        ("scp", {"scp": ["read"], "scope": "write"}, {"read"}),
        ("permissions", {"permissions": ["read:events"], "scope": "read"}, {"read:events"}),
        ("both", {"scope": "read write", "permissions": ["write", "admin"]}, {"write"}),
        ("both", {"scope": "read write"}, set()),
        ("both", {"permissions": ["read"]}, set()),
    ],
)
def test_scopes_come_from_exactly_one_configured_claim(claim, claims, scopes):
    assert caller({"sub": "x", **claims}, scope_claim=claim)[1] == scopes


@pytest.mark.parametrize(
    "value",
    [
        "read  write",
        " read",
        "read ",
        "read\twrite",
        "read\nwrite",
        're"ad',
        "re\\ad",
        "réad",
        ["read write"],
        ["read", ""],
        ["read", 1],
        [["read"]],
        {"read": 1},
        1,
        True,
    ],
)
def test_scopes_are_parsed_strictly_rfc6749_section_3_3(value):
    with refused("invalid_claim", check="scope"):
        caller({"sub": "x", "scope": value})


@pytest.mark.parametrize("value", [None, 0, False, {}])
def test_a_scope_claim_of_no_use_is_refused_and_not_taken_for_none(value):
    with refused("invalid_claim", check="scope"):
        caller({"sub": "x", "scope": value})


@pytest.mark.parametrize(
    ("claims", "client_id"), [({"client_id": "a", "azp": "b"}, "a"), ({"azp": "b"}, "b"), ({"appid": "c"}, "c"), ({}, None)]
)
def test_the_client_is_named_by_client_id_azp_or_appid(claims, client_id):
    assert caller({"sub": "x", **claims})[0] == client_id


def test_an_azp_that_is_no_name_is_refused():
    with refused("invalid_claim", check="azp"):
        caller({"sub": "x", "azp": "a\0b"})
