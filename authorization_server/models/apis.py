"""APIs (resource servers): the audience that names one in tokens, its scopes, and whom it lets in at all."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

SHORTEST_LIFETIME_SECONDS = 10


class AccessPolicy(models.TextChoices):
    """What it takes to get a token for an API, decided apart for people and for machines."""

    ALLOW_ALL = "allow_all", "allow all"
    REQUIRE_GRANT = "require_grant", "require a client grant"
    DENY = "deny", "deny"


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
    user_access = models.CharField("people's tokens", max_length=20, choices=AccessPolicy, default=AccessPolicy.ALLOW_ALL)
    machine_access = models.CharField("machines' tokens", max_length=20, choices=AccessPolicy, default=AccessPolicy.REQUIRE_GRANT)
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
    administrator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="administered_apis"
    )

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
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """No audience equals an application's id: an ID token's `aud` is one, and would pass for an access token."""
        from authorization_server.models.applications import Application  # here: kept apart, as the two tables are

        self.resource_url = self.resource_url or None  # an empty text would be unique, so only one API could have none
        if Application.objects.filter(client_id=self.audience).exists():
            raise ValidationError({"audience": "An application has this client id. Choose another audience."})


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
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.api})"

    @property
    def wish(self) -> str:
        """The description inside a sentence: "read your scheduled events"."""
        return self.description[:1].lower() + self.description[1:]
