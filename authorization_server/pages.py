"""The pages that people see: sign in, sign out, consent, and what went wrong."""

from urllib.parse import urlencode, urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from authorization_server import decision_log, demo_identities, pending_requests
from authorization_server.addresses import client_address
from authorization_server.authorization_requests import AuthorizationRequest, NoDestination, destination_of, validate
from authorization_server.consent import ConsentDecision
from authorization_server.decision_log import Decision
from authorization_server.errors import Refused
from authorization_server.explanations import explain
from authorization_server.failure_limits import SIGN_IN
from authorization_server.forms import LONGEST_USERNAME, SignInForm
from authorization_server.models import User
from authorization_server.pending_requests import PendingRequest
from authorization_server.popups import works_in_a_popup
from authorization_server.sign_in import reason_to_ask, remember_when, signed_in_user

NO_SUCH_ACCOUNT = "No account has this user name and password."


class SeeOther(HttpResponseRedirect):
    """303: the answer to a form. The browser goes on with GET."""

    status_code = 303


# ---- Sign in and out ------------------------------------------------------------------------------------------------


@works_in_a_popup
@require_http_methods(["GET", "POST"])
@never_cache
def login(request: HttpRequest) -> HttpResponse:
    """Ask who somebody is; afterwards go on to the request that waits, or to a path of this server, nowhere else."""
    submitted = request.POST if request.method == "POST" else request.GET
    waiting = pending_requests.find(request.session, submitted.get("ticket", ""))
    next_path = _local_path(submitted.get("next", ""))
    form = SignInForm(_filled_in(request) or None, initial={"username": _hint(waiting)})
    seconds_to_wait = _seconds_to_wait(request, form)
    if request.method == "POST" and not seconds_to_wait and (user := _authenticated(request, form)):
        kept = pending_requests.all_of(request.session)
        auth.login(request, user)  # a new session id, so that one planted before is worth nothing
        pending_requests.restore(request.session, kept)
        if waiting:
            pending_requests.signed_in(request.session, waiting, user)
        remember_when(request)
        decision_log.record(Decision.SIGNED_IN, trace_id=_trace_id(request, waiting), user=user.sub)
        return SeeOther(continue_url(waiting.ticket) if waiting else next_path or reverse("authorization_server:account"))

    asked, already = _asked(waiting), signed_in_user(request)
    context = {
        "form": form,
        "seconds_to_wait": seconds_to_wait,
        "refused": NO_SUCH_ACCOUNT if request.method == "POST" and not seconds_to_wait else "",
        "ticket": waiting.ticket if waiting else "",
        "next": next_path,
        "accounts": _demo_accounts(for_access_requests=_leads_to_access_requests(next_path)),
        "for_access_requests": _leads_to_access_requests(next_path),
        "already": already,
        "asked": asked,
        "reason": reason_to_ask(request, asked=asked, waiting=waiting) if asked else None,
        "explained": explain(asked) if asked and settings.EXPLAIN_REJECTIONS else [],
    }
    status = 429 if seconds_to_wait else 400 if request.method == "POST" else 200
    response = render(request, "authorization_server/login.html", context, status=status)
    if seconds_to_wait:
        response["Retry-After"] = str(seconds_to_wait)
    return _may_lead_to(asked, response)


def _filled_in(request: HttpRequest) -> dict[str, str]:
    """What the form holds: as typed, or what a demo account's card fills in."""
    card = request.POST.get("account", "")
    if card and settings.DEMO_IDENTITIES:
        # DEMO ONLY: a card signs in with the known password; production has no cards
        return {"username": card, "password": demo_identities.password_of(card)}
    return {name: request.POST[name] for name in ("username", "password") if name in request.POST}


def _hint(waiting: PendingRequest | None) -> str:
    """Whom the application expects (`login_hint`, OpenID Connect Core section 3.1.2.1): it fills in the name, and proves nothing."""
    return waiting.parameters.get("login_hint")[:LONGEST_USERNAME] if waiting else ""


def _seconds_to_wait(request: HttpRequest, form: SignInForm) -> int:
    """How long nobody may try this user name from this address, with the right password neither; 0 while it may be tried."""
    seconds = SIGN_IN.seconds_to_wait(form.cleaned_data["username"], client_address(request)) if form.is_valid() else 0
    if seconds:
        _record_refused_sign_in(request, "too_many_failures")
    return seconds


def _authenticated(request: HttpRequest, form: SignInForm) -> User | None:
    user = None
    if form.is_valid():  # otherwise it was no guess, and does not count
        user = auth.authenticate(request, **form.cleaned_data)
        if isinstance(user, User):
            return user
        # By the name as it was looked for: upper and lower case are two accounts, blanks around it are not.
        SIGN_IN.count(form.cleaned_data["username"], client_address(request))
    _record_refused_sign_in(request, "no_such_account_or_password")
    return None


