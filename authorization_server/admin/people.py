"""People and their groups in the dashboard."""

# mypy: disable-error-code="type-arg"
# Django's forms and admin classes take no type arguments at run time; the stubs want them.

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from authorization_server.admin.careful import Careful
from authorization_server.models import User

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

    list_display = ("username", "first_name", "sub", "may", "is_demo")
    list_filter = ("is_staff", "is_superuser", "is_active", "is_demo", "groups")
    readonly_fields = ("sub",)  # a sub must never change: APIs store it
    effect_of_saving = (
        "Who is not active can neither sign in nor stay signed in, and no application can renew its access in that name. "
        "Access tokens that were issued before stay good until they expire."
    )
    effect_of_deleting = (
        "The person's consents go with the account. APIs keep what they stored under its sub, and nobody gets that sub again."
    )
    refresh_tokens_by = "consent__user"
    fieldsets = ((None, {"fields": ("sub", "is_demo")}), *(UserAdmin.fieldsets or ()))

    @admin.display(description="may")
    def may(self, person: User) -> str:
        """What the person may here beyond signing in."""
        apis = ", ".join(api.name for api in person.administered_apis.all())
        says_yes = f"decides for: {apis}" if apis else ""
        return "everything" if person.is_superuser else "use the dashboard" if person.is_staff else says_yes or "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With the APIs that they administer, for the list."""
        return super().get_queryset(request).prefetch_related("administered_apis")
