# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""Protected resource metadata: each API says under a well-known address which issuer to ask for a token (RFC 9728)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from access_tokens.conf import configuration
from access_tokens.problem_responses import problem_response
from access_tokens.resource_servers import WELL_KNOWN, ResourceServer

FRESH_SECONDS = 600
_published: dict[str, type[ResourceServer]] = {}


def protected_resource_metadata(api: type[ResourceServer], *, name: str) -> list[URLPattern]:
    """The URL patterns of one API's metadata: `urlpatterns = [*protected_resource_metadata(CalendarAccessToken, name="metadata"), …]`.

    The address is that of the API, with the well-known path put between host and path (RFC 9728 section 3.1); without the
    API's path it answers too where the process serves one API. Include them at the root.
    """
    _published[api.resource] = api

    @csrf_exempt  # nothing can be changed here: who tries learns that, and not that a form is out of date
    def of_this_api(request: HttpRequest) -> HttpResponse:
        return _answer(request, api)

    address = api.metadata_url().partition("://")[2].partition("/")[2]
    return [path(address, of_this_api, name=name), path(WELL_KNOWN.lstrip("/"), _of_the_only_api)]


def metadata(api: type[ResourceServer]) -> dict[str, Any]:
    """The document of RFC 9728 section 2; of several trusted issuers it names the first, which clients are to ask."""
    return {
        "resource": api.resource,
        "authorization_servers": [issuer.name for issuer in configuration().issuers[:1]],
        "scopes_supported": list(api.scopes),
        "bearer_methods_supported": ["header"],
        "resource_name": api.realm,
    }


@csrf_exempt
def _of_the_only_api(request: HttpRequest) -> HttpResponse:
    if len(_published) == 1:
        return _answer(request, next(iter(_published.values())))
    addresses = " ".join(sorted(api.metadata_url() for api in _published.values()))
    detail = f"Several APIs answer here, each under its own address: {addresses}"
    return problem_response(request, status=404, title="Which API?", detail=detail, code="not_found")


def _answer(request: HttpRequest, api: type[ResourceServer]) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        detail = f"{request.method} is not possible here; this document can only be read."
        headers = {"Allow": "GET, HEAD"}
        return problem_response(request, status=405, title="Method Not Allowed", detail=detail, code="method_not_allowed", headers=headers)
    return JsonResponse(metadata(api), headers={"Cache-Control": f"max-age={FRESH_SECONDS}"})
