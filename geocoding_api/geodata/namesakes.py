"""Places that are called after the city they are part of: "Paris 16 Passy", "Zürich (Kreis 6)", "Budapest XIII. kerület"."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

_CITY_POPULATION = 15_000
_TIMES_AS_LARGE = 3  # as the part, at least
_REACH_KM, _AT_MOST_KM = 0.005, 15.0  # kilometres per root of the city's population: how far its parts lie from its centre
_EARTH_KM = 6371.0088


def called_after_their_city(places: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    """The indices of those places, ascending. A person says the city's name there: the part's own is an address.

    Such a place begins with the name of a city of its country that is at least three times as large and reaches it.
    """
    cities: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for index, place in enumerate(places):
        if place["population"] >= _CITY_POPULATION:
            cities[place["countrycode"], place["name"]].append(index)
    axes = _axes(places)
    for index, place in enumerate(places):
        candidates = (city for name in _beginnings(place["name"]) for city in cities.get((place["countrycode"], name), ()))
        if any(_is_part_of(place, places[city], float(np.linalg.norm(axes[index] - axes[city])) * _EARTH_KM) for city in candidates):
            yield index


def _beginnings(name: str) -> Iterator[str]:
    """What the name begins with, up to each end of a word."""
    for end in range(1, len(name)):
        if name[end - 1].isalpha() and not name[end].isalpha():
            yield name[:end]


def _is_part_of(place: Mapping[str, Any], city: Mapping[str, Any], distance_km: float) -> bool:
    reach_km = min(_AT_MOST_KM, _REACH_KM * math.sqrt(city["population"]))
    return city["population"] >= _TIMES_AS_LARGE * max(place["population"], 1) and distance_km <= reach_km


def _axes(places: Sequence[Mapping[str, Any]]) -> Any:
    phi, theta = np.radians([(place["latitude"], place["longitude"]) for place in places]).T
    return np.column_stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)])
