"""The page about access requests: what is missing for machine access, and what can be done about it."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from authorization_server import applications
from authorization_server.models import Api, ClientGrant
from authorization_server.pages import problem


@require_safe
@never_cache
def new_access_request(request: HttpRequest) -> HttpResponse:
    """What a `client_credentials` request without a client grant is pointed to: who wants what, and what the administrator does.

    An unknown application and an unknown API lead to the same page.
    """
    application = applications.find(request.GET.get("client_id", ""))
    audience = request.GET.get("audience", "")
    api = Api.objects.filter(audience=audience).first() if audience.isprintable() else None
    if application is None or api is None:
        cure = "Check the two values in this page's address: client_id, and audience letter by letter."
        return problem(request, title="No such application or API is registered here", cure=cure)
    add_form = reverse("admin:authorization_server_clientgrant_add")
    context = {
        "application": application,
        "api": api,
        "client_grant": ClientGrant.objects.in_force().filter(application=application, api=api).first(),
        "add_form": f"{add_form}?{urlencode({'application': application.pk, 'api': api.pk})}",
    }
    return render(request, "authorization_server/access_request_new.html", context)