def _record_refused_sign_in(request: HttpRequest, reason: str) -> None:
    waiting = pending_requests.find(request.session, request.POST.get("ticket", ""))
    decision_log.record(Decision.SIGN_IN_REFUSED, trace_id=_trace_id(request, waiting), reason=reason)


@require_http_methods(["GET", "POST"])
@never_cache
def logout(request: HttpRequest) -> HttpResponse:
    """GET asks, or says that nobody is signed in; POST ends the session at this server, and no application's."""
    user = signed_in_user(request)
    if request.method == "POST":
        if user:
            decision_log.record(Decision.SIGNED_OUT, trace_id=_trace_id(request, None), user=user.sub)
        auth.logout(request)
        return SeeOther(reverse("authorization_server:logout"))
    return render(request, "authorization_server/logout.html", {"user": user})


def sign_in_url(path: str) -> str:
    """`/login`, which goes on to this path of this server."""
    return f"{reverse('authorization_server:login')}?{urlencode({'next': path})}"


def sign_in_and_come_back(path: str) -> HttpResponse:
    """For whoever is not signed in at a page that is somebody's own."""
    return HttpResponseRedirect(sign_in_url(path))


def admin_login(request: HttpRequest) -> HttpResponse:
    """The admin's sign-in is this server's: one place that lets people in."""
    return sign_in_and_come_back(request.GET.get("next", ""))


# ---- Consent --------------------------------------------------------------------------------------------------------


def consent(request: HttpRequest, *, ticket: str, asked: AuthorizationRequest, decision: ConsentDecision, user: User) -> HttpResponse:
    """The dialog: what is new apart from what was allowed, who asks, for which API, and where the answer goes."""
    context = {
        "ticket": ticket,
        "asked": asked,
        "decision": decision,
        "user": user,
        "answer_goes_to": urlsplit(asked.destination.redirect_uri).netloc,
        "explained": explain(asked) if settings.EXPLAIN_REJECTIONS else [],
    }
    return _may_lead_to(asked, render(request, "authorization_server/consent.html", context))


def sign_in_first(ticket: str) -> HttpResponse:
    """On to sign-in, with the request waiting under its ticket."""
    return SeeOther(f"{reverse('authorization_server:login')}?{urlencode({'ticket': ticket})}")


def continue_url(ticket: str) -> str:
    """`/authorize`, going on with the request that waits under this ticket."""
    return f"{reverse('authorization_server:authorize')}?{urlencode({'ticket': ticket})}"


def nothing_waits(request: HttpRequest) -> HttpResponse:
    """The ticket is unknown: answered already, in another tab for example, or the session has ended."""
    cure = "Go back to the application and start there again. Nothing was allowed or refused by this page."
    return problem(request, title="No application waits for this answer any more", cure=cure)


def problem(request: HttpRequest, *, title: str, cure: str) -> HttpResponse:
    """A page for a request that cannot be answered to the application. Status 400."""
    return render(request, "authorization_server/problem.html", {"title": title, "cure": cure}, status=400)


# ---- What the pages share -------------------------------------------------------------------------------------------


def _may_lead_to(asked: AuthorizationRequest | None, response: HttpResponse) -> HttpResponse:
    """Let the page's form be answered by a redirection to the application: Chromium applies `form-action` to that, too."""
    if asked is None:
        return response
    allowed: HttpResponse = csp_update({"form-action": [asked.destination.origin]})(lambda request: response)(HttpRequest())  # type: ignore[assignment]  # what goes in comes out
    return allowed


def _asked(waiting: PendingRequest | None) -> AuthorizationRequest | None:
    try:
        return validate(waiting.parameters, destination_of(waiting.parameters)) if waiting else None
    except (NoDestination, Refused):  # a registration has changed since the request came
        return None


def _local_path(path: str) -> str:
    """`path` if it leads to this server, else nothing."""
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""


def _trace_id(request: HttpRequest, waiting: PendingRequest | None) -> str:
    return decision_log.front_channel_trace_id(request, waiting.parameters.get("state") if waiting else "")


def _leads_to_access_requests(next_path: str) -> bool:
    return next_path.startswith(reverse("authorization_server:access-request-list"))


def _demo_accounts(*, for_access_requests: bool) -> list[User]:
    """The cards: demo accounts, where there may be any; on the way to an access request those who ask and decide."""
    if not settings.DEMO_IDENTITIES:
        return []
    names = demo_identities.CARDS_FOR_ACCESS_REQUESTS if for_access_requests else demo_identities.CARDS
    said_of_each = ("applications", "administered_apis") if for_access_requests else ("groups",)
    cards = User.objects.filter(username__in=names, is_demo=True, is_active=True)
    return list(cards.prefetch_related(*said_of_each).order_by("username"))
