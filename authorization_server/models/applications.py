"""Applications (clients): how one proves who it is, what it may ask for, and where answers may go."""

import hashlib
import hmac
import re
import secrets
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Max, Q

from authorization_server.models.apis import SHORTEST_LIFETIME_SECONDS, Api
from authorization_server.models.users import MACHINE_SUBJECT_SUFFIX, User

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")  # nothing else belongs into the Content-Security-Policy of the pages that lead there


def origin_of(uri: str) -> str:
    """The origin as a browser writes it, `scheme://host[:port]` without a default port; `scheme:` of a native application's own scheme."""
    parts = urlsplit(uri)
    if not parts.hostname or parts.scheme not in _DEFAULT_PORTS:
        return f"{parts.scheme}:"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def check_redirect_uri(uri: str) -> None:
    """Raise `ValidationError` unless answers may be sent to `uri`: absolute, plain ASCII, no fragment (RFC 6749 section 3.1.2)."""
    try:
        parts = urlsplit(uri)
        _ = parts.port  # raises where it is no number
    except ValueError as error:
        raise ValidationError("This is not a URI.") from error
    if not uri.isascii() or any(c.isspace() or not c.isprintable() for c in uri) or "#" in uri or "*" in uri or "@" in parts.netloc:
        raise ValidationError("A redirect URI is plain ASCII, without blanks, fragment, wildcard and user name.")
    is_web = parts.scheme in {"http", "https"} and bool(_HOST.fullmatch(parts.hostname or ""))
    is_native = "." in parts.scheme  # RFC 8252 section 7.1: reversed domain name, so never javascript: or data:
    if not (is_web or is_native):
        raise ValidationError("A redirect URI starts with https://, http:// or a scheme of the application's own such as com.example.app:.")


def sha256_of(secret: str) -> str:
    """SHA-256 in hexadecimal. No salt, no stretching: what is hashed here has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


class AuthenticationMethod(models.TextChoices):
    """How an application proves at `/oauth/token` who it is (RFC 6749 section 2.3)."""

    NONE = "none", "none: a public application cannot keep a secret"
    BASIC = "client_secret_basic", "secret in the Authorization header (Basic)"
    POST = "client_secret_post", "secret in the body"
    EITHER = "client_secret_either", "secret in header or body"


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Which applications."""

    def usable(self) -> Self:
        """All but the demo's own where demo identities are off."""
        return self if settings.DEMO_IDENTITIES else self.filter(is_demo=False)

    def longest_lifetime_seconds(self) -> int:
        """The longest that one of them has of its own, or 0."""
        return self.aggregate(longest=Max("access_token_lifetime_seconds"))["longest"] or 0

    def confidential(self) -> Self:
        """Those that prove who they are."""
        return self.exclude(authentication_method=AuthenticationMethod.NONE)


