"""How answers may be kept: by the client alone, for a day, and shown again only to a good token."""

import pytest

from geocoding_api import answers
from geocoding_api.places import places
from tests.geocoding_api.conftest import SHIBUYA, assert_problem


def test_an_answer_is_the_clients_own_for_a_day(backend):
    response = backend.asks()
    assert response["Cache-Control"] == "private, max-age=86400"
    assert {"Authorization", "Accept"} <= {name.strip() for name in response["Vary"].split(",")}
    assert response["ETag"].startswith('"')


def test_the_same_question_has_the_same_etag_however_it_is_written(backend):
    first = backend.asks("lat=35.658&lon=139.7016")
    other = backend.asks("lon=139.70160&lat=%2B35.6580&detail=place&format=json")
    assert first["ETag"] == other["ETag"]
    assert first.content == other.content


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
