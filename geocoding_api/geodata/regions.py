"""The name of each place's region: GeoNames' region codes, named by joining a second file on country and position."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

_NO_REGION = frozenset({"", "00"})


def names_of_regions(
    places: Iterable[Mapping[str, Any]], regions: Iterable[tuple[tuple[str, float, float], str]]
) -> dict[tuple[str, str], str]:
    """The name for each (country code, region code) that has one.

    A code is named by the places that stand in both files at the same position. Where they disagree (37 codes, most of
    them in Viet Nam, whose provinces were merged between the two files) the majority names it; a tie goes to the name
    that sorts first, so that every build says the same.
    """
    by_position = dict(regions)
    votes: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for place in places:
        name = by_position.get((place["countrycode"], place["latitude"], place["longitude"]))
        if name and place["admin1code"] not in _NO_REGION:
            votes[place["countrycode"], place["admin1code"]][name] += 1
    return {code: min(names, key=lambda name: (-names[name], name)) for code, names in votes.items()}
