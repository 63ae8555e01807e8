"""What the Management API can do: each operation with the one scope that it takes, and each scope in words.

The views name their scopes themselves, and a test holds them to this table. The seeds and `create_management_client` write its scopes.
"""

from dataclasses import dataclass

from authorization_server import issuer
from authorization_server.models import Api, ApiScope


@dataclass(frozen=True)
class Operation:
    """One method at one path below `…/api/v2/`, and what it takes."""

    method: str
    path: str
    scope: str


OPERATIONS = (
    Operation("GET", "clients", "read:clients"),
    Operation("POST", "clients", "create:clients"),
    Operation("GET", "clients/<client_id>", "read:clients"),
    Operation("PATCH", "clients/<client_id>", "update:clients"),
    Operation("DELETE", "clients/<client_id>", "delete:clients"),
    Operation("POST", "clients/<client_id>/rotate-secret", "update:clients"),
    Operation("GET", "resource-servers", "read:resource_servers"),
    Operation("POST", "resource-servers", "create:resource_servers"),
    Operation("GET", "resource-servers/<pk>", "read:resource_servers"),
    Operation("PATCH", "resource-servers/<pk>", "update:resource_servers"),
    Operation("DELETE", "resource-servers/<pk>", "delete:resource_servers"),
    Operation("GET", "client-grants", "read:client_grants"),
    Operation("POST", "client-grants", "create:client_grants"),
    Operation("GET", "client-grants/<pk>", "read:client_grants"),
    Operation("PATCH", "client-grants/<pk>", "update:client_grants"),
    Operation("DELETE", "client-grants/<pk>", "delete:client_grants"),
    Operation("GET", "access-requests", "read:access_requests"),
    Operation("POST", "access-requests", "create:access_requests"),
    Operation("GET", "access-requests/<pk>", "read:access_requests"),
    Operation("POST", "access-requests/<pk>/approve", "decide:access_requests"),
    Operation("POST", "access-requests/<pk>/deny", "decide:access_requests"),
    Operation("GET", "users", "read:users"),
    Operation("POST", "users", "create:users"),
    Operation("GET", "users/<sub>", "read:users"),
    Operation("PATCH", "users/<sub>", "update:users"),
    Operation("DELETE", "users/<sub>", "delete:users"),
    Operation("GET", "grants", "read:grants"),
    Operation("DELETE", "grants/<pk>", "delete:grants"),
    Operation("GET", "keys", "read:keys"),
    Operation("POST", "keys/rotate", "rotate:keys"),
    Operation("POST", "keys/<kid>/revoke", "revoke:keys"),
    Operation("GET", "logs", "read:logs"),
    Operation("GET", "logs?trace_id=", "read:trails"),
)

SCOPES = {
    "read:clients": "Read applications",
    "create:clients": "Create applications",
    "update:clients": "Change applications that it created itself, and replace their secrets",
    "delete:clients": "Delete applications that it created itself",
    "read:resource_servers": "Read APIs and their scopes",
    "create:resource_servers": "Create APIs",
    "update:resource_servers": "Change APIs and their scopes",
    "delete:resource_servers": "Delete APIs",
    "read:client_grants": "Read client grants",
    "create:client_grants": "Create client grants",
    "update:client_grants": "Change client grants",
    "delete:client_grants": "Delete client grants",
    "read:access_requests": "Read access requests",
    "create:access_requests": "Ask for access in an application's name",
    "decide:access_requests": "Approve and deny access requests",
    "read:users": "Read people's accounts",
    "create:users": "Create people's accounts",
    "update:users": "Change people's accounts",
    "delete:users": "Delete people's accounts",
    "read:grants": "Read what people have allowed applications to do",
    "delete:grants": "Take back what people have allowed applications to do",
    "read:keys": "Read the public parts of the signing keys",
    "rotate:keys": "Sign with the next key",
    "revoke:keys": "Revoke a signing key in an emergency",
    "read:trails": "Read the decisions of one trace",
    "read:logs": "Read the decision log",
}


def changes_data(scope: str) -> bool:
    """Whether the scope allows more than to look."""
    return not scope.startswith("read:")


def is_own_api(api: Api) -> bool:
    """Whether this is the Management API itself: who may do what at it is decided elsewhere."""
    return api.audience == issuer.management_url()


def write_scopes(api: Api) -> None:
    """Give the Management API's row those of its scopes that it lacks."""
    for name, description in SCOPES.items():
        ApiScope.objects.get_or_create(api=api, name=name, defaults={"description": description, "changes_data": changes_data(name)})
