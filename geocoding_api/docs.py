"""The API's own description: an OpenAPI document, and a page (Swagger UI, served from here) on which it can be tried."""

from functools import cache
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern
from drf_spectacular.generators import SchemaGenerator
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

_one_at_a_time = Lock()  # the generator keeps what it works on in places that threads share


class Schema(APIView):
    """`GET /geocoding/v1/schema`: the OpenAPI document of `endpoints`, for everybody."""

    authentication_classes = []
    permission_classes = [AllowAny]
    endpoints: tuple[URLPattern, ...] = ()

    def get(self, request: Request) -> HttpResponse:
        """The document as JSON."""
        return JsonResponse(_document(self.endpoints), content_type="application/vnd.oai.openapi+json")


_ABOUT = f"""Coordinates in, place names out.

For machines only: an application needs a client grant for this API, and asks the authorization server for a token with its own
credentials. A client may send {settings.GEOCODING_RATE_LIMIT} requests a minute, a batch counting as one; each process counts for itself
unless all share a cache (`CACHE_URL`). Requests without a good token are not counted. The headers that tell it are those of
draft-ietf-httpapi-ratelimit-headers-11.

Places © GeoNames.org, CC BY 4.0; borders: Natural Earth. Show this wherever you show the names."""


@cache
def _document(endpoints: tuple[URLPattern, ...]) -> dict[str, Any]:
    with _one_at_a_time:
        generator = SchemaGenerator(patterns=list(endpoints))  # type: ignore[no-untyped-call]  # drf-spectacular has no types here
        document: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    document["info"] = {"title": "Geocoding API", "version": "1", "description": _ABOUT}
    document["servers"] = [{"url": settings.GEOCODING_API_URL}]
    return document


# "Authorize" asks the authorization server, which may be another origin. What a user gets there is refused here: to be seen.
@csp_update({"connect-src": ["{0.scheme}://{0.netloc}".format(urlsplit(settings.ISSUER))]})
def page(request: HttpRequest) -> HttpResponse:
    """`GET /geocoding/v1/docs`: the document, readable, with a form to try each request."""
    context = {
        "title": "Geocoding API",
        "schema": "geocoding_api:schema",
        "audience": settings.GEOCODING_AUDIENCE,
        "own_url": settings.GEOCODING_API_URL,
    }
    page_with_popup = render(request, "four_checks/swagger.html", context)
    page_with_popup["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"  # signing in opens a window
    return page_with_popup
