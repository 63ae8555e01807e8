# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""Plain Django views, `def` and `async def`: all of a view's protection in one line above it, without Django REST framework.

    @access_token_required(NotesApi, served="users", scopes={"GET": {"read"}, "POST": {"write"}})
    def notes(request):
        issuer, subject = request.access_token.owner

A class-based view is decorated where it becomes a view: `access_token_required(…)(Notes.as_view())`.
"""

import asyncio
from collections.abc import Callable, Mapping, Set
from functools import wraps
from typing import Any, Literal

from asgiref.sync import iscoroutinefunction  # knows the class-based views that Django marks, too
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from access_tokens import rejections
from access_tokens.callers import check_is_machine, check_is_user, check_scopes, needed_scopes
from access_tokens.problem_responses import problem_response, rejection_response
from access_tokens.rejections import Rejection
from access_tokens.resource_servers import ResourceServer, timing_of

View = Callable[..., Any]
Served = Literal["users", "machines", "all"]


def access_token_required(api: type[ResourceServer], *, served: Served, scopes: Mapping[str, Set[str]]) -> Callable[[View], View]:
    """Protect a view of `api`: who is `served`, and all scopes that each method needs, an empty set where none.

    A method that `scopes` does not name is answered 405 (HEAD needs what GET needs); OPTIONS, unless it is named, without a
    token: a preflight has none. The view is called with `request.access_token`, an `AccessToken`, and only then. Cookies open
    nothing here, so it needs no CSRF value. For an `async def` view the checks run in a thread: keys may have to be fetched.
    Raises `ValueError` where nobody is served.
    """
    if served not in _KINDS:
        raise ValueError(f"served is {served!r}. Cure: write users, machines or all.")

    def decorate(view: View) -> View:
        if iscoroutinefunction(view):

            @csrf_exempt
            @wraps(view)
            async def protected_async(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                if answer := await asyncio.to_thread(_answer_instead, request, api, served, scopes):
                    return answer
                return _with_timing(request, await view(request, *args, **kwargs))

            return protected_async

        @csrf_exempt
        @wraps(view)
        def protected(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return _answer_instead(request, api, served, scopes) or _with_timing(request, view(request, *args, **kwargs))

        return protected

    return decorate


def _answer_instead(request: Any, api: type[ResourceServer], served: Served, scopes: Mapping[str, Set[str]]) -> HttpResponse | None:
    """What is answered in the view's place; None where the request passed all four steps."""
    method = request.method or ""
    needed = needed_scopes(scopes, method)
    if needed is None:
        allow = {"Allow": ", ".join(sorted({*scopes, "OPTIONS"}))}
        if method == "OPTIONS":
            return HttpResponse(status=204, headers=allow)
        detail = f"{method} is not possible here."
        return problem_response(request, status=405, title="Method Not Allowed", detail=detail, code="method_not_allowed", headers=allow)
    try:
        access_token = api.verified_token(request)
        timing = timing_of(request)
        if access_token is None:
            raise rejections.MissingToken("no Authorization header with the scheme Bearer")
        _KINDS[served](is_machine=access_token.is_machine)
        check_scopes(access_token.scopes, needed=needed)
    except Rejection as rejection:
        api.log(request, rejection)
        return rejection_response(request, rejection, challenge=api.challenge_for(rejection))
    if timing:
        timing.lap("permissions")
    request.access_token = access_token  # as Django's own middlewares put theirs on it
    return None


def _with_timing(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if timing := request.__dict__.get("access_token_timing"):
        response["Server-Timing"] = timing.header()
    return response


def _anybody(*, is_machine: bool) -> None:
    """The API serves both."""


_KINDS: Mapping[Served, Callable[..., None]] = {"users": check_is_user, "machines": check_is_machine, "all": _anybody}
