"""A batch takes at most 64 MB beside what the process has after loading, whatever its points are, in process and through the view."""

import sys

import pytest

from tests.geocoding_api.own_process import printed_by

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a process's peak is read from /proc")

MOST_MB = 64
MEASURE = """
import json, random
from django.test import RequestFactory
from geocoding_api.reverse import reverse
from geocoding_api.views import Reverse

def megabytes(name):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name)) / 1024

def view(points):
    post = Reverse.as_view(authentication_classes=[], permission_classes=[], throttle_classes=[])
    body = json.dumps({"points": [{"lat": lat, "lon": lon} for lat, lon in points]})
    answered = post(RequestFactory().post("/", body, content_type="application/json"))
    assert answered.status_code == 200
    return answered.content

chance = random.Random(3)
KINDS = {
    "the whole world": lambda: (chance.uniform(-90, 90), chance.uniform(-180, 180)),
    "inland": lambda: (chance.uniform(46, 50), chance.uniform(2, 30)),
    "among the skerries of Norway": lambda: (chance.uniform(68.9, 69.1), chance.uniform(14.8, 15.2)),
    "around the pole": lambda: (chance.uniform(89.99, 90), chance.uniform(-180, 180)),
}
ways = {"in process": lambda points: list(reverse(places.places(), points)), "through the view": view}
for ask in ways.values():
    ask([(48.0, 2.0)])
loaded = megabytes("VmRSS")
for way, ask in ways.items():
    for kind, point in KINDS.items():
        points = [(round(lat, 6), round(lon, 6)) for lat, lon in (point() for _ in range(10_000))]
        open("/proc/self/clear_refs", "w").write("5")  # the peak counts from here
        ask(points)
        print(way, kind, megabytes("VmHWM") - loaded, sep=";")
"""


def test_a_batch_adds_at_most_64_mb_to_the_process():
    grown = {(way, kind): float(mb) for way, kind, mb in (line.split(";") for line in printed_by(MEASURE).splitlines())}
    assert len(grown) == 8
    assert {case: mb for case, mb in grown.items() if mb > MOST_MB} == {}
