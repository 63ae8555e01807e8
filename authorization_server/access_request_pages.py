"""The pages on which an application's owner asks for access to an API, and the API's administrator decides.

Read next: `authorization_server/access_requests.py`, where the rules are.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from access_tokens.trace_ids import trace_id_of
from authorization_server import access_requests, applications
from authorization_server.access_request_forms import ApproveForm, AskForm, DenyForm
from authorization_server.access_requests import NotPossible, may_decide
from authorization_server.models import AccessRequest, Api, Application, ClientGrant, RequestState, User
from authorization_server.models.users import MACHINE_SUBJECT_SUFFIX
from authorization_server.pages import SeeOther, problem, sign_in_and_come_back, sign_in_url
from authorization_server.sign_in import signed_in_user
from authorization_server.token_minting import lifetime_in_words

LONGEST_LIST = 100  # requests, of each kind


# ---- Asking ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@never_cache
def new_access_request(request: HttpRequest) -> HttpResponse:
    """What a `client_credentials` request without a client grant is pointed to. GET says who wants what; the owner's POST asks for it.

    An unknown application and an unknown API lead to the same page. Names of people, and whether a request waits, are for the
    application's owner and the API's administrators alone.
    """
    named = request.POST if request.method == "POST" else request.GET
    application, audience = applications.find(named.get("client_id", "")), named.get("audience", "")
    api = Api.objects.select_related("administrator").filter(audience=audience).first() if audience.isprintable() else None
    if application is None or api is None:
        cure = "Check the two values in this page's address: client_id, and audience letter by letter."
        return problem(request, title="No such application or API is registered here", cure=cure)
    user = signed_in_user(request)
    if request.method != "POST":
        return _what_can_be_done(request, application, api, user)
    if user is None:
        return sign_in_and_come_back(_where_to_ask(application, api))
    if application.owner_id != user.pk:
        return _what_can_be_done(request, application, api, user, status=403)
    return _ask(request, application, api, user)


def _ask(request: HttpRequest, application: Application, api: Api, user: User) -> HttpResponse:
    form = AskForm(request.POST, offered=api.scopes.all())
    if form.is_valid():
        try:
            asked = access_requests.ask(
                application=application, api=api, requested_by=user, by=user.sub, trace_id=trace_id_of(request), **form.cleaned_data
            )
        except NotPossible as refusal:
            _add_error(form, refusal)
        else:
            return SeeOther(_address_of(asked))
    return _what_can_be_done(request, application, api, user, form=form, status=400)


def _what_can_be_done(
    request: HttpRequest, application: Application, api: Api, user: User | None, *, form: AskForm | None = None, status: int = 200
) -> HttpResponse:
    """The page, with what is for this person. `form` is the owner's, as sent, with what is wrong."""
    is_owner, decides = user is not None and application.owner_id == user.pk, user is not None and may_decide(user, api)
    client_grant = _grants_in_force(application, api).prefetch_related("scopes").first()
    scopes = list(api.scopes.all()) if is_owner else []
    held = set(client_grant.scopes.all()) if client_grant else set()
    has_everything = client_grant is not None and client_grant.ends_at is None and held >= set(scopes)
    add_form = reverse("admin:authorization_server_clientgrant_add")
    context = {
        "application": application,
        "api": api,
        "user": user,
        "client_grant": client_grant,
        "is_owner": is_owner,
        "decides": decides,
        "who_decides": _who_decides(api),
        "waiting": AccessRequest.objects.pending().filter(application=application, api=api).first() if is_owner or decides else None,
        "not_possible": _why_not(api) if is_owner else "",
        "form": form or (AskForm(offered=scopes) if is_owner and not has_everything else None),
        "sign_in": sign_in_url(_where_to_ask(application, api)),
        "add_form": f"{add_form}?{urlencode({'application': application.pk, 'api': api.pk})}" if user is None or user.is_superuser else "",
    }
    return render(request, "authorization_server/access_request_new.html", context, status=status)


def _why_not(api: Api) -> str:
    try:
        access_requests.check_can_be_permitted(api)
    except NotPossible as refusal:
        return str(refusal)
    return ""


# ---- Deciding, and the state ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@never_cache
def access_request(request: HttpRequest, pk: int) -> HttpResponse:
    """One request. GET tells its owner where it is, and asks whoever may decide; their POST decides. For everybody else: 404."""
    user = signed_in_user(request)
    if user is None:
        return sign_in_and_come_back(reverse("authorization_server:access-request-detail", args=[pk]))
    asked = get_object_or_404(AccessRequest.objects.visible_to(user).with_names(), pk=pk)
    if request.method == "POST":
        if not may_decide(user, asked.api):
            raise PermissionDenied
        return _decide(request, asked, user)
    return _state(request, asked, user)


