"""Who may sign in: the one place where an account is let in, for `/login` and for every later request of its session."""

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from authorization_server.models.users import User


class AccountBackend(ModelBackend):
    """Django's own, but for demo accounts: where demo identities are off they neither sign in nor stay signed in."""

    def user_can_authenticate(self, user: AbstractBaseUser | AnonymousUser | None) -> bool:
        """Whether this account may be signed in at all; asked after the password was checked, so that timing tells nothing."""
        return isinstance(user, User) and user.may_sign_in


def signed_in_user(request: HttpRequest) -> User | None:
    """Who is signed in at the authorization server in this browser, if anybody."""
    return request.user if isinstance(request.user, User) else None
