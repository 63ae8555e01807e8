"""Signing keys in the dashboard: rotated, and revoked in an emergency."""

# mypy: disable-error-code="type-arg"
# Django's forms and admin classes take no type arguments at run time; the stubs want them.

from django.contrib import admin
from django.http import HttpRequest

from authorization_server.admin.careful import Careful, ReadOnly
from authorization_server.models import SigningKey


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnly, Careful):
    """Signing keys: the public part alone."""

    list_display = ("kid", "algorithm", "state", "state_changed_at")
    readonly_fields = ("kid", "algorithm", "state", "public_jwk", "created_at", "state_changed_at")
    exclude = ("private_key_encrypted",)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: tokens that it signed would not be checked any more."""
        return False
