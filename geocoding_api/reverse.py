"""Coordinates in, names out: the whole lookup, for one point or ten thousand.

Read next: `geocoding_api/views.py`.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocoding_api.countries import NO_COUNTRY
from geocoding_api.names import Named, city_around, display_name, most_telling_place, place_or_city
from geocoding_api.nearest import Floats
from geocoding_api.places import Place, Places

DETAILS = ("place", "city", "country")
PLACE_WITHIN_KM = 300.0  # farther away, a place says nothing about the point: the country alone is named
CITY_WITHIN_KM = 30.0
NO_PLACE = "no_place_within_range"
_POINTS_AT_ONCE = 2000  # bounds the memory of a batch
_CANDIDATES = 16

Point = tuple[float, float]


def reverse(
    gazetteer: Places, points: Sequence[Point], *, detail: str = "place", max_distance_km: float | None = None
) -> Iterator[dict[str, Any] | None]:
    """What is at each of `points` (latitude, longitude in degrees, normalised): the contract's `result`, None for nothing.

    `detail` is how fine the name is: one of `DETAILS`. `max_distance_km` is how far the named place may be; where none
    is that near, the country alone is named. The country never depends on the places: it comes from the borders.
    """
    for start in range(0, len(points), _POINTS_AT_ONCE):
        yield from _results(gazetteer, points[start : start + _POINTS_AT_ONCE], detail, max_distance_km)


def _results(gazetteer: Places, points: Sequence[Point], detail: str, max_distance_km: float | None) -> list[dict[str, Any] | None]:
    latitudes, longitudes = np.array(points, dtype=np.float64).T
    countries, offshore = gazetteer.borders.country_at(latitudes, longitudes)
    results: list[dict[str, Any] | None] = [None] * len(points)
    there = np.flatnonzero(countries != NO_COUNTRY)
    if not there.size:
        return results

    named, cities = _named(gazetteer, latitudes[there], longitudes[there], countries[there], detail, max_distance_km)
    rows = zip(
        there.tolist(),
        countries[there].tolist(),
        offshore[there].tolist(),
        gazetteer.described(named.indices),
        named.distances_km.tolist(),
        gazetteer.names(cities.indices),
        (cities.indices >= 0).tolist(),
        strict=True,
    )
    for row, country, is_offshore, place, distance_km, city, has_city in rows:
        nearest = place if math.isfinite(distance_km) else None
        if nearest is None or detail == "country":
            results[row] = _country_result(gazetteer, country, nearest, is_offshore=is_offshore)
        else:
            kind = "city" if detail == "city" and has_city else "place"
            city_name = city if has_city else None
            results[row] = _place_result(gazetteer, country, nearest, distance_km, city_name, kind=kind, is_offshore=is_offshore)
    return results


def _named(
    gazetteer: Places, latitudes: Floats, longitudes: Floats, countries: NDArray[Any], detail: str, max_distance_km: float | None
) -> tuple[Named, Named]:
    """For each point what to name it after, and the city it belongs to."""
    place_within_km = PLACE_WITHIN_KM if max_distance_km is None else max_distance_km
    city_within_km = max_distance_km if max_distance_km is not None and detail == "city" else min(CITY_WITHIN_KM, place_within_km)
    found, distances_km = gazetteer.nearest.around(latitudes, longitudes, countries, count=_CANDIDATES)
    reaches_km = gazetteer.reaches_km
    places = most_telling_place(found[:, :_CANDIDATES], distances_km[:, :_CANDIDATES], reaches_km, within_km=place_within_km)
    cities = city_around(found[:, _CANDIDATES:], distances_km[:, _CANDIDATES:], reaches_km, within_km=city_within_km)
    if detail == "city":  # where no city is near, the place is the best there is
        return places.unless(cities.indices >= 0, cities), cities
    return place_or_city(places, cities, reaches_km, gazetteer.regions), cities


def _place_result(
    gazetteer: Places, country: int, place: Place, distance_km: float, city: str | None, *, kind: str, is_offshore: bool
) -> dict[str, Any]:
    country_name = gazetteer.country_names[country]
    return {
        "display_name": display_name((place.name, place.region, country_name)),
        "type": kind,
        "name": place.name,
        "city": city,
        "admin1": place.region or None,
        "country": country_name,
        "country_code": gazetteer.country_codes[country],
        "timezone": place.time_zone,
        "distance_km": round(distance_km, 2),
        "match": "offshore" if is_offshore else "inside",
        "place": {"id": f"geonames:{place.geonames_id}", "lat": place.latitude, "lon": place.longitude},
    }


def _country_result(gazetteer: Places, country: int, nearest: Place | None, *, is_offshore: bool) -> dict[str, Any]:
    """The country alone: asked for, or (`nearest` is None) all there is to say."""
    country_name = gazetteer.country_names[country]
    inside = "offshore" if is_offshore else "inside"
    return {
        "display_name": country_name,
        "type": "country",
        "name": country_name,
        "city": None,
        "admin1": None,
        "country": country_name,
        "country_code": gazetteer.country_codes[country],
        "timezone": nearest.time_zone if nearest else None,
        "distance_km": None,
        "match": inside if nearest else "country_only",
        "place": None,
    }
