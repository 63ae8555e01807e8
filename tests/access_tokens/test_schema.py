"""The OpenAPI document says how to get a token and which scopes each operation needs."""

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

import access_tokens.schema  # noqa: F401  which apps.py loads where drf-spectacular is an application
from tests.access_tokens import api


def test_each_operation_names_its_scopes(settings, monkeypatch):
    for view in (api.Notes, api.Machines):
        monkeypatch.setattr(view, "schema", AutoSchema())
    document = SchemaGenerator(patterns=api.urlpatterns[:2]).get_schema(request=None, public=True)
    assert document["paths"]["/notes"]["get"]["security"] == [{"notes_openid_connect": ["read"]}, {"notes_bearer": []}]
    assert document["paths"]["/notes"]["post"]["security"] == [{"notes_openid_connect": ["read", "write"]}, {"notes_bearer": []}]
    assert document["paths"]["/machines"]["get"]["security"] == [{"notes_openid_connect": []}, {"notes_bearer": []}]
    schemes = document["components"]["securitySchemes"]
    assert schemes["notes_openid_connect"]["openIdConnectUrl"] == f"{settings.ISSUER}.well-known/openid-configuration"
    assert (schemes["notes_bearer"]["type"], schemes["notes_bearer"]["scheme"]) == ("http", "bearer")
    assert "api.calendar" in schemes["notes_bearer"]["description"]
