"""The Management API's own description: an OpenAPI document, and a page (Swagger UI, served from here) on which it can be tried."""

from functools import cache
from threading import Lock
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern
from drf_spectacular.generators import SchemaGenerator
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from authorization_server import issuer

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
    about = (
        "For machines alone: ask /oauth/token for a token with client credentials and this API's audience. "
        "`create_management_client` makes the first application that may have one."
    )
    document["info"] = {"title": "Management API", "version": "2", "description": about}
    document["servers"] = [{"url": issuer.origin()}]
    return document


def page(request: HttpRequest) -> HttpResponse:
    """`GET …/docs`: the document as a page to try it on."""
    context = {
        "title": "Management API",
        "schema": "authorization_server:management-schema",
        "audience": issuer.management_url(),
        "scopes": "",
        "own_url": issuer.origin(),
    }
    page_with_popup = render(request, "four_checks/swagger.html", context)
    page_with_popup["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"  # signing in opens a window
    return page_with_popup
