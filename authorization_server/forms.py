"""The forms: sign-in, and the admin's where a rule spans several fields."""

# mypy: disable-error-code="type-arg"
# Django's forms and admin classes take no type arguments at run time; the stubs want them.

from itertools import groupby
from typing import Any, ClassVar

from django import forms

from authorization_server import keys
from authorization_server.models import Api, ApiScope, Application, AuthenticationMethod, ClientGrant, PreconfiguredConsent, SignedWith
from authorization_server.models.preconfigured_consents import OF_A_PUBLIC_APPLICATION

LONGEST_USERNAME = 150  # characters, as Django stores them


class SignInForm(forms.Form):
    """User name and password; `ticket` and `next` say where to go on."""

    username = forms.CharField(max_length=LONGEST_USERNAME)
    password = forms.CharField(max_length=1024, strip=False)


class ApiForm(forms.ModelForm):
    """An API in the admin; the secret that HS256 takes is made by the server, never typed."""

    class Meta:
        model = Api
        labels: ClassVar = {
            "resource_url": "Resource URL",
            "access_token_lifetime_seconds": "Lifetime, in seconds",
            "browser_token_lifetime_seconds": "Lifetime through the browser, in seconds",
        }
        fields = (
            "name",
            "audience",
            "resource_url",
            "administrator",
            "user_access",
            "machine_access",
            "access_token_lifetime_seconds",
            "browser_token_lifetime_seconds",
            "typ",
            "signed_with",
        )

    def _post_clean(self) -> None:
        """Give the API a secret, or take it away, as `signed_with` wants it; before the model's own rules are checked."""
        signed_with = self.cleaned_data.get("signed_with")
        if signed_with == SignedWith.SERVER_KEY:
            self.instance.shared_secret_encrypted = ""
        elif signed_with and not self.instance.shared_secret_encrypted:
            keys.set_new_shared_secret(self.instance)
        super()._post_clean()  # type: ignore[misc]  # Django's own hook, which the stubs leave out


class ApplicationForm(forms.ModelForm):
    """An application in the admin; its secret is made by the server, never typed."""

    class Meta:
        model = Application
        labels: ClassVar = {
            "access_token_lifetime_seconds": "Lifetime of its access tokens, in seconds",
            "refresh_token_idle_seconds": "How long a refresh token may lie unused, in seconds",
            "refresh_token_absolute_seconds": "How long refreshing may go on, in seconds",
        }
        fields = (
            "client_id",
            "name",
            "owner",
            "authentication_method",
            "allows_authorization_code",
            "allows_refresh_token",
            "allows_client_credentials",
            "allows_implicit",
            "requires_pkce",
            "access_token_lifetime_seconds",
            "refresh_token_idle_seconds",
            "refresh_token_absolute_seconds",
            "is_demo",
        )

    def _post_clean(self) -> None:
        """Give the application a secret, or take it away, as its method wants it; before the model's own rules are checked."""
        method = self.cleaned_data.get("authentication_method")
        if method == AuthenticationMethod.NONE:
            self.instance.secret_sha256 = ""
        elif method and not self.instance.secret_sha256:
            self.instance.set_new_secret()
        super()._post_clean()  # type: ignore[misc]  # Django's own hook, which the stubs leave out


class ScopesOfOneApiForm(forms.ModelForm):
    """A row that names an API and some of its scopes: check boxes, each under the name of its API; only that API's once it is known."""

    scopes = forms.ModelMultipleChoiceField(ApiScope.objects.all(), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "api" in self.fields:  # not where somebody may only look at the row
            self._offer(self.fields["scopes"])

    def _offer(self, field: Any) -> None:
        field.help_text = self._meta.model._meta.get_field("scopes").help_text
        offered = ApiScope.objects.select_related("api").order_by("api__name", "pk")
        try:
            chosen = self.fields["api"].clean(self["api"].value())  # as sent, as saved, or as the link that led here has it
        except forms.ValidationError:
            pass
        else:
            offered = offered.filter(api=chosen)
            if not offered:
                field.help_text = f"The {chosen.name} has no scopes: the permission itself is all there is to give."
        field.choices = [
            (api_name, [(scope.pk, f"{scope.name}: {scope.description}") for scope in scopes])
            for api_name, scopes in groupby(offered, key=lambda scope: scope.api.name)
        ]

    def clean(self) -> dict[str, Any]:
        """Name the scopes that belong to another API."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        scopes: list[ApiScope] = list(cleaned.get("scopes") or [])
        strangers = [str(scope) for scope in scopes if scope.api != cleaned.get("api")]
        if strangers:
            self.add_error("scopes", f"These belong to another API: {', '.join(strangers)}.")
        return cleaned


class ClientGrantForm(ScopesOfOneApiForm):
    """A client grant in the admin; one field for its end, which browsers know how to fill in."""

    ends_at = forms.DateTimeField(
        label="Ends at (UTC)",
        required=False,
        help_text="Empty: it holds until somebody takes it back.",
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )

    class Meta:
        model = ClientGrant
        fields = ("application", "api", "scopes", "ends_at")


class PreconfiguredConsentForm(ScopesOfOneApiForm):
    """A pre-configured consent in the admin: for an application that proves who it is, and for everybody only where that is said."""

    for_everybody = forms.BooleanField(
        label="Everybody who signs in", required=False, help_text="Instead of a group: nobody at all is asked for these permissions."
    )

    class Meta:
        model = PreconfiguredConsent
        fields = ("application", "api", "scopes", "group")
        help_texts: ClassVar = {"application": "One that has a secret.", "group": "Whose members are not asked."}
        error_messages: ClassVar = {"application": {"invalid_choice": OF_A_PUBLIC_APPLICATION}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["for_everybody"].initial = bool(self.instance.pk) and self.instance.group is None
        if "application" in self.fields:  # as above
            self.fields["application"].queryset = Application.objects.confidential()  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean(self) -> dict[str, Any]:
        """Either a group or everybody."""
        cleaned = super().clean()
        if "group" in cleaned and bool(cleaned["group"]) == bool(cleaned.get("for_everybody")):
            self.add_error("group", "Choose a group, or tick that it is for everybody who signs in; not both.")
        return cleaned
