"""What all tables of the dashboard keep to: a page says first what its button does, a change is in the log, a secret is shown once."""

# mypy: disable-error-code="type-arg"
# Django's forms and admin classes take no type arguments at run time; the stubs want them.

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse

from access_tokens.trace_ids import trace_id_of
from authorization_server import changes
from authorization_server.models import RefreshTokenFamily, User


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
