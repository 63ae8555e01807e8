"""The catalogue itself: whole, honest about its sources, and each record a changed token."""

import ast
import re
from pathlib import Path

import jwt
import pytest

import forgeries
from forgeries.catalogue import CATALOGUE, forgeries_for
from forgeries.forgery import AppliesTo
from tests.forgeries.goods import good_for_the_calendar, good_for_the_geocoder

BY_ID = {forgery.id: forgery for forgery in CATALOGUE}

# VERIFYING: the step of each code that a token alone can cause.
STEPS = {
    "malformed_token": 1,
    "token_too_large": 1,
    "unsigned_token": 1,
    "forbidden_header": 1,
    "wrong_type": 1,
    "unknown_key": 2,
    "wrong_algorithm": 2,
    "bad_signature": 2,
    "token_expired": 3,
    "token_not_yet_valid": 3,
    "wrong_issuer": 3,
    "wrong_audience": 3,
    "missing_claim": 3,
    "invalid_claim": 3,
    "id_token_refused": 3,
    "insufficient_scope": 4,
    "machine_token_refused": 4,
    "user_token_refused": 4,
}

SOURCE = re.compile(
    r"CVE-\d{4}-\d{4,} \([^)]+\)|GHSA(-[0-9a-z]{4}){3} \([^)]+\)|RFC \d+ section [\d.]+( \([^)]+\))?"
    r"|[\w.-]+/[\w.-]+ issue \d+|OpenID Connect [\w -]+ 1\.0 section [\d.]+"
)

# What the catalogue must at least contain, one id or several for each.
AT_LEAST = {
    "changed sub": {"changed-sub"},
    "more scope": {"more-scope"},
    "cut or empty signature": {"cut-signature", "empty-signature"},
    "foreign key with the same kid": {"foreign-key"},
    "HS256 with the public key, PEM and JWK": {"hs256-with-public-key-pem", "hs256-with-public-key-jwk"},
    "empty HMAC key": {"hs256-empty-key"},
    "kid with a path or SQL": {"kid-path", "kid-sql"},
    "jku and embedded jwk": {"jku", "embedded-jwk", "x5u", "x5c"},
    "nested and duplicate members": {
        "nested-claims",
        "nested-header",
        "duplicate-claim",
        "duplicate-header-member",
        "duplicate-nested-member",
    },
    "exp as text, negative, float, huge, missing": {"exp-text", "exp-negative", "exp-float", "exp-huge", "exp-missing"},
    "aud list without us, empty list, prefix": {"aud-list-without-us", "aud-empty-list", "aud-shorter"},
    "iss without its slash, upper case": {"iss-slash", "iss-upper-case"},
    "future iat and nbf": {"iat-future", "nbf-future"},
    "ID token": {"id-token", "id-token-typ-jwt"},
    "opaque": {"opaque-token"},
    "five parts": {"encrypted-token"},
    "scopes as substring, other case, list": {"scope-substring", "scope-upper-case", "scope-list-of-one-text"},
    "user and machine swapped": {"machine-at-a-users-api", "user-at-a-machines-api"},
    "alg none in any spelling": {"alg-none", "alg-none-spelt-upper", "alg-none-spelt-mixed", "alg-none-spelt-capitalised"},
    "crit": {"crit-unknown"},
    "cnf": {"cnf-dpop"},
    "other kinds of signed text": {"typ-security-event", "typ-introspection-answer", "typ-authorization-request", "client-assertion"},
    "other shapes": {"selective-disclosure", "detached-claims", "nested-token", "compressed-claims"},
    "duplicates in disguise, text behind, byte order mark": {"duplicate-claim-in-disguise", "text-behind-the-claims", "byte-order-mark"},
    "letters that look alike": {"iss-lookalike", "scope-lookalike"},
    "wildcards": {"aud-wildcard", "scope-wildcard"},
    "cnf of every kind": {"cnf-dpop", "cnf-certificate", "cnf-kid", "cnf-address"},
    "each required claim missing": {"iat-missing", "iss-missing", "aud-missing", "sub-missing", "client-id-missing", "jti-missing"},
}


