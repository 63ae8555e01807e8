"""The demo's people, groups, APIs, applications, client grants and pre-configured consents, as tables; `seed_issuer` writes them.

DEMO_IDENTITIES must be on: every password and secret here is known to everybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q

from authorization_server import issuer
from authorization_server.management_api.scopes import SCOPES, changes_data
from authorization_server.models import (
    AccessPolicy,
    Api,
    ApiScope,
    Application,
    AuthenticationMethod,
    ClientGrant,
    PreconfiguredConsent,
    RedirectUri,
    User,
)
from authorization_server.models.applications import sha256_of

SWAGGER_ANSWERS_AT = "static/drf_spectacular_sidecar/swagger-ui-dist/oauth2-redirect.html"


@dataclass(frozen=True)
class Person:
    """A demo account. The password is `<username>-demo`."""

    username: str
    sub: str
    groups: tuple[str, ...] = ()
    is_superuser: bool = False


@dataclass(frozen=True)
class Scope:
    """One permission of an API."""

    name: str
    description: str
    changes_data: bool


@dataclass(frozen=True)
class ApiRow:
    """An API. Its audience and resource URL follow the settings."""

    name: str
    audience: str
    resource_url: str | None
    machine_access: AccessPolicy
    scopes: tuple[Scope, ...] = ()
    administrator: str | None = None


@dataclass(frozen=True)
class ApplicationRow:
    """An application, found again by its client id."""

    client_id: str
    name: str
    method: AuthenticationMethod = AuthenticationMethod.EITHER
    secret: str = ""
    grants: frozenset[str] = frozenset()
    redirect_uris: tuple[str, ...] = ()
    owner: str | None = None
    lifetime_seconds: int | None = None
    client_grants: dict[str, tuple[str, ...]] = field(default_factory=dict)
    preconfigured_consents: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)  # by API and group


PEOPLE = (
    Person("alice", "usr_123", groups=("employees",)),
    Person("bob", "usr_456"),
    Person("dora", "usr_789"),
    Person("gina", "usr_321"),
    Person("admin", "usr_100", is_superuser=True),
)
CARDS = ("alice", "bob")  # whom the sign-in page offers
CARDS_FOR_ACCESS_REQUESTS = ("dora", "gina")  # and whom on the way to one


def password_of(username: str) -> str:
    """The password of a demo account."""
    return f"{username}-demo"  # DEMO ONLY: in production people choose theirs, and nobody can work it out


def apis() -> tuple[ApiRow, ...]:
    """The four APIs, at the addresses of the settings."""
    management = issuer.management_url()
    return (
        ApiRow(
            "Calendar API",
            settings.CALENDAR_AUDIENCE,
            f"{settings.CALENDAR_API_URL}/calendar/v1",
            AccessPolicy.DENY,
            (Scope("read", "Read your scheduled events", False), Scope("write", "Create and change events", True)),
        ),
        ApiRow(
            "Geocoding API",
            settings.GEOCODING_AUDIENCE,
            f"{settings.GEOCODING_API_URL}/geocoding/v1",
            AccessPolicy.REQUIRE_GRANT,
            administrator="gina",
        ),
        ApiRow(
            "Places Admin API",
            "https://api.example.com/places-admin/v1/",
            None,
            AccessPolicy.REQUIRE_GRANT,
            (Scope("correct:places", "Correct names of places", True), Scope("import:places", "Import places", True)),
            administrator="gina",
        ),
        ApiRow(
            "Management API",
            management,
            management,
            AccessPolicy.REQUIRE_GRANT,
            tuple(Scope(name, description, changes_data(name)) for name, description in SCOPES.items()),
        ),
    )


def applications() -> tuple[ApplicationRow, ...]:
    """The applications, with redirect URIs below the addresses of the settings and secrets from the settings where they have one."""
    daybook = settings.DEMO_CLIENT_URL
    signs_people_in = frozenset({"authorization_code", "refresh_token"})
    machine = frozenset({"client_credentials"})
    return (
        ApplicationRow(
            settings.CALENDAR_WEB_CLIENT_ID,
            "Daybook",
            secret=settings.CALENDAR_WEB_CLIENT_SECRET,
            grants=signs_people_in,
            redirect_uris=(f"{daybook}/callback",),
        ),
        ApplicationRow(
            settings.CALENDAR_SHORT_CLIENT_ID,
            "Daybook, short tickets",
            secret=settings.CALENDAR_SHORT_CLIENT_SECRET,
            grants=signs_people_in,
            redirect_uris=(f"{daybook}/callback",),
            lifetime_seconds=30,
        ),
        ApplicationRow(
            settings.CALENDAR_SPA_CLIENT_ID,
            "Daybook in the browser",
            method=AuthenticationMethod.NONE,
            grants=frozenset({"authorization_code", "implicit"}),
            redirect_uris=(f"{daybook}/spa/callback",),
        ),
        ApplicationRow(
            settings.COMPANY_CALENDAR_CLIENT_ID,
            "Daybook for Work",
            secret=settings.COMPANY_CALENDAR_CLIENT_SECRET,
            grants=signs_people_in,
            redirect_uris=(f"{daybook}/company/callback",),
            preconfigured_consents={("Calendar API", "employees"): ("read", "write")},
        ),
        ApplicationRow(
            settings.GEOCODING_BACKEND_CLIENT_ID,
            "Daybook backend",
            secret=settings.GEOCODING_BACKEND_CLIENT_SECRET,
            grants=machine,
            client_grants={"Geocoding API": ()},
        ),
        ApplicationRow(
            settings.UNAPPROVED_BACKEND_CLIENT_ID,
            "New backend",
            secret=settings.UNAPPROVED_BACKEND_CLIENT_SECRET,
            grants=machine,
            owner="dora",
        ),
        ApplicationRow(
            settings.TRAIL_READER_CLIENT_ID,
            "Trail reader",
            secret=settings.TRAIL_READER_CLIENT_SECRET,
            grants=machine,
            client_grants={"Management API": ("read:trails",)},
        ),
        ApplicationRow("workshop", "Workshop", grants=machine),
        ApplicationRow("calendar-api", "Calendar API"),
        ApplicationRow(
            "api-docs",
            "API documentation",
            method=AuthenticationMethod.NONE,
            grants=frozenset({"authorization_code"}),
            redirect_uris=tuple(
                dict.fromkeys(
                    f"{api}/{SWAGGER_ANSWERS_AT}" for api in (settings.CALENDAR_API_URL, settings.GEOCODING_API_URL, issuer.origin())
                )
            ),
        ),
    )


@transaction.atomic
def write_all() -> None:
    """Bring every demo row to what the tables above say; rows that are not in them stay as they are. May be run any number of times."""
    people = {person.username: _write_person(person) for person in PEOPLE}
    written_apis = {row.name: _write_api(row, people) for row in apis()}
    for row in applications():
        _write_application(row, people, written_apis)


def _write_person(person: Person) -> User:
    facts = {
        "sub": person.sub,
        "first_name": person.username.capitalize(),
        "is_demo": True,
        "is_superuser": person.is_superuser,
        "is_staff": person.is_superuser,
    }
    user, _ = User.objects.update_or_create(username=person.username, defaults=facts)
    if not user.check_password(password_of(person.username)):  # hashing anew is slow on purpose: only when it is needed
        user.set_password(password_of(person.username))
        user.save(update_fields=["password"])
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in person.groups])
    return user


def _write_api(row: ApiRow, people: dict[str, User]) -> Api:
    facts = {
        "name": row.name,
        "audience": row.audience,
        "resource_url": row.resource_url,
        "user_access": AccessPolicy.ALLOW_ALL,
        "machine_access": row.machine_access,
        "administrator": people[row.administrator] if row.administrator else None,
    }
    # By its name, because addresses change; by its audience, because an administrator may have renamed it.
    api = Api.objects.filter(Q(name=row.name) | Q(audience=row.audience)).first() or Api()
    for name, value in facts.items():
        setattr(api, name, value)
    api.save()
    for scope in row.scopes:
        words = {"description": scope.description, "changes_data": scope.changes_data}
        ApiScope.objects.update_or_create(api=api, name=scope.name, defaults=words)
    return api


def _write_application(row: ApplicationRow, people: dict[str, User], written_apis: dict[str, Api]) -> None:
    secret = row.secret or f"{row.client_id}-demo-secret"  # DEMO ONLY: production shows 256 random bits once
    facts = {
        "name": row.name,
        "owner": people[row.owner] if row.owner else None,
        "authentication_method": row.method,
        "secret_sha256": "" if row.method == AuthenticationMethod.NONE else sha256_of(secret),
        "allows_authorization_code": "authorization_code" in row.grants,
        "allows_refresh_token": "refresh_token" in row.grants,
        "allows_client_credentials": "client_credentials" in row.grants,
        "allows_implicit": "implicit" in row.grants,
        "access_token_lifetime_seconds": row.lifetime_seconds,
        "is_demo": True,
    }
    application, _ = Application.objects.update_or_create(client_id=row.client_id, defaults=facts)
    _write_redirect_uris(application, row.redirect_uris)
    for api_name, scope_names in row.client_grants.items():
        _write_yes(ClientGrant, scope_names, api=written_apis[api_name], application=application)
    for (api_name, group_name), scope_names in row.preconfigured_consents.items():
        group = Group.objects.get(name=group_name)
        _write_yes(PreconfiguredConsent, scope_names, api=written_apis[api_name], application=application, group=group)


def _write_yes(table: type[ClientGrant | PreconfiguredConsent], scope_names: Iterable[str], *, api: Api, **facts: Any) -> None:
    """An administrator's yes, unless there is one already: its scopes are hers to change."""
    row, is_new = table._default_manager.get_or_create(api=api, **facts)
    if is_new:
        row.scopes.set(ApiScope.objects.filter(api=api, name__in=scope_names))


def _write_redirect_uris(application: Application, uris: Iterable[str]) -> None:
    """The demo's redirect URIs follow its addresses: those of earlier addresses go."""
    application.redirect_uris.exclude(uri__in=uris).delete()
    for uri in uris:
        RedirectUri.objects.get_or_create(application=application, uri=uri)
