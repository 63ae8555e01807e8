"""The forms: sign-in, and the admin's where a rule spans several fields."""

# mypy: disable-error-code="type-arg"
# Django's forms and admin classes take no type arguments at run time; the stubs want them.

from typing import Any

from django import forms

from authorization_server.models import ApiScope, Application, AuthenticationMethod, ClientGrant


class SignInForm(forms.Form):
    """User name and password; `ticket` and `next` say where to go on."""

    username = forms.CharField(max_length=150)
    password = forms.CharField(max_length=1024, strip=False)


class ApplicationForm(forms.ModelForm):
    """An application in the admin; its secret is made by the server, never typed."""

    class Meta:
        model = Application
        fields = (
            "client_id",
            "name",
            "owner",
            "authentication_method",
            "allows_authorization_code",
            "allows_refresh_token",
            "allows_client_credentials",
            "allows_implicit",
            "access_token_lifetime_seconds",
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


class ClientGrantForm(forms.ModelForm):
    """A client grant in the admin: its scopes must be those of its API."""

    class Meta:
        model = ClientGrant
        fields = ("application", "api", "scopes", "ends_at")

    def clean(self) -> dict[str, Any]:
        """Name the scopes that belong to another API."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        scopes: list[ApiScope] = list(cleaned.get("scopes") or [])
        strangers = [str(scope) for scope in scopes if scope.api != cleaned.get("api")]
        if strangers:
            self.add_error("scopes", f"These belong to another API: {', '.join(strangers)}.")
        return cleaned
