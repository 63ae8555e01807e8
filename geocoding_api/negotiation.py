"""Which media type `Accept` prefers, by its weights: DRF's own choice reads none (RFC 9110 sections 12.4.2 and 12.5.1)."""

import re
from collections.abc import Iterable

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_WEIGHT = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


class PreferredMediaType(DefaultContentNegotiation):
    """The heaviest of a view's media types; of equal ones the first. Parameters other than the weight make no difference."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The renderer and its media type. Raises `NotAcceptable`."""
        weights = _weights(request.headers.get("Accept") or "*/*")

        def weight(renderer: BaseRenderer) -> float:
            named = renderer.media_type, f"{renderer.media_type.partition('/')[0]}/*", "*/*"  # the most specific one counts
            return next((weights[media_range] for media_range in named if media_range in weights), 0)

        preferred = max(renderers, key=weight)
        if not weight(preferred):
            raise NotAcceptable
        return preferred, preferred.media_type


def _weights(accept: str) -> dict[str, float]:
    weights = {}
    for one in accept.split(","):
        media_range, *parameters = (part.strip().lower() for part in one.split(";"))
        weight = next((parameter.removeprefix("q=") for parameter in parameters if parameter.startswith("q=")), "1")
        weights[media_range] = float(weight) if _WEIGHT.fullmatch(weight) else 1.0
    return weights
