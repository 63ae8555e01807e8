"""Signing keys in the dashboard: rotated, and revoked in an emergency. Each page says first what its button does."""

# mypy: disable-error-code="type-arg"
# Django's forms and admin classes take no type arguments at run time; the stubs want them.

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse

from access_tokens.trace_ids import trace_id_of
from authorization_server import changes, keys
from authorization_server.admin.careful import Careful, ReadOnly, acting
from authorization_server.models import KeyState, SigningKey
from authorization_server.pages import SeeOther


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnly, Careful):
    """Signing keys: the public part alone. They change in two ways, and in no other: all move on, or one is revoked."""

    list_display = ("kid", "algorithm", "state", "state_changed_at")
    readonly_fields = ("kid", "algorithm", "state", "public_jwk", "created_at", "state_changed_at")
    exclude = ("private_key_encrypted",)
    change_list_template = "authorization_server/admin_keys.html"
    change_form_template = "authorization_server/admin_key.html"

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: tokens that it signed would not be checked any more."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """With the two ways in which keys change."""
        rotate = path("rotate/", self.admin_site.admin_view(self.rotate), name="authorization_server_signingkey_rotate")
        revoke = path("<str:kid>/revoke/", self.admin_site.admin_view(self.revoke), name="authorization_server_signingkey_revoke")
        return [rotate, revoke, *super().get_urls()]

    def rotate(self, request: HttpRequest) -> HttpResponse:
        """GET says what rotating does, POST does it."""
        self._check_may_change(request)
        if request.method == "POST":
            signs_now = keys.rotate()
            changes.record_rotation(signs_now, by=acting(request), trace_id=trace_id_of(request))
            self.message_user(request, f"{signs_now.kid} signs from now on.", messages.SUCCESS)
            return self._to_the_list()
        effect = (
            "The next key signs from now on; APIs know it already, because it was published before. The current one stays published: "
            "tokens that it signed stay good until they expire. A new next key is made and published. Nothing has to be restarted."
        )
        return self._confirm(request, "Rotate the signing keys", effect, "Rotate now")

    def revoke(self, request: HttpRequest, kid: str) -> HttpResponse:
        """GET says what revoking this key does, POST does it."""
        self._check_may_change(request)
        key = SigningKey.objects.published().filter(kid=kid).first()
        if key is None:
            raise Http404
        if request.method == "POST":
            try:
                keys.revoke(kid)
            except SigningKey.DoesNotExist as error:  # by somebody else, a moment ago
                raise Http404 from error
            changes.record_revocation(key, by=acting(request), trace_id=trace_id_of(request))
            self.message_user(request, f"{kid} is published no more.", messages.SUCCESS)
            return self._to_the_list()
        effect = (
            "For when its private part may be in strange hands. It is published no more: whatever it signed is refused, everywhere, "
            f"{settings.JWKS_MAX_AGE_SECONDS} seconds from now at most, when each API has read the keys anew. "
            "Applications then ask for new tokens; "
            "refresh tokens stay good. This cannot be undone."
        )
        if key.state == KeyState.CURRENT:
            effect += " It signs at present: the next key takes its place at once."
        return self._confirm(request, f"Revoke the key {kid}", effect, "Revoke it for good")

    def _check_may_change(self, request: HttpRequest) -> None:
        if not request.user.has_perm("authorization_server.change_signingkey"):
            raise PermissionDenied

    def _confirm(self, request: HttpRequest, title: str, effect: str, button: str) -> HttpResponse:
        shown: dict[str, Any] = {"title": title, "effect": effect, "button": button, "opts": self.opts}
        return render(request, "authorization_server/admin_confirm.html", {**self.admin_site.each_context(request), **shown})

    def _to_the_list(self) -> HttpResponse:
        return SeeOther(reverse("admin:authorization_server_signingkey_changelist"))
