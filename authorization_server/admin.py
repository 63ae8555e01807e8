"""Django's admin over all tables: good enough to add a client grant or an API's scopes; secrets and private keys never shown."""

# mypy: disable-error-code="type-arg"
# Django's forms and admin classes take no type arguments at run time; the stubs want them.

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse

from access_tokens.problems import trace_id_of
from authorization_server import changes, given_consents, keys
from authorization_server.forms import ApiForm, ApplicationForm, ClientGrantForm, PreconfiguredConsentForm
from authorization_server.models import (
    Api,
    ApiScope,
    Application,
    AuthorizationCode,
    ClientGrant,
    Consent,
    ConsentedScope,
    LogEntry,
    PreconfiguredConsent,
    RedirectUri,
    RefreshTokenFamily,
    SignedWith,
    SigningKey,
    User,
)

admin.site.site_header = admin.site.site_title = "Authorization server"
admin.site.index_title = "Dashboard"
admin.site.site_url = None  # this server has no start page to link to


def acting(request: HttpRequest) -> str:
    """The sub of who sits at the dashboard."""
    return request.user.sub if isinstance(request.user, User) else ""


class Careful(admin.ModelAdmin):
    """What every table here keeps to: a page that changes something says first what that does; lists have only their own filters,
    and no search for what a database cannot compare.
    """

    list_filter: ClassVar[Any] = ()
    effect_of_saving = ""
    effect_of_deleting = ""
    refresh_tokens_by = ""  # how the families of refresh tokens that go with a row name it, if any do
    change_form_template = "authorization_server/admin_change_form.html"
    delete_confirmation_template = "authorization_server/admin_delete_confirmation.html"
    delete_selected_confirmation_template = "authorization_server/admin_delete_selected_confirmation.html"

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As Django does it, with the effect."""
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), "effect": self.effect_of_saving})

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """As Django does it, with the effect."""
        row = self.get_object(request, unquote(object_id))
        effect = self.effect_on(self.model._default_manager.filter(pk=row.pk)) if row else ""
        return super().delete_view(request, object_id, {**(extra_context or {}), "effect": effect})

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any) -> HttpResponse | None:
        """As Django does it; the one action that asks first, deleting, says its effect."""
        response = super().response_action(request, queryset, *args, **kwargs)
        if isinstance(response, TemplateResponse) and response.context_data is not None:
            response.context_data["effect"] = self.effect_on(queryset)
        return response

    def effect_on(self, rows: QuerySet[Any]) -> str:
        """What deleting these rows does, with the number of refresh tokens that it ends."""
        if not self.refresh_tokens_by:
            return self.effect_of_deleting
        ended = RefreshTokenFamily.objects.in_force().filter(**{f"{self.refresh_tokens_by}__in": rows}).count()
        return f"{self.effect_of_deleting} It ends {ended} refresh {'token' if ended == 1 else 'tokens'}."

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """As Django does it, and in the decision log."""
        changes.record(obj, "added", by=acting(request), trace_id=trace_id_of(request))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """As Django does it, and in the decision log."""
        noted = super().log_change(request, obj, message)
        changes.record(obj, "changed", by=acting(request), trace_id=trace_id_of(request), detail=noted.get_change_message())
        return noted

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """As Django does it, before the rows are gone, and in the decision log."""
        for row in queryset:
            changes.record(row, "deleted", by=acting(request), trace_id=trace_id_of(request))
        return super().log_deletions(request, queryset)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what `list_filter` offers. Django lets an address filter by any column: a stored hash could be read letter by letter."""
        return lookup.partition("__")[0] in self.list_filter and super().lookup_allowed(lookup, value, request)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        """As Django does it; nothing is found for a NUL, at which PostgreSQL raises."""
        if "\x00" in search_term:
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)


class ReadOnly:
    """Nobody adds or changes these rows by hand."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False


class MakesSecrets(Careful):
    """A table whose rows may get a secret: it stands in the answer to the form that made it, and nowhere else.

    Django's messages would carry it through a cookie or the database.
    """

    named_by: str
    replaced_as: str
    kept_in: str
    secrets_template: str

    def set_new_secret(self, row: Any) -> None:
        """Give the row another secret, not saved yet."""
        raise NotImplementedError

    def why_no_secret(self, row: Any) -> str:
        """Why this row has none that could be replaced, for the administrator; else an empty text."""
        raise NotImplementedError

    def replace_secrets(self, request: HttpRequest, rows: Iterable[Any]) -> HttpResponse | None:
        """The action of both tables: another secret for each row that has one, and the page that shows them."""
        replaced = []
        for row in rows:
            if reason := self.why_no_secret(row):
                self.message_user(request, reason, messages.WARNING)
                continue
            self.set_new_secret(row)
            row.save(update_fields=[self.kept_in])
            self.log_change(request, row, f"Replaced the {self.replaced_as}.")
            replaced.append(row)
        return self.shown_once(request, replaced) if replaced else None

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """The page with the secret that was just made, else the list."""
        return self.shown_once(request, [obj]) if obj.fresh_secret else super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """The same, when there was none before."""
        return self.shown_once(request, [obj]) if obj.fresh_secret else super().response_change(request, obj)

    def shown_once(self, request: HttpRequest, rows: Iterable[Any]) -> HttpResponse:
        """The page with these rows' fresh secrets."""
        secrets = {getattr(row, self.named_by): row.fresh_secret for row in rows}
        shown = {"title": "Copy it now", "secrets": secrets, "as_json": json.dumps(secrets), "opts": self.opts}
        return render(request, self.secrets_template, {**self.admin_site.each_context(request), **shown})


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


