"""Which other origins' scripts may read which answers, by path: documents all, tokens the registered, APIs the configured, pages none."""

import pytest

STRANGER = "https://stranger.example"
CONFIGURED = "https://app.example"
DOCUMENTS = [
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/.well-known/jwks.json",
    "/.well-known/oauth-protected-resource/calendar/v1",
    "/.well-known/oauth-protected-resource/geocoding/v1",
    "/.well-known/oauth-protected-resource/api/v2",
]
APIS = ["/calendar/v1/events", "/calandar/v1/events", "/geocoding/v1/reverse"]
CLOSED = ["/", "/authorize", "/login", "/account", "/admin/", "/api/v2/logs", "/healthz", "/readyz", "/oauth/authorize", "/daybook"]
NEEDED_HEADERS = ["Authorization", "Content-Type", "If-Match", "If-None-Match", "traceparent", "X-Requested-With"]
EXPOSED_HEADERS = ["WWW-Authenticate", "ETag", "Location", "Server-Timing", "RateLimit", "RateLimit-Policy", "Retry-After"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def configured(settings, issuer):
    """The APIs are open to one origin's scripts."""
    settings.CORS_ALLOWED_ORIGINS_OF_THE_APIS = (CONFIGURED,)


def preflight(client, path, origin, method="GET", headers="authorization"):
    return client.options(
        path, headers={"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    )


def readable_by(response):
    return response.headers.get("Access-Control-Allow-Origin")


@pytest.mark.parametrize("path", DOCUMENTS)
def test_public_documents_are_readable_by_all(client, path):
    response = client.get(path, headers={"Origin": STRANGER})
    assert response.status_code == 200
    assert readable_by(response) in {STRANGER, "*"}


@pytest.mark.parametrize("path", APIS)
def test_the_apis_are_readable_by_configured_origins_on_errors_too(client, path):
    response = client.get(path, headers={"Origin": CONFIGURED})
    assert response.status_code == 401
    assert readable_by(response) == CONFIGURED
    assert set(response.headers["Access-Control-Expose-Headers"].lower().split(", ")) == {name.lower() for name in EXPOSED_HEADERS}


@pytest.mark.parametrize("path", APIS)
def test_the_apis_are_not_readable_by_strangers(client, path):
    assert readable_by(client.get(path, headers={"Origin": STRANGER})) is None


@pytest.mark.parametrize("path", APIS)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_a_preflight_to_an_api_needs_no_token(client, path, method):
    response = preflight(client, path, CONFIGURED, method, ", ".join(NEEDED_HEADERS).lower())
    assert response.status_code == 200
    assert readable_by(response) == CONFIGURED
    assert method in response.headers["Access-Control-Allow-Methods"]
    allowed = response.headers["Access-Control-Allow-Headers"].lower()
    assert all(name.lower() in allowed for name in NEEDED_HEADERS)


@pytest.mark.parametrize("path", APIS)
def test_a_strangers_preflight_to_an_api_allows_nothing(client, path):
    assert readable_by(preflight(client, path, STRANGER)) is None


@pytest.mark.parametrize("path", ["/oauth/token"])
def test_the_token_endpoint_is_readable_by_registered_origins_only(client, path, monkeypatch):
    from authorization_server import applications

    monkeypatch.setattr(applications, "is_registered_origin", lambda origin: origin == "https://registered.example")
    assert readable_by(preflight(client, path, "https://registered.example", "POST", "content-type")) == "https://registered.example"
    assert readable_by(preflight(client, path, STRANGER, "POST", "content-type")) is None
    assert readable_by(preflight(client, path, CONFIGURED, "POST", "content-type")) is None


@pytest.mark.parametrize("origin", [STRANGER, CONFIGURED, "null"])
@pytest.mark.parametrize("path", CLOSED)
def test_pages_are_readable_by_no_other_origin(client, path, origin):
    assert readable_by(client.get(path, headers={"Origin": origin})) is None
    assert readable_by(preflight(client, path, origin, "POST")) is None


@pytest.mark.parametrize("path", [*DOCUMENTS, *APIS])
@pytest.mark.parametrize("origin", [STRANGER, CONFIGURED])
def test_credentials_are_never_allowed(client, path, origin):
    assert "Access-Control-Allow-Credentials" not in client.get(path, headers={"Origin": origin}).headers
    assert "Access-Control-Allow-Credentials" not in preflight(client, path, origin).headers
