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
    """`GET …/schema`: the OpenAPI document of `endpoints`, for everybody."""

    authentication_classes = []
    permission_classes = [AllowAny]
    endpoints: tuple[URLPattern, ...] = ()

    def get(self, request: Request) -> HttpResponse:
        """The document as JSON."""
        return JsonResponse(_document(self.endpoints), content_type="application/vnd.oai.openapi+json")


@cache
def _document(endpoints: tuple[URLPattern, ...]) -> dict[str, Any]:
    with _one_at_a_time:
        generator = SchemaGenerator(patterns=list(endpoints))  # type: ignore[no-untyped-call]  # drf-spectacular has no annotations
        document: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]  # likewise
    about = "The events of the person whose access token the request carries. There is no parameter for the person."
    document["info"] = {"title": "Calendar API", "version": "1", "description": about}
    for operation in (operation for path in document["paths"].values() for operation in path.values()):
        if "requestBody" in operation:
            operation["requestBody"]["required"] = True  # of a PATCH too: no field is needed, but an object is
    document["servers"] = [{"url": settings.CALENDAR_API_URL}]
    return document


# The page swaps its code for a token at the authorization server, which may be another origin.
@csp_update({"connect-src": ["{0.scheme}://{0.netloc}".format(urlsplit(settings.ISSUER))]})
def page(request: HttpRequest, schema: str = "schema") -> HttpResponse:
    """`GET …/docs`; `schema` is the name of the URL of the document it shows."""
    context = {
        "title": "Calendar API",
        "schema": f"calendar_api:{schema}",
        "audience": settings.CALENDAR_AUDIENCE,
        "scopes": "read",
        "own_url": settings.CALENDAR_API_URL,
    }
    page_with_popup = render(request, "four_checks/swagger.html", context)
    page_with_popup["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"  # signing in opens a window
    return page_with_popup