def _decide(request: HttpRequest, asked: AccessRequest, user: User) -> HttpResponse:
    form: Form | None = None
    by: dict[str, Any] = {"by": user.sub, "trace_id": trace_id_of(request)}
    try:
        if request.POST.get("decision") == "approve":
            form = ApproveForm(request.POST, offered=asked.scopes.all())
            if form.is_valid():
                access_requests.approve(asked, **form.cleaned_data, **by)
                return _decided(request, asked)
        elif request.POST.get("decision") == "deny":
            form = DenyForm(request.POST)
            if form.is_valid():
                access_requests.deny(asked, **form.cleaned_data, **by)
                return _decided(request, asked)
    except NotPossible as refusal:
        _add_error(form, refusal)
    as_it_is_now = get_object_or_404(AccessRequest.objects.visible_to(user).with_names(), pk=asked.pk)
    return _state(request, as_it_is_now, user, sent=form, status=400)


def _decided(request: HttpRequest, asked: AccessRequest) -> HttpResponse:
    messages.success(request, f"Your decision stands: {asked.get_state_display()}.")
    return SeeOther(_address_of(asked))


def _state(request: HttpRequest, asked: AccessRequest, user: User, *, sent: Form | None = None, status: int = 200) -> HttpResponse:
    """The page of one request. `sent` is the decision that could not be taken, with what is wrong."""
    application, api = asked.application, asked.api
    scopes, decides = asked.scopes.all(), may_decide(user, api)
    has_boxes = asked.state == RequestState.PENDING and decides
    context = {
        "asked": asked,
        "user": user,
        "is_owner": application.owner_id == user.pk,
        "decides": decides,
        "shows_what_was_asked": scopes and not has_boxes and set(scopes) != set(asked.granted_scopes.all()),
        "who_decides": _who_decides(api),
        "decided_by": _name_of(asked.decided_by),
        "has_ended": asked.ends_at is not None and asked.ends_at <= timezone.now(),
        "client_grant": _grants_in_force(application, api).prefetch_related("scopes").first(),
        "longest": lifetime_in_words(application, api),
        "not_possible": _why_not(api),
        "sent": sent,
        "approval": sent if isinstance(sent, ApproveForm) else ApproveForm(offered=scopes, ticked=[scope.name for scope in scopes]),
        "denial": sent if isinstance(sent, DenyForm) else DenyForm(),
        "where_to_ask": _where_to_ask(application, api),
    }
    return render(request, "authorization_server/access_request.html", context, status=status)


# ---- The list -------------------------------------------------------------------------------------------------------


@require_safe
@never_cache
def access_request_list(request: HttpRequest) -> HttpResponse:
    """What waits for the signed-in person's decision, the longest first, and what was asked for her applications, the newest first."""
    user = signed_in_user(request)
    if user is None:
        return sign_in_and_come_back(reverse("authorization_server:access-request-list"))
    context = {
        "user": user,
        "waiting": AccessRequest.objects.pending().to_be_decided_by(user).with_names().order_by("requested_at")[:LONGEST_LIST],
        "asked_for": AccessRequest.objects.asked_by(user).with_names()[:LONGEST_LIST],
        "longest_list": LONGEST_LIST,
    }
    return render(request, "authorization_server/access_requests.html", context)


# ---- What they share ------------------------------------------------------------------------------------------------


def _address_of(asked: AccessRequest) -> str:
    return reverse("authorization_server:access-request-detail", args=[asked.pk])


def _where_to_ask(application: Application, api: Api) -> str:
    named = urlencode({"client_id": application.client_id, "audience": api.audience})
    return f"{reverse('authorization_server:access-request-new')}?{named}"


def _grants_in_force(application: Application, api: Api) -> QuerySet[ClientGrant]:
    return ClientGrant.objects.in_force().filter(application=application, api=api)


def _who_decides(api: Api) -> str:
    """Whose decision the owner waits for."""
    return api.administrator.display_name if api.administrator else "somebody who administers this server"


def _name_of(sub: str) -> str:
    """Who decided: a person, or a machine through the Management API."""
    person = User.objects.filter(sub=sub).first() if sub else None
    if person:
        return person.display_name
    return "an application that administers this server" if sub.endswith(MACHINE_SUBJECT_SUFFIX) else "somebody who is gone"


def _add_error(form: Any, refusal: NotPossible) -> None:
    """Beside the field that it names, or above all of them."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
