"""Who may what, in the dashboard: client grants, pre-configured consents, and what people consented to."""

# mypy: disable-error-code="type-arg"
# Django's forms and admin classes take no type arguments at run time; the stubs want them.

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from access_tokens.trace_ids import trace_id_of
from authorization_server import given_consents
from authorization_server.admin.careful import Careful, ReadOnly, acting
from authorization_server.forms import ClientGrantForm, PreconfiguredConsentForm
from authorization_server.models import ClientGrant, Consent, ConsentedScope, PreconfiguredConsent


@admin.register(ClientGrant)
class ClientGrantAdmin(Careful):
    """Client grants: the administrator's yes."""

    form = ClientGrantForm
    list_display = ("application", "api", "at_most", "ends_at")
    list_filter = ("api",)
    effect_of_saving = (
        "Saving is the administrator's yes: the application then gets tokens for this API, with the ticked scopes at most. "
        "Tokens that were issued before stay as they are until they expire."
    )
    effect_of_deleting = (
        "The application then gets no token for this API any more, where the API asks for a client grant. "
        "Tokens that were issued before stay good until they expire."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClientGrant]:
        """With the scopes, for the list."""
        return super().get_queryset(request).select_related("application", "api").prefetch_related("scopes")

    @admin.display(description="at most")
    def at_most(self, client_grant: ClientGrant) -> str:
        """The ceiling of scopes."""
        return " ".join(scope.name for scope in client_grant.scopes.all()) or "–"

    def save_related(self, request: HttpRequest, form: ClientGrantForm, formsets: Any, change: bool) -> None:
        """As Django does it, and say what comes of it."""
        super().save_related(request, form, formsets, change)
        client_grant: ClientGrant = form.instance
        who, api = client_grant.application.name, client_grant.api.name
        if client_grant.ends_at is None or client_grant.ends_at > timezone.now():
            text = f"{who} gets tokens for the {api} from now on: the request that was refused succeeds."
        else:
            text = f"{who} gets no token for the {api}: the end of this grant is past."
        self.message_user(request, text)


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
