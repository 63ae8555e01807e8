"""Machines that call the Management API with tokens from `/oauth/token`, and how a test reads what they got."""

import json

import pytest
from django.test import Client

from authorization_server.management_api.scopes import SCOPES
from authorization_server.models import Api, Application, AuthenticationMethod, ClientGrant
from authorization_server.models.applications import sha256_of

MANAGEMENT = "http://localhost:8000/api/v2/"
PLACES_ADMIN = "https://api.example.com/places-admin/v1/"


class Caller:
    """A machine with one access token. `raw` sends a body as it is, anything else is sent as JSON."""

    def __init__(self, token):
        self.token = token
        self.client = Client()  # raises what a view did not catch: no test can take a 500 for an answer

    def __call__(self, method, path, body=None, *, raw=None, query=None, content_type="application/json", headers=None):
        headers = {**({"Authorization": f"Bearer {self.token}"} if self.token else {}), **(headers or {})}
        sent = raw if raw is not None else b"" if body is None else json.dumps(body)
        address, media_type = f"/api/v2/{path}", {"CONTENT_TYPE": content_type}  # also where there is no body
        return self.client.generic(method, address, sent, content_type, headers=headers, query_params=query, **media_type)

    def get(self, path, **query):
        return self("GET", path, query=query)

    def post(self, path, body=None, **options):
        return self("POST", path, body, **options)

    def patch(self, path, body=None, **options):
        return self("PATCH", path, body, **{"content_type": "application/merge-patch+json", **options})

    def delete(self, path):
        return self("DELETE", path)

    def creates(self, path, **body):
        """Create a row and return it as the API gave it back."""
        answer = self.post(path, body)
        assert answer.status_code == 201, answer.content
        return answer.json()

    def creates_client(self, **changes):
        return self.creates("clients", **{"name": "Meeting rooms", **changes})

    def lists(self, path, **query):
        """The rows of one page."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.content
        return answer.json()["items"]


def machine(back_channel, client_id, scopes):
    """A machine that was given these scopes, with the token that it gets for them."""
    secret = f"{client_id}-demo-secret"
    application, _ = Application.objects.get_or_create(
        client_id=client_id,
        defaults={
            "name": client_id.capitalize(),
            "authentication_method": AuthenticationMethod.EITHER,
            "secret_sha256": sha256_of(secret),
            "allows_client_credentials": True,
        },
    )
    api = Api.objects.get(audience=MANAGEMENT)
    grant, _ = ClientGrant.objects.get_or_create(application=application, api=api)
    grant.scopes.set(api.scopes.filter(name__in=scopes))
    answer = back_channel.machine_token(client_id, audience=MANAGEMENT)
    assert answer.status_code == 200, answer.content
    assert set(answer.json()["scope"].split()) == set(scopes)
    return Caller(answer.json()["access_token"])


@pytest.fixture
def provisioner(back_channel):
    """A machine with every scope that there is."""
    return machine(back_channel, "provisioner", SCOPES)


@pytest.fixture
def other(back_channel):
    """Another one with every scope."""
    return machine(back_channel, "other", SCOPES)


def assert_problem(answer, status, code):
    """One problem (RFC 9457), that no cache keeps."""
    body = answer.json()
    assert (answer.status_code, body.get("code"), answer["Content-Type"]) == (status, code, "application/problem+json"), body
    assert answer["Cache-Control"] == "no-store"
    return body


def assert_wrong(answer, **fields):
    """400 that names exactly these fields with these codes."""
    body = assert_problem(answer, 400, "invalid_input")
    assert {error["field"]: error["code"] for error in body["errors"]} == fields
    assert all(error["detail"] for error in body["errors"])


def assert_not_through_here(answer):
    """403 whatever the scopes, without a challenge: no other token would help."""
    body = assert_problem(answer, 403, "not_through_this_api")
    assert "WWW-Authenticate" not in answer
    assert body["detail"]


def api_of(audience):
    return Api.objects.get(audience=audience)
