"""The Geocoding API's endpoint: coordinates in, place names out, for machines only.

Read next: `geocoding_api/places.py`.
"""

from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access_tokens.permissions import IsMachine
from access_tokens.problems import Problem
from geocoding_api import openapi
from geocoding_api.answers import answer, batch_answer, etag, geocodejson
from geocoding_api.authentication import GeocodingAccessToken
from geocoding_api.bodies import json_object
from geocoding_api.negotiation import PreferredMediaType
from geocoding_api.places import DataMissing, Places, places
from geocoding_api.rate_limit import RequestsPerMinute, rate_limit_headers, too_many_requests
from geocoding_api.reverse import reverse
from geocoding_api.serializers import MOST_POINTS, TooManyPoints, batch_in, query_in, quoted

_VARY = "Authorization, Accept"


class GeocodeJsonRenderer(JSONRenderer):
    """GeocodeJSON, chosen by `format=geocodejson` or by `Accept: application/geo+json`."""

    media_type = "application/geo+json"
    format = "geocodejson"


@openapi.reverse
class Reverse(APIView):
    """`GET` and `POST /geocoding/v1/reverse`: what is at a point, or at each of many."""

    authentication_classes = [GeocodingAccessToken]  # checks 1, 2 and 3; names the audience
    permission_classes = [IsMachine]  # check 4: no scopes here, but a user's token is refused
    throttle_classes = [RequestsPerMinute]
    renderer_classes = [JSONRenderer, GeocodeJsonRenderer]
    content_negotiation_class = PreferredMediaType

    def get(self, request: Request) -> HttpResponse:
        """What is at one point. 304 for an answer that the caller has (`If-None-Match`): here the token has been checked."""
        query = query_in(request.query_params)
        gazetteer = _gazetteer()
        form = _answer_as(request, query.format or request.accepted_renderer.format)
        headers = {"ETag": etag(gazetteer, query, form), "Cache-Control": "private, max-age=86400", "Vary": _VARY}
        if _has_seen(headers["ETag"], request.headers.get("If-None-Match", "")):
            return HttpResponseNotModified(headers=headers)
        (result,) = reverse(gazetteer, [query.point], detail=query.detail, max_distance_km=query.max_distance_km)
        write = geocodejson if form == GeocodeJsonRenderer.format else answer
        return Response(write(gazetteer, query, result), headers=headers)

    def post(self, request: Request) -> HttpResponse:
        """What is at each of up to 10,000 points. One malformed point refuses them all."""
        if request.query_params:
            raise ValidationError(
                {quoted(name): ["A batch takes everything in its body."] for name in request.query_params}, code="unknown"
            )
        try:
            batch = batch_in(json_object(request))
        except TooManyPoints:
            detail = f"Send at most {MOST_POINTS:,} points at once; split the batch."
            raise Problem(status=413, code="too_many_points", title="Too many points", detail=detail) from None
        gazetteer = _gazetteer()
        results = reverse(gazetteer, batch.points, detail=batch.detail, max_distance_km=batch.max_distance_km)
        headers = {"Cache-Control": "no-store", "Vary": _VARY}
        return HttpResponse(batch_answer(gazetteer, batch, results), content_type=JSONRenderer.media_type, headers=headers)

    def get_renderers(self) -> list[BaseRenderer]:
        """What `Accept` may choose from: a batch has no GeocodeJSON."""
        return [JSONRenderer()] if self.request.method == "POST" else super().get_renderers()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As DRF does it, without keeping the answer."""
        response = super().dispatch(request, *args, **kwargs)
        # View and request refer to each other, so both stay until the garbage collector comes, and megabytes of a batch's answer with them.
        del self.response
        return response

    def throttled(self, request: Request, wait: float | None) -> NoReturn:
        """Refuse a request beyond the limit. Raises `Problem` 429."""
        raise too_many_requests(wait or 0)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Every answer to a counted request says what is left, refusals too."""
        finished = super().finalize_response(request, response, *args, **kwargs)
        for name, value in rate_limit_headers(request).items():
            finished[name] = value
        return finished


def _answer_as(request: Request, form: str) -> str:
    """Answer in this format, which the address may have named against `Accept`. Returns it."""
    renderer = GeocodeJsonRenderer() if form == GeocodeJsonRenderer.format else JSONRenderer()
    request.accepted_renderer, request.accepted_media_type = renderer, renderer.media_type
    return form


def _gazetteer() -> Places:
    try:
        return places()
    except DataMissing as error:
        raise Problem(status=503, code="data_missing", title="The places are not there yet", detail=str(error)) from error


def _has_seen(current: str, if_none_match: str) -> bool:
    """RFC 9110 section 13.1.2: weak comparison, `*` matches whatever there is."""
    return any(seen == "*" or seen.removeprefix("W/") == current for seen in parse_etags(if_none_match))
