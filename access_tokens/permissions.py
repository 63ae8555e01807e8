# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""Step 4 as Django REST framework permissions: which kind of caller a view serves, and which scopes each method needs.

Read next: `authorization_server/endpoints/authorize.py`, where a token's life begins.
"""

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from access_tokens import rejections
from access_tokens.authentication import AccessTokenAuthentication
from access_tokens.bearer import is_preflight
from access_tokens.callers import check_is_machine, check_is_user, check_scopes, needed_scopes
from access_tokens.rejections import Rejection
from access_tokens.resource_servers import timing_of
from access_tokens.verify import AccessToken

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which loads the default permission classes, and so this module


class _AccessTokenPermission(BasePermission):
    """Runs `check` on the verified token. Without one the request is refused; a preflight needs none."""

    def check(self, access_token: AccessToken, request: Request, view: "APIView") -> None:
        raise NotImplementedError

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """True, or raises `Refused`; False only where the view has no authentication class of ours, which DRF refuses."""
        authentication = next((a for a in request.authenticators or () if isinstance(a, AccessTokenAuthentication)), None)
        if authentication is None:
            return False
        if is_preflight(request._request):
            return True
        timing = timing_of(request._request)
        try:
            if not isinstance(request.auth, AccessToken):
                raise rejections.MissingToken("no Authorization header with the scheme Bearer")
            self.check(request.auth, request, view)
        except Rejection as rejection:
            raise authentication.refused(request, rejection) from rejection
        if timing:
            timing.lap("permissions")
            view.headers["Server-Timing"] = timing.header()  # DRF adds the view's headers to its answer
        return True


class IsUser(_AccessTokenPermission):
    """A user's token: somebody signed in and consented."""

    def check(self, access_token: AccessToken, request: Request, view: "APIView") -> None:
        """Raises `MachineTokenRefused`."""
        check_is_user(is_machine=access_token.is_machine)


class IsMachine(_AccessTokenPermission):
    """A machine's token: an application acts on its own behalf, with a client grant."""

    def check(self, access_token: AccessToken, request: Request, view: "APIView") -> None:
        """Raises `UserTokenRefused`."""
        check_is_machine(is_machine=access_token.is_machine)


class HasRequiredScopes(_AccessTokenPermission):
    """All scopes that the view's `required_scopes` names for the method; a method that is not named there is refused.

    required_scopes = {"GET": {"read"}, "POST": {"write"}}     # HEAD needs what GET needs, OPTIONS none
    """

    def check(self, access_token: AccessToken, request: Request, view: "APIView") -> None:
        """Raises `InsufficientScope`."""
        method = request.method or ""
        if method not in view.allowed_methods:
            return  # DRF answers 405
        needed = required_scopes(view, method)
        if needed is None:
            raise rejections.InsufficientScope(f"this view names no scopes for {method}, so nobody may call it")
        check_scopes(access_token.scopes, needed=needed)


class NobodyUnlessTheViewSaysWho(BasePermission):
    """DRF's default permission in this project: a view that forgot to name its permissions answers nobody."""

    message = "this view names no permission_classes, so it serves nobody"

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Never."""
        return False


def required_scopes(view: Any, method: str) -> frozenset[str] | None:
    """The scopes that `view` needs for `method`; None where it names none."""
    by_method: Mapping[str, Set[str]] = getattr(view, "required_scopes", {})
    return frozenset() if method == "OPTIONS" and method not in by_method else needed_scopes(by_method, method)