@pytest.fixture
def goods(issuer):
    return [good_for_the_calendar(issuer), good_for_the_calendar(issuer, scopes_needed=frozenset({"write"})), good_for_the_geocoder(issuer)]


def test_ids_are_unique_and_in_kebab_case():
    assert len(BY_ID) == len(CATALOGUE)
    assert not [forgery.id for forgery in CATALOGUE if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", forgery.id)]


@pytest.mark.parametrize("forgery", CATALOGUE, ids=lambda forgery: forgery.id)
def test_a_record_is_complete(forgery):
    assert forgery.step == STEPS[forgery.code]
    assert 0 < len(forgery.name) <= 60
    assert forgery.changed.endswith(".")
    assert forgery.cure.endswith(".")
    for source in forgery.source.split("; "):
        assert SOURCE.fullmatch(source), source


def test_names_are_unique_so_that_people_can_tell_forgeries_apart():
    assert len({forgery.name for forgery in CATALOGUE}) == len(CATALOGUE)
    assert len({forgery.changed for forgery in CATALOGUE}) == len(CATALOGUE)


def test_every_code_that_a_token_can_cause_has_a_forgery():
    assert {forgery.code for forgery in CATALOGUE} == set(STEPS)


@pytest.mark.parametrize("row", AT_LEAST)
def test_the_catalogue_contains_at_least(row):
    assert AT_LEAST[row] <= BY_ID.keys()


def test_published_advisories_of_many_libraries_are_named():
    advisories = {number for forgery in CATALOGUE for number in re.findall(r"CVE-\d+-\d+|GHSA-[\w-]+", forgery.source)}
    assert len(advisories) >= 30
    libraries = " ".join(forgery.source for forgery in CATALOGUE)
    for library in ("PyJWT", "python-jose", "Authlib", "jsonwebtoken", "jose4j", "golang-jwt", "fast-jwt", "node-jose", "Nimbus"):
        assert library in libraries


def test_the_good_tokens_are_good(goods):
    for good in goods:
        token = good.token()
        claims = jwt.decode(token, good.private_key.public_key(), algorithms=["RS256"], audience=good.audience, issuer=good.issuer)
        assert claims == dict(good.claims)
        assert jwt.get_unverified_header(token) == good.header


@pytest.mark.parametrize("forgery", CATALOGUE, ids=lambda forgery: forgery.id)
def test_a_forgery_differs_from_the_good_token_and_can_be_sent_as_a_header(forgery, goods):
    for good in filter(forgery.applies, goods):
        token = forgery.make(good)
        assert token != good.token()
        assert re.fullmatch(r"[!-+\--~]+", token), "printable ASCII, no blank and no comma: one credential of one header"


def test_each_forgery_applies_to_one_of_the_two_apis_at_least(goods):
    assert {forgery.id for good in goods for forgery in forgeries_for(good)} == BY_ID.keys()


def test_scope_forgeries_are_spared_apis_without_scopes(goods):
    _, _, geocoder = goods
    assert AppliesTo.OPERATIONS_WITH_SCOPES not in {forgery.applies_to for forgery in forgeries_for(geocoder)}


def test_an_api_of_the_older_type_is_not_asked_to_refuse_it(issuer):
    good = good_for_the_calendar(issuer)
    older = type(good)(**{**good.__dict__, "typ": "JWT", "machine_rule": "rfc9068"})
    ids = {forgery.id for forgery in forgeries_for(older)}
    assert not {"typ-jwt", "typ-missing", "jti-missing", "machine-by-gty-alone"} & ids
    assert older.other_caller == {"sub": older.client_id}


def test_the_catalogue_collects_every_family():
    folder = Path(forgeries.__file__).parent
    families = {path.stem for path in folder.glob("*.py") if "FORGERIES = (" in path.read_text()}
    tree = ast.parse((folder / "catalogue.py").read_text())
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "FORGERIES"]
    assert families == {node.value.id for node in attributes if isinstance(node.value, ast.Name)}
