"""Sign-in and consent work in a window that an application opened; every other page keeps strangers' windows apart."""

import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/login", "/authorize"])
def test_sign_in_and_consent_keep_the_link_to_the_window_that_opened_them(path):
    assert Client().get(path)["Cross-Origin-Opener-Policy"] == "unsafe-none"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/logout", "/admin/login", "/", "/learn"])
def test_every_other_page_does_not(path):
    assert Client().get(path, headers={"host": "localhost:8000"})["Cross-Origin-Opener-Policy"] == "same-origin"
