"""How answers may be kept: by the client alone, for a day, and shown again only to a good token."""

import pytest

from geocoding_api import answers
from geocoding_api.places import places
from tests.geocoding_api.conftest import SHIBUYA, assert_problem


def test_an_answer_is_the_clients_own_for_a_day(backend):
    response = backend.asks()
    assert response["Cache-Control"] == "private, max-age=86400"


def test_an_etag_is_strong_and_vary_names_what_it_depends_on_rfc9110_section_8_8_3(backend):
    response = backend.asks()
    assert response["ETag"].startswith('"')
    assert response["ETag"].endswith('"')
    assert [name.strip() for name in response["Vary"].split(",")][:2] == ["Authorization", "Accept"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lat=35.658&lon=139.7016", "lat=35.6580&lon=139.7016"),
        ("lat=35.658&lon=139.7016", "lon=139.70160&lat=%2B035.6580&detail=place&format=json"),
        ("lat=0&lon=-180", "lat=-0.0&lon=180.0"),
        ("lat=90&lon=1", "lat=90.0&lon=2"),
        ("lat=1&lon=2&max_distance_km=5", "lat=1&lon=2&max_distance_km=005.0"),
    ],
)
def test_one_question_in_two_spellings_has_one_etag_and_one_answer(backend, one, other):
    first, second = backend.asks(one), backend.asks(other)
    assert first["ETag"] == second["ETag"]
    assert first.content == second.content
    assert backend.asks(other, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_every_format_detail_and_distance_has_an_etag_of_its_own(backend):
    forms = [
        {},
        {"format": "geocodejson"},
        {"detail": "city"},
        {"detail": "country"},
        {"max_distance_km": "5"},
        {"detail": "city", "format": "geocodejson"},
    ]
    assert len({backend.asks({**SHIBUYA, **form})["ETag"] for form in forms}) == len(forms)


def test_the_format_that_accept_chose_counts_for_the_etag_too(backend):
    chosen = backend.asks(headers={"Accept": "application/geo+json"})["ETag"]
    assert chosen == backend.asks({**SHIBUYA, "format": "geocodejson"})["ETag"]
    assert chosen != backend.asks()["ETag"]


def test_a_batch_is_never_304(backend):
    response = backend.sends({"points": [{"lat": 1, "lon": 2}]}, headers={"If-None-Match": "*"})
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert "ETag" not in response


@pytest.mark.parametrize("change", [{"lat": "35.659"}, {"detail": "city"}, {"max_distance_km": "5"}, {"format": "geocodejson"}])
def test_another_question_has_another_etag(backend, change):
    assert backend.asks({**SHIBUYA, **change})["ETag"] != backend.asks()["ETag"]


def test_other_data_and_other_code_have_other_etags(backend, monkeypatch):
    before = backend.asks()["ETag"]
    with monkeypatch.context() as changed:
        changed.setattr(places(), "data_version", "another")
        assert backend.asks()["ETag"] != before
    monkeypatch.setattr(answers, "_code_version", lambda: "another")
    assert backend.asks()["ETag"] != before


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_an_answer_that_the_caller_has_is_304_rfc9110_section_13_1_2(backend, form):
    first = backend.asks()
    response = backend.asks(headers={"If-None-Match": form.format(first["ETag"])})
    assert (response.status_code, response.content) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):
        assert response[name] == first[name]
    assert "RateLimit" in response


@pytest.mark.parametrize("header", ['"other"', "", "garbage", 'W/"'])
def test_another_version_gets_the_answer(backend, header):
    assert backend.asks(headers={"If-None-Match": header}).status_code == 200


def test_304_only_after_the_token_was_checked(backend, nobody, caller_with, issuer, settings):
    seen = {"If-None-Match": backend.asks()["ETag"]}
    assert nobody.asks(headers=seen).status_code == 401
    assert nobody.asks(headers={"If-None-Match": "*"}).status_code == 401
    assert caller_with(issuer.machine_token(exp=1)).asks(headers=seen).status_code == 401
    assert_problem(caller_with(issuer.access_token(aud=settings.GEOCODING_AUDIENCE)).asks(headers=seen), 403, "user_token_refused")


def test_a_refusal_is_not_kept_for_a_day(backend, nobody):
    for response in (backend.asks({"lat": "x", "lon": "1"}), nobody.asks()):
        assert "max-age" not in response.get("Cache-Control", "")
        assert "ETag" not in response
