"""A session cookie is somebody's input like any other."""

import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cookie", ['"\\000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"', "a" * 5000, "ä" * 32, "../../../../etc/passwd", "'; drop table x"]
)
def test_a_cookie_that_can_be_no_session_key_is_no_session(settings, cookie):
    response = Client(raise_request_exception=False, headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}).get("/login")
    assert response.status_code == 200