@admin.register(ClientGrant)
class ClientGrantAdmin(Careful):
    """Client grants: the administrator's yes."""

    form = ClientGrantForm
    list_display = ("application", "api", "ends_at")
    list_filter = ("api",)
    effect_of_saving = (
        "Saving is the administrator's yes: the application then gets tokens for this API, with the ticked scopes at most. "
        "Tokens that were issued before stay as they are until they expire."
    )
    effect_of_deleting = (
        "The application then gets no token for this API any more, where the API asks for a client grant. "
        "Tokens that were issued before stay good until they expire."
    )


@admin.register(PreconfiguredConsent)
class PreconfiguredConsentAdmin(Careful):
    """Pre-configured consents: the administrator's yes in other people's name."""

    form = PreconfiguredConsentForm
    list_display = ("application", "api", "group_or_all")
    list_filter = ("api",)
    effect_of_saving = (
        "After saving, the people named below are not asked any more: as soon as they sign in, the application gets the ticked permissions "
        "to what is theirs at this API. For other permissions they are asked as before, and so are other people."
    )
    effect_of_deleting = (
        "These people are then asked, once, like everybody else. Tokens that were issued before stay good until they expire."
    )

    @admin.display(description="for")
    def group_or_all(self, preconfigured_consent: PreconfiguredConsent) -> str:
        """Whom it is for."""
        return str(preconfigured_consent.group or "all people")


class ConsentedScopeInline(ReadOnly, admin.TabularInline):
    """What a consent holds, and since when."""

    model = ConsentedScope
    readonly_fields = ("allowed_at",)
    extra = 0


@admin.register(Consent)
class ConsentAdmin(ReadOnly, Careful):
    """Consents: only the person gives one; an administrator may take it back (delete it)."""

    list_display = ("user", "application", "api", "given_at")
    inlines = (ConsentedScopeInline,)
    effect_of_deleting = "The application then has to ask this person again. Access tokens that it holds stay good until they expire."
    refresh_tokens_by = "consent"

    def delete_model(self, request: HttpRequest, obj: Consent) -> None:
        """Taken back by an administrator; the log says by whom."""
        given_consents.withdraw(obj, by=acting(request), trace_id=trace_id_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Consent]) -> None:
        """The same for each of several."""
        for row in queryset.select_related("application", "api", "user"):
            self.delete_model(request, row)


@admin.register(AuthorizationCode)
class AuthorizationCodeAdmin(ReadOnly, Careful):
    """Codes on their way; only a hash of each is stored, and that is not shown."""

    list_display = ("application", "user", "api", "scope", "expires_at", "redeemed_at")
    exclude = ("code_sha256",)
    effect_of_deleting = "The application can then not redeem the code. It may ask the person again."


@admin.register(RefreshTokenFamily)
class RefreshTokenFamilyAdmin(ReadOnly, Careful):
    """Refresh tokens, one row for all that followed from one yes; only a hash is stored, and that is not shown."""

    list_display = ("consent", "scope", "issued_at", "renewed_at", "idle_until", "expires_at", "revoked_because")
    list_select_related = ("consent__user", "consent__application", "consent__api")
    exclude = ("secret_sha256", "handle")
    readonly_fields = ("issued_at", "renewed_at")
    effect_of_deleting = (
        "The application can then not renew its access any more, until the person signs in again. "
        "Access tokens that it holds stay good until they expire."
    )


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnly, Careful):
    """Signing keys: the public part alone."""

    list_display = ("kid", "algorithm", "state", "state_changed_at")
    readonly_fields = ("kid", "algorithm", "state", "public_jwk", "created_at", "state_changed_at")
    exclude = ("private_key_encrypted",)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: tokens that it signed would not be checked any more."""
        return False


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnly, Careful):
    """The decision log, the latest first: paste a trace id, `jti`, client id or `sub` to find what was decided, and why."""

    list_display = ("at", "event", "reason", "client_id", "user", "audience", "scope", "jti", "trace_id")
    list_display_links = ("at", "event")
    list_filter = ("event",)
    search_fields = ("trace_id__exact", "jti__exact", "client_id__exact", "user__exact")
    search_help_text = "A whole trace id, jti, client id or sub."
    ordering = ("-pk",)
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: entries go by themselves after 30 days."""
        return False


admin.site.unregister(Group)


@admin.register(Group)
class PeopleGroupAdmin(Careful, GroupAdmin):
    """Groups of people."""

    effect_of_deleting = (
        "Its people lose what they had through it; pre-configured consents for the group go with it, so they are asked again."
    )


@admin.register(User)
class PersonAdmin(Careful, UserAdmin):
    """People; `sub` can be read and not changed."""

    list_display = ("username", "first_name", "sub", "is_staff", "is_demo")
    list_filter = ("is_staff", "is_superuser", "is_active", "is_demo", "groups")
    readonly_fields = ("sub",)
    effect_of_saving = (
        "Who is not active can neither sign in nor stay signed in, and no application can renew its access in that name. "
        "Access tokens that were issued before stay good until they expire."
    )
    effect_of_deleting = (
        "The person's consents go with the account. APIs keep what they stored under its sub, and nobody gets that sub again."
    )
    refresh_tokens_by = "consent__user"
    fieldsets = ((None, {"fields": ("sub", "is_demo")}), *(UserAdmin.fieldsets or ()))
