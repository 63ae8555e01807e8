"""Who may sign in, at `/login` and for every later request of the session: the one place that lets an account in; and when one must."""

import time
from enum import StrEnum

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from authorization_server.authorization_requests import AuthorizationRequest
from authorization_server.models.users import User
from authorization_server.pending_requests import PendingRequest
from authorization_server.prompts import Prompt

_SIGNED_IN_AT = "signed_in_at"  # seconds since 1970, in the session


class Reason(StrEnum):
    """Why the sign-in page is shown; the log and the page say it."""

    NOT_SIGNED_IN = "not_signed_in"
    PROMPT_LOGIN = "prompt_login"
    MAX_AGE = "max_age"


class AccountBackend(ModelBackend):
    """Django's own, but for demo accounts: where demo identities are off they neither sign in nor stay signed in."""

    def user_can_authenticate(self, user: AbstractBaseUser | AnonymousUser | None) -> bool:
        """Whether this account may be signed in at all; asked after the password was checked, so that timing tells nothing."""
        return isinstance(user, User) and user.may_sign_in


def signed_in_user(request: HttpRequest) -> User | None:
    """Who is signed in at the authorization server in this browser, if anybody."""
    return request.user if isinstance(request.user, User) else None


def remember_when(request: HttpRequest) -> None:
    """Note in the session that its person has proven now who they are."""
    request.session[_SIGNED_IN_AT] = time.time()


def reason_to_ask(request: HttpRequest, *, asked: AuthorizationRequest, waiting: PendingRequest | None) -> Reason | None:
    """Why this request leads to the sign-in page first, or None.

    `prompt=login`, and `max_age` when the last sign-in is longer ago, ask again whoever is signed in, once for each request:
    afterwards the same person has signed in for it.
    """
    user = signed_in_user(request)
    if user is None:
        return Reason.NOT_SIGNED_IN
    if waiting and waiting.signed_in == user.sub:
        return None
    if Prompt.LOGIN in asked.prompts:
        return Reason.PROMPT_LOGIN
    if asked.max_age is not None and time.time() - request.session.get(_SIGNED_IN_AT, 0) > asked.max_age:
        return Reason.MAX_AGE
    return None
