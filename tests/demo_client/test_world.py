"""The small drawn world: where pins stand, and that names can be read."""

import itertools
import re

import pytest
from django.template.loader import render_to_string

from demo_client.world import Pin, pins

BERLIN, LONDON, ROME = ("Berlin", 52.5, 13.4), ("London", 51.5, -0.1), ("Rome", 41.9, 12.5)
TOKYO, NAIROBI, LIMA = ("Tokyo", 35.7, 139.7), ("Nairobi", -1.3, 36.8), ("Lima", -12, -77)
LETTER_HEIGHT, LETTER_WIDTH = 11.5, 6  # units, as design.css has them on a phone, where they are largest


def covered(pin):
    """Left, top, right and bottom of the name."""
    width = len(pin.label) * LETTER_WIDTH
    left = pin.label_x - (width if pin.anchor == "end" else 0)
    return left, pin.label_y - LETTER_HEIGHT * 0.7, left + width, pin.label_y + LETTER_HEIGHT * 0.2


def meet(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_a_pin_stands_at_longitude_plus_180_and_85_minus_latitude():
    [pin] = pins([BERLIN])
    assert (pin.x, pin.y) == (193.4, 32.5)


def test_a_name_stands_right_of_its_pin_when_nothing_is_in_the_way():
    [pin] = pins([NAIROBI])
    assert (pin.label, pin.anchor) == ("Nairobi", "start")
    assert pin.label_x > pin.x


@pytest.mark.parametrize("name", ["Auckland", "Provideniya"])
def test_a_name_at_the_right_edge_stands_left_of_its_pin_and_inside_the_drawing(name):
    [pin] = pins([(name, -36.8, 174.8)])
    assert pin.anchor == "end"
    assert covered(pin)[2] <= 360


@pytest.mark.parametrize(
    "places",
    [
        [BERLIN, LONDON, TOKYO, ROME, NAIROBI, LIMA],
        [BERLIN, ("Hamburg", 53.6, 9.9), ("Prague", 50.1, 14.4), ("Munich", 48.1, 11.6), ("Vienna", 48.2, 16.4), ROME, LONDON],
        [("Longyearbyen", 84.9, 15.6), ("Ushuaia", -54.8, -68.3), ("Suva", -18.1, 178.4), ("Apia", -13.8, -171.8)],
    ],
    ids=["the design's", "a crowd", "the edges"],
)
def test_no_name_covers_another_or_a_pin_or_leaves_the_drawing(places):
    placed = pins(places)
    names = [covered(pin) for pin in placed if pin.label]
    assert names
    assert not any(meet(one, other) for one, other in itertools.combinations(names, 2))
    dots = [(pin.x - 2.8, pin.y - 2.8, pin.x + 2.8, pin.y + 2.8) for pin in placed]
    assert not any(meet(name, dot) for name in names for dot in dots)
    assert all(left >= 0 and top >= 0 and right <= 360 and bottom <= 145 for left, top, right, bottom in names)


def test_the_six_places_of_the_design_all_have_their_names():
    places = [BERLIN, LONDON, TOKYO, ROME, NAIROBI, LIMA]
    assert [pin.label for pin in pins(places)] == [name for name, _, _ in places]


def test_a_name_without_room_is_left_out_and_its_pin_is_not():
    crowd = [(f"Number {n}", 50 + n / 10, 10 + n / 10) for n in range(30)]
    placed = pins(crowd)
    assert len(placed) == 30
    assert any(not pin.label for pin in placed)


def test_places_of_one_name_side_by_side_share_a_pin_and_far_ones_do_not():
    assert len(pins([BERLIN, ("Berlin", 52.48, 13.44)])) == 1
    assert len(pins([BERLIN, ("Berlin", 44.5, -71.2)])) == 2


def test_a_place_without_a_name_is_a_pin_alone():
    assert pins([("", -48.9, -123.4)]) == [Pin(56.6, 133.9)]


def test_what_lies_beyond_the_drawing_has_no_pin():
    assert pins([("South Pole", -90, 0), ("North Pole", 90, 0)]) == []


def test_the_template_draws_each_pin_and_escapes_its_name():
    drawn = render_to_string("demo_client/_world_map.html", {"pins": pins([BERLIN, ("<b>", 0, 0), ("", -48.9, -123.4)])})
    assert re.findall(r'<circle class="pin" cx="([\d.]+)" cy="([\d.]+)"', drawn) == [("193.4", "32.5"), ("180", "85"), ("56.6", "133.9")]
    assert re.findall(r"<text [^>]*>([^<]*)</text>", drawn) == ["Berlin", "&lt;b&gt;"]
    assert 'aria-label="World map with 3 places"' in drawn
    assert drawn.count('class="land"') == 1
    assert "style=" not in drawn


@pytest.mark.parametrize("language", ["en", "de"])
def test_numbers_are_written_as_svg_has_them_in_every_language(settings, language):
    settings.LANGUAGE_CODE = language
    assert 'cx="193.4"' in render_to_string("demo_client/_world_map.html", {"pins": pins([BERLIN])})
