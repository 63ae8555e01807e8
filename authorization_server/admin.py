"""Django's admin over all tables: good enough to add a client grant or an API's scopes; secrets and private keys never shown."""

# mypy: disable-error-code="type-arg"
# Django's forms and admin classes take no type arguments at run time; the stubs want them.

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from authorization_server.forms import ApplicationForm, ClientGrantForm
from authorization_server.models import (
    Api,
    ApiScope,
    Application,
    AuthorizationCode,
    ClientGrant,
    Consent,
    ConsentedScope,
    RedirectUri,
    SigningKey,
    User,
)

admin.site.site_header = admin.site.site_title = "Authorization server"
admin.site.index_title = "Dashboard"
admin.site.site_url = None  # this server has no start page to link to


class ReadOnly:
    """Nobody adds or changes these rows by hand."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False


class ApiScopeInline(admin.TabularInline):
    """An API's scopes, on the API's own page."""

    model = ApiScope
    extra = 1


@admin.register(Api)
class ApiAdmin(admin.ModelAdmin):
    """APIs."""

    list_display = ("name", "audience", "user_access", "machine_access", "administrator")
    inlines = (ApiScopeInline,)


class RedirectUriInline(admin.TabularInline):
    """An application's redirect URIs, on the application's own page."""

    model = RedirectUri
    extra = 1


@admin.register(Application)
class ApplicationAdmin(admin.ModelAdmin):
    """Applications. A secret is shown once, when it is made; nobody can read it later."""

    form = ApplicationForm
    list_display = ("name", "client_id", "authentication_method", "owner", "is_demo")
    search_fields = ("name", "client_id")
    inlines = (RedirectUriInline,)
    actions = ("replace_secret",)

    def save_model(self, request: HttpRequest, obj: Application, form: "ModelForm[Application]", change: bool) -> None:
        """Save, and show a secret that was just made."""
        super().save_model(request, obj, form, change)
        if isinstance(form, ApplicationForm) and form.fresh_secret:
            self._show_once(request, obj, form.fresh_secret)

    @admin.action(description="Replace the secret (the old one stops working at once)")
    def replace_secret(self, request: HttpRequest, queryset: QuerySet[Application]) -> None:
        """A new secret for each confidential application that is selected."""
        for application in queryset:
            if application.is_public:
                self.message_user(request, f"{application.name} is public and has no secret.", messages.WARNING)
                continue
            secret = application.set_new_secret()
            application.save(update_fields=["secret_sha256"])
            self._show_once(request, application, secret)

    def _show_once(self, request: HttpRequest, application: Application, secret: str) -> None:
        text = f"The secret of {application.client_id}: {secret} – copy it now. Only its SHA-256 is kept, so it cannot be shown again."
        self.message_user(request, text, messages.WARNING)


@admin.register(ClientGrant)
class ClientGrantAdmin(admin.ModelAdmin):
    """Client grants: the administrator's yes."""

    form = ClientGrantForm
    list_display = ("application", "api", "ends_at")
    list_filter = ("api",)
    filter_horizontal = ("scopes",)


class ConsentedScopeInline(ReadOnly, admin.TabularInline):
    """What a consent holds, and since when."""

    model = ConsentedScope
    readonly_fields = ("allowed_at",)
    extra = 0


@admin.register(Consent)
class ConsentAdmin(ReadOnly, admin.ModelAdmin):
    """Consents: only the person gives one; an administrator may take it back (delete it)."""

    list_display = ("user", "application", "api", "given_at")
    inlines = (ConsentedScopeInline,)


@admin.register(AuthorizationCode)
class AuthorizationCodeAdmin(ReadOnly, admin.ModelAdmin):
    """Codes on their way; only a hash of each is stored, and that is not shown."""

    list_display = ("application", "user", "api", "scope", "expires_at", "redeemed_at")
    exclude = ("code_sha256",)


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnly, admin.ModelAdmin):
    """Signing keys: the public part alone."""

    list_display = ("kid", "algorithm", "state", "state_changed_at")
    readonly_fields = ("kid", "algorithm", "state", "public_jwk", "created_at", "state_changed_at")
    exclude = ("private_key_encrypted",)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: tokens that it signed would not be checked any more."""
        return False


@admin.register(User)
class PersonAdmin(UserAdmin):
    """People; `sub` can be read and not changed."""

    list_display = ("username", "first_name", "sub", "is_staff", "is_demo")
    readonly_fields = ("sub",)
    fieldsets = ((None, {"fields": ("sub", "is_demo")}), *(UserAdmin.fieldsets or ()))
