"""What only processes of their own can show: a restart loses nothing that was granted, and no log holds what must stay secret."""

import pytest
import requests

TOKYO = {"lat": "35.6586", "lon": "139.7454"}


def get(url, token, **parameters):
    return requests.get(url, params=parameters, headers={"Authorization": f"Bearer {token}"}, timeout=10)


@pytest.fixture(scope="session")
def alices_token(platform):
    """As `python3 manage.py token --as alice` prints it, by the real forms."""
    return platform.manage("token", "--as", "alice").stdout.strip()


@pytest.fixture(scope="session")
def machines_token(platform):
    return platform.manage("token", "--client", "geocoding-backend").stdout.strip()


# In one process the authorization server cannot start again alone.
@pytest.mark.parametrize("platform", ["four-sqlite", "four-postgresql"], indirect=True, scope="session")
def test_tokens_stay_good_while_the_authorization_server_is_down_and_after_it_has_started_again(platform, alices_token):
    events = f"{platform.calendar_api_url}/calendar/v1/events"
    assert get(events, alices_token).status_code == 200
    platform.stop("authorization_server")
    try:
        assert get(events, alices_token).status_code == 200
    finally:
        platform.start("authorization_server")
    assert get(events, alices_token).status_code == 200
    fresh = platform.manage("token", "--as", "alice").stdout.strip()
    assert get(events, fresh).status_code == 200


def test_no_service_logs_a_token_a_secret_a_password_or_a_query(platform, alices_token, machines_token):
    get(f"{platform.geocoding_api_url}/geocoding/v1/reverse", machines_token, **TOKYO)
    get(f"{platform.calendar_api_url}/calendar/v1/events", alices_token, access_token=alices_token)
    get(f"{platform.calendar_api_url}/calendar/v1/events", f"{alices_token}x")
    for service in ("demo_client", "authorization_server", "calendar_api", "geocoding_api"):
        log = platform.logs(service)
        assert log
        for secret in ("eyJ", "demo-secret", "alice-demo", TOKYO["lon"]):
            assert secret not in log, f"{service} logs {secret}"
