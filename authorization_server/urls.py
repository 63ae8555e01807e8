"""The authorization server's URLs, all below the path of `ISSUER`; its metadata also where RFC 8414 section 3.1 looks for it."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from access_tokens.metadata import protected_resource_metadata
from authorization_server import issuer, pages
from authorization_server.access_request_pages import access_request, access_request_list, new_access_request
from authorization_server.account_page import account
from authorization_server.endpoints.authorize import authorize
from authorization_server.endpoints.discovery import discovery
from authorization_server.endpoints.jwks import jwks
from authorization_server.endpoints.token import token
from authorization_server.management_api.authentication import ManagementAccessToken
from authorization_server.management_api.urls import patterns as management_api
from authorization_server.password_change import password_change


def endpoints(issuer_path: str) -> list[URLPattern]:
    """The endpoints of an issuer with this path (without slashes at its ends; empty for most)."""
    below = f"{issuer_path}/" if issuer_path else ""
    patterns = [
        path(f"{below}authorize", authorize, name="authorize"),
        path(f"{below}oauth/token", token, name="token"),
        path(f"{below}.well-known/jwks.json", jwks, name="jwks"),
        path(f"{below}.well-known/openid-configuration", discovery, name="openid-configuration"),
        path(f"{below}login", pages.login, name="login"),
        path(f"{below}logout", pages.logout, name="logout"),
        path(f"{below}account", account, name="account"),
        path(f"{below}access-requests", access_request_list, name="access-request-list"),
        path(f"{below}access-requests/new", new_access_request, name="access-request-new"),
        path(f"{below}access-requests/<int:pk>", access_request, name="access-request-detail"),
        *management_api(f"{below}api/v2"),
        *protected_resource_metadata(ManagementAccessToken, name="management-metadata"),
    ]
    inserted = f"/{issuer_path}" if issuer_path else ""
    return [*patterns, path(f".well-known/oauth-authorization-server{inserted}", discovery, name="oauth-authorization-server")]


def all_below(issuer_path: str) -> list[URLPattern | URLResolver]:
    """The endpoints under the name `authorization_server:`, and Django's admin under its own, which must not be nested."""
    below = f"{issuer_path}/" if issuer_path else ""
    return [
        path("", include((endpoints(issuer_path), "authorization_server"))),
        path(f"{below}admin/login/", pages.admin_login),
        path(f"{below}admin/password_change/", admin.site.admin_view(password_change)),
        path(f"{below}admin/", admin.site.urls),
    ]


urlpatterns = all_below(issuer.path_of(settings.ISSUER))
