"""Where the places of a list stand on the small drawn world, and on which side of its pin each name can be read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

_WIDTH, _HEIGHT = 360, 145  # one unit is one degree: x is longitude + 180, y is 85 − latitude
_NORTH = 85
# All in units, for the larger letters that design.css takes on a phone, so that one drawing serves both.
_LETTER_HEIGHT, _LETTER_WIDTH = 11.5, 6.6
_PIN_RADIUS = 4.0
_GAP = 6.0  # from the pin's middle to its name
_SAME_PLACE = 4.0  # nearer than this, two places of one name are one pin
# Above the pin's middle, level with it, below: where a name's baseline may lie.
_BASELINES = (2.5, -3.5, 8.5, -9.0)


@dataclass(frozen=True)
class Pin:
    """A place on the drawing. `label` is empty when its name would cover another; then only the dot is drawn."""

    x: float
    y: float
    label: str = ""
    label_x: float = 0
    label_y: float = 0
    anchor: str = "start"


class _Box(NamedTuple):
    """What a pin or a name covers."""

    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: "_Box") -> bool:
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom

    @property
    def is_inside(self) -> bool:
        return self.left >= 0 and self.top >= 0 and self.right <= _WIDTH and self.bottom <= _HEIGHT


def pins(named_points: Iterable[tuple[str, float, float]]) -> list[Pin]:
    """A pin for each `(name, latitude, longitude)`, in degrees, with its name where it meets no other; earlier ones choose first.

    Places of one name that lie side by side share a pin. Beyond 85° north and 60° south, where the drawing ends, there are none.
    """
    spots = _spots(named_points)
    taken = [_Box(x - _PIN_RADIUS, y - _PIN_RADIUS, x + _PIN_RADIUS, y + _PIN_RADIUS) for _, x, y in spots]
    placed = []
    for name, x, y in spots:
        for pin, box in _choices(name, x, y):
            if box.is_inside and not any(map(box.touches, taken)):
                taken.append(box)
                placed.append(pin)
                break
        else:
            placed.append(Pin(x, y))
    return placed


def _spots(named_points: Iterable[tuple[str, float, float]]) -> list[tuple[str, float, float]]:
    spots: list[tuple[str, float, float]] = []
    for name, latitude, longitude in named_points:
        x, y = round(longitude + 180, 1), round(_NORTH - latitude, 1)
        is_there = any(name == other and abs(x - at_x) < _SAME_PLACE and abs(y - at_y) < _SAME_PLACE for other, at_x, at_y in spots)
        if 0 <= y <= _HEIGHT and not is_there:
            spots.append((name, x, y))
    return spots


def _choices(name: str, x: float, y: float) -> Iterable[tuple[Pin, _Box]]:
    """The places for a name, the best first: beside its pin, right before left, then a little higher or lower."""
    width = len(name) * _LETTER_WIDTH
    for baseline in _BASELINES if name else ():
        for anchor, side in (("start", 1), ("end", -1)):
            label_x, label_y = round(x + side * _GAP, 1), round(y + baseline, 1)
            left = label_x if anchor == "start" else label_x - width
            box = _Box(left, label_y - _LETTER_HEIGHT * 0.75, left + width, label_y + _LETTER_HEIGHT * 0.25)
            yield Pin(x, y, name, label_x, label_y, anchor), box
