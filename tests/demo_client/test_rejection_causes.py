"""Each rejection's page names three causes and a cure at each of four places, with sources that can be looked up."""

import html
import re

import pytest

from access_tokens.rejections import ALL
from demo_client.rejection_causes import PROVIDERS, explanation
from forgeries.catalogue import CATALOGUE

SOURCE = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+/issues/\d+|RFC \d+ section [\d.]+|CVE-\d{4}-\d+")


@pytest.mark.parametrize("code", sorted(ALL))
def test_three_causes_and_four_cures(code):
    explained = explanation(code)
    assert len(explained.causes) == 3
    assert len({cause.is_ for cause in explained.causes}) == 3
    assert [place for place, _ in explained.cures] == list(PROVIDERS.values())
    causes = [text for cause in explained.causes for text in (cause.is_, cause.how)]
    for text in [*causes, *(cure for _, cure in explained.cures)]:
        assert text.endswith((".", "!"))
        assert text.count("`") % 2 == 0
    for cause in explained.causes:
        assert not cause.source or SOURCE.fullmatch(cause.source), cause.source


@pytest.mark.parametrize("code", sorted(ALL))
def test_the_page_shows_all_of_it(alice, code):
    page = html.unescape(alice.get(f"/learn/rejections/{code}").content.decode())
    explained = explanation(code)
    assert explained.exchange in page
    assert explained.terse in page
    for cause in explained.causes:
        assert f"<strong>{cause.is_}</strong>" in page
    for place, cure in explained.cures:
        marked = re.sub("`([^`]+)`", r"<code>\1</code>", cure)
        assert f"<h3>{place}</h3><p>{marked}</p>" in page
    for forgery in CATALOGUE:
        assert (f"<li>{forgery.name}</li>" in page) == (forgery.code == code)
