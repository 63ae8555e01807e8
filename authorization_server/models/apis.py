"""APIs (resource servers): the audience that names one in tokens, its scopes, and whom it lets in at all."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Max, Q

from authorization_server import issuer
from authorization_server.offline_access import RESERVED_SCOPES

SHORTEST_LIFETIME_SECONDS = 10


class AccessPolicy(models.TextChoices):
    """What it takes to get a token for an API, decided apart for people and for machines."""

    ALLOW_ALL = "allow_all", "allow all"
    REQUIRE_GRANT = "require_grant", "require a client grant"
    DENY = "deny", "deny"


class TokenType(models.TextChoices):
    """What the header of an API's access tokens says in `typ`."""

    AT_JWT = "at+jwt", "at+jwt: an access token and nothing else (RFC 9068)"
    JWT = "JWT", "JWT: as in the document, for an API that knows no other"


class SignedWith(models.TextChoices):
    """What an API's access tokens are signed with."""

    SERVER_KEY = "server_key", "this server's key: everybody can verify, nobody else can sign"
    SHARED_SECRET = "shared_secret", "HS256, with a secret that this server and the API share: whoever can verify can sign, too"  # noqa: S105  no secret


class ApiQuerySet(models.QuerySet["Api"]):
    """Facts about several."""

    def longest_lifetime_seconds(self) -> int:
        """The longest that a token for one of them lives, or 0."""
        longest = self.aggregate(Max("access_token_lifetime_seconds"), Max("browser_token_lifetime_seconds"))
        return max(seconds or 0 for seconds in longest.values())


class Api(models.Model):
    """One API. Its `audience` is the `aud` of its tokens; RFC 8707 clients may name it by `resource_url` instead."""

    name = models.CharField(max_length=100, unique=True)
    audience = models.CharField(max_length=200, unique=True, help_text="What the API expects in aud, compared letter by letter.")
    resource_url = models.CharField(
        max_length=200,
        unique=True,
        null=True,
        blank=True,
        help_text="Where the API is served; what clients may send as resource (RFC 8707).",
    )
    user_access = models.CharField(
        "people's tokens",
        max_length=20,
        choices=AccessPolicy,
        default=AccessPolicy.ALLOW_ALL,
        help_text="Which applications may ask people for this API. Each person decides, too.",
    )
    machine_access = models.CharField(
        "machines' tokens",
        max_length=20,
        choices=AccessPolicy,
        default=AccessPolicy.REQUIRE_GRANT,
        help_text="Which applications get tokens of their own for it, with nobody to ask. A client grant also says which scopes at most.",
    )
    access_token_lifetime_seconds = models.PositiveIntegerField(
        default=86400,
        validators=[MinValueValidator(SHORTEST_LIFETIME_SECONDS)],
        help_text="How long a token for this API is good. It cannot be called back: choose the shortest that serves.",
    )
    browser_token_lifetime_seconds = models.PositiveIntegerField(
        default=7200,
        validators=[MinValueValidator(SHORTEST_LIFETIME_SECONDS)],
        help_text="The same for a token that goes through the browser's address bar (response_type=token).",
    )
    typ = models.CharField(
        "type of token (typ)",
        max_length=10,
        choices=TokenType,
        default=TokenType.AT_JWT,
        help_text="The API has to expect the same: set TOKEN_TYPES there.",
    )
    signed_with = models.CharField(
        max_length=20,
        choices=SignedWith,
        default=SignedWith.SERVER_KEY,
        help_text=(
            "HS256 is for one trust domain alone: whoever runs the API could then make tokens for it in anybody's name. "
            "Switching to it makes a secret, which is shown once; the API refuses new tokens until it has it. Switching back deletes it."
        ),
    )
    shared_secret_encrypted = models.TextField(blank=True, editable=False)
    administrator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="administered_apis"
    )

    objects = ApiQuerySet.as_manager()
    fresh_secret = ""  # the shared secret itself, on the object for which it has just been made; stored encrypted alone

    class Meta:
        verbose_name = "API"
        verbose_name_plural = "APIs"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(audience=""), name="api_has_an_audience"),
            models.CheckConstraint(
                condition=Q(user_access__in=AccessPolicy.values) & Q(machine_access__in=AccessPolicy.values), name="api_policies_are_known"
            ),
            models.CheckConstraint(
                condition=Q(access_token_lifetime_seconds__gte=SHORTEST_LIFETIME_SECONDS)
                & Q(browser_token_lifetime_seconds__gte=SHORTEST_LIFETIME_SECONDS),
                name="api_lifetimes_are_long_enough",
            ),
            models.CheckConstraint(condition=Q(typ__in=TokenType.values), name="api_typ_is_known"),
            models.CheckConstraint(
                condition=Q(signed_with=SignedWith.SERVER_KEY, shared_secret_encrypted="")
                | (Q(signed_with=SignedWith.SHARED_SECRET) & ~Q(shared_secret_encrypted="")),
                name="api_shares_a_secret_only_for_hs256",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """No audience equals an application's id: an ID token's `aud` is one, and would pass for an access token.

        And the tokens for this server's own API stay as this server itself checks them.
        """
        from authorization_server.models.applications import Application  # here: kept apart, as the two tables are

        self.resource_url = self.resource_url or None  # an empty text would be unique, so only one API could have none
        if Application.objects.filter(client_id=self.audience).exists():
            raise ValidationError({"audience": "An application has this client id. Choose another audience."})
        if self.audience == issuer.management_url():
            only = {"typ": TokenType.AT_JWT, "signed_with": SignedWith.SERVER_KEY}
            text = "This server checks the tokens for this API itself, and takes no other."
            wrong = {name: text for name, value in only.items() if getattr(self, name) != value}
            if wrong:
                raise ValidationError(wrong)


class ApiScope(models.Model):
    """One permission at one API, in the words that the consent page shows."""

    api = models.ForeignKey(Api, on_delete=models.CASCADE, related_name="scopes")
    name = models.CharField(
        max_length=100,
        validators=[RegexValidator(r"\A[\x21\x23-\x5B\x5D-\x7E]+\Z", "A scope is printable ASCII without blanks, quotes and backslashes.")],
    )
    description = models.CharField(max_length=200, help_text='What the person allows: "Read your scheduled events".')
    changes_data = models.BooleanField(
        default=True, help_text="Whether it lets the application change something. The consent page draws a pen, else an eye."
    )

    class Meta:
        verbose_name = "scope"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["api", "name"], name="scope_is_unique_at_its_api"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(name__contains=" "), name="scope_is_one_word"),
            models.CheckConstraint(
                condition=~Q(name__in=sorted(RESERVED_SCOPES)),
                name="scope_is_not_this_server_s_own",
                violation_error_message=f"{' and '.join(sorted(RESERVED_SCOPES))} are this server's own scopes. Choose another name.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.api})"

    @property
    def wish(self) -> str:
        """The description inside a sentence: "read your scheduled events"."""
        return self.description[:1].lower() + self.description[1:]
