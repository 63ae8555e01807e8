"""APIs and their scopes in the dashboard."""

# mypy: disable-error-code="type-arg"
# Django's forms and admin classes take no type arguments at run time; the stubs want them.

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from authorization_server import keys
from authorization_server.admin.careful import MakesSecrets
from authorization_server.forms import ApiForm
from authorization_server.models import Api, ApiScope, SignedWith


class ApiScopeInline(admin.StackedInline):
    """An API's scopes, on the API's own page."""

    model = ApiScope
    extra = 1


@admin.register(Api)
class ApiAdmin(MakesSecrets):
    """APIs. The secret of one that is set to HS256 is shown once, when it is made."""

    form = ApiForm
    fieldsets = (
        (None, {"fields": ("name", "audience", "resource_url", "administrator")}),
        ("Who gets tokens for it", {"fields": ("user_access", "machine_access")}),
        ("How long they are good", {"fields": ("access_token_lifetime_seconds", "browser_token_lifetime_seconds")}),
        ("What they look like", {"fields": ("typ", "signed_with")}),
    )
    list_display = ("name", "audience", "user_access", "machine_access", "typ", "signed_with", "administrator")
    inlines = (ApiScopeInline,)
    actions = ("replace_shared_secret",)
    named_by = "audience"
    replaced_as = "HS256 secret"
    kept_in = "shared_secret_encrypted"
    secrets_template = "authorization_server/admin_shared_secrets.html"
    effect_of_saving = (
        "Everything here counts for the tokens that are issued from now on; those that are out stay as they are until they expire. "
        "A new scope is in nobody's consent and in nobody's grant yet. A scope that is removed leaves all of them."
    )
    effect_of_deleting = "Nobody gets a token for this API any more. Its scopes, the client grants and the consents go with it."
    refresh_tokens_by = "consent__api"

    @admin.action(description="Replace the HS256 secret (new tokens are refused until the API has it)", permissions=["change"])
    def replace_shared_secret(self, request: HttpRequest, queryset: QuerySet[Api]) -> HttpResponse | None:
        """A new secret for each API that is selected and shares one."""
        return self.replace_secrets(request, queryset)

    def set_new_secret(self, api: Api) -> None:
        """One that is stored encrypted."""
        keys.set_new_shared_secret(api)

    def why_no_secret(self, api: Api) -> str:
        """Only HS256 takes one."""
        shares = api.signed_with == SignedWith.SHARED_SECRET
        return "" if shares else f"{api.name} shares no secret: its tokens are signed with this server's key."
