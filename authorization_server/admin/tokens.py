"""Codes and refresh tokens in the dashboard: of each only a hash is stored, and that is not shown."""

# mypy: disable-error-code="type-arg"
# Django's forms and admin classes take no type arguments at run time; the stubs want them.

from django.contrib import admin

from authorization_server.admin.careful import Careful, ReadOnly
from authorization_server.models import AuthorizationCode, RefreshTokenFamily


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
