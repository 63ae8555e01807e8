"""Foreign clients, registered as the demo's applications, and the person at the real forms of sign-in and consent."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings

from tests.end_to_end.visitor import Visitor
from tests.foreign_clients.clients import NPM, Authlib, Client, OAuth4WebApi, Registration, RequestsOAuthlib
from tests.npm_packages import what_is_missing
from tests.requirements_of_tests import missing

LIBRARIES: dict[str, type[Client]] = {"authlib": Authlib, "requests-oauthlib": RequestsOAuthlib, "oauth4webapi": OAuth4WebApi}


@pytest.fixture
def calendar_web(platform):
    """The registration of Daybook: confidential."""
    return Registration(
        issuer=platform.issuer,
        client_id=settings.CALENDAR_WEB_CLIENT_ID,
        client_secret=settings.CALENDAR_WEB_CLIENT_SECRET,
        redirect_uri=f"{platform.demo_client_url}/callback",
        api=f"{platform.calendar_api_url}/calendar/v1",
    )


@pytest.fixture
def calendar_spa(platform):
    """The registration of Daybook in the browser: public, without a secret."""
    return Registration(
        issuer=platform.issuer,
        client_id=settings.CALENDAR_SPA_CLIENT_ID,
        client_secret=None,
        redirect_uri=f"{platform.demo_client_url}/spa/callback",
        api=f"{platform.calendar_api_url}/calendar/v1",
    )


@pytest.fixture(params=LIBRARIES)
def library(request):
    """Each library in turn, by name."""
    return request.param


@pytest.fixture
def start(monkeypatch):
    """`start(library, registration)`: a client that is stopped after the test."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # plain http on loopback
    started = []

    def start(library, registration):
        if library == "oauth4webapi" and (reason := what_is_missing(NPM)):
            missing(reason)
        started.append(LIBRARIES[library](registration))
        return started[-1]

    yield start
    for client in started:
        client.close()


@pytest.fixture
def confidential(start, library, calendar_web):
    """A client as Daybook."""
    return start(library, calendar_web)


@pytest.fixture
def public(start, library, calendar_spa):
    """A client as Daybook in the browser."""
    return start(library, calendar_spa)


@pytest.fixture
def strict(start, calendar_web):
    """The strictest of them, as Daybook: it checks each answer against the standards before it goes on."""
    return start("oauth4webapi", calendar_web)


def answers(platform, url, button):
    """Dora opens the application's link, signs in and presses the button that begins so. Returns the address that she is sent to then.

    No other test looks at what Dora has allowed.
    """
    (redirect_uri,) = parse_qs(urlsplit(url).query)["redirect_uri"]
    visitor = Visitor(platform, stops_at=redirect_uri)
    page = visitor.follow(url, "dora")
    assert page.stopped_at is None, f"Nobody was asked: {page.stopped_at}"
    return visitor.press(page, button).stopped_at


@pytest.fixture
def allow(platform):
    """`allow(url)`: the person says yes. Returns where the application gets its answer."""
    return lambda url: answers(platform, url, "Allow")


@pytest.fixture
def deny(platform):
    """`deny(url)`: the person says no. Returns where the application gets its answer."""
    return lambda url: answers(platform, url, "Do")