class Application(models.Model):
    """One application. Confidential ones have a secret, of which only the SHA-256 is kept."""

    client_id = models.CharField(
        max_length=100,
        unique=True,
        validators=[RegexValidator(r"\A[A-Za-z0-9._-]+\Z", "Letters, digits, dot, hyphen and underscore only.")],
    )
    name = models.CharField(max_length=100, help_text="What people read on the consent page.")
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="applications")
    authentication_method = models.CharField(
        max_length=30,
        choices=AuthenticationMethod,
        default=AuthenticationMethod.EITHER,
        help_text="How it proves who it is. With none it keeps no secret, and what it may have rests on its redirect URIs alone.",
    )
    secret_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    allows_authorization_code = models.BooleanField("authorization code", default=False, help_text="People sign in; needs a redirect URI.")
    allows_refresh_token = models.BooleanField(
        "refresh token",
        default=False,
        help_text="People may let it keep its access while they are away (scope offline_access). Needs the authorization code.",
    )
    allows_client_credentials = models.BooleanField(
        "client credentials", default=False, help_text="The application acts for itself; needs a secret."
    )
    allows_implicit = models.BooleanField(
        "implicit (response_type=token)",
        default=False,
        help_text="People sign in; the token itself goes through the address bar, which standards advise against. Needs a redirect URI.",
    )
    requires_pkce = models.BooleanField(
        "PKCE",
        default=True,
        help_text="Off only for a confidential application that cannot send a code_challenge: its secret alone then guards its codes.",
    )
    access_token_lifetime_seconds = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(SHORTEST_LIFETIME_SECONDS)],
        help_text="How long its tokens are good, at every API and however it gets them. Empty: as each API says.",
    )
    refresh_token_idle_seconds = models.PositiveIntegerField(
        default=15 * 24 * 60 * 60,
        validators=[MinValueValidator(SHORTEST_LIFETIME_SECONDS)],
        help_text="A refresh token that is not used for this long is good for nothing.",
    )
    refresh_token_absolute_seconds = models.PositiveIntegerField(
        default=30 * 24 * 60 * 60,
        validators=[MinValueValidator(SHORTEST_LIFETIME_SECONDS)],
        help_text="However often it is renewed: after this long the person has to sign in again.",
    )
    is_demo = models.BooleanField(
        "demo application", default=False, help_text="Its secret is known. It works only where DEMO_IDENTITIES is on."
    )

    created_by = models.CharField(
        max_length=200, blank=True, editable=False, help_text="The sub of the machine that created it through the Management API."
    )

    objects = ApplicationQuerySet.as_manager()
    fresh_secret = ""  # the secret itself, on the object that has just made it; never stored

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(client_id="") & ~Q(client_id__endswith=MACHINE_SUBJECT_SUFFIX), name="application_client_id_is_usable"
            ),
            models.CheckConstraint(
                condition=Q(authentication_method__in=AuthenticationMethod.values), name="application_authentication_method_is_known"
            ),
            models.CheckConstraint(
                condition=Q(authentication_method=AuthenticationMethod.NONE, secret_sha256="")
                | (~Q(authentication_method=AuthenticationMethod.NONE) & ~Q(secret_sha256="")),
                name="application_has_a_secret_unless_public",
            ),
            models.CheckConstraint(
                condition=~Q(authentication_method=AuthenticationMethod.NONE, allows_client_credentials=True),
                name="application_without_secret_gets_no_machine_tokens",
                violation_error_message="A public application cannot use client credentials: it has none to keep.",
            ),
            models.CheckConstraint(
                condition=~Q(authentication_method=AuthenticationMethod.NONE, requires_pkce=False),
                name="application_without_secret_requires_pkce",
                violation_error_message="A public application cannot do without PKCE: it has no secret that would guard its codes.",
            ),
            models.CheckConstraint(
                condition=Q(access_token_lifetime_seconds=None) | Q(access_token_lifetime_seconds__gte=SHORTEST_LIFETIME_SECONDS),
                name="application_lifetime_is_long_enough",
            ),
            models.CheckConstraint(
                condition=Q(refresh_token_idle_seconds__gte=SHORTEST_LIFETIME_SECONDS)
                & Q(refresh_token_absolute_seconds__gte=F("refresh_token_idle_seconds")),
                name="application_refresh_token_lifetimes_fit",
                violation_error_message="A refresh token cannot be idle for longer than it lives: shorten one or lengthen the other.",
            ),
            models.CheckConstraint(
                condition=Q(allows_refresh_token=False) | Q(allows_authorization_code=True),
                name="application_refresh_token_comes_from_a_code",
                violation_error_message="A refresh token comes with an authorization code: switch that on as well.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.client_id})"

    @property
    def is_public(self) -> bool:
        """It runs where everybody can read it, so it has no secret."""
        return self.authentication_method == AuthenticationMethod.NONE

    @property
    def is_usable(self) -> bool:
        """Not a demo's own where demo identities are off; as `ApplicationQuerySet.usable` has it."""
        return settings.DEMO_IDENTITIES or not self.is_demo

    @property
    def machine_subject(self) -> str:
        """The `sub` of a token that the application gets for itself."""
        return f"{self.client_id}{MACHINE_SUBJECT_SUFFIX}"

    def set_new_secret(self) -> str:
        """Give the application a fresh secret of 256 random bits and return it: it cannot be read again. Does not save."""
        self.fresh_secret = secrets.token_urlsafe(32)
        self.secret_sha256 = sha256_of(self.fresh_secret)
        return self.fresh_secret

    def has_secret(self, secret: str) -> bool:
        """Whether `secret` is this application's, compared in constant time."""
        return hmac.compare_digest(sha256_of(secret), self.secret_sha256 or "0" * 64)

    def accepts(self, method: AuthenticationMethod) -> bool:
        """Whether the application may prove itself by `method`."""
        either = self.authentication_method == AuthenticationMethod.EITHER and method != AuthenticationMethod.NONE
        return either or self.authentication_method == method

    def may_be_answered_at(self, redirect_uri: str) -> bool:
        """Whether `redirect_uri` is registered, letter by letter (RFC 9700 section 4.1.3)."""
        return self.redirect_uris.filter(uri=redirect_uri).exists()

    def clean(self) -> None:
        """No client id equals an audience or a person's `sub`: a token for one could pass for the other.

        And an application that needs no dialog keeps its secret.
        """
        if Api.objects.filter(audience=self.client_id).exists():
            raise ValidationError({"client_id": "An API has this audience. Choose another client id."})
        if User.objects.filter(sub=self.client_id).exists():
            raise ValidationError({"client_id": "A person has this sub. Choose another client id."})
        if self.is_public and self.pk and self.preconfigured_consents.exists():
            text = "Consent is pre-configured for this application. Take that back before it becomes public: it could not prove who it is."
            raise ValidationError({"authentication_method": text})


class RedirectUri(models.Model):
    """Where one application's answers may go. Its origin may call `/oauth/token` from a browser (CORS)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="redirect_uris")
    uri = models.CharField(
        "redirect URI", max_length=500, validators=[check_redirect_uri], help_text="Where answers may go; compared letter by letter."
    )
    origin = models.CharField(max_length=300, editable=False, db_index=True)

    class Meta:
        verbose_name = "redirect URI"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "uri"], name="redirect_uri_is_registered_once"),
            models.CheckConstraint(condition=~Q(uri="") & ~Q(uri__contains="#"), name="redirect_uri_has_no_fragment"),
        ]

    def __str__(self) -> str:
        return self.uri

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the origin beside the URI, so that one indexed look-up answers for CORS."""
        self.origin = origin_of(self.uri)
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
