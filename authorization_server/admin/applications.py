"""Applications and their redirect URIs in the dashboard."""

# mypy: disable-error-code="type-arg"
# Django's forms and admin classes take no type arguments at run time; the stubs want them.

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from authorization_server.admin.careful import MakesSecrets
from authorization_server.forms import ApplicationForm
from authorization_server.models import Application, RedirectUri


class RedirectUriInline(admin.StackedInline):
    """An application's redirect URIs, on the application's own page."""

    model = RedirectUri
    extra = 1


@admin.register(Application)
class ApplicationAdmin(MakesSecrets):
    """Applications. A secret is shown once, when it is made; nobody can read it later."""

    form = ApplicationForm
    list_display = ("name", "client_id", "authentication_method", "owner", "is_demo")
    search_fields = ("name", "client_id")
    inlines = (RedirectUriInline,)
    actions = ("replace_secret",)
    named_by = "client_id"
    replaced_as = "secret"
    kept_in = "secret_sha256"
    secrets_template = "authorization_server/admin_secrets.html"
    effect_of_saving = (
        "It counts from the application's next request on. A confidential application that has no secret yet gets one, which is shown once."
    )
    effect_of_deleting = (
        "The application can sign nobody in and gets no token any more; its client grants and the consents go with it. "
        "Tokens that it holds stay good until they expire."
    )
    refresh_tokens_by = "consent__application"

    def save_model(self, request: HttpRequest, obj: Application, form: ApplicationForm, change: bool) -> None:
        """As Django does it, with a word of warning for what weakens the application."""
        super().save_model(request, obj, form, change)
        if "requires_pkce" in form.changed_data and not obj.requires_pkce:
            text = f"{obj.name} may now send no code_challenge (PKCE): who gets hold of one of its codes and its secret can redeem it."
            self.message_user(request, text, messages.WARNING)

    @admin.action(description="Replace the secret (the old one stops working at once)", permissions=["change"])
    def replace_secret(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse | None:
        """A new secret for each confidential application that is selected."""
        return self.replace_secrets(request, queryset)

    def set_new_secret(self, application: Application) -> None:
        """One of which the SHA-256 is kept."""
        application.set_new_secret()

    def why_no_secret(self, application: Application) -> str:
        """A public application has none."""
        return f"{application.name} is public and has no secret." if application.is_public else ""
