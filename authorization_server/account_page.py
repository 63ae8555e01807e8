"""`/account`: which applications may do what in one's own name, and taking it back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from access_tokens.trace_ids import trace_id_of
from authorization_server import given_consents
from authorization_server.models import AccessRequest, PreconfiguredConsent, User
from authorization_server.pages import SeeOther, problem, sign_in_and_come_back
from authorization_server.sign_in import signed_in_user
from authorization_server.token_minting import lifetime_in_words


@require_http_methods(["GET", "POST"])
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """GET lists what the signed-in person allowed, and what an administrator did in their name; POST takes one consent back."""
    user, here = signed_in_user(request), reverse("authorization_server:account")
    if user is None:
        return sign_in_and_come_back(here)
    if request.method == "POST":
        return _withdraw(request, user)
    consents = [(given, lifetime_in_words(given.application, given.api)) for given in given_consents.given_by(user)]
    preconfigured = PreconfiguredConsent.objects.for_person(user).select_related("application", "api", "group").prefetch_related("scopes")
    context = {
        "user": user,
        "consents": consents,
        "preconfigured": preconfigured,
        "waiting": AccessRequest.objects.pending().to_be_decided_by(user).count(),
    }
    return render(request, "authorization_server/account.html", context)


def _withdraw(request: HttpRequest, user: User) -> HttpResponse:
    """One's own alone; somebody else's is as good as none."""
    number = request.POST.get("consent", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    given = given_consents.given_by(user).filter(pk=number).first() if is_number else None
    if given is None:
        cure = "It may have been taken back in another tab. Your account page shows what is allowed now."
        return problem(request, title="There is no such permission of yours any more", cure=cure)
    ended = given_consents.withdraw(given, by=user.sub, trace_id=trace_id_of(request))
    done = f"{given.application.name} has no permission from you for the {given.api.name} any more."
    messages.success(request, done + (f" Refresh tokens ended: {ended}." if ended else ""))
    return SeeOther(reverse("authorization_server:account"))
