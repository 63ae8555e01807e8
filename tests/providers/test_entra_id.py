"""Tokens shaped as Entra ID's reference has them: https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference."""

import pytest

from tests.access_tokens.conftest import refused
from tests.providers.pages import Provider, settings_of

VERSION_2, VERSION_1 = settings_of("entra-id")
TENANT, API = "aaaabbbb-0000-cccc-1111-dddd2222eeee", "00001111-aaaa-2222-bbbb-3333cccc4444"
ISSUER_2, ISSUER_1 = f"https://login.microsoftonline.com/{TENANT}/v2.0", f"https://sts.windows.net/{TENANT}/"
GRAPH = "00000003-0000-0000-c000-000000000000"
ENTRA = Provider(header={"typ": "JWT", "x5t": "dGh1bWI"}, jwk={"use": "sig", "x5t": "dGh1bWI", "x5c": ["MIIC"], "issuer": ISSUER_2})


@pytest.fixture
def version_2(now):
    """A user's, version 2."""
    return {
        "aud": API,
        "iss": ISSUER_2,
        "iat": now,
        "nbf": now,
        "exp": now + 4000,
        "azp": "11112222-bbbb-3333-cccc-4444dddd5555",
        "azpacr": "1",
        "name": "Alice",
        "oid": "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb",
        "preferred_username": "alice@contoso.com",
        "rh": "I",
        "scp": "read write",
        "sub": "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ",
        "tid": TENANT,
        "uti": "fqiBqXLPj0eQa82S-IYFAA",
        "ver": "2.0",
    }


@pytest.fixture
def version_1(version_2):
    """A user's, version 1."""
    own = {
        "iss": ISSUER_1,
        "aud": f"api://{API}",
        "appid": version_2["azp"],
        "appidacr": "1",
        "unique_name": "alice@contoso.com",
        "ver": "1.0",
    }
    return {**version_2, "azp": None, "azpacr": None, "preferred_username": None, **own}


def as_a_machine(claims):
    """An app-only token: roles instead of scopes, and the optional claim."""
    return {
        **claims,
        "scp": None,
        "name": None,
        "preferred_username": None,
        "roles": ["Calendar.Read"],
        "idtyp": "app",
        "sub": claims["oid"],
    }


def test_a_users_token_of_version_2_with_keys_that_name_no_algorithm(trust, version_2):
    token = trust(ENTRA, VERSION_2)(ENTRA.token(version_2), API)
    assert (token.owner, token.client_id, token.is_machine) == ((ISSUER_2, version_2["sub"]), version_2["azp"], False)
    assert token.scopes == {"read", "write"}


def test_a_machines_token_of_version_2(trust, version_2):
    token = trust(ENTRA, VERSION_2)(ENTRA.token(as_a_machine(version_2)), API)
    assert (token.is_machine, token.scopes, token.claims["roles"]) == (True, set(), ["Calendar.Read"])


def test_a_users_token_of_version_1_whose_keys_are_at_another_address_than_its_issuer(trust, version_1):
    verified = trust(ENTRA, VERSION_1)
    token = verified(ENTRA.token(version_1), f"api://{API}")
    assert (token.owner, token.client_id, token.is_machine) == ((ISSUER_1, version_1["sub"]), version_1["appid"], False)
    assert verified.fetched == [f"https://login.microsoftonline.com/{TENANT}/discovery/keys"]


def test_a_machines_token_of_version_1(trust, version_1):
    assert trust(ENTRA, VERSION_1)(ENTRA.token(as_a_machine(version_1)), f"api://{API}").is_machine


def test_a_machine_without_idtyp_cannot_be_told_from_a_user_and_is_refused(trust, version_2):
    with refused("invalid_claim", check="sub"):
        trust(ENTRA, VERSION_2)(ENTRA.token({**as_a_machine(version_2), "idtyp": None}), API)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aud": GRAPH}, "wrong_audience"),
        ({"iss": ISSUER_1, "aud": GRAPH}, "wrong_issuer"),
        ({"iss": ISSUER_1}, "wrong_issuer"),
        ({"iss": ISSUER_2.replace("aaaa", "ffff")}, "wrong_issuer"),
        ({"aud": "11112222-bbbb-3333-cccc-4444dddd5555", "scp": None, "nonce": "n"}, "id_token_refused"),
    ],
    ids=["Graph", "Graph, version 1", "version 1", "another tenant", "ID token"],
)
def test_the_pages_common_mistakes(trust, version_2, changes, code):
    with refused(code):
        trust(ENTRA, VERSION_2)(ENTRA.token({**version_2, **changes}), API)
