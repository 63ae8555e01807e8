"""Where the Management API answers: below `…/api/v2/`."""

from django.urls import URLPattern, path

from authorization_server.management_api import access_requests, client_grants, clients, docs, grants, keys, logs, resource_servers, users


def patterns(base: str) -> list[URLPattern]:
    """The endpoints below `base`, which ends without a slash, and their description."""
    endpoints = (
        path(f"{base}/clients", clients.ClientList.as_view(), name="management-client-list"),
        path(f"{base}/clients/<str:client_id>", clients.ClientDetail.as_view(), name="management-client-detail"),
        path(f"{base}/clients/<str:client_id>/rotate-secret", clients.ClientSecret.as_view(), name="management-client-rotate-secret"),
        path(f"{base}/resource-servers", resource_servers.ResourceServerList.as_view(), name="management-api-list"),
        path(f"{base}/resource-servers/<int:pk>", resource_servers.ResourceServerDetail.as_view(), name="management-api-detail"),
        path(f"{base}/client-grants", client_grants.ClientGrantList.as_view(), name="management-client-grant-list"),
        path(f"{base}/client-grants/<int:pk>", client_grants.ClientGrantDetail.as_view(), name="management-client-grant-detail"),
        path(f"{base}/access-requests", access_requests.AccessRequestList.as_view(), name="management-access-request-list"),
        path(f"{base}/access-requests/<int:pk>", access_requests.AccessRequestDetail.as_view(), name="management-access-request-detail"),
        path(f"{base}/access-requests/<int:pk>/approve", access_requests.Approval.as_view(), name="management-access-request-approve"),
        path(f"{base}/access-requests/<int:pk>/deny", access_requests.Denial.as_view(), name="management-access-request-deny"),
        path(f"{base}/users", users.UserList.as_view(), name="management-user-list"),
        path(f"{base}/users/<str:sub>", users.UserDetail.as_view(), name="management-user-detail"),
        path(f"{base}/grants", grants.GrantList.as_view(), name="management-grant-list"),
        path(f"{base}/grants/<int:pk>", grants.GrantDetail.as_view(), name="management-grant-detail"),
        path(f"{base}/keys", keys.KeyList.as_view(), name="management-key-list"),
        path(f"{base}/keys/rotate", keys.Rotation.as_view(), name="management-key-rotate"),
        path(f"{base}/keys/<str:kid>/revoke", keys.Revocation.as_view(), name="management-key-revoke"),
        path(f"{base}/logs", logs.LogList.as_view(), name="management-log-list"),
    )
    return [
        *endpoints,
        path(f"{base}/schema", docs.Schema.as_view(endpoints=endpoints), name="management-schema"),
        path(f"{base}/docs", docs.page, name="management-docs"),
    ]
