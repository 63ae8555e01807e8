"""What people send about access requests: the question, a yes, a no."""

# mypy: disable-error-code="type-arg"
# Django's forms take no type arguments at run time; the stubs want them.

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django import forms

from authorization_server.models import AccessRequest, ApiScope


class Sentences(forms.CharField):
    """What somebody writes. Browsers count a new line as one character and send two."""

    def to_python(self, value: Any) -> str:
        """As it was counted."""
        return (super().to_python(value) or "").replace("\r\n", "\n")


class SomeScopesForm(forms.Form):
    """Check boxes for `offered`, each named by its scope. Without any to offer there is nothing to tick."""

    scopes = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": "Only the permissions that stand here can be ticked."}
    )
    none_ticked = ""

    def __init__(self, sent: Any = None, *, offered: Collection[ApiScope], ticked: Collection[str] = ()) -> None:
        super().__init__(sent, initial={"scopes": list(ticked)})
        self.offered = list(offered)
        self.fields["scopes"].choices = [(scope.name, scope.name) for scope in offered]  # type: ignore[attr-defined]  # a ChoiceField

    def clean_scopes(self) -> list[ApiScope]:
        """The scopes themselves."""
        ticked = self.cleaned_data["scopes"]
        if self.offered and not ticked:
            raise forms.ValidationError(self.none_ticked)
        return [scope for scope in self.offered if scope.name in ticked]

    def boxes(self) -> list[tuple[ApiScope, bool]]:
        """Each scope, and whether its box is ticked."""
        ticked = self["scopes"].value() or ()
        return [(scope, scope.name in ticked) for scope in self.offered]


class AskForm(SomeScopesForm):
    """The owner's question."""

    purpose = Sentences(
        max_length=AccessRequest._meta.get_field("purpose").max_length,
        error_messages={"required": "Say what the application needs it for.", "max_length": "At most %(limit_value)d characters."},
    )
    none_ticked = "Tick what the application needs."


class ApproveForm(SomeScopesForm):
    """The administrator's yes, to all that was asked or to some of it."""

    ends_at = forms.DateTimeField(required=False, error_messages={"invalid": "A date and a time, as in 2027-01-31T18:00."})
    none_ticked = "Approve at least one permission, or deny the request."

    def clean_ends_at(self) -> datetime | None:
        """In UTC, if there is one."""
        ends_at: datetime | None = self.cleaned_data["ends_at"]
        try:
            return ends_at and ends_at.astimezone(UTC)
        except OverflowError as error:  # the last day that can be written, with an offset that leads beyond it
            raise forms.ValidationError(self.fields["ends_at"].error_messages["invalid"]) from error


class DenyForm(forms.Form):
    """The administrator's no."""

    reason = Sentences(
        max_length=AccessRequest._meta.get_field("reason").max_length,
        error_messages={"required": "Say why: the person who asked reads it.", "max_length": "At most %(limit_value)d characters."},
    )
