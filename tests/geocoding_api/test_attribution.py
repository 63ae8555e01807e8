"""GeoNames' licence (CC BY 4.0) asks that its name stands wherever its data is shown: in each answer, on each page, in the docs."""

from pathlib import Path

import pytest

from tests.geocoding_api.conftest import SHIBUYA

ATTRIBUTION = "Places © GeoNames.org, CC BY 4.0; borders: Natural Earth"
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("query", [SHIBUYA, {"lat": "0", "lon": "0"}], ids=["somewhere", "nowhere"])
def test_every_answer_says_whose_data_it_is(backend, query):
    numbers = {name: float(value) for name, value in query.items()}
    answers = [backend.asks(query).json(), backend.sends({"points": [numbers]}).json()]
    answers.append(backend.asks({**query, "format": "geocodejson"}).json()["geocoding"])
    assert [(answer["attribution"], answer["licence"]) for answer in answers] == [(ATTRIBUTION, "CC-BY-4.0")] * 3


def test_the_page_that_shows_the_openapi_document_says_it_in_the_documents_description(client):
    description = client.get("/geocoding/v1/schema").json()["info"]["description"]
    assert ATTRIBUTION in description
    assert "Show this wherever you show the names" in description


@pytest.mark.parametrize(
    "file",
    [
        "README.md",
        "docs/reference.md",
        "docs/five-clicks.md",
        "geocoding_api/data/LICENCES.md",
        "demo_client/templates/demo_client/daybook.html",
        "demo_client/templates/demo_client/places.html",
    ],
)
def test_documents_and_pages_with_place_names_say_it(file):
    assert ATTRIBUTION.partition(";")[0] in (ROOT / file).read_text(encoding="utf-8")


def test_the_map_in_the_event_form_says_it_with_the_map_itself():
    script = (ROOT / "demo_client/static/demo_client/place_map.js").read_text(encoding="utf-8")
    for part in ATTRIBUTION.split("; "):
        assert part.lower() in script.lower()
