"""People who can sign in; `sub` is the identifier that tokens carry, and it never changes."""

import secrets

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

MACHINE_SUBJECT_SUFFIX = "@clients"


def new_sub() -> str:
    """A `sub` that nobody had before, and that says nothing about the person."""
    return f"usr_{secrets.token_hex(8)}"


class User(AbstractUser):
    """A person. Groups are Django's."""

    sub = models.CharField(
        max_length=64, unique=True, default=new_sub, help_text="Who this is, in every token (claim sub). It must not change: APIs store it."
    )
    is_demo = models.BooleanField(
        "demo account", default=False, help_text="Its password is known. It can sign in only where DEMO_IDENTITIES is on."
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~Q(sub="") & ~Q(sub__endswith=MACHINE_SUBJECT_SUFFIX),
                name="user_sub_is_no_machines",
                violation_error_message="A person's sub must not end in @clients: that is how a machine's sub ends.",
            )
        ]

    @property
    def may_sign_in(self) -> bool:
        """Active, and no demo account where demo identities are off."""
        return self.is_active and (settings.DEMO_IDENTITIES or not self.is_demo)

    @property
    def display_name(self) -> str:
        """What pages call this person."""
        return self.first_name or self.username

    def clean(self) -> None:
        """No person's `sub` equals an application's client id: an API could not tell one from the other."""
        from authorization_server.models.applications import Application  # here: applications have owners, who are users

        super().clean()
        if Application.objects.filter(client_id=self.sub).exists():
            raise ValidationError({"sub": "An application has this client id. Choose another sub."})
